/** Signing in at a real provider, from our button to our ticket and out again; and every way that must lead nowhere. */

import t, { type Test } from 'tap'
import type { Running } from '../../native-fixtures/oidc-provider.mjs'
import { PASSWORD } from '../../native-fixtures/oidc-provider.mjs'
import { createVerifier } from '../../src/index.js'
import type { OidcOptions } from '../../src/login/authenticators/oidc.js'
import { ENGLISH } from '../../src/login/messages.js'
import { type Answer, type Browser, type Desk, type DeskSetup, desk, NOW, plain, SECRET } from './desk.js'
import { type Browser as Abroad, browser as abroad, ours, provider } from './oidc-browser.js'

const FLOW = 'authtkt_flow_'

interface Both extends Desk {
  readonly there: Running
  /** Of the provider's description. */
  readonly patience: { now: number }
}

/** A provider, and a login that has it twice: as `corp`, and as `other`. */
async function both(t: Test, options: Partial<OidcOptions> = {}, setup: DeskSetup = {}): Promise<Both> {
  const redirectUris: string[] = []
  const postLogoutRedirectUris: string[] = []
  const there = await provider(t, { redirectUris, postLogoutRedirectUris })
  const patience = { now: 1000 }
  const providers = ['corp', 'other'].map((name) =>
    ours(there, { label: name.toUpperCase(), ...options, name, now: () => patience.now }),
  )
  const here = await desk(t, { ...setup, login: { providers, ...setup.login } })
  // Their ports are known only now.
  for (const { name } of providers) redirectUris.push(`${here.origin}/login/${name}/callback`)
  postLogoutRedirectUris.push(`${here.origin}/login`)
  await there.stop()
  await there.start()
  return { ...here, there, patience }
}

/** To the provider, and back to the URL that our login is to be asked for. */
async function atProvider(begun: Answer, { issuer }: Running, account = 'alice', button = /^Sign in/) {
  const there = abroad(issuer)
  const form = await there.open(begun.location as string)
  return { url: (await there.submit(form, button, { account, password: PASSWORD })).url, there }
}

async function goAndReturn(ada: Browser, { there }: Both, path = '/login/corp', account?: string, button?: RegExp) {
  const begun = await ada.ask(path)
  return (await atProvider(begun, there, account, button)).url
}

const keptOf = (begun: Answer) => begun.setCookies.find((line) => line.startsWith(FLOW))?.replace(/;.*/, '') as string
const cookieOf = (begun: Answer) => begun.setCookies.find((line) => line.startsWith(FLOW))?.split('=')[0] as string
const asked = ({ there }: Both) => there.seen.filter(({ path }) => path === '/token').length

/** That nobody has been signed in, and why not. */
function refused(t: Test, answer: Answer, { events }: Both, reason: keyof typeof ENGLISH, name: string): void {
  t.match(answer, { status: 403, location: undefined }, name)
  t.match(plain(answer.body), ENGLISH[reason])
  t.match(answer.body, 'class="button" href="/login', 'and the way to try again')
  t.notOk(answer.setCookies.some((line) => line.startsWith('auth_tkt')))
  t.strictSame(events.at(-1), { kind: 'refused', by: 'corp', reason, ip: '127.0.0.1' })
}

