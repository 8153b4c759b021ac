/** The Authorization that goes on to the application: FakeBasicAuth and PassthruBasicAuth. */

import { sign } from 'node:crypto'
import t from 'tap'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import { plainBauth, sealBauth } from '../../src/pubtkt/bauth.js'
import type { SignatureHost } from '../../src/pubtkt/host.js'
import { nodeSignatures } from '../../src/pubtkt/node-signatures.js'
import { pairOf } from '../helpers/signing-keys.js'
import { type Asked, inShort, NOW } from './guards.js'
import { decideSigned, type Signed } from './signed-guards.js'

const KEY = '0123456789abcdef'
const BEN = { uid: 'ben', password: 's3cret:x' }
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')
const PLAIN = base64('ben:s3cret:x')
const SEALED = sealBauth(BEN, KEY, nodeSignatures() as SignatureHost)
const OWN: Asked = { headers: [['authorization', 'Basic b3duOm93bg==']] }
const EXACT: GuardOptions = { compat: 'exact', require: 'valid-user' }

/** What goes on: text, null for none at all, `own` for what the client sent; or the answer in short. */
function goesOn(area: AreaOptions, ticket: Signed, asked: Asked = {}, options: GuardOptions = {}): string | null {
  const decision = decideSigned(area, ticket, asked, options)
  if (decision.kind !== 'allow') return inShort(decision)
  return 'authorization' in decision ? (decision.authorization as string | null) : 'own'
}

t.test('nothing is said where nothing is configured', async (t) => {
  t.equal(goesOn({}, { bauth: PLAIN }), 'own')
  t.equal(goesOn({}, { bauth: PLAIN }, OWN), 'own')
})

t.test('a made-up password, or that of the ticket', async (t) => {
  const fake = { fakeBasicAuth: true }
  const passthru = { passthruBasicAuth: true }
  t.equal(goesOn(fake, {}), `Basic ${base64('alice:password')}`)
  t.equal(goesOn(fake, { uid: 'al\xefce' }), `Basic ${base64('al\xefce:password')}`)
  t.equal(goesOn(fake, { bauth: PLAIN }), `Basic ${base64('alice:password')}`)
  t.equal(goesOn(passthru, { bauth: PLAIN }), `Basic ${PLAIN}`)
  t.equal(goesOn({ ...fake, ...passthru }, { bauth: PLAIN }), `Basic ${PLAIN}`)
  t.equal(goesOn({ ...fake, ...passthru }, {}), `Basic ${base64('alice:password')}`)
  t.equal(plainBauth(BEN), PLAIN)
})

t.test('whose word counts: the ticket, or as in the module the client (P4)', async (t) => {
  for (const area of [{ fakeBasicAuth: true }, { passthruBasicAuth: true }]) {
    const ours = goesOn(area, { bauth: PLAIN })
    t.not(ours, 'own')
    t.equal(goesOn(area, { bauth: PLAIN }, OWN), ours)
    t.equal(goesOn({ ...area, clientAuthorization: 'keep' }, { bauth: PLAIN }, OWN), 'own')
    t.equal(goesOn(area, { bauth: PLAIN }, OWN, EXACT), 'own')
    t.equal(goesOn(area, { bauth: PLAIN }, {}, EXACT), ours)
  }
  // A ticket that has none: the client's own could be anybody's.
  t.equal(goesOn({ passthruBasicAuth: true }, {}, OWN), null)
  t.equal(goesOn({ passthruBasicAuth: true }, {}, OWN, EXACT), 'own')
  t.equal(goesOn({ passthruBasicAuth: true }, {}, {}, EXACT), 'own')
})

t.test('encrypted for servers that have the key', async (t) => {
  const area = { passthruBasicAuth: true, passthruKey: KEY }
  t.equal(goesOn(area, { bauth: SEALED }), `Basic ${PLAIN}`)
  t.equal(goesOn({ ...area, passthruKey: Buffer.from(KEY) }, { bauth: SEALED }), `Basic ${PLAIN}`)
  t.equal(goesOn({ passthruBasicAuth: true }, { bauth: SEALED }, {}, { ...EXACT, passthruKey: KEY }), `Basic ${PLAIN}`)
  t.equal(goesOn({ ...area, passthruBasicAuth: false }, { bauth: SEALED }), 'own')
  // No whole blocks: the module answers 500, and we do.
  t.equal(goesOn(area, { bauth: base64('x'.repeat(33)) }), 'error 500 config')
  t.equal(goesOn(area, { bauth: base64('x'.repeat(33)) }, OWN, EXACT), 'own', 'nobody looks')
})

t.test('what a wrong key makes of it goes on in the module, and not here (P7)', async (t) => {
  const area = { passthruBasicAuth: true, passthruKey: 'another key, 16b' }
  t.equal(goesOn(area, { bauth: SEALED }), 'error 500 config')
  t.match(goesOn(area, { bauth: SEALED }, {}, EXACT), /^Basic [A-Za-z0-9+/]+=*$/)
  const bad = [base64('no colon'), base64('a:b\x01'), base64('\n:b'), 'AAAA']
  for (const bauth of bad) {
    t.equal(goesOn({ passthruBasicAuth: true }, { bauth }), 'error 500 config', bauth)
    t.equal(goesOn({ passthruBasicAuth: true, passthruText: 'any' }, { bauth }), `Basic ${bauth}`)
  }
})

t.test('what is no base64 is no password', async (t) => {
  const text = `uid=a;validuntil=${NOW + 60};bauth=a:b`
  const signature = sign(null, Buffer.from(text), pairOf('ed25519').privateKey).toString('base64')
  const ticket = encodeURIComponent(`${text};sig=${signature}`)
  const seen = (options: GuardOptions) => decideSigned({ passthruBasicAuth: true }, ticket, {}, options)
  t.equal(inShort(seen({})), 'error 500 config')
  t.match(seen(EXACT), { kind: 'allow', authorization: 'Basic a:b' })
})

t.test("no name but the ticket's own reaches who believes in made-up passwords", async (t) => {
  t.equal(goesOn({ fakeBasicAuth: true }, { uid: 'admin:x' }), 'error 500 config', 'to Basic that is admin')
  t.equal(goesOn({ fakeBasicAuth: true, passthruText: 'any' }, { uid: 'a:b' }), `Basic ${base64('a:b:password')}`)
  t.equal(goesOn({ fakeBasicAuth: true }, { uid: 'a:b' }, {}, EXACT), `Basic ${base64('a:b:password')}`)
  const open = (area: AreaOptions, options: GuardOptions = {}) =>
    decideSigned({ require: 'granted', ...area }, {}, OWN, options)
  t.match(open({ fakeBasicAuth: true }), { kind: 'pass', authorization: null })
  t.match(open({ passthruBasicAuth: true }), { kind: 'pass', authorization: null })
  for (const [area, options] of [
    [{}, {}],
    [{ fakeBasicAuth: true }, EXACT],
    [{ fakeBasicAuth: true, clientAuthorization: 'keep' as const }, {}],
  ] as const) {
    t.notOk('authorization' in open(area, options), JSON.stringify(area))
  }
})
