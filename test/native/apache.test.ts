/** A live round: our tickets at the real Apache, its tickets and Perl's at ours, spoilt ones at both. */
import t, { type Test } from 'tap'
import { apacheMissing, perlMissing } from '../../native-fixtures/debian.mjs'
import { ENCODINGS, encode, isHeaderSafe } from '../../native-fixtures/encode.mjs'
import { COOKIE_MUTATIONS, DIGEST_LENGTH, TICKET_MUTATIONS } from '../../native-fixtures/mutations.mjs'
import { startPerlIssuer } from '../../native-fixtures/perl-issuer.mjs'
import { createRandom, type Random, randomAddress, randomFields, randomSecret } from '../../native-fixtures/random.mjs'
import { type Digest as AnyDigest, createIssuer, createVerifier } from '../../src/index.js'
import { type Ask, apacheFor, flat, identityOf, keyOf } from '../helpers/apache.js'

/** Put the number of a failed run into AUTHTKT_SEED to see the same fields, addresses and secrets again. */
const seed = Number(process.env.AUTHTKT_SEED ?? Date.now() % 2 ** 32)
/** What the module has. */
type Digest = Exclude<AnyDigest, 'sha1'>
const DIGESTS: readonly Digest[] = ['md5', 'sha256', 'sha512']
const ROUNDS = 70
const MUTANTS = 10
const TIMEOUT = 3600
/** Age of our tickets in seconds: the server below refreshes from the first second on. */
const AGE = 10
const REFRESHING = { timeout: `${TIMEOUT}`, location: ['TKTAuthTimeoutRefresh 1'] }

/** The option of a test that needs something this machine may lack. */
const unless = (missing: string | undefined) => ({ skip: missing ? `skipped: ${missing}` : false })
const nowSeconds = () => Math.floor(Date.now() / 1000)

interface Round {
  readonly digest: Digest
  readonly secret: string
  readonly random: Random
  readonly ask: Ask
}

async function ourTickets(t: Test, { digest, secret, random, ask }: Round) {
  const keys = [keyOf(digest, secret)]
  const issuer = createIssuer({ keys })
  const verifier = createVerifier({ keys, timeout: TIMEOUT })
  for (let i = 0; i < ROUNDS; i++) {
    const encoding = random.pick(ENCODINGS)
    const fields = randomFields(random, { raw: encoding === 'raw' })
    const ip = randomAddress(random)
    const now = nowSeconds()
    const answer = await ask(issuer.issue(fields, { ip, now: now - AGE, encoding }), ip)
    t.strictSame(answer.identity, flat(fields), `Apache reads our ${encoding} ticket`)

    const refreshed = verifier.verify(answer.refreshed, { ip, now })
    t.strictSame(identityOf(refreshed), flat(fields), 'and we read the one it sends back')
    t.ok(refreshed.ok && refreshed.ticket.issuedAt > now - AGE, 'which is younger')
  }
}

async function perlTickets(t: Test, { digest, secret, random }: Round) {
  const perl = startPerlIssuer()
  t.teardown(perl.stop)
  const verifier = createVerifier({ keys: [keyOf(digest, secret)] })
  for (let i = 0; i < ROUNDS; i++) {
    const form = random.pick(['base64', 'raw'] as const)
    const fields = flat(randomFields(random, { raw: form === 'raw' }))
    const ip = randomAddress(random)
    const issuedAt = 1 + random.int(2 ** 32 - 1)
    const result = verifier.verify(await perl.issue({ digest, secret, ip, issuedAt, form, ...fields }), { ip })
    t.strictSame(identityOf(result), fields, `we read Perl's ${form} ticket`)
    t.match(result, { ticket: { issuedAt } }, 'with its time of issue')
  }
}

async function spoiltTickets(t: Test, { digest, secret, random, ask }: Round) {
  const keys = [keyOf(digest, secret)]
  const issuer = createIssuer({ keys })
  const verifier = createVerifier({ keys })
  const sameVerdict = async (name: string, value: string, ip: string) => {
    const verdict = identityOf(verifier.verify(value, { ip }))
    t.strictSame(verdict, (await ask(value, ip)).identity, `${name}: ${verdict ? 'read' : 'refused'} by both`)
  }
  for (let i = 0; i < MUTANTS; i++) {
    const ip = randomAddress(random)
    const value = issuer.issue(randomFields(random), { ip, now: nowSeconds() })
    const ticket = Buffer.from(value, 'base64').toString('latin1')
    for (const [name, mutate] of Object.entries(TICKET_MUTATIONS)) {
      const spoilt = mutate(ticket, random, DIGEST_LENGTH[digest])
      const sent = encode(spoilt, random.pick(ENCODINGS))
      await sameVerdict(name, isHeaderSafe(sent) ? sent : encode(spoilt, 'base64'), ip)
    }
    for (const [name, mutate] of Object.entries(COOKIE_MUTATIONS)) {
      await sameVerdict(name, mutate(value, random, DIGEST_LENGTH[digest]), ip)
    }
    await sameVerdict('another address', value, ip.replace('10.', '11.'))
    const forged = createIssuer({ keys: [keyOf(digest, `${secret}x`)] })
    await sameVerdict('another secret', forged.issue(randomFields(random), { ip, now: nowSeconds() }), ip)
  }
}

for (const [i, digest] of DIGESTS.entries()) {
  const random = createRandom(seed + i)
  t.test(`${digest} at the real Apache, seed ${seed}`, unless(apacheMissing()), async (t) => {
    const secret = randomSecret(random, 1 + random.int(300))
    const ask = await apacheFor(t, { digest, secret, ...REFRESHING })
    const round = { digest, secret, random, ask }
    await t.test('our tickets are read there, its own here', (t) => ourTickets(t, round))
    await t.test("Perl's tickets are read here", unless(perlMissing()), (t) => perlTickets(t, round))
    await t.test('spoilt tickets get the same verdict', (t) => spoiltTickets(t, round))
  })

  t.test(`${digest} with an old secret at the real Apache, seed ${seed}`, unless(apacheMissing()), async (t) => {
    const secret = randomSecret(random, 20)
    const secretOld = randomSecret(random, 200)
    const ask = await apacheFor(t, { digest, secret, secretOld })
    const verifier = createVerifier({ keys: [keyOf(digest, secret), keyOf(digest, secretOld)] })
    const fields = randomFields(random)
    const ip = randomAddress(random)
    const issue = (by: string) => createIssuer({ keys: [keyOf(digest, by)] }).issue(fields, { ip, now: nowSeconds() })

    const old = issue(secretOld)
    const answer = await ask(old, ip)
    t.strictSame(answer.identity, flat(fields), 'Apache takes the old secret')
    t.match(verifier.verify(old, { ip }), { ok: true, keyIndex: 1 }, 'so do we')
    const refreshed = verifier.verify(answer.refreshed, { ip })
    t.match(refreshed, { ok: true, keyIndex: 0 }, 'and read what it signs anew')
    t.strictSame(identityOf(refreshed), flat(fields), 'with the same fields')

    const strange = issue(randomSecret(random, 20))
    t.equal((await ask(strange, ip)).status, 307, 'a third secret is refused there')
    t.equal(verifier.verify(strange, { ip }).ok, false, 'and here')
  })
}
