/**
 * What has to hold behind every proxy. The measure is the guard itself, asked about the request as it was sent: the
 * proxy, its configuration and our endpoint must come to the same, whatever headers a client makes up.
 */

import { existsSync } from 'node:fs'
import type { Test } from 'tap'
import { OPENSSL } from '../../native-fixtures/debian.mjs'
import { isRefusal, type Refusal } from '../../src/adapters/answer.js'
import type { Decision, Guard } from '../../src/policy/decision.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { cookie, NOW, OLD_SECRET, siteGuard } from '../adapters/site.js'
import {
  APP_COOKIES,
  type Proxied,
  requestBytes,
  type SeenByApp,
  type Sending,
  type Start,
  seenByApp,
  sendBytes,
  startProxied,
  valuesOf,
  type WireAnswer,
} from './proxied.js'
import { bodies, overTls, upgrades } from './proxy-connections.js'

export interface Scenarios {
  readonly start: Start
  /** Status that the client gets where the guard answers 400 or 404; 0: the guard's. */
  readonly unreadable: number
  /** The host of an absolute target takes the place of Host, instead of having to be the same. */
  readonly rewritesHost: boolean
}

const MORE: Partial<GuardOptions> = {
  timeoutUrl: 'https://login.example.com/again',
  postTimeoutUrl: 'https://login.example.com/posted',
}
const TICKETS: Readonly<Record<string, string | undefined>> = {
  none: undefined,
  good: cookie('alice', { tokens: ['staff', 'b'], userData: '50% of it' }),
  'without tokens': cookie('alice'),
  'to be renewed': cookie('alice', { age: 5000 }),
  'of an old secret': cookie('alice', { secret: OLD_SECRET }),
  'that has run out': cookie('alice', { age: 8000 }),
  'of another address': cookie('alice', { ip: '192.0.2.66' }),
  'of another secret': cookie('alice', { secret: 'a secret that nobody knows' }),
}
const PATHS = [
  '/admin?a=b&c',
  '/admin/deep%20x?q=%2f',
  '/staff',
  '/bare',
  '/lounge',
  '/public?x',
  '/broken',
  '/nowhere',
]

/** Everything that some proxy, or an application, might believe. */
const SPOOFED = [
  'X-Forwarded-Host: evil.example',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Uri: /public',
  'X-Forwarded-Method: HEAD',
  'X-Forwarded-For: 192.0.2.66',
  'Forwarded: for=192.0.2.66;host=evil.example;proto=https',
  'X-Original-URL: https://evil.example/public',
  'X-Original-Method: HEAD',
  'X-Original-IP: 192.0.2.66',
  'X-Original-Host: evil.example',
  'X-Original-Uri: /public',
  'X-Rewrite-Url: /public',
  'X-Real-Ip: 192.0.2.66',
  'X-Auth-Redirect: https://evil.example/',
  'X-Auth-Redirect-Status: 302',
  'X-Auth-Cookie: auth_tkt=evil',
  'Remote-User: root',
  'REMOTE-USER-TOKENS: staff',
  'Remote_User: root',
  'remote.user.data: root',
  'Remote_User_Tokens: staff',
]

/** The guard in the proxy's place. */
function expected(guard: Guard, { method = 'GET', target, lines = [] }: Sending): Decision {
  const headers = [['Host', 'www.example.com'], ...lines.map((line) => line.split(': '))] as [string, string][]
  return guard.decide({ method, url: target, headers, ip: '127.0.0.1', now: NOW })
}

const identityLines = ({ headers }: SeenByApp) =>
  headers.filter(([name, value]) => /^remote[^a-z0-9]user/.test(name) && value !== '')

function checkLetIn(t: Test, what: string, sent: Sending, answer: WireAnswer, decision: Decision, runs: string[]) {
  const { method = 'GET', target } = sent
  t.equal(answer.status, 200, `${what}: let in`)
  t.strictSame(runs, [`${method} ${target}`], `${what}: the application is asked once, for what the client wanted`)
  const cookies = decision.kind === 'allow' ? decision.setCookies : []
  const got = valuesOf(answer.headers, 'set-cookie')
  t.strictSame([...got].sort(), [...cookies, ...APP_COOKIES].sort(), `${what}: cookies of both`)
  if (method === 'HEAD') return
  const identity = decision.kind === 'allow' ? decision.identity : undefined
  const escaped = (text = '') => text.replaceAll('%', '%25')
  const wanted = [
    ['remote-user', identity?.uid],
    ['remote-user-data', escaped(identity?.userData)],
    ['remote-user-tokens', identity?.tokens.join(',')],
  ].filter(([, value]) => value)
  t.strictSame([...identityLines(seenByApp(answer))].sort(), wanted, `${what}: who asks, and nobody else`)
}

