/** Passwords that go on in signed tickets: sealed, carried over at renewals, and in nobody's way. */

import t, { type Test } from 'tap'
import { createGuard, createPubtktVerifier, openBauth } from '../../src/index.js'
import type { Account, PasswordAuthenticator } from '../../src/login/authenticators/authenticator.js'
import type { LoginOptions } from '../../src/login/login.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { pairOf, publicKeyOf } from '../helpers/signing-keys.js'
import { type Answer, desk, NOW, PASSWORD, SECRET, UID } from './desk.js'

const HOUR = 3600
const KEY = '16 bytes of key!'
const GUARD: GuardOptions = {
  module: 'mod_auth_pubtkt',
  publicKeys: [{ publicKey: pairOf('rsa').publicKey, digest: 'sha256' }],
  signingKey: { privateKey: pairOf('rsa').privateKey, digest: 'sha256' },
  passthruKey: KEY,
  passthruBasicAuth: true,
  loginUrl: '/login',
  timeout: 2 * HOUR,
  areas: [{ path: '/' }, { path: '/login', require: 'granted' }],
}
const verifier = createPubtktVerifier({ keys: [publicKeyOf('rsa', 'sha256')] })
const open = (bauth: string) => atob(openBauth(bauth, KEY) ?? '')

function anybody(
  uid: string,
  lookUp?: PasswordAuthenticator['lookUp'],
  more: Partial<Account> = {},
): PasswordAuthenticator {
  const account = { uid, tokens: [], userData: '', ...more }
  return { name: 'anybody', check: async () => ({ ok: true, account }), ...(lookUp && { lookUp }) }
}

function site(t: Test, login: Partial<LoginOptions> = {}, guard: GuardOptions = {}) {
  return desk(t, { guard: { keys: [], ...GUARD, ...guard }, login: { passthru: true, ...login } })
}

function valueIn({ setCookies }: Answer): string {
  const line = setCookies.find((one) => one.startsWith('auth_pubtkt=')) ?? ''
  return line.slice('auth_pubtkt='.length).split(';')[0] as string
}

function bauthIn(answer: Answer): string | undefined {
  const result = verifier.verify(valueIn(answer), { ip: '127.0.0.1', now: NOW })
  return result.ok ? result.ticket.bauth : undefined
}

t.test('sealed, as the guard hands it on', async (t) => {
  const { browser, events, port } = await site(t)
  const [one, other] = [await browser().signIn(), await browser().signIn()]
  t.equal(open(bauthIn(one) ?? ''), `${UID}:${PASSWORD}`)
  t.not(bauthIn(one), bauthIn(other), 'never the same')
  const headers: [string, string][] = [
    ['Host', `127.0.0.1:${port}`],
    ['Cookie', `auth_pubtkt=${valueIn(one)}`],
  ]
  const decision = createGuard(GUARD).decide({ method: 'GET', url: '/app', headers, ip: '127.0.0.1', now: NOW })
  t.match(decision, { kind: 'allow', authorization: `Basic ${btoa(`${UID}:${PASSWORD}`)}` })
  t.notMatch(JSON.stringify([one, events]), new RegExp(`open.sesame|${btoa(`${UID}:${PASSWORD}`)}`))
  t.strictSame(
    events.map(({ kind }) => kind),
    ['signed-in', 'signed-in'],
  )
})

t.test("of the account's own name, and in UTF-8", async (t) => {
  const { browser } = await site(t, { authenticators: [anybody('zoë')] })
  const bauth = bauthIn(await browser().signIn({ uid: 'ZOE', password: 'ключ' }))
  t.equal(Buffer.from(open(bauth ?? ''), 'latin1').toString(), 'zoë:ключ')
})

t.test('only where it is asked for', async (t) => {
  t.equal(bauthIn(await (await site(t, { passthru: false })).browser().signIn()), '')
  const guard = { module: undefined, keys: [{ secret: SECRET, digest: 'sha256' as const }] }
  const others = { ...GUARD, ...guard, publicKeys: undefined, signingKey: undefined, passthruKey: undefined }
  const { browser } = await desk(t, { guard: { ...others, passthruBasicAuth: false }, login: { passthru: true } })
  t.match(await browser().signIn(), { status: 303 }, 'other tickets have none')
})

t.test('renewals carry it over', async (t) => {
  const known = async (uid: string) => ({ ok: true, account: { uid, tokens: ['new'], userData: '' } }) as const
  for (const lookUp of [known, undefined]) {
    const { browser, clock } = await site(t, { authenticators: [anybody('ada', lookUp)] })
    const ada = browser()
    const first = bauthIn(await ada.signIn())
    clock.now = NOW + 2 * HOUR - 1
    t.equal(bauthIn(await ada.ask('/login')), first)
    t.equal(open(first ?? ''), `ada:${PASSWORD}`)
  }
})

t.test('what has no room keeps nobody out, and is told without its length', async (t) => {
  const long = { tokens: ['t'.repeat(250)], userData: 'd'.repeat(250) }
  const cases: [what: string, uid: string, password: string, more: Partial<Account>, fits: boolean][] = [
    ['160 bytes', 'ada', 'x'.repeat(156), {}, true],
    ['161 bytes', 'ada', 'x'.repeat(157), {}, false],
    ['a colon in the name', 'a:b', 'x', {}, false],
    ['a long ticket', 'ada', 'x', long, true],
    ['a ticket that is too long with it', 'ada', 'x'.repeat(150), long, false],
  ]
  for (const [what, uid, password, more, fits] of cases) {
    const { browser, events } = await site(t, { authenticators: [anybody(uid, undefined, more)] })
    const answer = await browser().signIn({ uid, password })
    t.match(answer, { status: 303 }, what)
    t.equal(bauthIn(answer) !== '', fits, what)
    const [signedIn, told] = [{ kind: 'signed-in' }, { kind: 'no-passthru', by: 'anybody', uid, ip: '127.0.0.1' }]
    t.match(events, fits ? [signedIn] : [told, signedIn], what)
    t.equal(events.length, fits ? 1 : 2)
  }
})

t.test('without a key nobody signs in, and no password goes out in plain text', async (t) => {
  const { browser, events } = await site(t, {}, { passthruKey: undefined, passthruBasicAuth: false })
  const answer = await browser().signIn()
  t.equal(answer.status, 500)
  t.strictSame(
    answer.setCookies.filter((line) => line.startsWith('auth_pubtkt')),
    [],
  )
  t.match(events, [{ kind: 'unavailable', cause: /nothing to seal a password with; give passthruKey/ }])
})
