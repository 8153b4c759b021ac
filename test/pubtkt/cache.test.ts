/**
 * The cache of verified tickets never answers for another key, digest or ring. mod_auth_pubtkt's does: it has one for all
 * and looks there before it knows key and digest.
 */

import t from 'tap'
import { createPubtktIssuer, createPubtktVerifier, type SignatureDigest } from '../../src/index.js'
import { nodeSignatures } from '../../src/pubtkt/node-signatures.js'
import { createSignedRing } from '../../src/pubtkt/ring.js'
import { publicKeyFor, ROWS, recordedKey, valuesOf } from '../helpers/recorded-pubtkt.js'
import { publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'

const now = 1_700_000_000
const host = nodeSignatures() as NonNullable<ReturnType<typeof nodeSignatures>>

type Area = (text: string) => boolean
type Server = (publicKey: string, digest: SignatureDigest) => Area

/** A server with one ring an area, as ours. */
function ours(): Server {
  return (publicKey, digest) => {
    const ring = createSignedRing({ keys: [{ publicKey, digest }], host, cache: 200, longFields: 'cut' })
    return (text) => ring.check(text, now).ok
  }
}

/** The module's design, validate_parse_ticket: cache_get, and only then the key and the digest of the area. */
function modules(): Server {
  const cache = new Set<string>()
  return (publicKey, digest) => {
    const ring = createSignedRing({ keys: [{ publicKey, digest }], host, cache: 0, longFields: 'cut' })
    return (text) => {
      if (!cache.has(text) && !ring.check(text, now).ok) return false
      cache.add(text)
      return true
    }
  }
}

for (const name of ['pubtkt/cache-otherkey-warm', 'pubtkt/cache-otherdigest-warm']) {
  t.test(name, async (t) => {
    const row = ROWS.find(({ id }) => id === name) as (typeof ROWS)[number]
    const text = valuesOf(row)[0]?.text as string
    const area = publicKeyFor(row) as NonNullable<ReturnType<typeof publicKeyFor>>
    t.equal(row.response.status, 200, 'the real module let it in')
    const seen = (server: Server) => {
      const own = server(recordedKey('keys/rsa.pub'), 'sha1')
      const other = server(area.publicKey, area.digest)
      return { cold: other(text), own: own(text), warm: other(text) }
    }
    t.strictSame(seen(modules()), { cold: false, own: true, warm: true }, 'its design, with the hole')
    t.strictSame(seen(ours()), { cold: false, own: true, warm: false }, 'ours')
  })
}

t.test('a ticket of a key that is not accepted any more is refused, remembered or not', async (t) => {
  const value = createPubtktIssuer({ key: signingKeyOf('rsa', 'sha256') }).issue({ uid: 'a', validUntil: now + 100 })
  for (const cache of [true, false]) {
    const keys = [publicKeyOf('ed25519', undefined), { ...publicKeyOf('rsa', 'sha256'), acceptUntil: now }]
    const verifier = createPubtktVerifier({ keys, cache })
    t.match(verifier.verify(value, { now }), { ok: true, keyIndex: 1 })
    t.strictSame(verifier.verify(value, { now: now + 1 }), { ok: false, reason: 'signature' })
    t.match(verifier.verify(value, { now }), { ok: true, keyIndex: 1 })
  }
})

t.test('address and time are looked at again', async (t) => {
  const issuer = createPubtktIssuer({ key: signingKeyOf('ed25519', undefined) })
  const value = issuer.issue({ uid: 'a', validUntil: now, clientIp: '192.0.2.7' })
  const verifier = createPubtktVerifier({ keys: [publicKeyOf('ed25519', undefined)] })
  const verify = (ip: string | undefined, at: number) => {
    const result = verifier.verify(value, { ip, now: at })
    return result.ok ? 'ok' : result.reason
  }
  t.equal(verify('192.0.2.7', now), 'ok')
  t.equal(verify('::ffff:192.0.2.7', now), 'ok', 'the same address')
  t.equal(verify('192.0.2.8', now), 'address')
  t.equal(verify(undefined, now), 'address')
  t.equal(verify('nonsense', now), 'address')
  t.equal(verify('192.0.2.7', now + 1), 'expired')
  t.match(verifier.cacheStats(), { hits: 5, misses: 1 })
})

t.test('bad tickets are not remembered', async (t) => {
  const value = createPubtktIssuer({ key: signingKeyOf('otherRsa', 'sha256') }).issue({ uid: 'a', validUntil: now })
  const verifier = createPubtktVerifier({ keys: [publicKeyOf('rsa', 'sha256')] })
  for (let i = 0; i < 3; i++) t.match(verifier.verify(value, { now }), { reason: 'signature' })
  t.match(verifier.cacheStats(), { hits: 0, misses: 3 })
})

t.test('what is handed out is the caller’s own', async (t) => {
  const fields = { uid: 'a', tokens: ['b'], validUntil: now }
  const value = createPubtktIssuer({ key: signingKeyOf('ed25519', undefined) }).issue(fields)
  const keys = [publicKeyOf('ed25519', undefined)]
  for (const cache of [true, { entries: 2 }, false]) {
    const verifier = createPubtktVerifier({ keys, cache })
    for (let i = 0; i < 3; i++) {
      const result = verifier.verify(value, { now })
      if (!result.ok) return t.fail('a good ticket is good')
      t.match(result.ticket, fields)
      result.ticket.uid = 'mallory'
      result.ticket.tokens.push('admin')
    }
    const stats = verifier.cacheStats()
    t.equal(stats === undefined, cache === false)
    t.not(stats, verifier.cacheStats() ?? null, 'counters, too')
  }
  const ring = createSignedRing({ keys, host, cache: 2, longFields: 'cut' })
  const checked = [ring.check(value, now), ring.check(value, now)]
  t.equal(checked[0], checked[1], 'a ring hands out the same one')
  for (const each of checked) {
    t.ok(each.ok && Object.isFrozen(each.ticket.tokens), 'which guards hand on')
  }
})
