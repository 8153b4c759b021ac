/** Signed tickets past their grace period: who is still there goes on, with what is known of them by now. */

import t, { type Test } from 'tap'
import { createPubtktVerifier } from '../../src/index.js'
import type {
  Account,
  LookedUp,
  PasswordAuthenticator,
  Provider,
} from '../../src/login/authenticators/authenticator.js'
import { oidc } from '../../src/login/authenticators/oidc.js'
import { carefulAuthenticator } from '../../src/login/careful.js'
import { createLookUp } from '../../src/login/look-up.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { pairOf, publicKeyOf } from '../helpers/signing-keys.js'
import { type Answer, type Browser, type Desk, desk, NOW, onePerson, UID } from './desk.js'

const HOUR = 3600
const GUARD: GuardOptions = {
  module: 'mod_auth_pubtkt',
  publicKeys: [{ publicKey: pairOf('rsa').publicKey, digest: 'sha256' }],
  signingKey: { privateKey: pairOf('rsa').privateKey, digest: 'sha256' },
  loginUrl: '/login',
  timeout: 2 * HOUR,
  timeoutRefresh: 0.5,
  areas: [{ path: '/' }, { path: '/login', require: 'granted' }],
}
const verifier = createPubtktVerifier({ keys: [publicKeyOf('rsa', 'sha256')] })
const known = (more: Partial<Account> = {}): LookedUp => ({
  ok: true,
  account: { uid: UID, tokens: ['staff'], userData: 'Ada L', ...more },
})
const UNKNOWN: LookedUp = { ok: false, reason: 'unknown' }
const DOWN: LookedUp = { ok: false, reason: 'unavailable', cause: 'ECONNREFUSED' }

type LookUp = NonNullable<PasswordAuthenticator['lookUp']>
const askable = (name: string, lookUp?: LookUp): PasswordAuthenticator => ({
  ...onePerson(),
  name,
  ...(lookUp && { lookUp }),
})

interface Site extends Desk {
  readonly ada: Browser
}

/** Somebody who has signed in, a second after the grace period. */
async function due(t: Test, authenticators: PasswordAuthenticator[], providers: Provider[] = []): Promise<Site> {
  const served = await desk(t, { guard: { keys: [], ...GUARD }, login: { authenticators, providers } })
  const ada = served.browser()
  await ada.signIn()
  served.clock.now = NOW + HOUR + 1
  served.events.length = 0
  return { ...served, ada }
}

function ticketIn({ setCookies }: Answer) {
  const line = setCookies.find((one) => one.startsWith('auth_pubtkt='))
  if (line === undefined) return undefined
  const value = line.slice('auth_pubtkt='.length).split(';')[0] as string
  const result = verifier.verify(value, { ip: '127.0.0.1', now: NOW })
  return result.ok ? result.ticket : undefined
}

const ip = '127.0.0.1'
const RENEWED = { uid: UID, validUntil: NOW + HOUR + 1 + 2 * HOUR, clientIp: ip }

t.test('found: the next ticket, with the tokens and the user data of now', async (t) => {
  const asked: string[] = []
  const lookUp: LookUp = async (uid) => known({ tokens: [`${asked.push(uid)}`, 'board'], userData: 'Ada K' })
  const { ada, events } = await due(t, [askable('none', async () => UNKNOWN), askable('staff', lookUp)])
  const answer = await ada.ask('/login')
  t.match(ticketIn(answer), { ...RENEWED, tokens: ['1', 'board'], userData: 'Ada K' })
  t.strictSame(asked, [UID])
  t.strictSame(events, [{ kind: 'renewed', by: 'staff', uid: UID, ip }])
})

t.test('all can say and nobody knows them: a form, and no ticket', async (t) => {
  const { ada, events, clock } = await due(t, [askable('a', async () => UNKNOWN), askable('b', async () => UNKNOWN)])
  const answer = await ada.ask('/login')
  t.match(answer, { status: 200, body: /run out[\s\S]*name="password"/ })
  t.equal(ticketIn(answer), undefined)
  t.strictSame(events, [{ kind: 'not-renewed', by: 'a,b', reason: 'unknown', uid: UID, ip }])
  t.match(clock, { now: NOW + HOUR + 1 })
})

