/** The real Apache with mod_auth_pubtkt and us: our tickets there, what spoils them, and what it knows nothing of. */

import t, { type Test } from 'tap'
import { startSite } from '../../native-fixtures/apache-site.mjs'
import { pubtktMissing } from '../../native-fixtures/debian.mjs'
import { escapedForCookie } from '../../native-fixtures/forge-signed.mjs'
import { createRandom, type Random, randomAddress, randomFields } from '../../native-fixtures/random.mjs'
import { SIGNED_MUTATIONS } from '../../native-fixtures/signed-mutations.mjs'
import type { KeyPair, Kind } from '../../native-fixtures/signing-keys.mjs'
import {
  createPubtktIssuer,
  createPubtktVerifier,
  nodeSignatures,
  type PubtktFields,
  plainBauth,
  sealBauth,
} from '../../src/index.js'
import type { SignatureDigest, Weakness } from '../../src/types.js'
import { type AskSigned, LOGIN, pairsFor, sectionOf, signedApacheFor } from '../helpers/signed-apache.js'

/** Put the number of a failed run into AUTHTKT_SEED to see the same fields again. */
const seed = Number(process.env.AUTHTKT_SEED ?? Date.now() % 2 ** 32)
const ROUNDS = 15
const MUTANTS = 3
const DIGESTS: readonly SignatureDigest[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const KINDS: readonly Kind[] = ['rsa', 'dsa', 'rsa1024', 'dsa1024']
const ALLOW: readonly Weakness[] = ['sha1', 'dsa', 'short-rsa']
const PASSTHRU_KEY = '16 bytes of key!'
const BACK = `${LOGIN}?back=http%3a%2f%2fwww.example.com`

const missing = pubtktMissing()
const skip = missing ? `skipped: ${missing}` : false
const nowSeconds = () => Math.floor(Date.now() / 1000)
const host = nodeSignatures()

interface Round {
  readonly pair: KeyPair
  readonly digest: SignatureDigest
  readonly random: Random
  readonly ask: AskSigned
}

/** Fields that any ticket carries, and what an application is to see of them. */
function randomTicket(random: Random, sealed: boolean) {
  const { uid, tokens, userData } = randomFields(random, { raw: true })
  const clientIp = randomAddress(random)
  const now = nowSeconds()
  const password = random.text('abc:%+ =', 1 + random.int(30))
  const credentials = { uid: 'someone', password }
  const fields: PubtktFields = {
    uid,
    tokens,
    userData,
    validUntil: now + 3600,
    bauth: sealed && host ? sealBauth(credentials, PASSTHRU_KEY, host) : plainBauth(credentials),
    ...(random.int(2) && { clientIp }),
    ...(random.int(2) && { gracePeriod: now + 1800 }),
    multifactor: true,
  }
  const authorization = `Basic ${Buffer.from(`someone:${password}`).toString('base64')}`
  return { fields, clientIp, seen: { uid, tokens: tokens.join(','), userData, authorization } }
}

async function ourTickets(t: Test, { pair, digest, random, ask }: Round) {
  const { privateKey, publicKey } = pair
  const issuer = createPubtktIssuer({ key: { privateKey, digest, allow: ALLOW } })
  const verifier = createPubtktVerifier({ keys: [{ publicKey, digest, allow: ALLOW }] })
  for (let i = 0; i < ROUNDS; i++) {
    const sealed = i % 2 === 0
    const { fields, clientIp, seen } = randomTicket(random, sealed)
    const value = i % 3 === 0 ? escapedForCookie(issuer.issue(fields, { encoding: 'raw' }), '+') : issuer.issue(fields)
    const path = `/${pair.kind}/${digest}/${sealed ? 'sealed' : 'plain'}`
    const outcome = await ask(path, value, { ip: clientIp })
    t.strictSame(outcome.identity, seen, 'Apache reads our ticket')
    const read = verifier.verify(value, { ip: clientIp, now: nowSeconds() })
    t.equal(read.ok && read.ticket.uid, seen.uid, 'and we do')
    if (i < MUTANTS) await spoilt(t, issuer.issue(fields, { encoding: 'raw' }), { pair, digest, random, ask }, clientIp)
  }

  /** Most are refused, a few are harmless: by both, or by none. */
  async function spoilt(t: Test, ticket: string, { random, ask }: Round, ip: string) {
    for (const [name, mutate] of Object.entries(SIGNED_MUTATIONS)) {
      const value = escapedForCookie(mutate(ticket, random))
      const { status } = await ask(`/${pair.kind}/${digest}/plain`, value, { ip })
      const read = verifier.verify(value, { ip, now: nowSeconds() })
      t.equal(read.ok, status === 200, `${name}: as Apache, which says ${status}`)
    }
  }
}

t.test(`our tickets, seed ${seed}`, { skip }, async (t) => {
  const random = createRandom(seed)
  const pairs = KINDS.map((kind) => pairsFor(t)(kind))
  const sections = pairs.flatMap((pair) =>
    DIGESTS.map((digest) => {
      const path = `/${pair.kind}/${digest}`
      const lines = [`TKTAuthDigest ${digest}`, 'TKTAuthPassthruBasicAuth on', 'TKTAuthRequireMultifactor on']
      const key = `<Location "${path}/sealed">\nTKTAuthPassthruBasicKey "${PASSTHRU_KEY}"\n</Location>\n`
      return sectionOf(path, pair, ...lines) + key
    }),
  )
  const ask = await signedApacheFor(t, sections.join(''))
  for (const pair of pairs) {
    for (const digest of DIGESTS) {
      await t.test(`${pair.kind} with ${digest}`, (t) => ourTickets(t, { pair, digest, random, ask }))
    }
  }
})

t.test('addresses, clocks and factors of our tickets', { skip }, async (t) => {
  const pair = pairsFor(t)('rsa')
  const lines = ['TKTAuthDigest SHA256', ...['BadIP', 'Timeout', 'Refresh', 'Multifactor', 'Unauth'].map(urlOf)]
  const more = ['TKTAuthRequireMultifactor on', 'TKTAuthToken staff']
  const ask = await signedApacheFor(t, sectionOf('/a', pair, ...lines, ...more))
  const issuer = createPubtktIssuer({ key: { privateKey: pair.privateKey, digest: 'sha256' } })
  const now = nowSeconds()
  const good = { uid: 'alice', tokens: ['staff'], multifactor: true, validUntil: now + 600 }
  const rows: readonly (readonly [name: string, fields: Partial<PubtktFields>, wanted: string | null])[] = [
    ['a good one', {}, null],
    ['its own IPv6 address', { clientIp: '2001:db8::7' }, null],
    ['another address', { clientIp: '192.0.2.77' }, 'BadIP?ip=2001:db8::7&'],
    ['run out', { validUntil: now - 100 }, 'Timeout?'],
    ['past its grace period', { gracePeriod: now - 100 }, 'Refresh?'],
    ['within its grace period', { gracePeriod: now + 100 }, null],
    ['no second factor', { multifactor: false }, 'Multifactor?'],
    ['other tokens', { tokens: ['staffer'] }, 'Unauth?'],
  ]
  for (const [name, fields, wanted] of rows) {
    const { status, location } = await ask('/a', issuer.issue({ ...good, ...fields }), { ip: '2001:db8::7' })
    const back = 'back=http%3a%2f%2fwww.example.com%2fa'
    t.strictSame([status, location], wanted === null ? [200, null] : [307, `${LOGIN}${wanted}${back}`], name)
  }
  t.equal((await ask('/a', undefined)).location, `${BACK}%2fa`, 'no ticket')
})

const urlOf = (name: string) => `TKTAuth${name}URL ${LOGIN}${name}`

t.test('kinds of keys that the module does not know', { skip }, async (t) => {
  for (const [kind, number] of [
    ['ed25519', 1087],
    ['ecdsa', 408],
  ] as const) {
    const pair = pairsFor(t)(kind)
    const started = startSite({ text: () => sectionOf('/a', pair), module: 'auth_pubtkt' })
    await t.rejects(started, { message: RegExp(`unsupported key type ${number}`) }, `${kind}: Apache does not start`)
    const digest = kind === 'ecdsa' ? ({ digest: 'sha256' } as const) : {}
    const value = createPubtktIssuer({ key: { privateKey: pair.privateKey, ...digest } }).issue({
      uid: 'alice',
      validUntil: nowSeconds() + 60,
    })
    const verifier = createPubtktVerifier({ keys: [{ publicKey: pair.publicKey, ...digest }] })
    t.ok(verifier.verify(value, { now: nowSeconds() }).ok, `${kind}: we take our own`)

    const rsa = pairsFor(t)('rsa')
    const ask = await signedApacheFor(t, sectionOf('/a', rsa, 'TKTAuthDigest SHA256'))
    t.equal((await ask('/a', value)).status, 307, `${kind}: elsewhere it is a bad signature`)
  }
})
