/** What every adapter can be told, and the two things that must never disturb a request: hooks and clocks. */

import { TktError } from '../errors.js'
import type { Decision, Guard } from '../policy/decision.js'
import type { Charset } from '../types.js'

/** Options that all adapters share. `Subject` is what the server calls a request. */
export interface AdapterOptions<Subject> {
  /** Address of the client or of the proxy in front. Default: that of the connection. */
  readonly ip?: ((request: Subject) => string | undefined) | undefined
  /** Unix time in whole seconds. Default: the clock of this machine. */
  readonly now?: (() => number) | undefined
  /**
   * Is told every decision, for logs and metrics, before it is carried out; with `shadow` guards the only place where
   * it shows. What it throws is dropped: a log must not open a door, nor close one.
   */
  readonly onDecision?: ((decision: Decision, request: Subject) => unknown) | undefined
  /**
   * Hand the identity on in the request headers Remote-User, Remote-User-Tokens and Remote-User-Data as well, and
   * remove what the client sent under these names. `'utf8'` where the guard has `charset: 'utf8'`. Default false.
   */
  readonly identityHeaders?: boolean | Charset | undefined
}

const FUNCTIONS = ['ip', 'now', 'onDecision', 'onError']
const SHARED = ['ip', 'now', 'onDecision', 'identityHeaders']

/** Refuses what is no guard, and misspelt options: once, when the adapter is made. */
export function checkAdapter(guard: Guard, options: object, where: string, more: readonly string[] = []): void {
  const fail = (message: string) => {
    throw new TktError('ERR_TKT_OPTIONS', `${where}: ${message}`)
  }
  if (typeof guard?.decide !== 'function') fail('needs a guard, as createGuard makes them')
  const known = [...SHARED, ...more]
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) fail(`there is no option '${name}'; known are ${known.join(', ')}`)
    if (FUNCTIONS.includes(name) && value !== undefined && typeof value !== 'function')
      fail(`${name} must be a function`)
  }
}

/** The machine's clock, as tickets count it. */
export function systemNow(): number {
  return Math.floor(Date.now() / 1000)
}

/** Tells the hook, if there is one; nothing that goes wrong in it, now or later, reaches the request. */
export function tell<Subject>({ onDecision }: AdapterOptions<Subject>, decision: Decision, request: Subject): void {
  if (!onDecision) return
  try {
    const outcome = onDecision(decision, request)
    if (outcome instanceof Promise) outcome.catch(() => {})
  } catch {
    // Dropped on purpose, see above.
  }
}
