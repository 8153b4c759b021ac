/** Signed tickets at the login: made, renewed without a password, and never in circles. */

import t, { type Test } from 'tap'
import { createGuard, createPubtktIssuer, createPubtktVerifier } from '../../src/index.js'
import { ENGLISH } from '../../src/login/messages.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { pairOf, publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'
import { type Answer, type Browser, type Desk, desk, NOW, plain, UID } from './desk.js'

const HOUR = 3600
const OPTIONS: GuardOptions = {
  module: 'mod_auth_pubtkt',
  publicKeys: [{ publicKey: pairOf('rsa').publicKey, digest: 'sha256' }],
  signingKey: { privateKey: pairOf('rsa').privateKey, digest: 'sha256' },
  loginUrl: '/login',
  unauthUrl: '/login?unauth=1',
  multifactorUrl: '/login?multifactor=1',
  timeout: 2 * HOUR,
  timeoutRefresh: 0.5,
  areas: [
    { path: '/' },
    { path: '/secret', tokens: ['board'] },
    { path: '/vault', requireMultifactor: true },
    { path: '/login', require: 'granted' },
  ],
}
const issuer = createPubtktIssuer({ key: signingKeyOf('rsa', 'sha256') })
const verifier = createPubtktVerifier({ keys: [publicKeyOf('rsa', 'sha256')] })

interface Site extends Desk {
  /** What the guard says to a browser that asks for a page. */
  visit(browser: Browser, path: string, ip?: string): Promise<ReturnType<ReturnType<typeof createGuard>['decide']>>
}

async function site(t: Test, options: GuardOptions = {}): Promise<Site> {
  const whole = { ...OPTIONS, ...options }
  const guard = createGuard(whole)
  const served = await desk(t, { guard: { keys: [], ...whole } })
  const headers = (cookie: string): [string, string][] => [
    ['Host', `127.0.0.1:${served.port}`],
    ['Cookie', cookie],
  ]
  return {
    ...served,
    async visit(browser, path, ip = '127.0.0.1') {
      const cookie = await browser.cookies(path)
      return guard.decide({ method: 'GET', url: path, headers: headers(cookie), ip, now: served.clock.now })
    },
  }
}

function ticketIn({ setCookies }: Answer) {
  const line = setCookies.find((one) => one.startsWith('auth_pubtkt=')) ?? ''
  const value = line.slice('auth_pubtkt='.length).split(';')[0] as string
  const result = verifier.verify(value, { ip: '127.0.0.1', now: NOW })
  return { line, ticket: result.ok ? result.ticket : undefined }
}

/** Follows a guard's redirect and the login's own until it leads to a page or back to the site; gives all answers. */
async function follow(browser: Browser, location: string, most = 6): Promise<Answer[]> {
  const answers: Answer[] = []
  let next: string | undefined = location
  while (next !== undefined && answers.length < most) {
    const answer: Answer = await browser.ask(next)
    answers.push(answer)
    const to: URL | undefined = answer.location === undefined ? undefined : new URL(answer.location, answer.url)
    next = to?.pathname.startsWith('/login') ? to.href : undefined
  }
  return answers
}

t.test('a password gives a signed ticket that the guard lets in, with its cookie attributes', async (t) => {
  const { browser, visit, origin } = await site(t)
  const ada = browser()
  const answer = await ada.signIn({}, `/login?back=${encodeURIComponent(`${origin}/app?x=1`)}`)
  const { line, ticket } = ticketIn(answer)
  t.match(line, /; path=\/; HttpOnly; SameSite=Lax$/)
  t.strictSame(ticket, {
    uid: UID,
    tokens: ['staff'],
    userData: 'Ada L',
    validUntil: NOW + 2 * HOUR,
    gracePeriod: NOW + HOUR,
    clientIp: '127.0.0.1',
    multifactor: false,
    bauth: '',
  })
  t.match(await ada.ask(answer.location as string), { status: 303, location: `${origin}/app?x=1` })
  t.match(await visit(ada, '/app'), { kind: 'allow', identity: { uid: UID, tokens: ['staff'], userData: 'Ada L' } })
  t.match(await ada.ask('/login'), { status: 200, body: /Signed in/ })
})

t.test("ignoreIp: the ticket is anybody's", async (t) => {
  const { browser, visit } = await site(t, { ignoreIp: true })
  const ada = browser()
  t.equal(ticketIn(await ada.signIn()).ticket?.clientIp, '')
  t.match(await visit(ada, '/app', '192.0.2.9'), { kind: 'allow' })
})

t.test('past its grace period a ticket is renewed on the way, without a password', async (t) => {
  const { browser, visit, origin, clock, events } = await site(t)
  const ada = browser()
  await ada.signIn()
  clock.now = NOW + HOUR
  t.match(await visit(ada, '/app'), { kind: 'allow' }, 'up to its end it is good')
  clock.now++
  const sent = await visit(ada, '/app?x=1')
  t.match(sent, { kind: 'redirect', reason: 'refresh' })
  const answers = await follow(ada, (sent as { location: string }).location)
  t.strictSame(
    answers.map(({ status }) => status),
    [303, 303],
  )
  t.equal(answers.at(-1)?.location, `${origin}/app?x=1`)
  t.match(ticketIn(answers[0] as Answer).ticket, { uid: UID, tokens: ['staff'], validUntil: clock.now + 2 * HOUR })
  t.match(await visit(ada, '/app?x=1'), { kind: 'allow' })
  t.strictSame(
    events.map(({ kind }) => kind),
    ['signed-in', 'renewed'],
  )
  clock.now += 2 * HOUR + 1
  t.match(await visit(ada, '/app'), { kind: 'redirect', reason: 'expired' })
  t.match(await ada.ask('/login?timeout=1'), { status: 200, body: /run out/ }, 'once it has run out, a form')
})

