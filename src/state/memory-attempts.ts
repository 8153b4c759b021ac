/** Attempts counted in the memory of one process: bounded, and what cost an attacker most is the last to be given up. */

import { TktError } from '../errors.js'
import type { Attempt, Attempts, Counted } from './attempts.js'
import { createRanked, type Ranked, type RankedEntry } from './ranked.js'

/** Seconds without an attempt that a count is kept, or twice its wait where that is longer. */
const KEPT = 900
/** Seconds that an attempt may be behind the one before it: several processes ask, and not in the order of time. */
const LATE = 5
/** Queues for counts without a wait, and as many for those with one. */
const RANKS = 32

interface Entry extends RankedEntry<Entry> {
  readonly free: number
  readonly longest: number
  count: number
  /** When the last attempt was counted, and what that was before it. */
  at: number
  before: number
}

export interface MemoryAttemptsOptions {
  /**
   * Counts kept at the most; default 100 000, which is some 20 MB. Beyond it the smallest ones go, so that to wash out a
   * count of n takes that many other names with n attempts for each; those with a wait go last, the longest last of all.
   */
  readonly most?: number
}

export interface MemoryAttempts extends Attempts {
  /** Counts that are kept now. */
  readonly size: number
}

/**
 * Counts for this process alone. The clock is the `now` of the attempts: where it jumps back, waits begin anew, and
 * never get longer than they can be; where it jumps ahead, they are over.
 *
 * @example
 * const attempts = createMemoryAttempts()
 * const wait = await attempts.begin({ counted: [{ key: 'xM3b', free: 5, longest: 60 }], now: 1700000000 })
 */
export function createMemoryAttempts({ most = 100_000 }: MemoryAttemptsOptions = {}): MemoryAttempts {
  if (!Number.isSafeInteger(most) || most < 1) {
    throw new TktError('ERR_TKT_OPTIONS', 'most: give a whole number of counts to keep, 1 or more')
  }
  const entries = createRanked<Entry>(2 * RANKS)
  let latest = 0

  /** Takes the clock over, and gives it; a clock that has jumped back must leave nothing in the future. */
  function setClock(now: number): number {
    if (now < latest && now >= latest - LATE) return latest
    if (now < latest) {
      for (const entry of entries.values()) {
        entry.at = Math.min(entry.at, now)
        entry.before = Math.min(entry.before, now)
      }
    }
    latest = now
    return now
  }

  return {
    get size() {
      return entries.size
    },
    // Nothing in here waits for anything, so nobody comes between looking and counting.
    async begin({ counted, now: told }: Attempt) {
      const now = setClock(told)
      // All of them and not the ones asked for alone: after a flood, memory is to be free again.
      entries.sweep((entry) => isOver(entry, now))
      const wait = Math.max(0, ...counted.map(({ key }) => waitLeft(entries.get(key), now)))
      if (wait === 0) for (const one of counted) count(entries, most, one, now)
      return wait
    },
    async succeed({ counted, now }: Attempt, forget: readonly Counted[]) {
      for (const { key } of forget) {
        const entry = entries.get(key)
        if (entry) entries.drop(entry)
      }
      for (const { key } of counted) takeBack(entries, key, now)
    },
  }
}

/** Where there is no room, the smallest count goes; of those, the oldest. */
function count(entries: Ranked<Entry>, most: number, { key, free, longest }: Counted, now: number): void {
  const found = entries.get(key)
  const leaving = found ?? (entries.size < most ? undefined : entries.lowest())
  if (leaving) entries.drop(leaving)
  const known = found && !isOver(found, now) ? found : undefined
  const times = { count: (known?.count ?? 0) + 1, at: now, before: known?.at ?? now }
  const entry: Entry = { key, free, longest, ...times, rank: 0, previous: undefined, next: undefined }
  entries.keep(entry, rankOf(entry))
}

/** As if the attempt had not been: also the wait is from the one before it, where none has been counted since. */
function takeBack(entries: Ranked<Entry>, key: string, now: number): void {
  const entry = entries.get(key)
  if (!entry) return
  entries.drop(entry)
  entry.count--
  if (entry.at === now) entry.at = entry.before
  if (entry.count > 0) entries.keep(entry, rankOf(entry))
}

/** Seconds from the last attempt to the next one. */
function waitOf({ count, free, longest }: Entry): number {
  return count < free ? 0 : Math.min(longest, 2 ** (count - free))
}

/** Seconds until the next one. */
function waitLeft(entry: Entry | undefined, now: number): number {
  return entry ? entry.at + waitOf(entry) - now : 0
}

function isOver(entry: Entry, now: number): boolean {
  return now - entry.at >= Math.max(KEPT, 2 * waitOf(entry))
}

/** What it would take to be there again: attempts, as long as they are free; then time, which doubles. */
function rankOf({ count, free }: Entry): number {
  return count < free ? Math.min(count, RANKS - 1) : RANKS + Math.min(count - free, RANKS - 1)
}
