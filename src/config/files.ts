/** The files that a configuration names, as the readers ask for them; and Node's own as such. */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
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
    isFolder(folder) ? below(folder, (path) => names.includes(path.slice(path.lastIndexOf('/') + 1))) : [],
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

/**
 * The files below a folder, through links, too: what Apache reads depends on the path that was asked for. A link back to
 * a folder around it makes paths without end, and an error where one of the files lies on them.
 */
function below(folder: string, wanted: (path: string) => boolean = () => true): string[] {
  const loops: string[] = []
  const files = filesBelow(folder, [], loops).filter(wanted)
  for (const loop of loops) {
    if (!files.some((path) => `${realpathSync(dirname(path))}/`.startsWith(`${loop}/`))) continue
    throw new Error(`a link in it leads back to ${loop}; take it away`)
  }
  return files
}

function filesBelow(folder: string, around: readonly string[], loops: string[]): string[] {
  const real = realpathSync(folder)
  if (around.includes(real)) {
    loops.push(real === '/' ? '' : real)
    return []
  }
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (isFolder(path) ? filesBelow(path, [...around, real], loops) : [path]))
}
