/** Which keys are taken, and that no error repeats one. */

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import t from 'tap'
import {
  createAsyncPubtktIssuer,
  createAsyncPubtktVerifier,
  createPubtktIssuer,
  createPubtktVerifier,
  nodeSignatures,
  type SignatureHost,
  type TktError,
  webCryptoSignatures,
} from '../../src/index.js'
import { recordedKey } from '../helpers/recorded-pubtkt.js'
import { ALL_WEAK, type PairName, pairOf, publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'

const node = nodeSignatures() as SignatureHost
const web = webCryptoSignatures()

const spki = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }) as string
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string
const armour = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
const bodyOf = (pem: string) => pem.split('\n').slice(1, -2).join('\n')
const der = (...bytes: readonly number[]) => Buffer.from(bytes).toString('base64')

/** Throws what a text may not repeat: any line of a key. */
function keepsQuiet(t: Tap, error: unknown, pem: string) {
  const { code, message, cause } = error as TktError
  t.equal(code, 'ERR_TKT_OPTIONS')
  t.equal(cause, undefined)
  for (const line of pem.split('\n').filter((each) => each.length > 12 && !each.startsWith('-'))) {
    t.notOk(message.includes(line), 'nothing of the key')
  }
  return message
}
type Tap = { equal: typeof t.equal; notOk: typeof t.notOk }

const thrown = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}
const rejected = (run: () => Promise<unknown>): Promise<unknown> => run().catch((error: unknown) => error)

t.test('what is known of a key', async (t) => {
  const wanted: Record<PairName, object> = {
    rsa: { kind: 'rsa', bits: 2048 },
    otherRsa: { kind: 'rsa', bits: 2048 },
    rsa1024: { kind: 'rsa', bits: 1024 },
    dsa: { kind: 'dsa', bits: 1024 },
    ed25519: { kind: 'ed25519', bits: 256 },
    otherEd25519: { kind: 'ed25519', bits: 256 },
    ecdsa: { kind: 'ecdsa', bits: 256 },
  }
  for (const [name, facts] of Object.entries(wanted)) {
    const { publicKey, privateKey } = pairOf(name as PairName)
    t.match(node.publicKey(publicKey), facts)
    t.match(node.privateKey(privateKey), facts)
    if (name === 'dsa') continue
    t.match(await web.publicKey(publicKey), facts)
    t.match(await web.privateKey(privateKey), facts)
  }
  t.match(node.publicKey(recordedKey('keys/dsa.pub')), { kind: 'dsa', bits: 2048 })
})

const { publicKey, privateKey } = pairOf('rsa')
const pss = generateKeyPairSync('rsa-pss', { modulusLength: 1024 })
const p384 = generateKeyPairSync('ec', { namedCurve: 'secp384r1' })
const brainpool = generateKeyPairSync('ec', { namedCurve: 'brainpoolP256r1' })
const explicit = generateKeyPairSync('ec', { namedCurve: 'prime256v1', paramEncoding: 'explicit' })
const ed448 = generateKeyPairSync('ed448')
const x25519 = generateKeyPairSync('x25519')
const secret = pkcs8(createPrivateKey(privateKey))
const locked = createPrivateKey(privateKey).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-128-cbc',
  passphrase: 'x',
})
const oldLocked = createPrivateKey(privateKey).export({
  type: 'pkcs1',
  format: 'pem',
  cipher: 'aes-128-cbc',
  passphrase: 'x',
})

