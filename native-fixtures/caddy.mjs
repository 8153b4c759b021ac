/** A real Caddy that asks our forward-auth endpoint. */
import { CADDY } from './debian.mjs'
import { startProxy } from './proxy-server.mjs'

/** @param {import('./proxy-server.mjs').Surroundings} around */
export const startCaddy = (around) =>
  startProxy({
    ...around,
    binary: CADDY,
    args: () => ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'],
    files: ['Caddyfile'],
    tls: ['http://:8080 {', 'https://:8080 {\n\ttls cert.pem key.pem'],
  })
