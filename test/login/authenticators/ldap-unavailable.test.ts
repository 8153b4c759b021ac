/** A directory that is down, hangs, hangs up or talks nonsense: nobody can say, and soon. No cause says what was typed. */

import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { slapdMissing } from '../../../native-fixtures/debian.mjs'
import { ldap } from '../../../src/login/authenticators/ldap.js'
import {
  BIND_RESPONSE,
  BY_DN,
  BY_SEARCH,
  EXTENDED_RESPONSE,
  idOf,
  PASSWORD,
  result,
  serverFor,
  slapdFor,
  staffOf,
  WAYS,
} from './directory.js'

const TYPED = { uid: 'alice-typed', password: 'typed in secret' }
const unavailable = (cause: string | RegExp) => ({ ok: false, reason: 'unavailable', cause })

/** What it says, after a look at whether it says too much. */
async function ask(t: Test, url: string, options: object): Promise<unknown> {
  const staff = await staffOf(t, url, { timeout: 0.3, ...options })
  const started = performance.now()
  const checked = await staff.check(TYPED)
  t.ok(performance.now() - started < 3000, 'soon')
  t.notMatch(JSON.stringify(checked), /typed|secret|battery/)
  return checked
}

t.test('down', async (t) => {
  const { url } = await serverFor(t, (socket) => socket.destroy())
  const closed = url.replace(/\d+$/, '1')
  for (const [way, options] of WAYS)
    t.same(await ask(t, closed, options), unavailable('ldap: connect: ECONNREFUSED'), way)
})

t.test('no such host', async (t) => {
  t.match(await ask(t, 'ldaps://directory.invalid', BY_DN), unavailable(/^ldap: connect: /))
})

t.test('hangs, and no connection stays', async (t) => {
  const { url, open } = await serverFor(t, (socket) => socket.resume())
  t.same(await ask(t, url, BY_DN), unavailable('ldap: bind: no answer within 0.3 s'))
  t.same(await ask(t, url, BY_SEARCH), unavailable('ldap: bindAs: no answer within 0.3 s'))
  t.same(await ask(t, url, { ...BY_DN, startTls: true }), unavailable('ldap: StartTLS: no answer within 0.3 s'))
  t.same(await ask(t, url.replace('ldap:', 'ldaps:'), BY_DN), unavailable('ldap: TLS: no answer within 0.3 s'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.equal(open.size, 0)
})

t.test('hangs once TLS is agreed on', async (t) => {
  const { url } = await serverFor(t, (socket) => {
    socket.once('data', (request) => socket.write(result(idOf(request), EXTENDED_RESPONSE, 0)))
  })
  t.same(await ask(t, url, { ...BY_DN, startTls: true }), unavailable('ldap: TLS: no answer within 0.3 s'))
})

t.test('hangs up', async (t) => {
  const { url } = await serverFor(t, (socket) => socket.once('data', () => socket.end()))
  t.same(await ask(t, url, BY_DN), unavailable('ldap: bind: the connection was lost'))
  t.match(await ask(t, url.replace('ldap:', 'ldaps:'), BY_DN), unavailable(/^ldap: TLS: E/))
})

t.test('hangs up at once', async (t) => {
  const { url } = await serverFor(t, (socket) => socket.destroy())
  t.match(await ask(t, url, BY_DN), unavailable(/^ldap: (?:connect|bind): /))
})

t.test('talks another protocol', async (t) => {
  const { url } = await serverFor(t, (socket) => socket.write('220 welcome\r\n'))
  t.match(await ask(t, url, BY_DN), unavailable(/^ldap: bind: /))
})

const CODES: readonly (readonly [code: number, answer: object])[] = [
  [49, { ok: false, reason: 'wrong' }],
  [32, { ok: false, reason: 'wrong' }],
  [51, unavailable('ldap: bind: BusyError (51)')],
  [52, unavailable('ldap: bind: UnavailableError (52)')],
  [53, unavailable('ldap: bind: UnwillingToPerformError (53)')],
  [13, unavailable('ldap: bind: ConfidentialityRequiredError (13)')],
  [99, unavailable(/^ldap: bind: \w+ \(99\)$/)],
]

for (const [code, answer] of CODES) {
  t.test(`answers ${code}`, async (t) => {
    const { url } = await serverFor(t, (socket) => {
      socket.on('data', (request) => socket.write(result(idOf(request), BIND_RESPONSE, code)))
    })
    t.match(await ask(t, url, BY_DN), answer)
  })
}

t.test('has no TLS', async (t) => {
  const { url } = await serverFor(t, (socket) => {
    socket.once('data', (request) => socket.write(result(idOf(request), EXTENDED_RESPONSE, 2)))
  })
  t.same(await ask(t, url, { ...BY_DN, startTls: true }), unavailable('ldap: StartTLS: ProtocolError (2)'))
})

t.test('closed', async (t) => {
  const { url } = await serverFor(t, () => {})
  const staff = await ldap({ url, ...BY_DN })
  const waiting = staff.check(TYPED)
  const other = connect(Number(new URL(url).port), '127.0.0.1')
  await new Promise((resolve) => other.once('connect', resolve))
  other.destroy()
  await staff.close?.()
  t.match(await waiting, unavailable(/^ldap: (?:connect|bind): closed/))
  t.same(await staff.check(TYPED), unavailable('ldap: closed'))
})

t.test('goes down and comes back', { skip: slapdMissing() ?? false }, async (t) => {
  const slapd = await slapdFor(t)
  for (const [way, options] of WAYS) {
    const staff = await staffOf(t, slapd.url, options)
    const alice = () => staff.check({ uid: 'alice', password: PASSWORD })
    t.match(await alice(), { ok: true }, way)
    await slapd.down()
    t.same(await alice(), unavailable('ldap: connect: ECONNREFUSED'), way)
    await slapd.up()
    t.match(await alice(), { ok: true }, way)
  }
})
