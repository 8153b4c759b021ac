import fc from 'fast-check'
import t from 'tap'
import { DIALECTS } from '../../src/engine/dialects.js'
import { createEngine, isBent } from '../../src/engine/engine.js'
import { createRing } from '../../src/ticket/ring.js'
import { createVerifier, verifierOn } from '../../src/ticket/verify.js'
import type { Dialect, Digest, Key } from '../../src/types.js'
import { BATCHES, MODULES } from '../helpers/engines.js'
import { base64, cookieQuoted, referenceTicket } from '../helpers/reference.js'

const ip = '192.0.2.7'

const key: fc.Arbitrary<Key> = fc.record({
  secret: fc.string({ unit: fc.constantFrom(...'abc'), minLength: 1, maxLength: 3 }),
  digest: fc.constantFrom('md5', 'md5', 'sha256', 'sha256', 'sha512', 'sha1'),
  dialect: fc.constantFrom('apache', 'apache', 'apache', 'lighttpd', 'yola', 'paste', 'pyramid', 'php-contrib'),
} as const)

function cookieOf({ secret, digest, dialect = 'apache' }: Key, uid: string, userData: string): string {
  return base64(
    referenceTicket({
      dialect: dialect as Dialect,
      digest: digest as Digest,
      secret: Buffer.from(secret as string),
      address: dialect === 'lighttpd' ? Buffer.from(ip) : Buffer.from([192, 0, 2, 7]),
      issuedAt: 1_700_000_000,
      uid,
      tokens: 'a',
      userData,
    }),
  )
}

/** The first key of the ring, by itself, that takes the value. */
function firstKey(keys: readonly Key[], value: string): number {
  return keys.findIndex((one) => createVerifier({ keys: [one], selfTest: false }).verify(value, { ip }).ok)
}

for (const [build, module] of [...BATCHES, MODULES[0] as (typeof MODULES)[number]]) {
  t.test(`the key is the first that made the ticket, whatever else is in the ring (${build})`, async () => {
    fc.assert(
      fc.property(
        fc.array(key, { minLength: 1, maxLength: 20 }),
        fc.nat(25),
        fc.string({ unit: fc.constantFrom(...'abf0z'), minLength: 1, maxLength: 140 }),
        fc.string({ unit: fc.constantFrom('d', '!'), maxLength: 200 }),
        fc.boolean(),
        (keys, which, uid, userData, quoted) => {
          // Beyond the ring: a ticket of a key that is not in it.
          const maker = keys[which] ?? { secret: 'another one', digest: 'md5' as const }
          const plain = cookieOf(maker, uid, userData)
          const value = quoted ? cookieQuoted(plain) : plain
          const found = verifierOn(createEngine(module), { keys, selfTest: false }).verify(value, { ip })
          const wanted = firstKey(keys, value)
          return found.ok ? found.keyIndex === wanted && found.ticket.userData === userData : wanted === -1
        },
      ),
      { numRuns: build.includes('debug') ? 60 : 150 },
    )
  })
}

t.test('rings of 1 to 64 keys: each of their tickets, and forged ones', async (t) => {
  for (const digest of ['md5', 'sha256', 'sha512'] as const) {
    for (const size of [1, 2, 3, 4, 5, 6, 9, 10, 11, 17, 64]) {
      const keys = Array.from({ length: size }, (_, i) => ({ secret: `secret ${i}${'x'.repeat(i * 3)}`, digest }))
      const verifier = createVerifier({ keys })
      const cookies = keys.map((one) => cookieOf(one, 'alice', 'data'))
      t.same(
        cookies.map((value) => verifier.verify(value, { ip })),
        keys.map((_, keyIndex) => ({
          ok: true,
          ticket: { uid: 'alice', tokens: ['a'], userData: 'data', issuedAt: 1_700_000_000 },
          keyIndex,
        })),
        `${digest}, ${size} keys`,
      )
      const forged = cookieOf({ secret: 'nobody', digest }, 'alice', 'data')
      t.same(verifier.verify(forged, { ip }), { ok: false, reason: 'digest' })
      const many = verifier.verifyMany([...cookies, forged], { ip })
      t.same(
        cookies.map((_, i) => many.keyIndex(i)),
        keys.map((_, i) => i),
      )
      t.equal(many.reason(size), 'digest')
    }
  }
})

t.test('a guard has the same engine for a ring of many keys', async (t) => {
  const keys = Array.from({ length: 12 }, (_, i) => ({ secret: `secret ${i}`, digest: 'md5' as const }))
  const ring = createRing({ keys, ignoreIp: false, selfTest: true })
  const found = ring.verify(cookieOf(keys[11] as Key, 'alice', ''), { ip })
  t.equal(found.ok && found.keyIndex, 11)
})

t.test('a ring that is none is refused in words', async (t) => {
  for (const keys of [undefined, 'keys', [undefined, null, 3, 4, 5], [{}, {}, {}, {}, {}, {}]]) {
    t.throws(() => createVerifier({ keys } as never), { code: 'ERR_TKT_OPTIONS' })
  }
  t.throws(() => createVerifier(undefined as never), { code: 'ERR_TKT_OPTIONS' })
})

t.test('which dialects are bent', async (t) => {
  const bent = (Object.keys(DIALECTS) as Dialect[]).filter((dialect) => isBent(DIALECTS[dialect]))
  t.same(bent.sort(), ['passport-authtkt', 'paste', 'php-contrib', 'plone', 'pyramid', 'repoze'])
})
