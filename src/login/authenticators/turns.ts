/**
 * So many at once, the others in the order in which they came. Checking passwords is made to be slow: without this,
 * many sign-ins at once would take all of Node's worker threads, which files and host names are read with, too.
 */

export type Turns = <T>(work: () => Promise<T>) => Promise<T> | undefined

/** Runs `work` when it is its turn; undefined where `waiting` others are waiting already. */
export function createTurns(atOnce: number, waiting: number): Turns {
  const queue: (() => void)[] = []
  let running = 0

  return (work) => {
    if (running >= atOnce && queue.length >= waiting) return undefined
    return inTurn(work)
  }

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) await new Promise<void>((resolve) => queue.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      // Whoever is next takes over the place, so that nobody who comes now can slip in between.
      const next = queue.shift()
      if (next) next()
      else running--
    }
  }
}
