/** A real Caddy that asks our forward-auth endpoint. */
import { CADDY } from './debian.mjs'
import { startProxy } from './proxy-server.mjs'

/** @param {{ app: number, auth: number }} ports */
export const startCaddy = (ports) =>
  startProxy({
    ...ports,
    binary: CADDY,
    args: () => ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
    files: ['Caddyfile'],
  })
