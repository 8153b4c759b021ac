/** One browser, the real Apache and our gateway on two ports of one host, one secret: a session that goes to and fro. */

import t, { type Test } from 'tap'
import { request } from 'undici'
import { startSite } from '../../native-fixtures/apache-site.mjs'
import { apacheMissing, perlMissing } from '../../native-fixtures/debian.mjs'
import { startPerlIssuer } from '../../native-fixtures/perl-issuer.mjs'
import { createIssuer, type Digest, peekTicket } from '../../src/index.js'
import { openBrowser } from '../helpers/browser.js'
import { startApp, startServed } from '../helpers/served.js'

const HOST = 'www.example.com'
const SECRET = 'one secret for both servers'
const OLD = 'the secret that was before'
const missing = apacheMissing() ?? perlMissing()
const now = () => Math.floor(Date.now() / 1000)

const site = (digest: Digest) => `
TKTAuthSecret "${SECRET}"
TKTAuthSecretOld "${OLD}"
TKTAuthDigestType ${digest.toUpperCase()}
<Location /app>
  AuthType None
  Require valid-user
  TKTAuthLoginURL https://login.example.com/login
  TKTAuthTimeoutURL https://login.example.com/late
  TKTAuthTimeout 2h
  TKTAuthTimeoutRefresh .5
</Location>
<Location /app/admin>
  TKTAuthToken admin
  TKTAuthUnauthURL https://login.example.com/no
</Location>
<Location /guests>
  AuthType None
  Require valid-user
  TKTAuthGuestLogin On
  TKTAuthGuestUser guest-%8U
  TKTAuthGuestCookie On
</Location>`

interface Side {
  readonly name: string
  readonly port: number
  /** Who the server takes the browser for. */
  readonly who: (page: { text: string; headers: Record<string, string | string[] | undefined> }) => string
}

async function startBoth(t: Test, digest: Digest): Promise<[Side, Side]> {
  const apache = await startSite({ text: () => site(digest) })
  t.teardown(() => apache.stop())
  const app = await startApp(t)
  const ours = await startServed(t, site(digest), { upstream: app.url })
  return [
    {
      name: 'Apache',
      port: apache.port,
      who: ({ headers }) => Buffer.from(`${headers['x-identity']}`.split('.')[0] ?? '', 'base64').toString('latin1'),
    },
    { name: 'authtkt', port: ours.port, who: ({ text }) => JSON.parse(text).headers['remote-user'] },
  ]
}

for (const digest of ['md5', 'sha256', 'sha512'] as const) {
  t.test(digest, { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
    const sides = await startBoth(t, digest)
    const perl = startPerlIssuer()
    t.teardown(() => perl.stop())
    const sign = async (secret: string, issuedAt: number, tokens = '') => {
      const fields = {
        digest,
        secret,
        ip: '127.0.0.1',
        issuedAt,
        uid: 'alice',
        tokens,
        userData: 'x',
        form: 'base64',
      } as const
      return `auth_tkt=${await perl.issue(fields)}; path=/; domain=${HOST}`
    }

    t.test('cookies of old clients', async (t) => {
      const [, value = ''] = /^auth_tkt=([^;]*)/.exec(await sign(SECRET, now() - 10)) ?? []
      const rows = [
        `$Version=1; auth_tkt="${value}"`,
        `$Version="1"; a=b; auth_tkt="${value}"; $Path="/"; $Domain="${HOST}"; c=d`,
        `$Version=1;auth_tkt="${value}";$Path=/`,
      ]
      for (const cookie of rows) {
        for (const { name, port, who } of sides) {
          const answer = await request(`http://127.0.0.1:${port}/app/x`, { headers: { host: HOST, cookie } })
          const page = { text: await answer.body.text(), headers: answer.headers }
          t.same([answer.statusCode, who(page)], [200, 'alice'], `${cookie.replace(value, '...')} at ${name}`)
          if (name === 'authtkt') t.notOk(page.text.includes(value), 'and the application does not see it')
        }
      }
    })

    for (const [first, second] of [sides, [sides[1], sides[0]] as const]) {
      t.test(`${first.name} first, then ${second.name}`, async (t) => {
        const browser = openBrowser(HOST)
        const away = await browser.visit(first.port, '/app/page?a=1')
        t.equal(away.status, 307)
        const other = await browser.visit(second.port, '/app/page?a=1')
        t.equal(other.status, 307)
        t.equal(other.location, away.location, 'both send to the same page, with the same way back')

        await browser.jar.setCookie(await sign(SECRET, now() - 10), `http://${HOST}/`)
        for (const side of [first, second]) {
          const page = await browser.visit(side.port, '/app/page')
          t.same([page.status, side.who(page), page.setCookies], [200, 'alice', []], `signed in at ${side.name}`)
          const refused = await browser.visit(side.port, '/app/admin/')
          t.match(refused, { status: 307, location: /^https:\/\/login\.example\.com\/no\?back=/ })
        }

        await browser.jar.setCookie(await sign(SECRET, now() - 5000, 'admin'), `http://${HOST}/`)
        const before = await browser.cookie('auth_tkt')
        const renewing = await browser.visit(first.port, '/app/page')
        const renewed = (await browser.cookie('auth_tkt')) as string
        t.equal(renewing.setCookies.length, 1, `${first.name} renews the ticket`)
        t.not(renewed, before)
        const after = await browser.visit(second.port, '/app/admin/x')
        t.same(
          [after.status, second.who(after), after.setCookies],
          [200, 'alice', []],
          `${second.name} takes the new one`,
        )

        await browser.jar.setCookie(await sign(OLD, now() - 10), `http://${HOST}/`)
        t.match(
          await browser.visit(first.port, '/app/page'),
          { status: 200, setCookies: [String] },
          'an old secret is renewed',
        )
        const fresh = createIssuer({ keys: [{ secret: SECRET, digest }] })
        const ticket = peekTicket((await browser.cookie('auth_tkt')) as string) as NonNullable<
          ReturnType<typeof peekTicket>
        >
        const mine = fresh.issue({ uid: 'alice', userData: 'x' }, { ip: '127.0.0.1', now: ticket.issuedAt })
        t.equal(await browser.cookie('auth_tkt'), mine, 'with the new one')
        t.match(await browser.visit(second.port, '/app/page'), { status: 200, setCookies: [] })

        await browser.jar.setCookie(await sign(SECRET, now() - 9000), `http://${HOST}/`)
        const late = await browser.visit(first.port, '/app/page')
        t.match(late, { status: 307, location: /^https:\/\/login\.example\.com\/late\?back=/ })
        t.equal(await browser.cookie('auth_tkt'), undefined, 'and signed out')
        t.match(await browser.visit(second.port, '/app/page'), { status: 307, location: /\/login\?back=/ })

        const guest = await browser.visit(first.port, '/guests/')
        const name = first.who(guest)
        t.match(name, /^guest-[0-9a-f]{8}$/)
        const again = await browser.visit(second.port, '/guests/')
        t.same([again.status, second.who(again)], [200, name], 'the same guest')
      })
    }
  })
}
