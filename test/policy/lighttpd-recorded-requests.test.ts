/**
 * Every recorded request of the real mod_authn_tkt, asked of a guard that is exact about it: the same status, Location,
 * Set-Cookie lines and identity, byte for byte; and where we differ on purpose, in nothing else.
 */

import t from 'tap'
import { vectorsOf } from '../helpers/recorded.js'
import { recordedAnswer, type Seen } from '../helpers/recorded-exchange.js'
import { answerOf, DIFFERENT, known, type Vector } from '../helpers/recorded-lighttpd.js'

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
