/** What the tests of the readers share: files that are not on the disk, and errors as text. */

import { type ApacheConfig, readApacheConfig } from '../../src/config/apache.js'
import type { ApacheConfigOptions } from '../../src/config/context.js'
import type { Files } from '../../src/config/files.js'
import { globPattern, isGlob } from '../../src/config/globs.js'
import type { AreaOptions } from '../../src/policy/options.js'

/** Files by their paths; those whose text begins with `open:` can be read by all. */
export function filesOf(texts: Readonly<Record<string, string>>): Files {
  const paths = Object.keys(texts).sort()
  return {
    readText(path) {
      const text = texts[path]
      if (text === undefined) throw new Error(`no ${path}`)
      return text
    },
    glob: (pattern) =>
      paths.filter((path) => (isGlob(pattern) ? new RegExp(`^${globPattern(pattern)}$`).test(path) : path === pattern)),
    exists: (path) => paths.includes(path),
    named: (folder, names) =>
      paths.filter((path) => path.startsWith(`${folder}/`) && names.includes(path.slice(path.lastIndexOf('/') + 1))),
    isOpen: (path) => texts[path]?.startsWith('open:') ?? false,
  }
}

export const read = (text: string, options: ApacheConfigOptions = {}): ApacheConfig => {
  return readApacheConfig(text, { file: 'site.conf', ...options })
}

/** The areas without their names. */
export function areas(text: string, options?: ApacheConfigOptions): Omit<AreaOptions, 'name'>[] {
  return (read(text, options).options.areas ?? []).map(({ name: _, ...area }) => area)
}

/** The settings of the only area. */
export function settings(lines: string, options?: ApacheConfigOptions): Record<string, unknown> {
  const [first] = areas(`<Location /x>\n${lines}\n</Location>`, { inheritAll: true, ...options })
  const { path: _, ...own } = first ?? {}
  return own
}

/** Notes as `line: message`. */
export function notes(text: string, options?: ApacheConfigOptions): string[] {
  return read(text, options).notes.map(({ line, message }) => `${line}: ${message}`)
}

/** The message of the error that a reader throws, which must be this folder's own and one line. */
export function trouble(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return code === 'ERR_TKT_CONFIG' && !message.includes('\n') ? message : `unexpected: ${code} ${message}`
  }
  return 'no error'
}

/** The error of an Apache configuration. */
export const wrong = (text: string, options?: ApacheConfigOptions): string => trouble(() => read(text, options))