t.test('renewals end with maxAge after the first sign-in, whatever is renewed when', async (t) => {
  const maxAge = 5 * HOUR
  const { browser, visit, clock } = await site(t, { maxAge })
  const ada = browser()
  const first = ticketIn(await ada.signIn()).ticket
  t.match(first?.tokens, ['staff', /^since=[0-9a-f]{8}$/])
  let renewals = 0
  for (; clock.now <= NOW + maxAge; clock.now += 599) {
    const decision = await visit(ada, '/app')
    if (decision.kind === 'allow') {
      t.strictSame(decision.identity.tokens, ['staff'], "our own label is nobody else's")
      continue
    }
    t.match(decision, { kind: 'redirect', reason: 'refresh' })
    const [answer] = await follow(ada, (decision as { location: string }).location)
    const { ticket } = ticketIn(answer as Answer)
    t.ok((ticket?.validUntil ?? Infinity) <= NOW + maxAge, 'no later than that')
    t.match(await visit(ada, '/app'), { kind: 'allow' })
    renewals++
  }
  t.ok(renewals >= 2, `${renewals} renewals`)
  t.match(await visit(ada, '/app'), { kind: 'redirect', reason: 'expired' })
  t.match(await ada.ask('/login?timeout=1'), { status: 200, body: /name="password"/ })
})

for (const refreshWithin of [2 * HOUR, 10 * HOUR]) {
  t.test(`a refresh of ${refreshWithin} s before the end does not begin anew at once`, async (t) => {
    const { browser, visit, clock } = await site(t, { refreshWithin })
    const ada = browser()
    await ada.signIn()
    clock.now += 60
    t.match(await visit(ada, '/app'), { kind: 'allow' })
  })
}

t.test('a browser that goes on sending the old ticket is told so, and not sent round', async (t) => {
  const { browser, clock, origin } = await site(t)
  const ada = browser()
  const old = issuer.issue({ uid: UID, validUntil: NOW + HOUR, gracePeriod: NOW - 1 })
  await ada.jar.setCookie(`auth_pubtkt=${old}; path=/login`, `${origin}/login`)
  const answers = await follow(ada, `/login?back=${encodeURIComponent(`${origin}/app`)}`)
  t.strictSame(
    answers.map(({ status }) => status),
    [303, 403],
  )
  t.match(plain(answers[1]?.body ?? ''), ENGLISH.oldTicket)
  clock.now++
})

t.test('multifactor and tokens that are missing end on a page', async (t) => {
  const { browser, visit, origin } = await site(t)
  const ada = browser()
  await ada.signIn()
  for (const [path, reason, words] of [
    ['/vault', 'multifactor', ENGLISH.multifactor],
    ['/secret', 'tokens', 'You are signed in as ada, and that does not open'],
  ] as const) {
    const sent = await visit(ada, path)
    t.match(sent, { kind: 'redirect', reason })
    const answers = await follow(ada, (sent as { location: string }).location)
    t.strictSame(
      answers.map(({ status }) => status),
      [403],
    )
    t.match(plain(answers[0]?.body ?? ''), words)
    t.notOk(answers[0]?.location?.startsWith(origin))
  }
})

t.test('another address: the page says which, and a ticket for this one is let in', async (t) => {
  const { browser, visit, origin } = await site(t)
  const ada = browser()
  const value = issuer.issue({ uid: UID, validUntil: NOW + HOUR, clientIp: '192.0.2.7' })
  await ada.jar.setCookie(`auth_pubtkt=${value}; path=/`, `${origin}/login`)
  const sent = await visit(ada, '/app')
  t.match(sent, { kind: 'redirect', reason: 'address', location: /[?&]ip=127\.0\.0\.1/ })
  const page = await ada.ask((sent as { location: string }).location)
  t.match(plain(page.body), 'another network address than 127.0.0.1, which is yours now')
  const elsewhere = await ada.ask('/login?ip=192.0.2.99')
  t.match(plain(elsewhere.body), 'sees you at 192.0.2.99, and this one at 127.0.0.1')
  t.notMatch((await ada.ask('/login?ip=%3Cb%3E')).body, '<b>')
  await ada.send(page, { uid: UID, password: 'open sesame & <more>' })
  t.match(await visit(ada, '/app'), { kind: 'allow' })
})

t.test('signing out deletes the ticket', async (t) => {
  const { browser, visit } = await site(t)
  const ada = browser()
  await ada.signIn()
  const answer = await ada.send(await ada.ask('/login/logout'), {})
  t.match(
    answer.setCookies.find((line) => line.startsWith('auth_pubtkt=')),
    /^auth_pubtkt=;.*expires=/i,
  )
  t.match(await visit(ada, '/app'), { kind: 'redirect', reason: 'absent' })
})

t.test('a ticket that fits into none is refused with words, and nothing secret', async (t) => {
  const authenticators = [
    {
      name: 'long',
      check: async () => ({ ok: true as const, account: { uid: 'a'.repeat(65), tokens: [], userData: '' } }),
    },
  ]
  const { browser, events } = await desk(t, { guard: { keys: [], ...OPTIONS }, login: { authenticators } })
  const answer = await browser().signIn()
  t.match(answer, { status: 500, body: /fits into no ticket/ })
  t.match(events, [{ kind: 'unavailable', cause: /uid has 65 bytes; mod_auth_pubtkt keeps 64/ }])
})
