/** What an Alias names: a folder, or a single file. */

import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path/posix'
import { createFiles, type FilesOptions, type ServeFiles } from './files.js'
import { say } from './send.js'

/** What `folder` is counts when the configuration is read, as the way to it does. */
export function serveFilesOf(options: FilesOptions): ServeFiles {
  if (!statSync(options.folder, { throwIfNoEntry: false })?.isFile()) return createFiles(options)
  const serve = createFiles({ ...options, folder: dirname(options.folder) })
  const name = `/${Array.from(Buffer.from(basename(options.folder)), escaped).join('')}`
  // There is nothing below a file.
  return (request, response, path, extra) =>
    path === '' ? serve(request, response, name, extra) : say(response, 404, extra)
}

function escaped(byte: number): string {
  const char = String.fromCharCode(byte)
  return /[A-Za-z0-9\-._~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
}
