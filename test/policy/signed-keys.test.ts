/** Keys of signed tickets are looked at when a guard is made: kinds, digests, strength, and whether anybody needs them. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { webCryptoSignatures } from '../../src/pubtkt/web-signatures.js'
import { pairOf, publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'
import { inShort, KEY, LOGIN, requestOf, ticketOf } from './guards.js'
import { OTHER_KEY, PUBLIC_KEY, signedGuard, signedTicket } from './signed-guards.js'

const RSA = () => pairOf('rsa').publicKey

function messageOf(options: GuardOptions): string {
  try {
    signedGuard(options)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

t.test('what is wrong with a key is said by its place, without the key', async (t) => {
  const { privateKey } = pairOf('rsa')
  const cases: [options: GuardOptions, message: RegExp][] = [
    [{ publicKeys: [{ publicKey: 'none' }] }, /^createGuard: publicKeys\[0\]\.publicKey: .*BEGIN PUBLIC KEY/],
    [
      { publicKeys: [PUBLIC_KEY(), { publicKey: privateKey, digest: 'sha256' }] },
      /publicKeys\[1\]\.publicKey: .*private key/,
    ],
    [{ publicKeys: [{ publicKey: RSA() }] }, /publicKeys\[0\]\.digest: is missing: sha256/],
    [{ publicKeys: [{ ...PUBLIC_KEY(), digest: 'sha256' }] }, /publicKeys\[0\]\.digest: Ed25519 has no digest/],
    [{ publicKeys: [{ publicKey: RSA(), digest: 'md5' as 'sha1' }] }, /publicKeys\[0\]\.digest: /],
    [{ publicKeys: [{ publicKey: RSA(), digst: 'sha256' } as never] }, /digst: .*did you mean 'digest'/],
    [{ areas: [{ path: '/', publicKeys: [{ publicKey: '' }] }] }, /areas\[0\]\.publicKeys\[0\]\.publicKey: /],
    [
      { hosts: [{ names: ['h'], areas: [{ path: '/', signingKey: { privateKey: RSA(), digest: 'sha256' } }] }] },
      /hosts\[0\]\.areas\[0\]\.signingKey\.privateKey: /,
    ],
    [{ hosts: [{ names: ['h'], publicKeys: [{ publicKey: RSA() }] }] }, /hosts\[0\]\.publicKeys\[0\]\.digest: /],
    [{ signingKey: { privateKey } }, /signingKey\.digest: is missing/],
    [{ signingKey: { privateKey, diges: 1 } as never }, /signingKey\.diges: .*did you mean 'digest'/],
    [{ passthruKey: 'short' }, /passthruKey: this key must have 16 bytes/],
    [{ passthruKey: new Uint8Array(17) }, /passthruKey: this key must have 16 bytes/],
    [{ signatures: {} as never }, /signatures: this is none of nodeSignatures\(\) and webCryptoSignatures\(\)/],
    [{ signatures: webCryptoSignatures() }, /signatures: WebCrypto answers with promises.*createAsyncGuard/],
    [{ cache: { entries: 1 } }, /cache/],
  ]
  for (const [options, message] of cases) {
    const seen = messageOf(options)
    t.match(seen, message)
    t.notOk(seen.includes(privateKey.slice(40, 60)), 'no key in it')
  }
})

t.test('weak keys: refused unless they are allowed by name; the module takes them, with a warning', async (t) => {
  const weak = [
    [publicKeyOf('rsa', 'sha1'), 'sha1'],
    [publicKeyOf('dsa', 'sha256'), 'dsa'],
    [publicKeyOf('rsa1024', 'sha256'), 'short-rsa'],
  ] as const
  for (const [{ publicKey, digest }, weakness] of weak) {
    const other = weakness === 'sha1' ? 'dsa' : 'sha1'
    t.match(
      messageOf({ publicKeys: [{ publicKey, digest }] }),
      new RegExp(`publicKeys\\[0\\]\\.publicKey: .*allow: \\['${weakness}'\\]`),
    )
    t.match(messageOf({ publicKeys: [{ publicKey, digest, allow: [other] }] }), /allow: \[/)
    const allowed = signedGuard({ publicKeys: [{ publicKey, digest, allow: [weakness] }] })
    t.strictSame(allowed.warnings, [], weakness)
    const exact = signedGuard({ compat: 'exact', publicKeys: [{ publicKey, digest }] })
    t.strictSame(exact.warnings.filter((text) => text.startsWith(`publicKeys[0] (${weakness})`)).length, 1, weakness)
    t.strictSame(signedGuard({ compat: 'exact', publicKeys: [{ publicKey, digest, allow: [weakness] }] }).warnings, [])
  }
  t.match(
    messageOf({ signingKey: { privateKey: pairOf('rsa').privateKey, digest: 'sha1' } }),
    /signingKey\.privateKey: .*SHA-1/,
  )
  t.strictSame(signedGuard({ publicKeys: [publicKeyOf('rsa', 'sha256')] }).warnings, [])
})

t.test('keys that nobody asks for, and areas that have none', async (t) => {
  const areas = [{ path: '/' }]
  const make = (options: GuardOptions) => () => createGuard({ loginUrl: LOGIN, selfTest: false, ...options })
  t.throws(make({ keys: [KEY], publicKeys: [PUBLIC_KEY()], areas }), {
    message: /publicKeys: check signed tickets, and no area/,
  })
  t.throws(make({ module: 'mod_auth_pubtkt', keys: [KEY], areas }), {
    message: /areas\[0\]: asks for a user.*add publicKeys/,
  })
  t.throws(make({ publicKeys: [PUBLIC_KEY()], areas: [{ path: '/' }, { path: '/s', authType: 'mod_auth_pubtkt' }] }), {
    message: /areas\[0\]: asks for a user.*add keys/,
  })
  t.doesNotThrow(make({ module: 'mod_auth_pubtkt', areas: [{ path: '/', require: 'granted' }] }))
  const nested = [
    { path: '/', authType: 'mod_auth_pubtkt' as const, publicKeys: [PUBLIC_KEY()] },
    { path: '/in', tokens: ['a'] },
    { path: '/other', authType: 'TKT' as const, keys: [KEY] },
  ]
  t.doesNotThrow(make({ areas: nested }))
  t.doesNotThrow(make({ module: 'mod_auth_pubtkt', hosts: [{ names: ['h'], publicKeys: [PUBLIC_KEY()], areas }] }))
  const keyless = signedGuard({
    compat: 'exact',
    publicKeys: undefined,
    areas: [{ path: '/', authType: 'mod_auth_pubtkt' }],
  })
  t.equal(inShort(keyless.decide(requestOf())), 'error 500 config', 'TKTAuthPublicKey missing')
})

t.test('both kinds of tickets in one guard: each area takes its own', async (t) => {
  const areas = [
    { path: '/' },
    { path: '/signed', authType: 'mod_auth_pubtkt' as const, publicKeys: [PUBLIC_KEY()] },
    { path: '/signed/but', authType: 'TKT' as const },
    { path: '/other', authType: 'mod_auth_pubtkt' as const, publicKeys: [OTHER_KEY()] },
  ]
  const guard = createGuard({ keys: [KEY], loginUrl: LOGIN, selfTest: false, areas })
  const headers = [['Cookie', `auth_tkt=${ticketOf()}; auth_pubtkt=${signedTicket()}`]] as const
  const seen = (url: string) => inShort(guard.decide(requestOf({ url, headers })))
  t.strictSame(['/', '/signed', '/signed/but', '/other'].map(seen), ['allow', 'allow', 'allow', 'redirect signature'])
  for (const name of ['auth_tkt', 'auth_pubtkt']) {
    const cookies = [['Cookie', `${name}=${name === 'auth_tkt' ? ticketOf() : signedTicket()}`]] as const
    t.equal(inShort(guard.decide(requestOf({ url: '/signed', headers: cookies }))) === 'allow', name === 'auth_pubtkt')
    t.equal(inShort(guard.decide(requestOf({ url: '/', headers: cookies }))) === 'allow', name === 'auth_tkt')
  }
  t.equal(guard.areaOf(requestOf({ url: '/signed' }))?.settings.cookieName, 'auth_pubtkt')
})

t.test('settings that are shown hold no key', async (t) => {
  const options = {
    signingKey: signingKeyOf('rsa', 'sha256'),
    publicKeys: [publicKeyOf('rsa', 'sha256')],
    passthruKey: 'sixteen bytes !!',
    passthruBasicAuth: true,
  }
  const guard = signedGuard(options)
  const shown = JSON.stringify([guard.areaOf(requestOf()), guard.warnings])
  t.notMatch(shown, /sixteen|PRIVATE/)
  const unsealed = signedGuard({ passthruBasicAuth: true })
  t.match(unsealed.warnings, [/passthruBasicAuth without passthruKey/])
})

t.test('what only signed tickets tell is not asked of others in silence', async (t) => {
  const make = (options: GuardOptions) => () =>
    createGuard({ loginUrl: LOGIN, keys: [KEY], selfTest: false, ...options })
  const message = /areas\[0\]\.requireMultifactor: asks for a second factor, which only signed tickets tell of/
  const areas = [{ path: '/' }]
  t.throws(make({ requireMultifactor: true, areas }), { message })
  t.throws(make({ areas: [{ path: '/', requireMultifactor: true }] }), { message })
  t.throws(make({ hosts: [{ names: ['h'], requireMultifactor: true, areas }] }), {
    message: /hosts\[0\]\.areas\[0\]\.requireM/,
  })
  t.doesNotThrow(make({ requireMultifactor: true, areas: [{ path: '/', require: 'granted' }] }))
  t.doesNotThrow(make({ requireMultifactor: true, areas: [{ path: '/', requireMultifactor: false }] }))
  const signed = { module: 'mod_auth_pubtkt' as const, publicKeys: [PUBLIC_KEY()], areas }
  t.doesNotThrow(make({ ...signed, requireMultifactor: true }))

  t.match(createGuard({ ...signed, loginUrl: LOGIN, maxAge: '1h' }).warnings, [
    /^maxAge says nothing of signed tickets that another/,
  ])
  t.strictSame(
    createGuard({ ...signed, loginUrl: LOGIN, maxAge: '1h', signingKey: signingKeyOf('rsa', 'sha256') }).warnings,
    [],
  )
})
