/** An upstream's header lines as the client gets them: hop-by-hop ones out, the guard's cookies first. */

import type { Decision } from '../policy/decision.js'
import { isHopByHop, namedByConnection } from './hop-by-hop.js'

/** What the guard adds to an answer; nothing for most. */
export interface Additions {
  readonly setCookies: readonly string[]
  readonly noStore: boolean
}

const NOTHING: Additions = { setCookies: [], noStore: false }

export function additionsOf(decision: Decision): Additions {
  return decision.kind === 'pass' ? NOTHING : decision
}

/** `reverse` turns an upstream's URL into the client's; it is asked for Location and its like only. */
export function clientHeaders(
  raw: readonly (Buffer | string)[],
  { setCookies, noStore }: Additions,
  reverse: (value: string) => string,
): string[] {
  const named = namedByConnection(raw)
  const lines: string[] = []
  // Of two cookies with one name browsers keep the last: an upstream can still sign somebody out.
  for (const cookie of setCookies) lines.push('Set-Cookie', cookie)
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as Buffer | string).toString('latin1')
    const lower = name.toLowerCase()
    if (isHopByHop(lower, named) || (noStore && lower === 'cache-control')) continue
    const value = (raw[i + 1] as Buffer | string).toString('latin1')
    lines.push(name, lower === 'location' || lower === 'content-location' || lower === 'uri' ? reverse(value) : value)
  }
  if (noStore) lines.push('Cache-Control', 'no-store')
  return lines
}
