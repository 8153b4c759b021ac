/** What holds for all fields, keys, rings and orders of asking. */

import fc from 'fast-check'
import t from 'tap'
import {
  createAsyncPubtktVerifier,
  createPubtktIssuer,
  createPubtktVerifier,
  peekSignedTicket,
} from '../../src/index.js'
import { nodeSignatures } from '../../src/pubtkt/node-signatures.js'
import { createAsyncSignedRing, createSignedRing } from '../../src/pubtkt/ring.js'
import { webCryptoSignatures } from '../../src/pubtkt/web-signatures.js'
import { type PairName, publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'

const now = 1_700_000_000
const host = nodeSignatures() as NonNullable<ReturnType<typeof nodeSignatures>>

const chars = (except: string) =>
  fc
    .integer({ min: 0x20, max: 0xff })
    .map((code) => String.fromCharCode(code))
    .filter((char) => char !== '\x7f' && !except.includes(char))
const text = (except: string, minLength: number, maxLength: number) =>
  fc.string({ unit: chars(except), minLength, maxLength })
const fields = fc.record({
  uid: text(';', 1, 64),
  tokens: fc.array(text(';,', 1, 30), { maxLength: 5 }),
  userData: text(';', 0, 200),
  validUntil: fc.integer({ min: now, max: 0xffffffff }),
  gracePeriod: fc.integer({ min: 0, max: 0xffffffff }),
  clientIp: fc.oneof(fc.ipV4(), fc.ipV6()),
  multifactor: fc.boolean(),
})

const SIGNERS: readonly (readonly [PairName, 'sha256' | undefined])[] = [
  ['rsa', 'sha256'],
  ['ecdsa', 'sha256'],
  ['ed25519', undefined],
]
const issuers = SIGNERS.map(([name, digest]) => createPubtktIssuer({ key: signingKeyOf(name, digest) }))
const keys = SIGNERS.map(([name, digest]) => publicKeyOf(name, digest))
const which = fc.integer({ min: 0, max: SIGNERS.length - 1 })

t.test('what was issued verifies with the same fields, whichever key it was', async () => {
  const verifier = createPubtktVerifier({ keys })
  fc.assert(
    fc.property(fields, which, (ticket, index) => {
      const value = issuers[index]?.issue(ticket) as string
      const result = verifier.verify(value, { ip: ticket.clientIp, now })
      const peeked = peekSignedTicket(value)
      return (
        result.ok &&
        result.keyIndex === index &&
        result.ticket.uid === ticket.uid &&
        result.ticket.tokens.join() === ticket.tokens.join() &&
        result.ticket.userData === ticket.userData &&
        result.ticket.validUntil === ticket.validUntil &&
        result.ticket.gracePeriod === ticket.gracePeriod &&
        result.ticket.multifactor === ticket.multifactor &&
        peeked?.uid === ticket.uid
      )
    }),
  )
})

t.test('a changed bit never verifies, remembered tickets or not', async (t) => {
  const verifiers = [createPubtktVerifier({ keys }), createPubtktVerifier({ keys, cache: false })]
  const asyncVerifier = await createAsyncPubtktVerifier({ keys })
  const raws = issuers.map((issuer) =>
    issuer.issue({ uid: 'alice', tokens: ['a'], validUntil: now }, { encoding: 'raw' }),
  )
  const escaped = (raw: string) => raw.replace(/[^A-Za-z0-9]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
  for (const raw of raws) for (const each of verifiers) t.ok(each.verify(escaped(raw), { now }).ok)
  await fc.assert(
    fc.asyncProperty(which, fc.nat(), fc.integer({ min: 0, max: 7 }), async (index, at, bit) => {
      const raw = raws[index] as string
      const place = at % raw.length
      const changed = String.fromCharCode(raw.charCodeAt(place) ^ (1 << bit))
      // The bits that base64 leaves over in front of its padding, and what stands behind it, are nobody's.
      const spare = raw.endsWith('=') && place >= raw.search(/=+$/) - 1
      const value = escaped(raw.slice(0, place) + changed + raw.slice(place + 1))
      const results = verifiers.map((each) => each.verify(value, { now }))
      results.push(await asyncVerifier.verify(value, { now }))
      return spare || results.every(({ ok }) => !ok)
    }),
    { numRuns: 400 },
  )
})

/** Rings that differ in the cache alone, and one that waits. Any sequence of asking. */
t.test('rings with a cache and without agree, at every time and in every order', async () => {
  const ring = keys.map((key, index) => ({ ...key, acceptUntil: now + 10 * index }))
  const options = { keys: ring, longFields: 'refuse' as const }
  const values = [
    ...issuers.map((issuer, index) => issuer.issue({ uid: `user${index}`, validUntil: now + 5 })),
    createPubtktIssuer({ key: signingKeyOf('otherRsa', 'sha256') }).issue({ uid: 'other', validUntil: now + 5 }),
    'uid=a',
    '%zz',
    `uid=${'a'.repeat(1100)};sig=AAAA`,
    `${'uid=alice;validuntil=9'.padEnd(80, '9')}`,
    `${'validuntil=9'.padEnd(80, '9')};sig=MAAA`,
  ]
  const ask = fc.record({ value: fc.constantFrom(...values), at: fc.integer({ min: -5, max: 30 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(ask, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 2, max: 8 }),
      async (asks, cache) => {
        const cached = createSignedRing({ ...options, host, cache })
        const plain = createSignedRing({ ...options, host, cache: 0 })
        const waiting = await createAsyncSignedRing({ ...options, host: webCryptoSignatures(), cache })
        for (const { value, at } of asks) {
          const wanted = JSON.stringify(plain.check(value, now + at))
          if (JSON.stringify(cached.check(value, now + at)) !== wanted) return false
          if (JSON.stringify(await waiting.check(value, now + at)) !== wanted) return false
        }
        return true
      },
    ),
    { numRuns: 60 },
  )
})
