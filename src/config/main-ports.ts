/** Ports at which Apache answers as the main server: those of Listen lines that no VirtualHost is for. */

import type { GuardOptions, HostOptions } from '../policy/options.js'
import type { Statement } from './tree.js'
import { words } from './words.js'

/** Nothing where every port has a virtual host: then it is the name alone that counts. */
export function mainPortsOf(
  statements: readonly Statement[],
  hosts: readonly HostOptions[],
): Pick<GuardOptions, 'mainPorts'> {
  const ports = statements
    .filter(({ name }) => name.toLowerCase() === 'listen')
    .map(({ text }) => Number(/(?:^|:)(\d{1,5})$/.exec(words(text)[0] ?? '')?.[1] ?? 0))
    .filter((port) => port > 0 && port <= 65535 && hosts.every((host) => (host.port ?? port) !== port))
  return ports.length > 0 ? { mainPorts: [...new Set(ports)] } : {}
}