t.test('nobody can say: the ticket goes on to its own end, and no further', async (t) => {
  const { ada, events, clock } = await due(t, [askable('ldap', async () => DOWN), askable('b', async () => UNKNOWN)])
  const answer = await ada.ask('/login')
  t.match(answer, { status: 303, location: '/login/done' })
  t.match(ticketIn(answer), {
    uid: UID,
    tokens: ['staff'],
    userData: 'Ada L',
    validUntil: NOW + 2 * HOUR,
    gracePeriod: clock.now + 60,
  })
  t.match(await ada.ask('/login/done'), { status: 303 })
  t.strictSame(events, [
    { kind: 'unavailable', by: 'ldap', cause: 'ECONNREFUSED' },
    { kind: 'put-off', by: 'ldap', uid: UID, ip },
  ])
  clock.now = NOW + 2 * HOUR - 30
  t.match(ticketIn(await ada.ask('/login')), { validUntil: NOW + 2 * HOUR, gracePeriod: 0 })
  clock.now = NOW + 2 * HOUR + 1
  t.match(await ada.ask('/login'), { status: 200, body: /name="password"/ })
})

t.test('some cannot be asked: the next ticket says what the last one did', async (t) => {
  const { ada, events } = await due(t, [askable('a', async () => UNKNOWN), askable('b')])
  t.match(ticketIn(await ada.ask('/login')), { ...RENEWED, tokens: ['staff'], userData: 'Ada L' })
  t.strictSame(events, [{ kind: 'renewed', by: 'ticket', uid: UID, ip }])
})

t.test("never by another authenticator's account of the same name", async (t) => {
  const admin: LookUp = async () => known({ tokens: ['admin'] })
  const cases: [what: string, authenticators: PasswordAuthenticator[], kind: string, by: string][] = [
    ['one before it cannot be asked', [askable('a'), askable('b', admin)], 'renewed', 'ticket'],
    ['one after it cannot be asked', [askable('a', admin), askable('b')], 'renewed', 'ticket'],
    ['one before it is down', [askable('a', async () => DOWN), askable('b', admin)], 'put-off', 'a'],
    ['one after it is down', [askable('a', admin), askable('b', async () => DOWN)], 'put-off', 'b'],
    ['down, and not to be asked', [askable('a'), askable('b', async () => DOWN)], 'put-off', 'b'],
    ['both know the name', [askable('a', async () => known()), askable('b', admin)], 'renewed', 'ticket'],
    ['both do, the other way round', [askable('a', admin), askable('b', async () => known())], 'renewed', 'ticket'],
  ]
  for (const [what, authenticators, kind, by] of cases) {
    const { ada, events } = await due(t, authenticators)
    t.strictSame(ticketIn(await ada.ask('/login'))?.tokens, ['staff'], what)
    t.match(events.at(-1), { kind, by, uid: UID }, what)
  }
})

t.test('what cannot be said in a ticket, and answers that are none', async (t) => {
  const raise: LookUp = async () => {
    throw new Error('secret')
  }
  const cases: [what: string, lookUp: LookUp, events: object[]][] = [
    ['a token with a comma', async () => known({ tokens: ['a,b'] }), [{ kind: 'not-renewed', reason: 'ticket' }]],
    ['too long for a cookie', async () => known({ tokens: Array(3000).fill('x') }), [{ kind: 'not-renewed' }]],
    ['another uid', async () => known({ uid: 'root' }), [{ cause: /no answer/ }, { kind: 'put-off' }]],
    ['nothing', (async () => undefined) as unknown as LookUp, [{ cause: /no answer/ }, { kind: 'put-off' }]],
    ['an error', raise, [{ kind: 'unavailable', cause: 'Error' }, { kind: 'put-off' }]],
  ]
  for (const [what, lookUp, told] of cases) {
    const { ada, events } = await due(t, [askable('own', lookUp)])
    const ticket = ticketIn(await ada.ask('/login'))
    t.equal(ticket?.uid, told.length === 1 ? undefined : UID, what)
    t.match(events, told, what)
    t.equal(events.length, told.length)
  }
})

t.test('HEAD asks and does nothing', async (t) => {
  const asked: string[] = []
  const { ada, events } = await due(t, [askable('a', async (uid) => known({ userData: `${asked.push(uid)}` }))])
  const answer = await ada.ask('/login', { method: 'HEAD' })
  t.match(answer, { status: 200, body: '' })
  t.strictSame([answer.setCookies, asked, events], [[], [], []])
})

