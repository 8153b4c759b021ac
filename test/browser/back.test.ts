/** Where somebody may be sent after signing in, whatever the link to the login says. */

import t from 'tap'
import { launch, skip, visit } from './chromium.js'
import { type Field, says, shown, signIn, startSite } from './site.js'

const LEFT_OUT = 'The link that brought you here wanted to go on to a place outside of this site. That was left out.'

/** As they stand in the query. */
const FOREIGN = [
  'https://evil.example/',
  'http%3A%2F%2Fevil.example%2F',
  '//evil.example/',
  '%2F%2Fevil.example',
  'javascript:document.title=1',
  'JaVaScRiPt%3Adocument.title%3D1',
  'data:text/html,evil',
  '%5Cevil.example',
  '/%5Cevil.example',
  '%5C%5Cevil.example',
  '/%09/evil.example',
  '%09//evil.example',
  '/%0A/evil.example',
  'https:evil.example',
  'https:/%5Cevil.example',
  'http://SITE@evil.example/',
  'http://SITE.evil.example/',
  'http://evil.example%23SITE/',
  'http://evil.example%5C@SITE/',
]

t.test('foreign ways back', { skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t)])
  const { host } = new URL(site.url)
  await visit(t, browser, 'are left out', async (t, { page, context, requests }) => {
    for (const back of FOREIGN) {
      await context.clearCookies()
      await page.goto(`${site.url}/login?back=${back.replace('SITE', host)}`)
      t.same(await says(page), { title: 'Sign in', note: LEFT_OUT }, back)
      await signIn(page)
      t.equal(page.url(), `${site.url}/`)
      t.match(await shown(page), { url: '/', uid: 'ada' })
    }
    await page.goto(`${site.url}/login?back=${FOREIGN[0]}`)
    t.match(await says(page), { title: 'You are signed in as ada', note: LEFT_OUT })
    t.equal(await page.getByRole('link', { name: 'Go on' }).getAttribute('href'), `${site.url}/`)
    t.same(
      requests.filter((line) => !line.includes(` ${site.url}/`)),
      [],
      'no request went anywhere else',
    )
  })

  await visit(t, browser, 'a form that somebody has changed', async (t, { page }) => {
    await page.goto(`${site.url}/page`)
    await page.locator('input[name=back]').evaluate((field: Field) => {
      field.value = 'https://evil.example/'
    })
    await signIn(page)
    t.equal(page.url(), `${site.url}/`)
  })
})

t.test('other hosts of the site', { skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t, { login: { backHosts: ['localhost'] } })])
  const { port } = new URL(site.behind)

  for (const host of ['localhost', '127.0.0.1']) {
    await visit(t, browser, host, async (t, { page }) => {
      const back = `http://${host}:${port}/page?a=1&b=%26`
      await page.goto(`${site.url}/login?back=${encodeURIComponent(back)}`)
      t.equal(await page.locator('.hint').textContent(), `to go on to ${host}:${port}`)
      await signIn(page)
      await page.waitForURL(back)
      t.match(await shown(page), { url: '/page?a=1&b=%26' })
    })
  }
})