const BAD_PUBLIC: readonly (readonly [name: string, pem: string, message: RegExp])[] = [
  ['nothing', '', /this is empty/],
  ['no PEM', 'keys/rsa.pub', /no public key in PEM .*give what the file holds, not its name/],
  ['an end that is missing', publicKey.slice(0, -12), /is cut off: its END line is missing/],
  ['a private key', secret, /is a private key/],
  ['a private key beside the public one', publicKey + secret, /is a private key/],
  ['an encrypted private key', `${locked}`, /is a private key/],
  [
    'the form of RSA alone',
    createPublicKey(publicKey).export({ type: 'pkcs1', format: 'pem' }) as string,
    /PKCS#1; fix: openssl rsa -RSAPublicKey_in -in FILE/,
  ],
  ['a certificate', armour('CERTIFICATE', bodyOf(publicKey)), /a certificate, not a key; fix: openssl x509 -in FILE/],
  ['no base64', armour('PUBLIC KEY', '!!!!'), /cannot be read/],
  ['no DER', armour('PUBLIC KEY', 'AAAA'), /cannot be read/],
  ['half a key', armour('PUBLIC KEY', bodyOf(publicKey).slice(0, 64)), /cannot be read/],
  ['a private key under the label of a public one', armour('PUBLIC KEY', bodyOf(secret)), /cannot be read/],
  ['no algorithm', armour('PUBLIC KEY', der(0x30, 7, 0x30, 0, 3, 3, 0, 0x30, 0)), /cannot be read/],
  ['RSA-PSS', spki(pss.publicKey), /kind rsa-pss .*RSA, DSA, Ed25519 and ECDSA P-256/],
  ['P-384', spki(p384.publicKey), /kind ec secp384r1/],
  ['another curve', spki(brainpool.publicKey), /kind ec /],
  ['Ed448', spki(ed448.publicKey), /kind ed448/],
  ['X25519', spki(x25519.publicKey), /kind x25519/],
]

for (const [name, pem, message] of BAD_PUBLIC) {
  t.test(`no public key: ${name}`, async (t) => {
    const keys = [publicKeyOf('rsa', 'sha256'), { publicKey: pem, digest: 'sha256' as const }]
    const sync = keepsQuiet(
      t,
      thrown(() => createPubtktVerifier({ keys })),
      secret + pem,
    )
    t.match(sync, message)
    t.match(sync, /^createPubtktVerifier: keys\[1\]\.publicKey: /)
    const later = keepsQuiet(t, await rejected(() => createAsyncPubtktVerifier({ keys })), secret + pem)
    t.match(later, message)
  })
}

t.test('a curve that is spelt out instead of named', async (t) => {
  const pem = spki(explicit.publicKey)
  t.match(node.publicKey(pem), { kind: 'ecdsa', bits: 256 }, 'OpenSSL knows it')
  await t.rejects(web.publicKey(pem), { message: /kind ec without a named curve/ })
})

t.test('a public key in the armour of something else is still one', async (t) => {
  t.equal(node.publicKey(armour('CERTIFICATE', publicKey)).bits, 2048)
})

t.test('text around a public key is skipped', async (t) => {
  const pem = `RSA Public-Key: (2048 bit)\r\n${publicKey.replaceAll('\n', '\r\n')}bye`
  t.equal(node.publicKey(pem).bits, 2048)
  t.equal((await web.publicKey(pem)).bits, 2048)
})

const BAD_PRIVATE: readonly (readonly [name: string, pem: string, message: RegExp])[] = [
  ['a public key', publicKey, /is a public key, which signs nothing/],
  ['an end that is missing', secret.slice(0, -12), /is cut off/],
  ['a label of no kind', armour('ODD PRIVATE KEY', bodyOf(secret)), /no private key in PEM/],
  ['a name', 'keys/rsa', /give what the file holds, not its name/],
  ['encrypted', `${locked}`, /is encrypted/],
  ['encrypted in the old form', `${oldLocked}`, /is encrypted/],
  ['no DER', armour('PRIVATE KEY', 'AAAA'), /cannot be read/],
  ['a public key under the label of a private one', armour('PRIVATE KEY', bodyOf(publicKey)), /cannot be read/],
  ['half a key', armour('PRIVATE KEY', bodyOf(secret).slice(0, 64)), /cannot be read/],
  ['P-384', pkcs8(p384.privateKey), /kind ec secp384r1/],
  ['Ed448', pkcs8(ed448.privateKey), /kind ed448/],
]

