/** A provider's description of itself: asked for when it is needed first, kept, and asked for again after a failure. */

import { causeOf } from './oidc-cause.js'

/** Seconds between two questions to a provider that does not answer: its outage must not become our load on it. */
const RETRY = 5
/** Seconds that a description is good for: endpoints move when providers are upgraded. */
const KEEP = 3600

export type Found<T> = { readonly ok: true; readonly server: T } | { readonly ok: false; readonly cause: string }

export interface Discovery<T> {
  find(): Promise<Found<T>>
  /** Something was not as described: the next one who needs it asks anew, unless that was done a moment ago. */
  doubt(): void
}

/** `now`: seconds, of a clock that is never set back. */
export function createDiscovery<T>(ask: () => Promise<T>, now: () => number): Discovery<T> {
  let last: Promise<Found<T>> | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let goodUntil = askedAt

  async function askNow(): Promise<Found<T>> {
    try {
      const server = await ask()
      goodUntil = now() + KEEP
      return { ok: true, server }
    } catch (error) {
      goodUntil = now() + RETRY
      return { ok: false, cause: `discovery: ${causeOf(error)}` }
    }
  }

  return {
    find() {
      if (last && now() < goodUntil) return last
      askedAt = now()
      // All who come while it is under way wait for the same answer.
      goodUntil = Number.POSITIVE_INFINITY
      last = askNow()
      return last
    },
    doubt() {
      if (goodUntil !== Number.POSITIVE_INFINITY) goodUntil = Math.min(goodUntil, askedAt + RETRY)
    },
  }
}