function checkRefused(t: Test, what: string, answer: WireAnswer, decision: Refusal, runs: string[], status: number) {
  t.strictSame(runs, [], `${what}: not let in`)
  t.equal(answer.status, status, `${what}: ${status}`)
  const location = decision.kind === 'redirect' ? [decision.location] : []
  t.strictSame(valuesOf(answer.headers, 'location'), location, `${what}: the way`)
  if (status === 500) return
  t.strictSame(valuesOf(answer.headers, 'set-cookie'), decision.setCookies, `${what}: cookies`)
}

function statusFor({ status }: Refusal, { unreadable }: Scenarios): number {
  return unreadable !== 0 && (status === 400 || status === 404) ? unreadable : status
}

async function compare(t: Test, site: Proxied, guard: Guard, sent: Sending, scenarios: Scenarios, what: string) {
  const before = site.runs.length
  const decision = expected(guard, sent)
  const answer = await sendBytes(site.port, requestBytes(sent))
  const runs = site.runs.slice(before)
  if (isRefusal(decision)) checkRefused(t, what, answer, decision, runs, statusFor(decision, scenarios))
  else checkLetIn(t, what, sent, answer, decision, runs)
  if (decision.kind !== 'pass' && decision.noStore)
    t.ok(valuesOf(answer.headers, 'cache-control').includes('no-store'), `${what}: not to be kept`)
}

async function everyTicket(t: Test, scenarios: Scenarios, guard: Guard) {
  const site = await startProxied(t, scenarios.start, guard)
  for (const method of ['GET', 'POST', 'HEAD']) {
    for (const target of method === 'HEAD' ? PATHS.slice(0, 1) : PATHS) {
      for (const [name, ticket] of Object.entries(TICKETS)) {
        const lines = ticket === undefined ? [] : [`Cookie: a=b; ${ticket}`]
        const body = method === 'POST' ? 'a=b' : undefined
        const sent = { method, target, lines, ...(body !== undefined && { body }) }
        await compare(t, site, guard, sent, scenarios, `${method} ${target}, ticket ${name}`)
        const decided = site.judged.length
        const before = site.runs.length
        const answer = await sendBytes(site.port, requestBytes({ ...sent, lines: [...lines, ...SPOOFED] }))
        const decision = expected(guard, sent)
        const what = `${method} ${target}, ticket ${name}, spoofed`
        t.strictSame(site.judged[decided]?.decision, decision, `${what}: the same decision`)
        const runs = site.runs.slice(before)
        if (isRefusal(decision)) checkRefused(t, what, answer, decision, runs, statusFor(decision, scenarios))
        else checkLetIn(t, what, sent, answer, decision, runs)
      }
    }
  }
  t.strictSame(site.problems, [])
}

