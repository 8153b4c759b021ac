/** The real Apache asks, our login answers: one secret, two servers of one host, and whoever signs in is in at both. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startSite } from '../../native-fixtures/apache-site.mjs'
import { apacheMissing, htpasswdMissing, perlMissing } from '../../native-fixtures/debian.mjs'
import { htpasswdLine } from '../../native-fixtures/htpasswd.mjs'
import { startPerlIssuer } from '../../native-fixtures/perl-issuer.mjs'
import type { Digest as AnyDigest } from '../../src/index.js'
import { ENGLISH } from '../../src/login/messages.js'
import { type Browser, openBrowser, type Page } from '../helpers/browser.js'
import { startServe } from '../helpers/serve-process.js'
import { startApp } from '../helpers/served.js'
import { plain } from '../login/desk.js'

/** What the module has. */
type Digest = Exclude<AnyDigest, 'sha1'>

const HOST = 'www.example.com'
const SECRET = 'one secret for Apache and for the login'
const PEOPLE = { ada: 'a password of Ada', eve: 'a password of Eve' }
const missing = apacheMissing() ?? perlMissing() ?? htpasswdMissing()
const skip = missing ? `skipped: ${missing}` : false
const now = () => Math.floor(Date.now() / 1000)

/** A folder with our configuration and what it names. */
function files(t: Test, configuration: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-login-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const people = Object.entries(PEOPLE).map(([uid, password]) => `${htpasswdLine(uid, password, 'bcrypt')}\n`)
  const all = { users: people.join(''), groups: 'staff: ada eve\nadmin: eve\n', secret: SECRET, ...configuration }
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text, { mode: 0o600 })
  return folder
}

const LOGIN = { authenticators: [{ type: 'htpasswd', file: 'users', groupFile: 'groups' }] }

async function startOurs(t: Test, digest: Digest, ignoreIp: boolean): Promise<number> {
  const app = await startApp(t)
  const configuration = {
    keys: [{ secret: { file: 'secret' }, digest }],
    cookieDomain: '.example.com',
    ignoreIp,
    backCookieName: 'way',
    areas: [{ path: '/' }],
    upstream: app.url,
    gateway: { listen: '127.0.0.1:0' },
    login: LOGIN,
  }
  const folder = files(t, { 'authtkt.json': JSON.stringify(configuration) })
  const { urls } = await startServe(t, ['--config', join(folder, 'authtkt.json')])
  return Number(new URL(urls.gateway as string).port)
}

const apache = (login: string, digest: Digest, ignoreIp: boolean) => `
TKTAuthSecret "${SECRET}"
TKTAuthDigestType ${digest.toUpperCase()}
<Location />
  TKTAuthIgnoreIP ${ignoreIp ? 'on' : 'off'}
  TKTAuthDomain .example.com
</Location>
<Location /app>
  AuthType None
  Require valid-user
  TKTAuthLoginURL ${login}?x=1
  TKTAuthTimeoutURL ${login}?timeout=1
  TKTAuthTimeout 2h
</Location>
<Location /app/admin>
  TKTAuthToken admin
  TKTAuthUnauthURL ${login}?unauth=1
</Location>
<Location /cookie>
  AuthType None
  Require valid-user
  TKTAuthLoginURL ${login}
  TKTAuthBackCookieName way
</Location>`

/** Whom Apache takes somebody for, and the tokens that it sees. */
const whoAt = ({ headers }: Page) =>
  `${headers['x-identity']}`
    .split('.')
    .slice(0, 2)
    .map((part) => Buffer.from(part, 'base64').toString('latin1'))

/** Follows a redirect to whichever of the servers it leads to. */
function follow(t: Test, browser: Browser, { location }: Page): Promise<Page> {
  const { hostname, port, pathname, search } = new URL(location as string)
  t.equal(hostname, HOST)
  return browser.visit(Number(port), pathname + search)
}

/** Fills in our form, and is sent on to where it leads: the page before the last redirect is asked for. */
async function signIn(browser: Browser, port: number, page: Page, uid: keyof typeof PEOPLE): Promise<Page> {
  const form = await send(browser, port, page, { uid, password: PEOPLE[uid] })
  return browser.visit(port, form.location as string)
}

