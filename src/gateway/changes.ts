/** The files that a configuration was read from, and whether any of them has changed since. */

import { statSync } from 'node:fs'
import { type Files, nodeFiles } from '../config/files.js'

export interface Changes {
  /** Files that remember what was asked of them. */
  readonly files: Files
  /** Files that somebody else reads: certificates. */
  also(paths: readonly string[]): void
  /** Begins a new reading: what was asked before no longer counts. */
  restart(): void
  /** Calls back once after each change, when it has come to rest. Ends with what it returns. */
  watch(interval: number, changed: () => void): () => void
}

/** What can be asked of files, as a text that is another one after a change. */
type Question = () => string

export function createChanges(): Changes {
  let questions = new Map<string, Question>()
  const answers = () => [...questions.values()].map((ask) => ask()).join('\n')

  function remember<T>(key: string, ask: Question, give: () => T): T {
    questions.set(key, ask)
    return give()
  }

  const files: Files = {
    readText: (path) =>
      remember(
        `file ${path}`,
        () => stampOf(path),
        () => nodeFiles.readText(path),
      ),
    glob: (pattern) =>
      remember(
        `glob ${pattern}`,
        () => list(() => nodeFiles.glob(pattern)),
        () => nodeFiles.glob(pattern),
      ),
    exists: (path) =>
      remember(
        `file ${path}`,
        () => stampOf(path),
        () => nodeFiles.exists(path),
      ),
    named: (folder, names) =>
      remember(
        `named ${folder} ${names.join()}`,
        () => list(() => nodeFiles.named(folder, names)),
        () => nodeFiles.named(folder, names),
      ),
    isOpen: (path) => nodeFiles.isOpen(path),
  }

  return {
    files,
    also(paths) {
      for (const path of paths) questions.set(`file ${path}`, () => stampOf(path))
    },
    restart() {
      questions = new Map()
    },
    watch(interval, changed) {
      let known = answers()
      let last = known
      // Polled: events get lost where files are exchanged by links, over networks, and in containers.
      const timer = setInterval(() => {
        const now = answers()
        const restless = now !== last
        last = now
        if (restless || now === known) return
        known = now
        changed()
        // What the new reading asks counts from here.
        known = answers()
        last = known
      }, interval)
      return () => clearInterval(timer)
    },
  }
}

function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? 'none' : `${stats.mtimeMs} ${stats.ctimeMs} ${stats.size} ${stats.ino}`
}

function list(ask: () => string[]): string {
  try {
    return ask().join('\n')
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