t.test('a ticket that is not ours to renew has nobody asked for names', async (t) => {
  const asked: string[] = []
  const lookUp: LookUp = async (uid) => known({ userData: `${asked.push(uid)}` })
  const options = {
    guard: { keys: [], ...GUARD, signingKey: undefined },
    login: { authenticators: [askable('a', lookUp)] },
  }
  const without = await desk(t, options)
  const { ada } = await due(t, [askable('a', lookUp)])
  const cookie = await ada.cookies('/login')
  without.clock.now = NOW + HOUR + 1
  t.match(await without.browser().ask('/login', { headers: { cookie } }), { status: 200, body: /name="password"/ })
  t.match(without.events, [{ kind: 'not-renewed', by: 'ticket', reason: 'ticket' }])
  t.strictSame(asked, [])
})

const away: Omit<Provider, 'name'> = {
  label: 'Away',
  begin: async () => ({ ok: false, cause: 'x' }),
  finish: async () => ({ ok: false, reason: 'stale' }),
}
const corp = (more: object = {}) =>
  oidc({ name: 'corp', issuer: 'https://corp.example.com', clientId: 'x', clientSecret: 'y', ...more })

t.test('who may come from a provider is not looked up elsewhere', async (t) => {
  const staff = askable('staff', async (uid) => (uid === 'eve' ? UNKNOWN : known({ uid })))
  const accounts = { 42: 'alice' }
  const refuse = { accounts, unknownAccounts: 'refuse' as const }
  const raising = () => {
    throw new Error('x')
  }
  const cases: [providers: Provider[], uid: string, kind: string][] = [
    [[], 'alice', 'known'],
    [[], 'eve', 'unknown'],
    [[corp()], 'alice', 'known'],
    [[corp()], 'eve', 'unknown'],
    [[corp()], 'corp:17', 'unasked'],
    [[corp({ accounts })], 'alice', 'unasked'],
    [[corp({ accounts })], 'corp:17', 'unasked'],
    [[corp(refuse)], 'corp:17', 'unknown'],
    [[corp(refuse)], 'CORP:17', 'unknown'],
    [[corp(refuse)], 'alice', 'unasked'],
    [[{ name: 'own', ...away }], 'alice', 'unasked'],
    [[{ name: 'own', ...away, gives: () => false }], 'alice', 'known'],
    [[{ name: 'own', ...away, gives: () => false }], 'own:1', 'unknown'],
  ]
  for (const [providers, uid, kind] of cases) {
    t.match(await createLookUp([staff], providers)(uid), { kind }, `${providers.map(({ name }) => name)} ${uid}`)
  }
  t.match(await createLookUp([], [corp(refuse)])('alice'), { kind: 'unasked' })
  t.match(await createLookUp([], [corp()])('alice'), { kind: 'unknown', by: 'corp' })
  const { ada, events } = await due(t, [staff], [{ name: 'own', ...away, gives: raising }])
  t.match(ticketIn(await ada.ask('/login')), RENEWED)
  t.match(events, [{ kind: 'renewed', by: 'ticket' }])
})

t.test('one look-up of a uid at a time, and the next one asks anew', async (t) => {
  const waiting: (() => void)[] = []
  const asked: string[] = []
  const lookUp: LookUp = async (uid) => {
    asked.push(uid)
    await new Promise<void>((resolve) => waiting.push(resolve))
    return known({ uid })
  }
  const find = createLookUp([askable('slow', lookUp)], [])
  const all = [find('ada'), find('ada'), find('eve')]
  t.strictSame(asked, ['ada', 'eve'])
  for (const go of waiting) go()
  t.match(await Promise.all(all), [{ kind: 'known' }, { kind: 'known' }, { account: { uid: 'eve' } }])
  const again = find('ada')
  t.equal(asked.length, 3)
  waiting.at(-1)?.()
  t.match(await again, { kind: 'known' })
})

t.test('a look-up that never answers holds nobody up for good, nor the process', async (t) => {
  // What waits here keeps no process alive: something has to.
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(alive))
  const timers = () => process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length
  const before = timers()
  const answers = [new Promise<LookedUp>(() => {}), Promise.resolve(known())]
  const asked: string[] = []
  const lookUp: LookUp = (uid) => answers[asked.push(uid) - 1] ?? Promise.resolve(UNKNOWN)
  const find = createLookUp([carefulAuthenticator(askable('slow', lookUp), 20)], [])
  const waiting = [find(UID), find(UID)]
  t.equal(timers(), before)
  const causes = [{ by: 'slow', cause: 'no answer within 0.02 s' }]
  for (const one of waiting) t.strictSame(await one, { kind: 'unavailable', causes })
  t.strictSame(asked, [UID])
  t.match(await find(UID), { kind: 'known', by: 'slow' })
  t.match(await find(UID), { kind: 'unknown' })
})
