/** A real HAProxy that asks our forward-auth endpoint. */
import { HAPROXY } from './debian.mjs'
import { startProxy } from './proxy-server.mjs'

/** @param {import('./proxy-server.mjs').Surroundings} around */
export const startHaproxy = (around) =>
  startProxy({
    ...around,
    binary: HAPROXY,
    args: () => ['-db', '-f', 'haproxy.cfg'],
    files: ['haproxy.cfg', 'authtkt.lua'],
    tls: ['bind 127.0.0.1:8080', 'bind 127.0.0.1:8080 ssl crt both.pem'],
  })
