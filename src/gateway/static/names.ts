/**
 * What a path below a folder names on the disk. Names are bytes there, so paths are latin-1 text here: one char a byte.
 */

import { stat } from 'node:fs/promises'

/** A path as node:fs takes it. Text would be written as UTF-8, which not every name is. */
export type DiskPath = string | Buffer

export function diskPath(bytes: string): DiskPath {
  return /^[\0-\x7f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1')
}

/** Text that somebody configured, as the bytes that node:fs would make of it. */
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/**
 * A path decoded, or the status of one that names nothing. The guard lets none of these through but names with `.ht`;
 * they are refused here as well, as all that is served depends on it.
 */
export function readPath(path: string): string | 400 | 403 | 404 {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what is no byte is looked for
  if (!path.startsWith('/') || /%(?![0-9A-Fa-f]{2})|%00|[^\x01-\xff]/.test(path)) return 400
  if (/%2f/i.test(path)) return 404
  const bytes = path.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  if (/(?:^|\/)\.\.?(?:\/|$)/.test(bytes)) return 400
  return hasPrivateName(bytes) ? 403 : bytes
}

/** `.htaccess`, `.htpasswd`, in any case: on some disks that is the same file. */
export function hasPrivateName(bytes: string): boolean {
  return /(?:^|\/)\.ht/i.test(bytes)
}

/**
 * Names of what Apache would run. Any of several extensions counts, as for AddHandler (`x.cgi.txt`), and what editors
 * leave behind one (`x.cgi~`) does not hide it: a source that is shown by mistake cannot be taken back.
 */
export function programNames(programs: readonly string[]): (bytes: string) => boolean {
  const all = programs.map((program) => bytesOf(program).toLowerCase())
  const known = new Set(all.filter((one) => one.startsWith('.')).map((one) => one.slice(1)))
  const whole = new Set(all.filter((one) => !one.startsWith('.')))
  if (all.length === 0) return () => false
  return (bytes) => {
    const name = bytes.slice(bytes.lastIndexOf('/') + 1).toLowerCase()
    if (whole.has(name)) return true
    const [, ...parts] = name.split('.')
    return parts.some((part) => known.has(part) || known.has(part.replace(/[^a-z0-9]+$/, '')))
  }
}

export type Kind = 'file' | 'folder' | 'other'
/** Why there is no such thing: nothing by that name, one that lies behind a file, none that we may see. */
export type Missing = 'nothing' | 'behind' | 'shut'

const MISSING: Readonly<Record<string, Missing>> = {
  ENOENT: 'nothing',
  ENOTDIR: 'behind',
  EACCES: 'shut',
  EPERM: 'shut',
  ELOOP: 'shut',
  ENAMETOOLONG: 'shut',
}

/** Undefined for errors that say nothing about the path. */
export function missing(error: unknown): Missing | undefined {
  return MISSING[String((error as NodeJS.ErrnoException).code)]
}

/** Symbolic links are followed. */
export async function look(bytes: string): Promise<Kind | Missing> {
  try {
    const found = await stat(diskPath(bytes))
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
  } catch (error) {
    const why = missing(error)
    if (why === undefined) throw error
    return why
  }
}