for (const [name, pem, message] of BAD_PRIVATE) {
  t.test(`no private key: ${name}`, async (t) => {
    const key = { privateKey: pem, digest: 'sha256' as const }
    const sync = keepsQuiet(
      t,
      thrown(() => createPubtktIssuer({ key })),
      secret + pem,
    )
    t.match(sync, message)
    t.match(sync, /^createPubtktIssuer: key\.privateKey: /)
    t.match(keepsQuiet(t, await rejected(() => createAsyncPubtktIssuer({ key })), secret + pem), message)
  })
}

t.test('WebCrypto says what it does not know', async (t) => {
  const error = (message: RegExp) => ({ code: 'ERR_TKT_OPTIONS', message })
  const verifier = (name: PairName, digest: 'sha224' | 'sha256') =>
    createAsyncPubtktVerifier({ keys: [publicKeyOf(name, digest)] })
  await t.rejects(verifier('dsa', 'sha256'), error(/keys\[0\]\.publicKey: there is no DSA in WebCrypto/))
  await t.rejects(verifier('rsa', 'sha224'), error(/keys\[0\]\.digest: there is no SHA-224 in WebCrypto/))
  const issuer = createAsyncPubtktIssuer({ key: signingKeyOf('rsa', 'sha224') })
  await t.rejects(issuer, error(/key\.digest: there is no SHA-224/))
  /** As an implementation without Ed25519 answers. */
  const importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'))
  const poor = webCryptoSignatures({ importKey } as unknown as typeof crypto.subtle)
  const keys = [publicKeyOf('ed25519', undefined)]
  await t.rejects(createAsyncPubtktVerifier({ keys, signatures: poor }), error(/knows no ed25519/))
})

t.test('a digest goes with a key', async (t) => {
  const missing = [publicKeyOf('rsa', undefined)]
  t.throws(() => createPubtktVerifier({ keys: missing }), { message: /keys\[0\]\.digest is missing: one of sha1, / })
  const chosen = [publicKeyOf('ed25519', 'sha256')]
  t.throws(() => createPubtktVerifier({ keys: chosen }), { message: /keys\[0\]\.digest: an Ed25519 key has no digest/ })
  const unknown = [publicKeyOf('rsa', 'md5' as never)]
  t.throws(() => createPubtktVerifier({ keys: unknown }), { message: /keys\[0\]\.digest must be one of sha1, / })
  t.throws(() => createPubtktIssuer({ key: signingKeyOf('ed25519', 'sha1') }), { message: /key\.digest: an Ed25519/ })
  const tiny = generateKeyPairSync('rsa', { modulusLength: 512 })
  const key = { privateKey: pkcs8(tiny.privateKey), digest: 'sha512' as const, allow: ALL_WEAK }
  t.throws(() => createPubtktIssuer({ key }), { message: /key\.digest cannot be used with this key/ })
  const verifier = createPubtktVerifier({
    keys: [{ ...key, publicKey: spki(tiny.publicKey), privateKey: undefined }].map(
      ({ privateKey: _, ...rest }) => rest,
    ),
  })
  const value = `uid=a;validuntil=9;sig=${'A'.repeat(86)}==`
  t.match(verifier.verify(encodeURIComponent(value), { now: 1 }), { reason: 'signature' }, 'no room for it: a bad one')
})

t.test('rings have keys, and keys have options', async (t) => {
  const good = publicKeyOf('rsa', 'sha256')
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /keys must be an array with at least one key/],
    [[], /keys must be an array with at least one key/],
    [new Array(65).fill(good), /holds at most 64 keys/],
    [[null], /keys\[0\]: needs an object/],
    [[{ ...good, secret: 'x' }], /keys\[0\]: there is no option 'secret'/],
    [[{ ...good, publicKey: 7 }], /keys\[0\]\.publicKey: the public key must be a string with PEM text/],
    [[{ ...good, acceptUntil: 1.5 }], /keys\[0\]\.acceptUntil must be unix time/],
    [[{ ...good, allow: 'sha1' }], /keys\[0\]\.allow must be an array/],
    [[{ ...good, allow: ['md5'] }], /keys\[0\]\.allow\[0\] must be one of sha1, dsa, short-rsa/],
  ]
  for (const [keys, message] of cases) {
    t.throws(() => createPubtktVerifier({ keys: keys as never }), { code: 'ERR_TKT_OPTIONS', message })
    await t.rejects(createAsyncPubtktVerifier({ keys: keys as never }), { code: 'ERR_TKT_OPTIONS', message })
  }
})

