/** A real HAProxy that asks our forward-auth endpoint. */
import { HAPROXY } from './debian.mjs'
import { startProxy } from './proxy-server.mjs'

/** @param {{ app: number, auth: number }} ports */
export const startHaproxy = (ports) =>
  startProxy({
    ...ports,
    binary: HAPROXY,
    args: () => ['-db', '-f', 'haproxy.cfg'],
    files: ['haproxy.cfg', 'authtkt.lua'],
  })
