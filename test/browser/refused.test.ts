/** Pages that the ticket does not open: who signs in as somebody else from there lands on them. */

import t from 'tap'
import { launch, skip, visit } from './chromium.js'
import { says, shown, signIn, startSite } from './site.js'

t.test('a page for others', { skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t)])

  await visit(t, browser, 'from the application', async (t, { page, requests }) => {
    await page.goto(`${site.url}/`)
    await signIn(page, 'ben')
    t.match(await shown(page), { uid: 'ben', tokens: 'staff' })
    await page.goto(`${site.url}/admin/users?page=2`)
    t.same(await says(page), {
      title: 'No access',
      note: 'You are signed in as ben, and that does not open the page you asked for.',
    })
    await signIn(page, 'ben')
    t.match(await says(page), { title: 'No access' }, 'the same person is told the same')
    t.ok(requests.length < 20, 'and not sent round in circles')
    await signIn(page, 'ada')
    t.equal(page.url(), `${site.url}/admin/users?page=2`)
    t.match(await shown(page), { url: '/admin/users?page=2', uid: 'ada' })
    await page.goto(`${site.url}/`)
    t.match(await shown(page), { uid: 'ada' }, 'and is that person everywhere')
  })

  await visit(t, browser, 'a wrong password leaves who one is', async (t, { page }) => {
    await page.goto(`${site.url}/`)
    await signIn(page, 'ben')
    t.match(await shown(page), { uid: 'ben' })
    await page.goto(`${site.url}/admin`)
    await signIn(page, 'ada', 'wrong')
    t.match(await says(page), { title: 'Sign in', note: 'This user and password do not go together.' })
    await page.goto(`${site.url}/`)
    t.match(await shown(page), { uid: 'ben' })
  })

  await visit(t, browser, 'guests', async (t, { page }) => {
    await page.goto(`${site.url}/lounge?seat=1`)
    t.same(await shown(page), { url: '/lounge?seat=1', uid: 'guest', tokens: '' })
    await page.goto(`${site.url}/login?back=${encodeURIComponent('/lounge?seat=1')}`)
    t.match(await says(page), { title: 'Sign in' }, 'a guest is not signed in')
    await signIn(page, 'ben')
    t.match(await shown(page), { url: '/lounge?seat=1', uid: 'ben' }, 'who has a ticket is no guest')
  })
})
