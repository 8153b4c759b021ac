/** Entries by key and by rank: any of them is found, moved and let go in constant time, the lowest rank's first as well. */

import { append, type Queue, type Queued, remove } from './queue.js'

export interface RankedEntry<T> extends Queued<T> {
  readonly key: string
  rank: number
}

export interface Ranked<T> {
  readonly size: number
  get(key: string): T | undefined
  values(): Iterable<T>
  /** The one that has been in the lowest rank for the longest time. */
  lowest(): T | undefined
  /** Behind all others of its rank, a whole number below `ranks`. Nothing of this key may be kept already. */
  keep(entry: T, rank: number): void
  drop(entry: T): void
  /** From the front of each rank, all that are over. */
  sweep(isOver: (entry: T) => boolean): void
}

export function createRanked<T extends RankedEntry<T>>(ranks: number): Ranked<T> {
  const entries = new Map<string, T>()
  const queues = Array.from({ length: ranks }, (): Queue<T> => ({ first: undefined, last: undefined }))

  function drop(entry: T): void {
    entries.delete(entry.key)
    remove(queues[entry.rank] as Queue<T>, entry)
  }

  return {
    get size() {
      return entries.size
    },
    get: (key) => entries.get(key),
    values: () => entries.values(),
    lowest: () => queues.find(({ first }) => first)?.first,
    keep(entry, rank) {
      entries.set(entry.key, entry)
      entry.rank = rank
      append(queues[rank] as Queue<T>, entry)
    },
    drop,
    sweep(isOver) {
      for (const queue of queues) {
        while (queue.first && isOver(queue.first)) drop(queue.first)
      }
    },
  }
}
