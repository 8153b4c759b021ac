/** Hosts that a condition on $HTTP["host"] names, where that is a list of names. */

import { hostSchema } from '../policy/settings.js'

export interface HostNames {
  readonly names: readonly string[]
  /** Ends of names, with their dot: `.example.com`. */
  readonly ends: readonly string[]
  readonly port?: number | undefined
  /** What a Host says of a port is one with the name: `one.test:81` does not end as `one.test` does. */
  readonly whole: boolean
}

const NAMES_MAX = 64
/** An optional port, as people write it. */
const PORT = /(?:\(\?:|\():(?:\\d|\[0-9\])[+*]\)\?$/
/** What may stand before a name, and whether it asks for something there (`ends`), for nothing, or for either. */
const BEGINNINGS: readonly { readonly text: RegExp; readonly whole: boolean; readonly ends: boolean }[] = [
  { text: /^\((?:\?:)?(?:\^\|\\\.|\\\.\|\^)\)/, whole: true, ends: true },
  { text: /^\^\((?:\?:)?\.[*+]\\\.\)\?/, whole: true, ends: true },
  { text: /^\^\.[*+]\\\./, whole: false, ends: true },
  { text: /^\\\./, whole: false, ends: true },
  { text: /^\^/, whole: true, ends: false },
]

/** `www.example.com` or `www.example.com:8080`. */
export function readHostName(text: string): HostNames | undefined {
  const [, name = '', digits] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(text) ?? []
  const port = digits === undefined ? undefined : Number(digits)
  if (!isHost(name) || port === 0 || (port ?? 1) > 65535) return undefined
  return { names: [name], ends: [], port, whole: false }
}

/** The names of an expression such as `^(www\.)?example\.com$`, or of a plain end; undefined where it has others, too. */
export function hostPattern(pattern: string, plainEnd: boolean): HostNames | undefined {
  if (plainEnd) {
    return pattern.startsWith('.') && isHost(pattern.slice(1)) ? { names: [], ends: [pattern], whole: true } : undefined
  }
  const source = pattern.replace(/^\(\?i\)/, '').toLowerCase()
  if (!source.endsWith('$') || source.endsWith('\\$')) return undefined
  const text = source.slice(0, -1)
  const body = text.replace(PORT, '')
  const beginning = BEGINNINGS.find((one) => one.text.test(body))
  if (!beginning) return undefined
  const words = wordsOf(body.replace(beginning.text, ''))
  if (!words?.every(isHost)) return undefined
  const { whole, ends } = beginning
  return { names: whole ? words : [], ends: ends ? words.map((word) => `.${word}`) : [], whole: body === text }
}

function isHost(name: string): boolean {
  return !name.startsWith('*') && hostSchema.safeParse(name).success
}

/** All words of an expression that has letters, `\.` and groups with bars, which may be left out (`?`), and nothing else. */
function wordsOf(source: string): string[] | undefined {
  if (source.length > 1000) return undefined
  const state = { source, at: 0 }
  // A bar outside of all groups would leave its sides without an anchor.
  const words = sequence(state)
  return state.at === source.length ? words : undefined
}

interface State {
  readonly source: string
  at: number
}

function alternatives(state: State): string[] | undefined {
  const words: string[] = []
  for (;;) {
    const some = sequence(state)
    if (!some || words.length + some.length > NAMES_MAX) return undefined
    words.push(...some)
    if (state.source[state.at] !== '|') return words
    state.at++
  }
}

function sequence(state: State): string[] | undefined {
  let words = ['']
  while (state.at < state.source.length && !/[|)]/.test(state.source.charAt(state.at))) {
    const next = item(state)
    if (!next || words.length * next.length > NAMES_MAX) return undefined
    words = words.flatMap((word) => next.map((end) => word + end))
  }
  return words
}

function item(state: State): string[] | undefined {
  const rest = state.source.slice(state.at, state.at + 3)
  const literal = /^(?:\\([.-])|([a-z0-9_-]))/.exec(rest)
  if (literal) {
    state.at += literal[0].length
    return optional(state, [literal[1] ?? (literal[2] as string)])
  }
  if (!rest.startsWith('(')) return undefined
  state.at += rest === '(?:' ? 3 : 1
  const words = alternatives(state)
  if (!words || state.source[state.at] !== ')') return undefined
  state.at++
  return optional(state, words)
}

function optional(state: State, words: string[]): string[] {
  if (state.source[state.at] !== '?') return words
  state.at++
  return ['', ...words]
}