t.test('there and back: a ticket, and the way on', async (t) => {
  const site = await both(t, { tokens: { claim: 'groups', allow: ['staff'] }, userData: ['name'] })
  const { browser, origin, there, events } = site
  const ada = browser()
  const page = await ada.ask(`/login?back=${encodeURIComponent(`${origin}/app?a=b&c=d`)}`)
  const [, href = ''] = /class="button plain" href="([^"]+)">Sign in with CORP</.exec(page.body) ?? []
  const begun = await ada.ask(plain(href))
  t.match(begun, { status: 303, headers: { 'cache-control': 'no-store', 'referrer-policy': 'same-origin' } })
  const flow = begun.setCookies.find((line) => line.startsWith(FLOW)) as string
  t.match(flow, /; path=\/login; Max-Age=600; HttpOnly; SameSite=Lax$/)
  const { searchParams } = new URL(begun.location as string)
  for (const name of ['state', 'nonce'])
    t.notOk(flow.includes(searchParams.get(name) as string), `${name} lies sealed in the cookie`)

  const { url } = await atProvider(begun, there)
  const back = await ada.ask(url)
  t.match(back, { status: 303, location: `/login/done?back=${encodeURIComponent(`${origin}/app?a=b&c=d`)}` })
  const ticket = back.setCookies.map((line) => /^auth_tkt=([^;]+)/.exec(line)?.[1]).find(Boolean)
  const verifier = createVerifier({ keys: [{ secret: SECRET, digest: 'sha256' }] })
  t.match(verifier.verify(ticket, { ip: '127.0.0.1', now: NOW }), {
    ok: true,
    ticket: { uid: 'corp:1001', tokens: ['staff'], userData: 'name=Alice%20%C3%84.%20Example' },
  })
  t.match(
    back.setCookies.find((line) => line.startsWith(cookieOf(begun))),
    /^\w+[\w-]*=; path=\/login; Max-Age=0/,
  )
  t.match(
    back.setCookies.find((line) => line.startsWith('authtkt_via')),
    /^authtkt_via=corp; path=\/login; HttpOnly/,
  )
  t.equal((await ada.ask(back.location as string)).location, `${origin}/app?a=b&c=d`)
  t.match((await ada.ask('/login')).body, 'You are signed in as corp:1001')

  t.strictSame(events, [{ kind: 'signed-in', by: 'corp', uid: 'corp:1001', ip: '127.0.0.1' }])
  const secret = [...new URL(url).searchParams.entries(), ...searchParams.entries()]
    .filter(([name]) => ['code', 'state', 'nonce', 'code_challenge'].includes(name))
    .map(([, value]) => value)
  t.ok(secret.length >= 5)
  for (const text of secret) t.notMatch(JSON.stringify(events), text)
})

t.test('answers that are not of this flow', async (t) => {
  const site = await both(t)
  const { browser } = site
  const ada = browser()
  const url = await goAndReturn(ada, site)
  const other = (change: (query: URLSearchParams) => void) => {
    const changed = new URL(url)
    change(changed.searchParams)
    return changed.href
  }
  const state = new URL(url).searchParams.get('state') as string
  const rows: [name: string, url: string][] = [
    ['a state that begins otherwise', other((query) => query.set('state', `x${state}`))],
    ['no state', other((query) => query.delete('state'))],
    ['no query', url.replace(/\?.*/, '')],
    ["another provider's callback", url.replace('/corp/', '/other/')],
  ]
  for (const [name, href] of rows) {
    const answer = await ada.ask(href)
    t.match(answer, { status: 403, location: undefined }, name)
    t.match(plain(answer.body), ENGLISH.stale)
  }
  refused(t, await browser().ask(url), site, 'stale', 'in another browser')
  t.equal(asked(site), 0, 'the provider was asked about none of them')
})

t.test('states that are nearly right end the flow that they meant', async (t) => {
  for (const spoil of [
    (url: string, state: string) => url.replace(state, `${state}x`),
    (url: string, state: string) => `${url}&state=${state}`,
    (url: string) => `${url}&code=another`,
    (url: string) => `${url}&error=access_denied`,
  ]) {
    const site = await both(t)
    const ada = site.browser()
    const url = await goAndReturn(ada, site)
    const state = new URL(url).searchParams.get('state') as string
    refused(t, await ada.ask(spoil(url, state)), site, 'stale', `${spoil}`)
    t.equal(asked(site), 0)
  }
})

