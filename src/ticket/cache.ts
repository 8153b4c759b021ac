/** What has been verified lately: cookie value and what it was bound to -> whatever the caller remembers of it. Bounded. */

import type { CacheStats } from '../types.js'

/**
 * Ask only after the cheap refusals, set only what has been verified, and check on every hit whatever time may have
 * changed. It holds tickets, which are credentials, and its compare takes a time that depends on them.
 */
export interface TicketCache<T> {
  /** What was set for this very value and bound, if it has not made room for another since. */
  get(value: string, bound: string | undefined): T | undefined
  /** Both strings are copied: a part of a header that was handed in keeps no header alive. */
  set(value: string, bound: string | undefined, entry: T): void
  /** Live: counts on. */
  readonly stats: CacheStats
}

interface Slot<T> {
  readonly value: string
  readonly bound: string | undefined
  readonly entry: T
}

/** Chars looked at from each end of a value: STEP apart, beginning less than STEP + 1 from a start drawn at random. */
const STEP = 5
const SAMPLES = 6
/** Base64 ends in padding, six chars of it when escaped. */
const PADDING = 8
/** A value this long has all of its samples; of a shorter one all chars are taken. */
const SAMPLED = PADDING + STEP + STEP * SAMPLES

/** 2^32 over the golden ratio, odd: it mixes well. One drawn at random does not always. */
const FACTOR = 0x9e3779b1 | 0

/**
 * A cache of at least two entries, and else of the next power of two. A value can stand in two places; there, the one
 * that was used less lately makes room. The place is found by a hash over its length and twelve of its chars, of the
 * digest in front and of the signature at the end: V8 would read all of a new string to find it in a Map.
 */
export function createTicketCache<T>(entries: number): TicketCache<T> {
  const sets = 2 ** Math.max(0, Math.ceil(Math.log2(entries)) - 1)
  // Nobody outside knows which tickets share a place.
  const [seed, front, back] = draw()
  const stats = { hits: 0, misses: 0, evictions: 0 }
  let slots: (Slot<T> | undefined)[] | undefined
  let recent = new Uint8Array(0)

  function placeOf(value: string): number {
    const { length } = value
    let hash = seed ^ length
    if (length < SAMPLED) {
      for (let i = 0; i < length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), FACTOR)
    } else {
      for (let i = 0; i < STEP * SAMPLES; i += STEP) {
        hash = Math.imul(hash ^ value.charCodeAt(front + i), FACTOR)
        hash = Math.imul(hash ^ value.charCodeAt(length - back - i), FACTOR)
      }
    }
    // The low bits of a product are those of its factors' low bits only.
    hash = Math.imul(hash ^ (hash >>> 15), FACTOR)
    return (hash ^ (hash >>> 16)) & (sets - 1)
  }

  const holds = (slot: Slot<T> | undefined, value: string, bound: string | undefined) =>
    slot !== undefined && slot.value === value && slot.bound === bound

  return {
    stats,
    get(value, bound) {
      if (slots !== undefined) {
        const place = placeOf(value)
        const way = recent[place] as number
        let slot = slots[place * 2 + way]
        if (holds(slot, value, bound)) {
          stats.hits++
          return (slot as Slot<T>).entry
        }
        slot = slots[place * 2 + 1 - way]
        if (holds(slot, value, bound)) {
          recent[place] = 1 - way
          stats.hits++
          return (slot as Slot<T>).entry
        }
      }
      stats.misses++
      return undefined
    },
    set(value, bound, entry) {
      if (slots === undefined) {
        slots = new Array<Slot<T> | undefined>(sets * 2).fill(undefined)
        recent = new Uint8Array(sets)
      }
      const place = placeOf(value)
      let way = recent[place] as number
      if (!holds(slots[place * 2 + way], value, bound)) {
        way = 1 - way
        const slot = slots[place * 2 + way]
        if (slot !== undefined && !holds(slot, value, bound)) stats.evictions++
      }
      recent[place] = way
      slots[place * 2 + way] = { value: flat(value), bound: bound && flat(bound), entry }
    },
  }
}

/** Where a hash begins, and where its samples do from the front and from the end. */
function draw(): [seed: number, front: number, back: number] {
  const [seed = 0, front = 0, back = 0] = crypto.getRandomValues(new Uint32Array(3))
  return [seed | 0, front % STEP, PADDING + (back % STEP)]
}

/**
 * A copy with chars of its own. What V8 cuts out of a longer string is a pointer into that, and holds all of it; to cut
 * from a sum of strings, it first writes the sum out. Twenty times as fast as a loop over the chars.
 */
function flat(text: string): string {
  return `\0${text}`.slice(1)
}
