/** A real nginx that asks our forward-auth endpoint. */
import { NGINX } from './debian.mjs'
import { startProxy } from './proxy-server.mjs'

/** @param {{ app: number, auth: number }} ports */
export const startNginx = (ports) =>
  startProxy({
    ...ports,
    binary: NGINX,
    args: (folder) => ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'],
    files: ['nginx.conf'],
  })
