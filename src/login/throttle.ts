/**
 * Who may try to sign in now: attempts are counted for the account, for the client's address, or for a browser that the
 * account's owner has signed in with before.
 */

import { createHash } from 'node:crypto'
import { TktError } from '../errors.js'
import { maskAddress } from '../http/address.js'
import type { Attempts, Counted } from '../state/attempts.js'
import { foldName } from './names.js'

/** What is known of somebody who tries to sign in. */
export interface SignIn {
  /** As typed. */
  readonly uid: string
  /** Of the client; all that have none, or one that cannot be read, are counted together. */
  readonly ip: string | undefined
  /** The browser's id, from a sealed cookie: only where that has been proven to be of this very uid. */
  readonly device?: string | undefined
}

export interface Limit {
  /** Attempts that cost no waiting, 1 or more. */
  readonly free: number
  /** The longest wait in seconds, 1 or more. After the free attempts it is 1, 2, 4, ... seconds. */
  readonly longest: number
}

/** What is left out is as usual. */
export type LimitOptions = { readonly [K in keyof Limit]?: Limit[K] | undefined }

export interface ThrottleOptions {
  readonly attempts: Attempts
  /**
   * For an account, from all browsers that are not known to be its owner's. Default 5 free, longest 60 s: 24 guesses in
   * 15 minutes, from however many addresses. More would not hold up a guesser much, but an owner with a new browser.
   */
  readonly account?: LimitOptions | undefined
  /** For an IPv4 address or an IPv6 /64, whatever the account. Default 20 free (offices share one), longest 900 s. */
  readonly address?: LimitOptions | undefined
  /** For one account in one browser that is known to be its owner's. Default 10 free, longest 300 s. */
  readonly device?: LimitOptions | undefined
}

/** To go on, and to say so if the attempt was a good one; or to come back in `wait` seconds. */
export type Admission = { readonly ok: true; succeed(): Promise<void> } | { readonly ok: false; readonly wait: number }

export interface Throttle {
  /** `now`: Unix time in whole seconds. Counts the attempt, unless it has to wait. */
  begin(who: SignIn, now: number): Promise<Admission>
}

type Kind = 'account' | 'address' | 'device'

const DEFAULTS: Readonly<Record<Kind, Limit>> = {
  account: { free: 5, longest: 60 },
  address: { free: 20, longest: 900 },
  device: { free: 10, longest: 300 },
}
/** Bytes of a key: two names that share one are not to be found. */
const KEY_LENGTH = 16

/**
 * Throttles sign-ins. A browser that is known to be the owner's has its own count and no other: nobody locks owners out
 * by failing in their name, or from their address. An owner with a new browser does wait with everybody else.
 *
 * @example
 * const throttle = createThrottle({ attempts: createMemoryAttempts() })
 * const admission = await throttle.begin({ uid: 'alice', ip: '192.0.2.7' }, now)
 * if (admission.ok && (await checks(password))) await admission.succeed()
 */
export function createThrottle(options: ThrottleOptions): Throttle {
  const { attempts } = options
  const limits = {
    account: limit('account', options),
    address: limit('address', options),
    device: limit('device', options),
  }

  function counted(kind: Kind, ...values: string[]): Counted {
    const digest = createHash('sha256')
      .update([kind, ...values].join('\0'))
      .digest()
    return { key: digest.subarray(0, KEY_LENGTH).toString('base64url'), ...limits[kind] }
  }

  return {
    async begin({ uid, ip, device }, now) {
      const name = foldName(uid)
      const account = counted('account', name)
      // With the name: else a browser that two people share would make either one's count go with the other's sign-in.
      const owner = device === undefined ? undefined : counted('device', name, device)
      const attempt = { counted: owner ? [owner] : [account, counted('address', network(ip))], now }
      const wait = await attempts.begin(attempt)
      if (wait > 0) return { ok: false, wait }
      let done = false
      return {
        ok: true,
        async succeed() {
          if (done) return
          done = true
          // The address keeps what others have failed from it: one account of one's own must not buy new guesses.
          await attempts.succeed(attempt, owner ? [account, owner] : [account])
        },
      }
    },
  }
}

function limit(kind: Kind, options: ThrottleOptions): Limit {
  const { free = DEFAULTS[kind].free, longest = DEFAULTS[kind].longest } = options[kind] ?? {}
  for (const [name, value] of Object.entries({ free, longest })) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new TktError('ERR_TKT_OPTIONS', `throttle: ${kind}.${name}: give a whole number, 1 or more`)
  }
  return { free, longest }
}

/** What one client has for itself: an IPv4 address, however written, or an IPv6 network. */
function network(ip: string | undefined): string {
  return (ip === undefined ? undefined : maskAddress(ip, 64)) ?? ''
}
