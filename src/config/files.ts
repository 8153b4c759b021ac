/** The files that a configuration names, as the readers ask for them; and Node's own as such. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { globPattern, isGlob } from './globs.js'

export interface Files {
  /** The file's text, latin-1: one char a byte. Throws where it cannot be read. */
  readText(path: string): string
  /** Files that a name with wildcards stands for, in order; a folder stands for all files below it. */
  glob(pattern: string): string[]
  exists(path: string): boolean
  /** Files with one of these names in the folder or below it, in order. */
  named(folder: string, names: readonly string[]): string[]
  /** Others than its owner can read the file. */
  isOpen(path: string): boolean
}

export const nodeFiles: Files = {
  readText: (path) => readFileSync(path, 'latin1'),
  glob: (pattern) => expandGlob(pattern).flatMap((path) => (isFolder(path) ? below(path) : [path])),
  exists: existsSync,
  named: (folder, names) =>
    isFolder(folder) ? below(folder).filter((path) => names.includes(path.slice(path.lastIndexOf('/') + 1))) : [],
  isOpen: (path) => (statSync(path).mode & 0o077) !== 0,
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Wildcards part by part, from the left, as Apache's Include has them. */
function expandGlob(pattern: string): string[] {
  if (!isGlob(pattern)) return existsSync(pattern) ? [pattern] : []
  const last = pattern.slice(pattern.lastIndexOf('/') + 1)
  const matching = new RegExp(`^${globPattern(last)}$`)
  return expandGlob(dirname(pattern)).flatMap((folder) => {
    if (!isFolder(folder)) return []
    return readdirSync(folder)
      .filter((name) => (isGlob(last) ? matching.test(name) : name === last))
      .sort()
      .map((name) => join(folder, name))
  })
}

/** All files below a folder. Links to folders are not followed: they may lead back. */
function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)]))
}
