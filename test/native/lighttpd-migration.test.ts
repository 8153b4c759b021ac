/**
 * A lighttpd site moves to Apache's tickets with nobody logged out: its configuration converted, a new key put in front, the
 * old tickets renewed into new ones, the real Apache taking those, the old key gone at the end.
 */

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startApache } from '../../native-fixtures/apache.mjs'
import { ask } from '../../native-fixtures/ask.mjs'
import { apacheMissing } from '../../native-fixtures/debian.mjs'
import { createIssuer } from '../../src/index.js'
import { openBrowser, type Page } from '../helpers/browser.js'
import { startServe } from '../helpers/serve-process.js'
import { startApp } from '../helpers/served.js'

const missing = apacheMissing()
const HOST = 'www.example.com'
const OLD = 'the secret of the lighttpd site'
const NEW = 'the secret of the Apache tickets'
const now = () => Math.floor(Date.now() / 1000)

const LIGHTTPD = `
server.modules += ( "mod_auth", "mod_authn_tkt" )
auth.method.tkt.opts = (
  "secret" => "${OLD}", "login-url" => "https://login.example.com/login", "back-arg-name" => "back",
  "timeout" => "2h", "timeout-refresh" => ".5", "tokens" => ( "/admin" => ( "admin" ) )
)
auth.require = ( "/" => ( "method" => "authn_tkt", "realm" => "site", "require" => "valid-user" ) )
`

interface Site {
  readonly folder: string
  readonly upstream: string
}

type Config = { keys: object[]; hosts?: object[] } & Record<string, unknown>

/** The gateway with a configuration of ours, for as long as `run` takes. */
async function served(t: Test, site: Site, config: Config, run: (port: number) => Promise<void>): Promise<void> {
  const file = join(site.folder, 'authtkt.json')
  writeFileSync(file, JSON.stringify(config))
  const serve = await startServe(t, ['--config', file, '--listen', '127.0.0.1:0', '--upstream', site.upstream])
  t.match(serve.messages(), /dialect lighttpd.*can be shifted/, 'it is said at the start')
  await run(Number(new URL(serve.urls.gateway as string).port))
  t.equal(await serve.end(), 0)
}

const who = ({ text }: Page) => JSON.parse(text).headers['remote-user']
const textOf = (value: string | undefined) => Buffer.from(value ?? '', 'base64').toString('latin1')

t.test('from lighttpd tickets to Apache ones', { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
  const folder = t.testdir({ 'lighttpd.conf': LIGHTTPD, new: NEW })
  const app = await startApp(t)
  const site: Site = { folder, upstream: app.url }
  const apache = await startApache({ digest: 'sha512', secret: NEW, timeout: '2h' })
  t.teardown(() => apache.stop())
  const args = ['dist/cli/bin.js', 'convert', '--from', 'lighttpd', join(folder, 'lighttpd.conf')]
  const converted: Config = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' }))
  t.notMatch(JSON.stringify(converted), OLD, 'the secret stays where it is')

  // Signed in by the login page of the old site, ten minutes ago.
  const login = createIssuer({
    keys: [{ secret: OLD, digest: 'md5', dialect: 'lighttpd' }],
    allowShiftableFields: true,
  })
  const signIn = (uid: string, tokens: string[]) => login.issue({ uid, tokens }, { ip: '127.0.0.1', now: now() - 600 })
  const browser = openBrowser(HOST)
  await browser.jar.setCookie(`auth_tkt=${signIn('alice', ['admin'])}; path=/`, `http://${HOST}/`)

  await t.test('step 1: the same configuration, as lighttpd had it', (t) =>
    served(t, site, converted, async (port) => {
      const page = await browser.visit(port, '/admin/x')
      t.equal(page.status, 200)
      t.equal(who(page), 'alice')
      t.same(page.setCookies, [])
      const stranger = await openBrowser(HOST).visit(port, '/a?b=c')
      t.equal(stranger.status, 302)
      t.match(
        stranger.location,
        new RegExp(`^https://login.example.com/login\\?back=http://${HOST}%3A${port}%2Fa%3Fb%3Dc$`),
      )
    }),
  )

  const ring = [{ secret: { file: join(folder, 'new') }, digest: 'sha512' }, ...converted.keys]
  await t.test('step 2: a new key in front: the next request renews the ticket into one of Apache', (t) =>
    served(t, site, { ...converted, keys: ring }, async (port) => {
      const old = await browser.cookie('auth_tkt')
      const first = await browser.visit(port, '/admin/x')
      t.equal(first.status, 200, 'nobody is logged out')
      t.equal(who(first), 'alice')
      const renewed = await browser.cookie('auth_tkt')
      t.not(renewed, old)
      t.match(textOf(renewed), /^[0-9a-f]{136}alice!admin!$/)
      const second = await browser.visit(port, '/admin/x')
      t.equal(second.status, 200)
      t.same(second.setCookies, [], 'once')
      const answer = await ask(apache, renewed as string)
      t.same(
        answer,
        { status: 200, identity: { uid: 'alice', tokens: 'admin', userData: '' } },
        'the real Apache takes it',
      )
      t.equal((await ask(apache, signIn('alice', ['admin']))).status, 307, 'but not the old one')
    }),
  )

  await t.test('step 3: the old key is taken out; who came by in between stays', async (t) => {
    const file = join(folder, 'authtkt.json')
    writeFileSync(file, JSON.stringify({ ...converted, keys: ring.slice(0, 1) }))
    const serve = await startServe(t, ['--config', file, '--listen', '127.0.0.1:0', '--upstream', site.upstream])
    t.notMatch(serve.messages(), /can be shifted/, 'there is nothing left to say')
    const port = Number(new URL(serve.urls.gateway as string).port)
    t.equal(who(await browser.visit(port, '/admin/x')), 'alice')
    const late = openBrowser(HOST)
    await late.jar.setCookie(`auth_tkt=${signIn('bob', [])}; path=/`, `http://${HOST}/`)
    t.equal((await late.visit(port, '/a')).status, 302, 'who did not signs in anew')
    t.equal(await serve.end(), 0)
  })
})