t.test('an answer that comes twice', async (t) => {
  const site = await both(t)
  const ada = site.browser()
  const begun = await ada.ask('/login/corp')
  const kept = keptOf(begun)
  const { url } = await atProvider(begun, site.there)
  t.equal((await ada.ask(url)).status, 303)
  t.equal(asked(site), 1)
  refused(t, await ada.ask(url), site, 'stale', 'the cookie is gone')
  t.equal(asked(site), 1)
  await ada.jar.setCookie(`${kept}; path=/login`, url)
  refused(t, await ada.ask(url), site, 'stale', 'with the cookie as it was, the provider knows better')
  t.equal(asked(site), 2)
})

t.test('two at once in one browser, finished in the other order', async (t) => {
  const site = await both(t)
  const { browser, origin, there } = site
  const ada = browser()
  const first = await ada.ask('/login/corp?back=%2fone')
  const second = await ada.ask('/login/other?back=%2ftwo')
  for (const [begun, account, path] of [
    [second, 'bob', 'two'],
    [first, 'alice', 'one'],
  ] as const) {
    const { url } = await atProvider(begun, there, account)
    const answer = await ada.ask(url)
    t.match(answer, { status: 303, location: `/login/done?back=${encodeURIComponent(`${origin}/${path}`)}` })
  }
  t.match((await ada.ask('/login')).body, 'You are signed in as corp:1001')
  t.strictSame(
    site.events.map((event) => ('uid' in event ? event.uid : event.kind)),
    ['other:1002', 'corp:1001'],
  )
})

t.test('more than four at once: the oldest end, and the header stays small', async (t) => {
  const site = await both(t)
  const { browser, there } = site
  const ada = browser()
  const all: Answer[] = []
  for (let i = 0; i < 7; i++) {
    all.push(await ada.ask(`/login/corp?back=%2f${i}${'x'.repeat(300)}`))
    const header = await ada.cookies('/login/corp/callback')
    t.ok(header.split(FLOW).length - 1 <= 4, `${i + 1} begun`)
    t.ok(header.length < 4500, `${header.length} bytes`)
  }
  for (const [i, begun] of all.entries()) {
    const { url } = await atProvider(begun, there)
    const answer = await ada.ask(url)
    if (i < 3) refused(t, answer, site, 'stale', `number ${i} is too old`)
    else t.equal(answer.status, 303, `number ${i} is good`)
  }
  t.notMatch(await ada.cookies('/login/corp/callback'), FLOW, 'all are gone')
})

t.test('long ways back', async (t) => {
  const site = await both(t)
  const { browser, origin, there } = site
  const ada = browser()
  const to = (length: number) => `${origin}/${'x'.repeat(length - origin.length - 1)}`
  const begin = (url: string) => ada.ask(`/login/corp?back=${encodeURIComponent(url)}`)
  const way = async (begun: Answer) => (await ada.ask((await atProvider(begun, there)).url)).location
  const longest = await begin(to(2500))
  const line = longest.setCookies.find((text) => text.startsWith(FLOW)) as string
  t.ok(line.length < 4096, `browsers keep a cookie of ${line.length} bytes`)
  const short = await begin(to(100))
  t.equal(short.setCookies.length, 1, 'the long one and a short one')
  t.equal(await way(longest), `/login/done?back=${encodeURIComponent(to(2500))}`)
  t.equal(await way(short), `/login/done?back=${encodeURIComponent(to(100))}`)
  const first = await begin(to(2400))
  const next = await begin(to(2400))
  t.ok((await ada.cookies('/login/corp/callback')).length < 6000)
  refused(t, await ada.ask((await atProvider(first, there)).url), site, 'stale', 'two long ones are too many')
  t.equal(await way(next), `/login/done?back=${encodeURIComponent(to(2400))}`)
  t.equal(await way(await begin(to(2501))), '/login/done', 'who comes from too far goes home')
})

