/** One row of PROTOCOL's table A: what exact does, what hardened does, and that one option alone makes the difference. */

import type { Test } from 'tap'
import type { Decision } from '../../src/policy/decision.js'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import { type Asked, decideIn } from './guards.js'

export interface Row {
  readonly name: string
  readonly asked: Asked
  /** Settings of both. */
  readonly area?: AreaOptions
  readonly options?: GuardOptions
  readonly see: (decision: Decision) => unknown
  readonly exact: unknown
  readonly hardened: unknown
  /** The option that flips exact to hardened, and the one that flips back. */
  readonly harden: AreaOptions
  readonly soften: AreaOptions
}

export function checkFlips(t: Test, rows: readonly Row[]): void {
  for (const { name, asked, area, options, see, exact, hardened, harden, soften } of rows) {
    const ask = (compat: 'exact' | 'hardened', setting: AreaOptions) =>
      see(decideIn({ ...area, ...setting }, asked, { ...options, compat }))
    t.strictSame(ask('exact', {}), exact, `${name}: exact`)
    t.strictSame(ask('hardened', {}), hardened, `${name}: hardened`)
    t.strictSame(ask('exact', harden), hardened, `${name}: exact and ${JSON.stringify(harden)}`)
    t.strictSame(ask('hardened', soften), exact, `${name}: hardened and ${JSON.stringify(soften)}`)
  }
}

/** The back URL in a Location, decoded once. */
export function backOf(decision: Decision): string {
  if (decision.kind !== 'redirect') return decision.kind
  return decodeURIComponent(/\bback=([^&#]*)/.exec(decision.location)?.[1] ?? 'none')
}

export const locationOf = (decision: Decision) => (decision.kind === 'redirect' ? decision.location : decision.kind)
export const cookiesOf = (decision: Decision) => (decision.kind === 'pass' ? [] : decision.setCookies)
