/**
 * Every recorded request of the real mod_authn_tkt, asked of a guard that is exact about it: the same status, Location,
 * Set-Cookie lines and identity, byte for byte; and where we differ on purpose, in nothing else.
 */

import t from 'tap'
import { vectorsOf } from '../helpers/recorded.js'
import { answerOf, recordedAnswer, type Seen, type Vector } from '../helpers/recorded-lighttpd.js'

type Change = (seen: Seen) => Seen

/** L3: the module leaves the refused ticket in the back URL, without its name. */
const withoutTicket: Change = (seen) => ({
  ...seen,
  location: seen.location?.replace(/%3F[A-Za-z0-9!]+(?:%3D)*$|%26SECRETTICKET$/, '') ?? null,
})
/** L5: browsers drop a cookie whose domain has a port. */
const withoutPort: Change = (seen) => ({ ...seen, setCookies: seen.setCookies.map((one) => one.replace(/%3A\d+/, '')) })

const DIFFERENT: Readonly<Record<string, Change>> = {
  'lighttpd/back-strip-last': withoutTicket,
  'lighttpd/back-strip-only': withoutTicket,
  'lighttpd/url-b64': withoutTicket,
  'lighttpd/url-garbage': withoutTicket,
  'lighttpd/url-plausible-bad': withoutTicket,
  'lighttpd/url-plausible-bad+goodcookie': withoutTicket,
  'lighttpd/refresh-host-port': withoutPort,
}

/** Guests with random digits: no two are the same. */
const known = (seen: Seen) => ({ ...seen, uid: seen.uid?.replace(/[0-9a-f]{16,}/, ({ length }) => `x${length}`) })

t.test('exact answers every recorded request as mod_authn_tkt did', async (t) => {
  const vectors = vectorsOf<Vector>('recorded/mod_authn_tkt')
  for (const vector of vectors) {
    const ours = answerOf(vector)
    const theirs = recordedAnswer(vector)
    const change = DIFFERENT[vector.id]
    if (change === undefined) {
      const see = vector.nondeterministic ? known : (seen: Seen) => seen
      t.strictSame(see(ours), see(theirs), vector.id)
    } else {
      t.notSame(ours, theirs, `${vector.id}: differs`)
      t.strictSame(ours, change(theirs), `${vector.id}: in one thing`)
    }
  }
  t.ok(vectors.length > 120, `${vectors.length} recordings`)
  const ids = vectors.map(({ id }) => id)
  t.ok(Object.keys(DIFFERENT).every((id) => ids.includes(id)))
})