t.test('somebody who takes long at the provider', async (t) => {
  const site = await both(t)
  const ada = site.browser()
  const soon = await goAndReturn(ada, site)
  site.clock.now += 599
  t.equal((await ada.ask(soon)).status, 303)
  const begun = await ada.ask('/login/corp?back=%2fx')
  const { url } = await atProvider(begun, site.there)
  site.clock.now += 601
  await ada.jar.setCookie(`${keptOf(begun)}; path=/login`, url)
  refused(t, await ada.ask(url), site, 'stale', 'too late, whatever the browser has kept')
})

t.test('a flow cookie that was tampered with, or that is of something else', async (t) => {
  const site = await both(t)
  const ada = site.browser()
  const begun = await ada.ask('/login/corp')
  const name = cookieOf(begun)
  const { url } = await atProvider(begun, site.there)
  const value = keptOf(begun).slice(name.length + 1)
  const swap = (at: number) => `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`
  for (const bad of ['', 'x', value.slice(1), swap(0), swap(20), swap(60), `${value.slice(0, -4)}AAAA`]) {
    await ada.jar.setCookie(`${name}=${bad}; path=/login`, url)
    refused(t, await ada.ask(url), site, 'stale', `${bad.length} chars`)
  }
  t.equal(asked(site), 0)
  await ada.jar.setCookie(`${name}=${value}; path=/login`, url)
  t.equal((await ada.ask(url)).status, 303, 'as it was it is good')
})

t.test('a provider that is down when somebody begins', async (t) => {
  const site = await both(t)
  const { browser, there, events, patience } = site
  await there.stop()
  const ada = browser()
  const answer = await ada.ask('/login/corp?back=%2fapp')
  t.match(answer, { status: 503, location: undefined, headers: { 'retry-after': '60' }, setCookies: [] })
  t.match(answer.body, 'CORP cannot be reached at the moment')
  t.match(plain(answer.body), `href="/login?back=${encodeURIComponent(`${site.origin}/app`)}"`)
  t.strictSame(events, [{ kind: 'unavailable', by: 'corp', cause: 'discovery: TypeError ECONNREFUSED' }])
  t.equal((await ada.signIn()).status, 303, 'the form is there, and works')
  await there.start()
  patience.now += 5
  t.equal((await ada.ask('/login/corp')).status, 303, 'and so is the provider, when it is back')
})

t.test('a provider that is down when somebody comes back', async (t) => {
  const site = await both(t)
  const ada = site.browser()
  const url = await goAndReturn(ada, site, '/login/corp?back=%2fapp')
  await site.there.stop()
  const answer = await ada.ask(url)
  t.match(answer, { status: 503, headers: { 'retry-after': '60' } })
  t.match(plain(answer.body), `href="/login?back=${encodeURIComponent(`${site.origin}/app`)}"`, 'the way back is kept')
  t.notOk(answer.setCookies.some((line) => line.startsWith('auth_tkt')))
  t.match(site.events, [{ kind: 'unavailable', by: 'corp', cause: /^sign-in: TypeError / }])
  for (const text of new URL(url).searchParams.values()) t.notMatch(JSON.stringify(site.events), text)
})

t.test('who cancels, and who may not come in', async (t) => {
  const allow = { claim: 'groups', allow: ['staff'] }
  const site = await both(t, { tokens: allow, required: ['staff'] })
  const ada = site.browser()
  const cancelled = await goAndReturn(ada, site, '/login/corp?back=%2fapp', 'alice', /^Cancel/)
  refused(t, await ada.ask(cancelled), site, 'cancelled', 'cancelled')
  t.equal(asked(site), 0)
  refused(t, await ada.ask(await goAndReturn(ada, site, '/login/corp', 'bob')), site, 'refused', 'no token of those')
  t.equal((await ada.ask(await goAndReturn(ada, site))).status, 303, 'who has one comes in')
  t.notMatch(JSON.stringify(site.events), '1002')
})

