/** Guards that wait for WebCrypto decide as those do that need not. */

import t from 'tap'
import { createAsyncGuard } from '../../src/policy/async-guard.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { sealBauth } from '../../src/pubtkt/bauth.js'
import type { SignatureHost } from '../../src/pubtkt/host.js'
import { nodeSignatures } from '../../src/pubtkt/node-signatures.js'
import { webCryptoSignatures } from '../../src/pubtkt/web-signatures.js'
import { publicKeyOf } from '../helpers/signing-keys.js'
import { type Asked, KEY, LOGIN, NOW, requestOf, ticketOf } from './guards.js'
import { type Signed, signedGuard, signedTicket } from './signed-guards.js'

const AES = '0123456789abcdef'
const OPTIONS: GuardOptions = {
  module: 'mod_auth_pubtkt',
  publicKeys: [publicKeyOf('rsa', 'sha256'), publicKeyOf('ecdsa', 'sha384')],
  passthruKey: AES,
  loginUrl: LOGIN,
  areas: [
    { path: '/' },
    { path: '/open', require: 'granted' },
    { path: '/basic', passthruBasicAuth: true },
    { path: '/other', publicKeys: [publicKeyOf('otherRsa', 'sha256')], ticketHeaders: ['X-Ticket', 'Cookie'] },
    { path: '/keyed', authType: 'TKT', keys: [KEY] },
    { path: '/none', require: 'granted', publicKeys: [] },
  ],
}
const RSA: Signed = { by: 'rsa', digest: 'sha256' }
const BAUTH = sealBauth({ uid: 'ben', password: 'x' }, AES, nodeSignatures() as SignatureHost)

t.test('the same decisions, later', async (t) => {
  const sync = signedGuard(OPTIONS)
  const later = await createAsyncGuard({ ...OPTIONS, signatures: webCryptoSignatures() })
  const tickets = [
    signedTicket(RSA),
    signedTicket({ by: 'ecdsa', digest: 'sha384' }),
    signedTicket({ ...RSA, validUntil: NOW - 1 }),
    signedTicket({ ...RSA, bauth: BAUTH }),
    signedTicket({ ...RSA, bauth: 'A'.repeat(40) }),
    signedTicket({ by: 'rsa', digest: 'sha512' }),
    signedTicket({ by: 'otherRsa', digest: 'sha256' }),
    'short',
    '%zz',
    undefined,
  ]
  const asked: Asked[] = [
    ...tickets.flatMap((ticket) =>
      ['/', '/open', '/basic', '/other', '/none', '/keyed', '/%2f'].map((url) => ({
        url,
        ticket,
        cookieName: 'auth_pubtkt',
      })),
    ),
    { url: '/keyed', ticket: ticketOf() },
    { host: null },
  ]
  for (const [round, one] of [...asked, ...asked].entries()) {
    const request = requestOf(one)
    t.strictSame(await later.decideAsync(request), sync.decide(request), `${round} ${one.url}`)
    t.strictSame(await sync.decideAsync(request), sync.decide(request))
  }
  t.ok((later.cacheStats()?.hits ?? 0) > 10)
  t.equal(later.areaOf(requestOf({ url: '/basic' }))?.name, '/basic')
  t.equal(later.refusesOddPaths, true)
  t.strictSame(later.warnings, [])
  t.notOk('decide' in later || 'visit' in later)
})

t.test('shadow is told, nothing enforced', async (t) => {
  const guard = await createAsyncGuard({ ...OPTIONS, signatures: webCryptoSignatures(), shadow: true, cache: false })
  t.match(await guard.decideAsync(requestOf()), { kind: 'pass', shadow: { kind: 'redirect', reason: 'absent' } })
  t.equal(guard.cacheStats(), undefined)
})

t.test('tickets that overlap do not mix', async (t) => {
  const guard = await createAsyncGuard({ ...OPTIONS, signatures: webCryptoSignatures() })
  const uids = Array.from({ length: 40 }, (_, i) => `user${i}`)
  const decisions = await Promise.all(
    uids.map((uid) =>
      guard.decideAsync(requestOf({ ticket: signedTicket({ ...RSA, uid }), cookieName: 'auth_pubtkt' })),
    ),
  )
  t.strictSame(
    decisions.map((decision) => decision.kind === 'allow' && decision.identity.uid),
    uids,
  )
})

t.test('what makes no sense is a rejection with its place', async (t) => {
  const signatures = webCryptoSignatures()
  const cases: [options: GuardOptions, message: RegExp][] = [
    [OPTIONS, /^createAsyncGuard: signatures: give webCryptoSignatures\(\); or use createGuard$/],
    [{ ...OPTIONS, signatures, loginURL: '/' } as never, /^createAsyncGuard: loginURL: /],
    [{ ...OPTIONS, signatures, publicKeys: [] }, /^createAsyncGuard: areas\[0\]: asks for a user/],
    [{ ...OPTIONS, signatures, publicKeys: [publicKeyOf('dsa', 'sha256')] }, /publicKeys\[0\]\.publicKey: .*DSA/],
    [{ ...OPTIONS, signatures, publicKeys: [publicKeyOf('rsa', 'sha224')] }, /publicKeys\[0\]\.digest: .*SHA-224/],
    [{ ...OPTIONS, signatures, publicKeys: [{ publicKey: '' }] }, /publicKeys\[0\]\.publicKey: /],
    [{ ...OPTIONS, signatures, publicKeys: [{ ...publicKeyOf('rsa', 'sha1'), allow: [] }] }, /allow: \['sha1'\]/],
  ]
  for (const [options, message] of cases) {
    await t.rejects(createAsyncGuard(options), { code: 'ERR_TKT_OPTIONS', message }, String(message))
  }
})
