/** Counting attempts: who has failed often waits before the next one. An interface, so that processes can share one. */

/** Something that attempts are counted for. */
export interface Counted {
  /** Names it, and says nothing about it: a digest. */
  readonly key: string
  /** Attempts that cost no waiting. */
  readonly free: number
  /** The longest wait in seconds; it doubles from 1 with each attempt beyond the free ones. */
  readonly longest: number
}

export interface Attempts {
  /**
   * Counts one attempt for each, before anybody knows how it ends: many at once must not all pass. Where one of them has
   * to wait, nothing is counted and the seconds until then are given; else 0.
   */
  begin(counted: readonly Counted[], now: number): Promise<number>
  /** The attempt was a good one: `forget` what has been counted for these, take one back for the others. */
  succeed(counted: readonly Counted[], forget: readonly Counted[]): Promise<void>
}
