/** Every ticket that was shown to the real mod_auth_pubtkt: the same are good, with the same fields. */

import t from 'tap'
import { createPubtktVerifier, type SignedResult } from '../../src/index.js'
import { type PubtktRow, publicKeyFor, ROWS, valuesOf } from '../helpers/recorded-pubtkt.js'

/** Rows whose answer is no page, and why. What is not here and has a ticket is refused for its signature. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^(?:expired-|field-vu-now-1$)/, 'expired'],
  // Two texts of one address are the same address to us (P6).
  [/^cip-(?:v6-longform|mapped)$/, 'ok'],
  [/^cip-(?!match|empty)/, 'address'],
  [/^ticket-1025$/, 'too-long'],
  [
    /^(?:field-no-uid|field-vu-(?:0|text|hex|2\^32)|sig-none|sig-empty|cookie-(?:badesc|raw-unencoded|short63)$)/,
    'malformed',
  ],
  [
    /^(?:cookie-(?:dup-short-good|prefix-bad-then-good|double-encoded)|hdrck-badcookie-goodheader|hdr2-badheader-goodcookie)/,
    'malformed',
  ],
  // Genuine tickets that the place refuses for its own reasons, which are not this module's.
  [/^(?:grace-past-|mf-|tok-|ru-fail|bauth-key-badlen|atnone-)/, 'ok'],
]
/** The hole: one cache for all keys and digests, looked at first (P1). */
const HOLE = ['cache-otherkey-warm', 'cache-otherdigest-warm']

function expected({ id, response }: PubtktRow): string {
  const name = id.replace('pubtkt/', '')
  if (HOLE.includes(name)) return 'signature'
  if (response.status === 200) return 'ok'
  return REASONS.find(([rows]) => rows.test(name))?.[1] ?? 'signature'
}

/** What the module takes of a request: the first value without a bad escape. */
function verdict(row: PubtktRow, verify: (text: string) => SignedResult): SignedResult {
  const values = valuesOf(row)
  const [first] = values.filter(({ text }) => !/%(?![0-9a-f]{2})|%00/i.test(text))
  return verify(first?.text ?? values[0]?.text ?? '')
}

const rows = ROWS.filter((row) => publicKeyFor(row) !== undefined && valuesOf(row).length > 0)

t.ok(rows.length > 110, `${rows.length} rows with a ticket`)

for (const cache of [true, false]) {
  for (const row of rows) {
    t.test(`${row.id}${cache ? '' : ', without a cache'}`, async (t) => {
      const keys = [publicKeyFor(row) as NonNullable<ReturnType<typeof publicKeyFor>>]
      const verifier = createPubtktVerifier({ keys, cache, longFields: 'cut', strictFields: false })
      const once = () => verdict(row, (text) => verifier.verify(text, { ip: row.client_ip, now: row.now }))
      const result = once()
      t.equal(result.ok ? 'ok' : result.reason, expected(row))
      t.strictSame(once(), result, 'and a second time')
      const { env } = row.response
      if (!result.ok || !env) return
      t.equal(result.ticket.uid, env.REMOTE_USER)
      t.equal(result.ticket.tokens.join(), env.REMOTE_USER_TOKENS)
      t.equal(result.ticket.userData, env.REMOTE_USER_DATA)
    })
  }
}
