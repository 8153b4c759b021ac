/** Shadow mode in front of the real Apache: nothing is enforced, and only what differs is told. */

import t from 'tap'
import { startSite } from '../../native-fixtures/apache-site.mjs'
import { apacheMissing } from '../../native-fixtures/debian.mjs'
import { createIssuer } from '../../src/index.js'
import { openBrowser } from '../helpers/browser.js'
import { startServed } from '../helpers/served.js'

const HOST = 'www.example.com'
const SECRET = 'one secret for both servers'
const missing = apacheMissing()
const now = () => Math.floor(Date.now() / 1000)

const site = (secret: string, login: string) => `
TKTAuthSecret "${secret}"
<Location /app>
  AuthType None
  Require valid-user
  TKTAuthLoginURL ${login}
  TKTAuthTimeout 2h
</Location>
<Location /guests>
  AuthType None
  Require valid-user
  TKTAuthGuestLogin On
  TKTAuthGuestUser guest-%U
  TKTAuthGuestCookie On
</Location>`

t.test('beside a running Apache', { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
  const apache = await startSite({ text: () => site(SECRET, 'https://login.example.com/login') })
  t.teardown(() => apache.stop())
  const upstream = `http://127.0.0.1:${apache.port}`
  const issuer = createIssuer({ keys: [{ secret: SECRET, digest: 'md5' }] })
  const cookie = (age: number) =>
    `auth_tkt=${issuer.issue({ uid: 'alice' }, { ip: '127.0.0.1', now: now() - age })}; path=/`
  const url = `http://${HOST}/`

  t.test('with the same configuration nothing differs', async (t) => {
    const served = await startServed(t, site(SECRET, 'https://login.example.com/login'), { upstream, shadow: true })
    const browser = openBrowser(HOST)
    t.match(await browser.visit(served.port, '/app/x?y=1'), {
      status: 307,
      location: /back=http%3a%2f%2fwww\.example\.com%2fapp/,
    })
    await browser.jar.setCookie(cookie(10), url)
    t.match(await browser.visit(served.port, '/app/x'), { status: 200, headers: { 'x-identity': String } })
    await browser.jar.setCookie(cookie(5000), url)
    t.match(await browser.visit(served.port, '/app/x'), { status: 200, setCookies: [/^auth_tkt=/] }, 'Apache renews')
    await browser.jar.setCookie(cookie(9000), url)
    t.match(await browser.visit(served.port, '/app/x', { method: 'POST', body: 'a=b' }), { status: 307 })
    t.match(await browser.visit(served.port, '/guests/'), { status: 200, setCookies: [/^auth_tkt=/] })
    t.equal((await browser.visit(served.port, '/elsewhere')).status, 200)
    t.equal((await browser.visit(served.port, '/app/%2fx')).status, 404)
    t.same(served.log(), [])
    t.match(await served.metrics.registry.metrics(), /authtkt_shadow_total\{outcome="same"\} 7\n/)
  })

  t.test('with another one, all that differs is told, and nothing of it is enforced', async (t) => {
    const other = site('another secret, by mistake', 'https://login.example.com/other')
    const served = await startServed(t, other, { upstream, shadow: true })
    const browser = openBrowser(HOST)
    t.match(await browser.visit(served.port, '/app/x?secret=1'), { status: 307, location: /\/login\?back=/ })
    await browser.jar.setCookie(cookie(10), url)
    t.equal((await browser.visit(served.port, '/app/x')).status, 200, 'Apache lets in')
    const [first, second, ...more] = served.log()
    t.same(more, [])
    t.match(first, {
      msg: 'shadow: differs',
      path: '/app/x',
      differences: [/sends to .*\/login, we would send to .*\/other$/],
    })
    t.match(second, { ours: { reason: 'digest' }, theirs: 200, differences: [/lets in, we would answer 307/] })
    t.notMatch(JSON.stringify(served.log()), /secret|auth_tkt=/)
    t.match(await served.metrics.registry.metrics(), /authtkt_shadow_total\{outcome="differs"\} 2\n/)
  })
})
