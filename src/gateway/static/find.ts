/** Which file answers a path: itself, a folder's index page, or none and why. */

import { realpath } from 'node:fs/promises'
import { bytesOf, diskPath, hasPrivateName, type Kind, look, type Missing, programNames } from './names.js'

export interface Found {
  /** Where it lies, one char a byte. */
  readonly file: string
  /** No other file has been looked for before it: as long as it is there, it is the answer. */
  readonly first: boolean
}

/** A file; a folder that was asked for without its slash; or a status. 501: a program, which nobody runs here. */
export type Finding = Found | 'folder' | 403 | 404 | 501

export interface FindOptions {
  readonly folder: string
  readonly index: readonly string[]
  readonly programs?: readonly string[] | undefined
}

const STATUS: Readonly<Record<Exclude<Kind | Missing, 'file' | 'folder'>, 403 | 404>> = {
  other: 403,
  shut: 403,
  nothing: 404,
  behind: 404,
}

/** `bytes` begins with a slash and has been read by `readPath`. */
export function createFinder(options: FindOptions): (bytes: string) => Promise<Finding> {
  const root = bytesOf(options.folder).replace(/\/+$/, '')
  // One that begins with a slash is an address of the site, which may be anywhere.
  const index = options.index.map(bytesOf).filter((name) => !name.startsWith('/') && !hasPrivateName(name))
  const isProgram = programNames(options.programs ?? [])

  /** By its own name, too: a link may have another. */
  async function findFile(file: string, first: boolean): Promise<Finding> {
    if (isProgram(file)) return 501
    const real = options.programs?.length ? await realpath(diskPath(file), 'latin1').catch(() => file) : file
    return isProgram(real) ? 501 : { file, first }
  }

  async function findIndex(folder: string): Promise<Finding> {
    for (const [i, name] of index.entries()) {
      const seen = await look(folder + name)
      if (seen === 'file') return findFile(folder + name, i === 0)
      if (seen === 'shut') return 403
    }
    return 403
  }

  /** A path that goes on behind a file. Which file that is matters only where it is a program. */
  async function findBehind(bytes: string): Promise<Finding> {
    for (let end = bytes.indexOf('/', 1); end > 0; end = bytes.indexOf('/', end + 1)) {
      if (!isProgram(bytes.slice(0, end))) continue
      const seen = await look(root + bytes.slice(0, end))
      if (seen === 'file') return 501
      if (seen !== 'folder') return 404
    }
    return 404
  }

  return async (bytes) => {
    const seen = await look(root + bytes)
    if (seen === 'file') return findFile(root + bytes, true)
    if (seen === 'folder') return bytes.endsWith('/') ? findIndex(root + bytes) : 'folder'
    return seen === 'behind' ? findBehind(bytes) : STATUS[seen]
  }
}
