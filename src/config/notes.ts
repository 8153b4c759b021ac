/** What a reader of configurations has to say: errors that stop it, and notes that do not. Never a secret. */

import { TktError } from '../errors.js'

/** Where something stands. */
export interface Place {
  readonly file: string
  /** 0: the file as a whole. */
  readonly line: number
}

export interface Note extends Place {
  readonly severity: 'warning' | 'info'
  readonly message: string
}

export interface Notes {
  warn(place: Place, message: string): void
  info(place: Place, message: string): void
  /** A directive that has no bearing on who may enter is left out: one note for all that have its name. */
  skipped(place: Place, name: string): void
  /** All notes so far, in the order of their places in each file. */
  list(): Note[]
}

export function createNotes(): Notes {
  const notes: Note[] = []
  const known = new Set<string>()
  const skipped = new Map<string, { place: Place; name: string; count: number }>()
  const add = (severity: Note['severity'], { file, line }: Place, message: string) => {
    // The same place is read once for each virtual host that it concerns.
    const key = `${file}:${line}: ${message}`
    if (!known.has(key)) notes.push({ severity, file, line, message })
    known.add(key)
  }
  return {
    warn: (place, message) => add('warning', place, message),
    info: (place, message) => add('info', place, message),
    skipped(place, name) {
      const entry = skipped.get(name.toLowerCase())
      if (entry) entry.count++
      else skipped.set(name.toLowerCase(), { place, name, count: 1 })
    },
    list() {
      const skips = [...skipped.values()].map(({ place: { file, line }, name, count }): Note => {
        const times = count === 1 ? '' : ` (${count} times)`
        return { severity: 'warning', file, line, message: `${name}: left out${times}; it is not read here` }
      })
      return [...notes, ...skips]
    },
  }
}

/** The one-line error of this folder: `file:line: subject: what is wrong; fix`, without a line where there is none. */
export function configError(place: Place, subject: string, message: string, cause?: unknown): TktError {
  const options = cause === undefined ? undefined : { cause }
  const where = place.line === 0 ? place.file : `${place.file}:${place.line}`
  // What a file says may hold line breaks and control bytes; a message is one line.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  const text = `${where}: ${subject}: ${message}`.replace(/[\0-\x1f\x7f]+/g, ' ')
  return new TktError('ERR_TKT_CONFIG', text, options)
}