/** Signed in here and there; the browser at the provider with its cookies. */
async function signedIn(ada: Browser, { there }: Both): Promise<Abroad> {
  const came = await atProvider(await ada.ask('/login/corp'), there)
  await ada.ask(came.url)
  return came.there
}

t.test('signing out here, and then there', async (t) => {
  const site = await both(t)
  const { browser, origin } = site
  const ada = browser()
  const there = await signedIn(ada, site)
  const done = await ada.send(await ada.ask('/login/logout'), {})
  t.match(done, { status: 303, location: '/login/logout?done' })
  const page = await ada.ask(done.location as string)
  t.match(page.body, 'You may still be signed in at CORP.')
  const [, href = ''] = /class="button plain" href="([^"]+)">Sign out there, too</.exec(page.body) ?? []
  const again = await there.open((await ada.ask('/login/corp')).location as string)
  t.ok(again.url.startsWith(`${origin}/login/corp/callback?`), 'the provider still knows who it is')
  const question = await there.open(plain(href))
  t.match(question, { status: 200, body: 'Sign out at the provider' })
  const end = await there.submit(question, /^Sign out/)
  t.equal(end.url.replace(/\?.*/, ''), `${origin}/login`, 'and it leads back to our page')
  t.match((await ada.ask(end.url)).body, '<h1>Sign in</h1>')
  const asks = await there.open((await ada.ask('/login/corp')).location as string)
  t.match(asks.body, '<label for="account">', 'now it asks')
  t.match(site.events.at(-1), { kind: 'signed-out' })
})

t.test('signed out: who came by a password, or by a provider that is down or no more', async (t) => {
  const site = await both(t)
  const ada = site.browser()
  await signedIn(ada, site)
  await ada.send(await ada.ask('/login/logout'), {})
  await site.there.stop()
  site.patience.now += 3600
  const down = await ada.ask('/login/logout?done')
  t.match(down, { status: 200, body: 'You may still be signed in at CORP.' })
  t.notMatch(down.body, ENGLISH.signOutAtProvider)
  await ada.jar.setCookie('authtkt_via=gone; path=/login', site.origin)
  t.notMatch((await ada.ask('/login/logout?done')).body, 'You may still be signed in')
  await ada.signIn()
  await ada.send(await ada.ask('/login/logout'), {})
  t.notMatch((await ada.ask('/login/logout?done')).body, 'You may still be signed in')
})

t.test("with the login's URL as browsers know it, the provider sends them there", async (t) => {
  const site = await both(t, {}, { login: { url: 'https://login.example.com/login/' } })
  const ada = site.browser()
  // First to where its cookies will be sent, and only once: what a proxy calls us may stay another name.
  const moved = await ada.ask('/login/corp?back=%2fapp')
  const back = encodeURIComponent(`${site.origin}/app`)
  t.equal(moved.location, `https://login.example.com/login/corp?moved=1&back=${back}`)
  t.strictSame(moved.setCookies, [])
  const headers = { host: 'login.example.com' }
  for (const begun of [await ada.ask('/login/corp', { headers }), await ada.ask('/login/corp?moved=1')]) {
    const { searchParams } = new URL(begun.location as string)
    t.equal(searchParams.get('redirect_uri'), 'https://login.example.com/login/corp/callback')
  }
})

t.test('an account that no ticket can carry', async (t) => {
  const site = await both(t, { accounts: { 1001: 'al\u20acce' } })
  const ada = site.browser()
  const answer = await ada.ask(await goAndReturn(ada, site))
  t.match(answer, { status: 500, location: undefined, body: 'Your account cannot sign in here' })
  t.match(site.events, [{ kind: 'unavailable', by: 'corp', cause: /^issue: |^signIn: / }])
  t.notMatch(JSON.stringify(site.events), '\u20ac')
  t.notMatch(await ada.cookies('/login/corp/callback'), FLOW, 'the flow is over')
})
