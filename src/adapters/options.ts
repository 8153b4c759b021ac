/** What every adapter can be told, and the two things that must never disturb a request: hooks and clocks. */

import { TktError } from '../errors.js'
import type { AsyncGuard, Decision, Guard, GuardRequest } from '../policy/decision.js'
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
  if (typeof guard?.decide !== 'function') {
    const waits = typeof (guard as AsyncGuard | undefined)?.decideAsync === 'function'
    fail(where, waits ? WAITS : 'needs a guard, as createGuard makes them')
  }
  checkOptions(options, where, more)
}

/** The same where a guard may also be one that has to wait. */
export function checkWaitingAdapter(guard: Guard | AsyncGuard, options: object, where: string): void {
  if (typeof (guard as Guard | undefined)?.decide !== 'function' && typeof guard?.decideAsync !== 'function')
    fail(where, 'needs a guard, as createGuard and createAsyncGuard make them')
  checkOptions(options, where, [])
}

/** Asks a guard of either kind; of those that need not wait nobody has to wait. */
export function decideWith(guard: Guard | AsyncGuard, request: GuardRequest): Decision | Promise<Decision> {
  return 'decide' in guard ? guard.decide(request) : guard.decideAsync(request)
}

const WAITS =
  'this guard has to wait for WebCrypto, and this server does not: make it with createGuard, or use authtkt/fetch or authtkt/hono'

function fail(where: string, message: string): never {
  throw new TktError('ERR_TKT_OPTIONS', `${where}: ${message}`)
}

function checkOptions(options: object, where: string, more: readonly string[]): void {
  const known = [...SHARED, ...more]
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) fail(where, `there is no option '${name}'; known are ${known.join(', ')}`)
    if (FUNCTIONS.includes(name) && value !== undefined && typeof value !== 'function')
      fail(where, `${name} must be a function`)
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
