/** What one platform issues with any key, the same and the other platform verify. */

import t from 'tap'
import {
  createAsyncPubtktIssuer,
  createAsyncPubtktVerifier,
  createPubtktIssuer,
  createPubtktVerifier,
} from '../../src/index.js'
import { KINDS, pairOf, publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'

const now = 1_700_000_000
const ticket = {
  uid: 'älice=%41 +"',
  tokens: ['editor', 'a b'],
  userData: 'x=1&y="2"+%zz',
  validUntil: now + 60,
  gracePeriod: now + 30,
  clientIp: '2001:db8::1',
  multifactor: true,
  bauth: 'YTpi',
}
const context = { ip: '2001:DB8:0::1', now }

/** What WebCrypto has no words for. */
const ofNode = (name: string, digest: string | undefined) => name === 'dsa' || digest === 'sha224'

for (const [name, digest] of KINDS) {
  t.test(`${name} ${digest ?? ''}`, async (t) => {
    const key = signingKeyOf(name, digest)
    const keys = [publicKeyOf(name, digest)]
    const issuer = createPubtktIssuer({ key })
    const verifier = createPubtktVerifier({ keys })
    const values = [issuer.issue(ticket), issuer.issue(ticket, { encoding: 'percent' })]
    if (!ofNode(name, digest)) {
      const asyncIssuer = await createAsyncPubtktIssuer({ key })
      const asyncVerifier = await createAsyncPubtktVerifier({ keys })
      values.push(await asyncIssuer.issue(ticket))
      for (const value of values) {
        t.strictSame(await asyncVerifier.verify(value, context), { ok: true, ticket, keyIndex: 0 })
      }
    }
    for (const value of values) t.strictSame(verifier.verify(value, context), { ok: true, ticket, keyIndex: 0 })
    t.match(values[0], /^[A-Za-z0-9\-_.%]+$/, 'nothing that a cookie cannot carry')
    const raw = issuer.issue({ uid: 'bob', validUntil: now }, { encoding: 'raw' })
    t.ok(raw.startsWith(`uid=bob;validuntil=${now};tokens=;udata=;sig=`))
  })

  t.test(`${name} ${digest ?? ''}: other digests and other keys do not take it`, async (t) => {
    const value = createPubtktIssuer({ key: signingKeyOf(name, digest) }).issue(ticket)
    for (const [otherName, otherDigest] of KINDS) {
      if (otherName === name && otherDigest === digest) continue
      const keys = [publicKeyOf(otherName, otherDigest)]
      t.match(createPubtktVerifier({ keys }).verify(value, context), { ok: false, reason: 'signature' })
      if (ofNode(otherName, otherDigest)) continue
      const verifier = await createAsyncPubtktVerifier({ keys })
      t.match(await verifier.verify(value, context), { ok: false, reason: 'signature' })
    }
  })
}

t.test('RSA and DSA keys sign in their older forms, too', async (t) => {
  const { createPrivateKey } = await import('node:crypto')
  for (const [name, type] of [
    ['rsa', 'pkcs1'],
    ['ecdsa', 'sec1'],
  ] as const) {
    const old = createPrivateKey(pairOf(name).privateKey).export({ type, format: 'pem' }) as string
    const key = { privateKey: old, digest: 'sha256' } as const
    const value = createPubtktIssuer({ key }).issue(ticket)
    const verifier = createPubtktVerifier({ keys: [publicKeyOf(name, 'sha256')] })
    t.ok(verifier.verify(value, context).ok)
    await t.rejects(createAsyncPubtktIssuer({ key }), { code: 'ERR_TKT_OPTIONS', message: /PKCS#8 only/ })
  }
})

t.test('text in UTF-8', async (t) => {
  const key = signingKeyOf('ed25519', undefined)
  const keys = [publicKeyOf('ed25519', undefined)]
  const wide = { uid: 'Łukasz', tokens: ['ü'], userData: '☺', validUntil: now }
  const value = createPubtktIssuer({ key, charset: 'utf8' }).issue(wide)
  t.match(createPubtktVerifier({ keys, charset: 'utf8' }).verify(value, { now }), { ok: true, ticket: wide })
  const asyncIssuer = await createAsyncPubtktIssuer({ key, charset: 'utf8' })
  t.equal(await asyncIssuer.issue(wide), value, 'Ed25519 has nothing of chance in it')
  const bytes = createPubtktVerifier({ keys }).verify(value, { now })
  t.match(bytes, { ok: true, ticket: { uid: 'Å\x81ukasz' } }, 'or as bytes')
})
