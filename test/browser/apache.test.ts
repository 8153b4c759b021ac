/** One browser, our login, and the real Apache with mod_auth_tkt on another port: cookies do not know ports. */

import t from 'tap'
import { startSite as startApache } from '../../native-fixtures/apache-site.mjs'
import { apacheMissing } from '../../native-fixtures/debian.mjs'
import { launch, skip, visit } from './chromium.js'
import { SECRET, says, shown, signIn, signOut, startSite } from './site.js'

const missing = apacheMissing()

/** A domain makes the module keep the port of the way back. */
const protect = (login: string) => `
TKTAuthSecret "${SECRET}"
TKTAuthDigestType SHA256
<Location /page>
  TKTAuthDomain 127.0.0.1
  AuthType None
  Require valid-user
  TKTAuthLoginURL ${login}
  TKTAuthTimeoutURL ${login}?timeout=1
  TKTAuthUnauthURL ${login}?unauth=1
  TKTAuthQuerySeparator ;
</Location>
<Location /page/admin>
  TKTAuthToken admin
</Location>`

t.test('Apache and our login', { skip: missing ? `skipped: ${missing}` : skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t)])
  const apache = await startApache({ text: () => protect(`${site.url}/login`) })
  t.teardown(() => apache.stop())
  const there = `http://127.0.0.1:${apache.port}`

  await visit(t, browser, 'from Apache to our login and back', async (t, { page, context }) => {
    await page.goto(`${there}/page?a=1&b=%26&c=%C3%BC`)
    t.match(await says(page), { title: 'Sign in', note: '' })
    t.ok(page.url().startsWith(`${site.url}/login?back=`))
    await signIn(page, 'ben')
    await page.waitForURL(`${there}/page?a=1&b=%26&c=%C3%BC`)
    t.equal(await page.textContent('body'), 'let in\n')
    const answer = await page.goto(`${there}/page`)
    t.match(await answer?.headerValue('x-identity'), Buffer.from('ben').toString('base64'), 'Apache knows who it is')

    await page.goto(`${there}/page/admin`)
    t.match(await says(page), { title: 'No access', note: /^You are signed in as ben, and that does not open/ })
    await signIn(page, 'ada')
    await page.waitForURL(`${there}/page/admin`)
    t.equal(await page.textContent('body'), 'let in\n')

    await page.goto(`${site.url}/`)
    t.match(await shown(page), { uid: 'ada' }, 'and so do we')
    await signOut(page)
    t.match(await says(page), { title: 'Signed out' })
    t.notOk((await context.cookies()).some(({ name }) => name === 'auth_tkt'))
    await page.goto(`${there}/page`)
    t.match(await says(page), { title: 'Sign in' }, 'signed out there, too')
  })
})
