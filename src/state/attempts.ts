/** Counting attempts: who has failed often waits before the next one. An interface, so that processes can share one. */

/** Something that attempts are counted for. */
export interface Counted {
  /** Names it, and says nothing about it: a digest. */
  readonly key: string
  /** Attempts that cost no waiting; 1 or more. */
  readonly free: number
  /** The longest wait in seconds; it doubles from 1 with each attempt beyond the free ones. */
  readonly longest: number
}

/** One attempt. The same object is given when it begins and when it has turned out well. */
export interface Attempt {
  readonly counted: readonly Counted[]
  /** When it begins: Unix time in whole seconds. */
  readonly now: number
}

export interface Attempts {
  /**
   * Counts one attempt for each, before anybody knows how it ends: many at once must not all pass. Where one of them has
   * to wait, nothing is counted and the seconds until then are given; else 0.
   */
  begin(attempt: Attempt): Promise<number>
  /**
   * The attempt was a good one: `forget` what has been counted for these, and for the others of the attempt let it be as
   * if it had not been. Once for an attempt at most, and only for one that had not to wait.
   */
  succeed(attempt: Attempt, forget: readonly Counted[]): Promise<void>
}