t.test('weak keys need to be allowed by name', async (t) => {
  const cases: readonly (readonly [PairName, 'sha1' | 'sha256', readonly string[]])[] = [
    ['rsa', 'sha1', ['sha1']],
    ['rsa1024', 'sha256', ['short-rsa']],
    ['rsa1024', 'sha1', ['sha1', 'short-rsa']],
    ['dsa', 'sha256', ['dsa']],
    ['dsa', 'sha1', ['sha1', 'dsa']],
    ['ecdsa', 'sha1', ['sha1']],
  ]
  for (const [name, digest, weak] of cases) {
    const { publicKey, privateKey } = pairOf(name)
    const wayOut = `allow: [${weak.map((each) => `'${each}'`).join(', ')}]`
    const says = (run: () => unknown) => (thrown(run) as TktError).message
    const message = says(() => createPubtktVerifier({ keys: [{ publicKey, digest }] }))
    t.match(message, /^createPubtktVerifier: keys\[0\]: /)
    t.ok(message.endsWith(wayOut), message)
    t.ok(says(() => createPubtktIssuer({ key: { privateKey, digest } })).endsWith(wayOut))
    if (weak.length > 1) {
      const allow = weak.slice(0, 1) as never
      const rest = says(() => createPubtktVerifier({ keys: [{ publicKey, digest, allow }] }))
      t.ok(rest.endsWith(wayOut), 'and what is allowed already stays in the list')
    }
    const allow = weak as never
    t.ok(createPubtktVerifier({ keys: [{ publicKey, digest, allow }] }))
    if (name !== 'dsa') {
      await t.rejects(createAsyncPubtktVerifier({ keys: [{ publicKey, digest }] }), { code: 'ERR_TKT_OPTIONS' })
      t.ok(await createAsyncPubtktVerifier({ keys: [{ publicKey, digest, allow }] }))
    }
  }
})

t.test('platforms', async (t) => {
  t.equal(nodeSignatures({}), undefined)
  t.equal(nodeSignatures({ process: {} }), undefined)
  const keys = [publicKeyOf('rsa', 'sha256')]
  const wrong = {
    code: 'ERR_TKT_OPTIONS',
    message: /createPubtktVerifier: signatures answers with promises: use createAsync/,
  }
  t.throws(() => createPubtktVerifier({ keys, signatures: web as never }), wrong)
  await t.rejects(createAsyncPubtktVerifier({ keys, signatures: node as never }), {
    code: 'ERR_TKT_OPTIONS',
    message: /createAsyncPubtktVerifier: signatures answers at once: use createPubtktVerifier/,
  })
  t.ok(createPubtktVerifier({ keys, signatures: node }))
})

t.test('where OpenSSL throws, a signature is a bad one', async (t) => {
  const real = process.getBuiltinModule('node:crypto')
  /** As on systems whose policy forbids the digest. */
  const createVerify = () => {
    throw new Error('error:03000098:digital envelope routines::invalid digest')
  }
  const signatures = nodeSignatures({ process: { getBuiltinModule: () => ({ ...real, createVerify }) } })
  const value = createPubtktIssuer({ key: signingKeyOf('rsa', 'sha256') }).issue({ uid: 'a', validUntil: 9 })
  const keys = [publicKeyOf('rsa', 'sha256')]
  t.match(createPubtktVerifier({ keys }).verify(value, { now: 1 }), { ok: true })
  const limited = createPubtktVerifier({ keys, ...(signatures && { signatures }) })
  t.strictSame(limited.verify(value, { now: 1 }), { ok: false, reason: 'signature' })
})