/** Literal texts, so that not everything here is our own word against itself. */
async function theWayBack(t: Test, { start }: Scenarios) {
  const site = await startProxied(t, start, siteGuard())
  const at = async (target: string, lines: readonly string[], method = 'GET') => {
    const answer = await sendBytes(site.port, requestBytes({ method, target, lines }))
    return [answer.status, ...valuesOf(answer.headers, 'location')]
  }
  const login = 'https://login.example.com/in?x=1&back='
  const inside = [307, `${login}http%3a%2f%2fwww.example.com%3a8443%2fadmin%2fx%3fa%3db%26c`]
  for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])
    t.strictSame(await at('/admin/x?a=b&c', ['Host: www.example.com:8443'], method), inside, method)
  const long = `/admin/${'long/'.repeat(1000)}`
  const back = encodeURIComponent(`http://www.example.com${long}`).replace(/%../g, (hex) => hex.toLowerCase())
  t.strictSame(await at(long, []), [307, login + back], 'a long one')
  const ticket = cookie('alice').replace('auth_tkt=', '')
  const asked = await at(`/admin?auth_tkt=${ticket}&back=https://evil.example/`, [])
  t.equal(asked[0], 307, 'a ticket in the query is none')
  t.match(asked[1], /back=http%3a%2f%2fwww.example.com%2fadmin%3f/, 'nor is a back URL of its own')

  const exact = siteGuard({ compat: 'exact' })
  site.use(exact)
  const [status, location] = await at('/admin?a=b&c', ['Host: www.example.com:8443'])
  t.equal(status, 307)
  t.equal(
    location,
    'https://login.example.com/in?x=1;back=http%3a%2f%2fwww.example.com%2fadmin%3fa%3db%26c%3d',
    'exact',
  )
  const url = await sendBytes(site.port, requestBytes({ target: `/admin?auth_tkt=${ticket}` }))
  t.equal(url.status, 200, "the module's own tickets in URLs, read from the original one")
  t.ok(
    valuesOf(url.headers, 'set-cookie').some((line) => line.startsWith(`auth_tkt=${ticket};`)),
    'becomes a cookie',
  )
}

const ODD_TARGETS = [
  ...['/public/../admin', '/public/%2e%2e/admin', '/public/..%2fadmin', '//admin', '/./admin', '/admin//x', '/%61dmin'],
  ...['/admin%00', '/admin%2fx', '/ADMIN', '/admin/', '/admin;x', '/admin.', '/admin%20', '/public\\..\\admin'],
  ...[
    '/admin/../public',
    '/public//x',
    '/admin/%2e%2e/public',
    '/admin\xe9',
    '/public\xe9',
    '/public%e9',
    '/public%zz',
  ],
  ...['/public#x', '*', 'admin', '', 'http://www.example.com/admin', 'http://www.example.com', '/public?a=b#c'],
]

async function oddTargets(t: Test, scenarios: Scenarios, guard: Guard) {
  const site = await startProxied(t, scenarios.start, guard)
  for (const target of ODD_TARGETS) {
    const before = site.runs.length
    const answer = await sendBytes(site.port, requestBytes({ target }))
    const runs = site.runs.slice(before)
    // Proxies spell some targets anew: what the application got must be open in itself.
    const reached = runs[0]?.slice('GET '.length)
    const decision = reached === undefined ? undefined : expected(guard, { target: reached })
    const what = `${JSON.stringify(target)} is ${answer.status}, the application gets ${reached ?? 'nothing'}`
    t.ok(decision === undefined || (decision.kind === 'pass' && decoded(decision.url) === decoded(reached ?? '')), what)
    t.ok(answer.status < 500, `${JSON.stringify(target)} is nobody's mistake: ${answer.status}`)
  }
  const open = await sendBytes(site.port, requestBytes({ target: '/public?x=%2e%2e//y' }))
  t.equal(open.status, 200, 'a query may hold anything')
}

