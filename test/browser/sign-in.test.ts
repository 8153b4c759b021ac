/** Signing in, and landing on the page that was asked for. */

import t, { type Test } from 'tap'
import { makeCertificate } from '../../native-fixtures/apache-site.mjs'
import { launch, skip, type Visitor, visit } from './chromium.js'
import { PASSWORD, says, shown, signIn, signOut, startSite } from './site.js'

/** As the browser sends them: the page that is landed on has the same path and query, byte for byte. */
const PAGES = [
  '/',
  '/page?a=1&b=2',
  '/page?a=b+c%20d&e=f%26g',
  '/page?a;b=c;d&back=%2fother',
  '/page?q=%C3%A4%C3%B6&r=%e4',
  '/a%20b/%C3%BC.html?x=%25&y=%2B',
  '/page?odd=%3Cb%3E%22%27%23&url=https%3A%2F%2Fexample.com%2F%3Fa%3Db%26c',
]

t.test('the page asked for', { skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t)])

  await visit(t, browser, 'is landed on', async (t, { page, context, requests }) => {
    for (const path of PAGES) {
      await context.clearCookies()
      await page.goto(site.url + path)
      t.same(await says(page), { title: 'Sign in', note: '' })
      await signIn(page)
      t.equal(page.url(), site.url + path)
      t.same(await shown(page), { url: path, uid: 'ada', tokens: 'admin,staff' })
    }
    const posts = requests.filter((line) => line.startsWith('POST'))
    t.same(
      posts,
      PAGES.map(() => `POST ${site.url}/login`),
      'with a form each, whose URL says nothing',
    )
  })

  await visit(t, browser, 'a fragment stays in the browser', async (t, { page, context, requests }) => {
    await page.goto(`${site.url}/lounge#part`)
    await page.getByRole('link', { name: 'Elsewhere' }).click()
    await signIn(page)
    t.equal(page.url(), `${site.url}/elsewhere?from=here`)
    t.same(await shown(page), { url: '/elsewhere?from=here', uid: 'ada', tokens: 'admin,staff' })
    t.notOk(
      requests.some((line) => /back=[^ ]*(?:#|%23)/.test(line)),
      'and goes nowhere',
    )
    const [ticket] = (await context.cookies()).filter(({ name }) => name === 'auth_tkt')
    t.match(ticket, { httpOnly: true, secure: false, sameSite: 'Lax', path: '/', domain: '127.0.0.1' })
  })

  await visit(t, browser, 'who comes from nowhere', async (t, { page }) => {
    await page.goto(`${site.url}/login`)
    t.equal(await page.evaluate('document.activeElement.id'), 'uid', 'the cursor is where typing begins')
    await page.keyboard.type('ben')
    await page.keyboard.press('Tab')
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${site.url}/`)
    t.match(await shown(page), { uid: 'ben', tokens: 'staff' })
    await page.goto(`${site.url}/login`)
    t.same(await says(page), { title: 'You are signed in as ben', note: '' })
    await page.getByRole('link', { name: 'Go on' }).click()
    t.match(await shown(page), { url: '/', uid: 'ben' })
  })

  await visit(
    t,
    browser,
    'without JavaScript',
    async (t, { page }) => {
      await page.goto(`${site.url}/admin/page?a=1`)
      await signIn(page, 'ben')
      t.equal((await says(page)).title, 'No access')
      await signIn(page, 'ada')
      t.match(await shown(page), { url: '/admin/page?a=1', uid: 'ada' })
      await signOut(page)
      t.same(await says(page), { title: 'Signed out', note: 'You are signed out here.' })
    },
    { javaScriptEnabled: false },
  )

  const certificate = makeCertificate(t.testdir())
  const untold = typeof certificate === 'string' ? certificate : false
  await t.test('over TLS', { skip: untold }, async (t) => {
    const { url } = await startSite(t, { tls: certificate as Exclude<typeof certificate, string> })
    const trusting = { ignoreHTTPSErrors: true }
    await visit(t, browser, 'and cookies never leave it', (t, visitor) => safely(t, visitor, url), trusting)
  })
})

async function safely(t: Test, { page, context }: Visitor, url: string): Promise<void> {
  t.match(url, /^https:/)
  await page.goto(`${url}/admin?a=1`)
  await signIn(page)
  t.match(await shown(page), { url: '/admin?a=1', uid: 'ada' })
  const cookies = await context.cookies()
  t.same(cookies.map(({ name }) => name).sort(), ['auth_tkt', 'authtkt_device', 'authtkt_form'])
  const safe = cookies.every(({ secure, httpOnly, sameSite }) => secure && httpOnly && sameSite === 'Lax')
  t.ok(safe, 'Secure, HttpOnly and SameSite=Lax')
  await signOut(page)
  await page.goto(`${url}/admin`)
  t.match(await says(page), { title: 'Sign in' })
}