function send(browser: Browser, port: number, { text }: Page, fields: Record<string, string>): Promise<Page> {
  const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(text) ?? []
  const hidden = [...text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
  const shown = Object.fromEntries(hidden.map(([, name, value]) => [name, plain(value as string)]))
  const body = new URLSearchParams({ ...shown, ...fields }).toString()
  return browser.visit(port, action, { method: 'POST', body, type: 'application/x-www-form-urlencoded' })
}

/** The address that our last page sends a browser on to: by a link that it follows at once, as the port is another one. */
const wayOn = ({ headers, location }: Page) => location ?? `${headers.refresh}`.replace(/^0; url=/, '')

interface Two {
  readonly port: number
  readonly apachePort: number
}

async function startBoth(t: Test, digest: Digest, ignoreIp: boolean): Promise<Two> {
  const port = await startOurs(t, digest, ignoreIp)
  const site = await startSite({ text: () => apache(`http://${HOST}:${port}/login`, digest, ignoreIp) })
  t.teardown(() => site.stop())
  return { port, apachePort: site.port }
}

async function throughOurLogin(t: Test, { port, apachePort }: Two): Promise<void> {
  const browser = openBrowser(HOST)
  const away = await browser.visit(apachePort, '/app/page?a=1&b=%20')
  t.equal(away.status, 307)
  t.ok(away.location?.startsWith(`http://${HOST}:${port}/login?x=1;back=`), "Apache's own separator")
  const form = await follow(t, browser, away)
  const done = await signIn(browser, port, form, 'ada')
  t.equal(wayOn(done), `http://${HOST}:${apachePort}/app/page?a=1&b=%20`, 'back to the page that was asked for')
  const page = await browser.visit(apachePort, '/app/page?a=1')
  t.same([page.status, whoAt(page)], [200, ['ada', 'staff']])
  t.equal((await browser.visit(port, '/x')).status, 200, 'and in at the gateway')

  const refused = await browser.visit(apachePort, '/app/admin/')
  t.match(refused, { status: 307, location: '/login?unauth=1;back=' })
  const other = await follow(t, browser, refused)
  t.match(other, { status: 403, text: 'You are signed in as ada' })
  const allowed = await signIn(browser, port, other, 'eve')
  t.equal(wayOn(allowed), `http://${HOST}:${apachePort}/app/admin/`)
  t.same(whoAt(await browser.visit(apachePort, '/app/admin/')), ['eve', 'staff,admin'])

  const leaving = await browser.visit(port, '/login/logout')
  t.equal((await send(browser, port, leaving, {})).status, 303)
  t.equal(await browser.cookie('auth_tkt'), undefined)
  t.match(
    await browser.visit(apachePort, '/app/page'),
    { status: 307, location: '/login?x=1;back=' },
    'Apache asks again',
  )
}

async function byBackCookie(t: Test, { port, apachePort }: Two): Promise<void> {
  const browser = openBrowser(HOST)
  const away = await browser.visit(apachePort, '/cookie/page?a=1&b=2')
  t.equal(away.location, `http://${HOST}:${port}/login`)
  t.ok(await browser.cookie('way'))
  const done = await signIn(browser, port, await follow(t, browser, away), 'ada')
  t.equal(wayOn(done), `http://${HOST}:${apachePort}/cookie/page?a=1&b=2`)
  t.equal(await browser.cookie('way'), undefined, 'and is over')
  t.same(whoAt(await browser.visit(apachePort, '/cookie/page')), ['ada', 'staff'])
}

async function ofPerl(t: Test, { port, apachePort }: Two, digest: Digest, ignoreIp: boolean): Promise<void> {
  const perl = startPerlIssuer()
  t.teardown(() => perl.stop())
  const issue = async (issuedAt: number) => {
    const ip = ignoreIp ? '0.0.0.0' : '127.0.0.1'
    const fields = { digest, secret: SECRET, ip, issuedAt, uid: 'perl', tokens: 'x,y', userData: '' }
    return `auth_tkt=${await perl.issue({ ...fields, form: 'base64' })}; path=/; domain=.example.com`
  }
  const browser = openBrowser(HOST)
  await browser.jar.setCookie(await issue(now() - 10), `http://${HOST}/`)
  const page = await browser.visit(port, '/login')
  t.match(page.text, 'You are signed in as perl')
  t.match(page.text, '<dd>x, y</dd>')
  const app = await browser.visit(port, '/x')
  t.match(JSON.parse(app.text), { headers: { 'remote-user': 'perl', 'remote-user-tokens': 'x,y' } })

  await browser.jar.setCookie(await issue(now() - 9000), `http://${HOST}/`)
  const late = await browser.visit(apachePort, '/app/page')
  t.match(late, { status: 307, location: '/login?timeout=1;back=' })
  const form = await follow(t, browser, late)
  t.match(form, { status: 200, text: ENGLISH.timeout })
  t.equal(wayOn(await signIn(browser, port, form, 'ada')), `http://${HOST}:${apachePort}/app/page`)
  t.same(whoAt(await browser.visit(apachePort, '/app/page')), ['ada', 'staff'])
}

for (const digest of ['md5', 'sha256', 'sha512'] as const) {
  for (const ignoreIp of [false, true]) {
    t.test(`${digest}${ignoreIp ? ', whatever the address' : ''}`, { skip }, async (t) => {
      const both = await startBoth(t, digest, ignoreIp)
      await t.test('through our login', (t) => throughOurLogin(t, both))
      await t.test('the way back in a cookie', (t) => byBackCookie(t, both))
      await t.test('tickets of the Perl issuer', (t) => ofPerl(t, both, digest, ignoreIp))
    })
  }
}

t.test("a configuration in Apache's syntax, with a login beside it, on a port of its own", { skip }, async (t) => {
  const app = await startApp(t)
  const conf = `TKTAuthSecret "${SECRET}"\n<Location /app>\nAuthType None\nRequire valid-user\n</Location>\n`
  const folder = files(t, { 'site.conf': conf, 'login.json': JSON.stringify(LOGIN) })
  const args = ['--config', join(folder, 'site.conf'), '--login', join(folder, 'login.json')]
  const { urls } = await startServe(t, [...args, '--upstream', app.url, '--listen', '127.0.0.1:0'])
  const port = Number(new URL(urls.gateway as string).port)
  const browser = openBrowser(HOST)
  const away = await browser.visit(port, '/app/page?a=1')
  t.match(away, { status: 307, location: '/login?back=' })
  const form = await browser.visit(port, away.location?.replace(`http://${HOST}:${port}`, '') as string)
  const done = await signIn(browser, port, form, 'ada')
  t.equal(wayOn(done), `http://${HOST}:${port}/app/page?a=1`)
  const page = await browser.visit(port, '/app/page?a=1')
  t.match(JSON.parse(page.text), { url: '/app/page?a=1', headers: { 'remote-user': 'ada' } })
})