function decoded(target: string): string {
  return target.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

async function twoHosts(t: Test, { start, rewritesHost }: Scenarios) {
  const hosts = [
    { names: ['open.example.com'], areas: [{ path: '/', require: 'granted' as const }] },
    { names: ['www.example.com'], areas: [{ path: '/' }] },
  ]
  const site = await startProxied(t, start, siteGuard({ hosts }))
  const open = 'open.example.com'
  const closed = 'www.example.com'
  const at = async (target: string, ...lines: string[]) => {
    const before = site.runs.length
    const answer = await sendBytes(site.port, requestBytes({ target, lines }))
    return { status: answer.status, runs: site.runs.slice(before), answer }
  }
  t.match(await at('/x', `Host: ${open}`), { status: 200, runs: ['GET /x'] })
  t.match(await at('/x', `Host: ${closed}`), { status: 307, runs: [] })
  for (const lines of [
    [`Host: ${open}`, `Host: ${closed}`],
    [`Host: ${closed}`, `Host: ${open}`],
    [`Host: ${open}, ${closed}`],
    [`Host: ${open}@${closed}`],
  ]) {
    t.strictSame((await at('/x', ...lines)).runs, [], lines.join(' and '))
  }
  for (const [inTarget, inHeader] of [
    [open, closed],
    [closed, open],
  ]) {
    const { runs, answer } = await at(`http://${inTarget}/x`, `Host: ${inHeader}`)
    // Whoever goes by the target must tell the application so; else nginx would serve one server's pages as another's.
    const seen = runs.length === 0 ? undefined : valuesOf(seenByApp(answer).headers, 'host')[0]
    const wanted = rewritesHost && inTarget === open ? open : undefined
    t.equal(seen, wanted, `http://${inTarget}/x with Host ${inHeader}`)
  }
}

const BASIC = 'Basic Y2xpZW50OnB3'

/** What the application gets to see as Authorization: the client's, ours, or none. */
async function authorizations(t: Test, { start }: Scenarios) {
  const guard = siteGuard()
  const handing = (authorization: string | null): Guard => ({
    ...guard,
    decide(request) {
      const decision = guard.decide(request)
      return decision.kind === 'allow' ? { ...decision, authorization } : decision
    },
  })
  const site = await startProxied(t, start, guard)
  const seen = async (target: string, authorization: string | undefined, age = 0) => {
    const own = authorization === undefined ? [] : [`authorization: ${authorization}`]
    const lines = [`Cookie: ${cookie('alice', { age })}`, ...own]
    return valuesOf(seenByApp(await sendBytes(site.port, requestBytes({ target, lines }))).headers, 'authorization')
  }
  for (const target of ['/admin', '/public']) {
    t.strictSame(await seen(target, undefined), [], `${target}: none`)
    t.strictSame(await seen(target, BASIC), [BASIC], `${target}: the client's, where nothing is decided`)
  }
  for (const age of [0, 5000]) {
    site.use(handing('Basic YWxpY2U6cGFzc3dvcmQ='))
    for (const own of [undefined, BASIC])
      t.strictSame(await seen('/admin', own, age), ['Basic YWxpY2U6cGFzc3dvcmQ='], 'ours, whatever the client sent')
    t.strictSame(await seen('/public', BASIC, age), [BASIC], 'where nobody has to be known')
    site.use(handing(null))
    for (const own of [undefined, BASIC]) t.strictSame(await seen('/admin', own, age), [], 'none goes on')
  }
  const refused = await sendBytes(site.port, requestBytes({ target: '/admin', lines: [`Authorization: ${BASIC}`] }))
  t.equal(refused.status, 307)
  t.strictSame(valuesOf(refused.headers, 'authorization'), [])
}

/** All tests of one proxy. */
export async function proxyScenarios(t: Test, scenarios: Scenarios): Promise<void> {
  for (const compat of ['hardened', 'exact'] as const) {
    const guard = siteGuard({ ...MORE, compat })
    await t.test(`every ticket, ${compat}`, (t) => everyTicket(t, scenarios, guard))
    await t.test(`odd targets, ${compat}`, (t) => oddTargets(t, scenarios, siteGuard({ compat })))
  }
  await t.test('the way back', (t) => theWayBack(t, scenarios))
  await t.test('two hosts', (t) => twoHosts(t, scenarios))
  await t.test('Authorization', (t) => authorizations(t, scenarios))
  await t.test('bodies', (t) => bodies(t, scenarios.start))
  await t.test('upgrades', (t) => upgrades(t, scenarios.start))
  const missing = existsSync(OPENSSL) ? undefined : 'openssl is not installed'
  await t.test('over TLS', { skip: missing ? `skipped: ${missing}` : false }, (t) => overTls(t, scenarios.start))
  await t.test('denied, and nobody to ask', async (t) => {
    const guard = siteGuard({ areas: [{ path: '/admin', require: { users: ['bob'] } }] })
    const site = await startProxied(t, scenarios.start, guard)
    const sent = { target: '/admin', lines: [`Cookie: ${cookie('alice')}`] }
    t.equal((await sendBytes(site.port, requestBytes(sent))).status, 403)
    await site.down()
    const answer = await sendBytes(site.port, requestBytes({ ...sent, lines: [`Cookie: ${cookie('bob')}`] }))
    t.ok(answer.status >= 500, `without an answer nobody is let in: ${answer.status}`)
    t.strictSame(site.runs, [])
  })
}
