/** A real nginx that asks our forward-auth endpoint. */
import { NGINX } from './debian.mjs'
import { startProxy } from './proxy-server.mjs'

/** @param {import('./proxy-server.mjs').Surroundings} around */
export const startNginx = (around) =>
  startProxy({
    ...around,
    binary: NGINX,
    args: (folder) => ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'],
    files: ['nginx.conf'],
    tls: [
      'listen 127.0.0.1:8080;',
      'listen 127.0.0.1:8080 ssl; ssl_certificate cert.pem; ssl_certificate_key key.pem;',
    ],
  })
