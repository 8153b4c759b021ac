/** A live round with the issuers that mod_auth_pubtkt brings along: their tickets here, and their verdict on ours. */

import t, { type Test } from 'tap'
import { pubtktIssuersMissing } from '../../native-fixtures/debian.mjs'
import { escapedForCookie } from '../../native-fixtures/forge-signed.mjs'
import {
  type IssuerDigest,
  type SignedDraft,
  type SignedIssuer,
  startPubtktPerl,
  startPubtktPhp,
} from '../../native-fixtures/issuers/pubtkt.mjs'
import { createRandom, type Random, randomAddress, randomFields } from '../../native-fixtures/random.mjs'
import type { KeyPair, Kind } from '../../native-fixtures/signing-keys.mjs'
import { createPubtktIssuer, createPubtktVerifier } from '../../src/index.js'
import type { SignatureDigest, SignedTicket, Weakness } from '../../src/types.js'
import { pairsFor } from '../helpers/signed-apache.js'

/** Put the number of a failed run into AUTHTKT_SEED to see the same fields again. */
const seed = Number(process.env.AUTHTKT_SEED ?? Date.now() % 2 ** 32)
const ROUNDS = 2
const KINDS: readonly Kind[] = ['rsa', 'dsa', 'rsa1024', 'dsa1024']
const DIGESTS: readonly SignatureDigest[] = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const ALLOW: readonly Weakness[] = ['sha1', 'dsa', 'short-rsa']
const NOW = 1700000000

const missing = pubtktIssuersMissing()
const skip = missing ? `skipped: ${missing}` : false

const verifierOf = ({ publicKey }: KeyPair, digest: SignatureDigest) =>
  createPubtktVerifier({ keys: [{ publicKey, digest, allow: ALLOW }] })

function randomDraft(random: Random): Required<SignedDraft> {
  const { uid, tokens, userData } = randomFields(random, { raw: true })
  return {
    // A lone 0 is nothing to Perl and PHP.
    uid: `u${uid}`,
    clientIp: random.int(2) ? randomAddress(random) : '',
    validUntil: NOW + 1 + random.int(2 ** 31),
    grace: random.int(2) ? 1 + random.int(10000) : 0,
    tokens: tokens.join(','),
    userData: userData && `d${userData}`,
    bauth: random.int(2) ? `someone:${random.text('abc:%+ =', 1 + random.int(30))}` : '',
    multifactor: random.int(2) === 1,
  }
}

/** What the ticket must be read as. Only PHP has the last two fields. */
function readingOf(draft: Required<SignedDraft>, { bauth = '', multifactor = false }): SignedTicket {
  const { uid, clientIp, validUntil, grace, tokens, userData } = draft
  return {
    uid,
    clientIp,
    validUntil,
    userData,
    tokens: tokens === '' ? [] : tokens.split(','),
    gracePeriod: grace === 0 ? 0 : validUntil - grace,
    bauth: Buffer.from(bauth, 'latin1').toString('base64'),
    multifactor,
  }
}

interface Peer {
  readonly name: string
  readonly start: () => SignedIssuer
  /** What it does with OpenSSL 3. */
  readonly digests: readonly SignatureDigest[]
  /** What of a ticket it leaves out. */
  readonly extras: (draft: Required<SignedDraft>) => { bauth?: string; multifactor?: boolean }
}

const PEERS: readonly Peer[] = [
  { name: "Perl's pubtkt_generate", start: startPubtktPerl, digests: DIGESTS, extras: () => ({}) },
  { name: "PHP's pubtkt_generate", start: startPubtktPhp, digests: DIGESTS, extras: (draft) => draft },
  {
    name: "PHP's pubtkt_generate_php",
    start: () => startPubtktPhp({ native: true }),
    digests: ['sha1'],
    extras: ({ bauth }) => ({ bauth }),
  },
]

async function bothWays(t: Test, issuer: SignedIssuer, peer: Peer, pair: KeyPair, random: Random) {
  for (const digest of peer.digests) {
    const verifier = verifierOf(pair, digest)
    const ours = createPubtktIssuer({ key: { privateKey: pair.privateKey, digest, allow: ALLOW } })
    for (let i = 0; i < ROUNDS; i++) {
      const draft = randomDraft(random)
      const ticket = await issuer.issue(pair, digest, draft)
      const wanted = readingOf(draft, peer.extras(draft))
      const read = verifier.verify(escapedForCookie(`${ticket}`, random.pick(['+', '%20'])), {
        ip: draft.clientIp,
        now: NOW,
      })
      t.strictSame(read, { ok: true, ticket: wanted, keyIndex: 0 }, `${digest}: its ticket is read here`)

      const { clientIp, bauth, ...fields } = wanted
      const own = ours.issue({ ...fields, ...(clientIp && { clientIp }), ...(bauth && { bauth }) }, { encoding: 'raw' })
      t.equal(await issuer.verify(pair, digest, own), true, `${digest}: ours is good there`)
      const changed = own.replace('uid=u', 'uid=v')
      t.equal(await issuer.verify(pair, digest, changed), false, `${digest}: and bad where it was changed`)
      const here = verifier.verify(escapedForCookie(changed), { ip: clientIp, now: NOW })
      t.match(here, { ok: false, reason: 'signature' }, `${digest}: here, too`)
    }
  }
}

for (const peer of PEERS) {
  t.test(`${peer.name}, seed ${seed}`, { skip }, async (t) => {
    const random = createRandom(seed)
    const pairOf = pairsFor(t)
    const issuer = peer.start()
    t.teardown(issuer.stop)
    for (const kind of KINDS) await t.test(kind, (t) => bothWays(t, issuer, peer, pairOf(kind), random))
  })
}

t.test('what they cannot do with OpenSSL 3', { skip }, async (t) => {
  const pairOf = pairsFor(t)
  const [perl, php] = [startPubtktPerl(), startPubtktPhp()]
  t.teardown(() => Promise.all([perl.stop(), php.stop()]))
  const draft = { ...randomDraft(createRandom(seed)), validUntil: NOW + 60 }
  const rows: readonly (readonly [
    issuer: SignedIssuer,
    name: string,
    kind: Kind,
    digest: IssuerDigest,
    SignatureDigest?,
  ])[] = [
    // Its check of the digest refuses that there is none, in spite of its own example.
    [perl, 'Perl', 'rsa', 'default'],
    [perl, 'Perl', 'dsa', 'default'],
    [perl, 'Perl', 'dsa', 'dss1'],
    [php, 'PHP', 'rsa', 'default', 'sha1'],
    // `-dss1` is gone.
    [php, 'PHP', 'dsa', 'default'],
    [php, 'PHP', 'dsa', 'dss1'],
    [php, 'PHP', 'rsa', 'dss1'],
  ]
  for (const [issuer, name, kind, digest, means] of rows) {
    const pair = pairOf(kind)
    const ticket = await issuer.issue(pair, digest, draft)
    const text = `${name}, ${kind}, ${digest}`
    if (means === undefined) t.equal(ticket, undefined, `${text}: no ticket`)
    else {
      const read = verifierOf(pair, means).verify(escapedForCookie(`${ticket}`), { ip: draft.clientIp, now: NOW })
      t.ok(read.ok, `${text}: as ${means}`)
    }
  }
})
