/** Signing out: what is left in the browser, in its history, and in other tabs. */

import t from 'tap'
import { launch, press, skip, visit } from './chromium.js'
import { says, shown, signIn, signOut, startSite } from './site.js'

t.test('signing out', { skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t)])

  await visit(t, browser, 'a link asks, a button does', async (t, { page, context }) => {
    await page.goto(`${site.url}/`)
    await signIn(page)
    await page.getByRole('link', { name: 'Leave' }).click()
    t.same(await says(page), { title: 'Sign out', note: '' })
    await page.goto(`${site.url}/`)
    t.match(await shown(page), { uid: 'ada' }, 'asking is not doing')
    await signOut(page)
    t.same(await says(page), { title: 'Signed out', note: 'You are signed out here.' })
    const names = (await context.cookies()).map(({ name }) => name)
    t.notOk(names.includes('auth_tkt'), 'the ticket is gone')
    await page.goto(`${site.url}/lounge`)
    t.match(await shown(page), { uid: 'guest' }, 'a guest again')
    await page.goto(`${site.url}/`)
    t.match(await says(page), { title: 'Sign in' })
  })

  await visit(t, browser, 'from the page that says who one is', async (t, { page }) => {
    await page.goto(`${site.url}/`)
    await signIn(page)
    await page.goto(`${site.url}/login`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    t.match(await says(page), { title: 'Signed out' })
    await page.getByRole('link', { name: 'Sign in again' }).click()
    await signIn(page, 'ben')
    t.match(await shown(page), { url: '/', uid: 'ben' })
  })

  await visit(t, browser, 'the back button', async (t, { page, requests }) => {
    await page.goto(`${site.url}/admin/secret`)
    await signIn(page)
    t.match(await shown(page), { url: '/admin/secret' })
    await signOut(page)
    await press(page, 'back')
    t.match(page.url(), /\/login\/logout$/)
    await press(page, 'back')
    t.match(await says(page), { title: 'Sign in' }, 'the page is asked for, not remembered')
    t.match(page.url(), /\/login\?back=/)
    await signIn(page)
    t.match(await shown(page), { url: '/admin/secret' })
    const posts = () => requests.filter((line) => line.startsWith('POST')).length
    const before = posts()
    await press(page, 'back')
    await press(page, 'forward')
    t.match(await shown(page), { url: '/admin/secret' })
    t.equal(posts(), before, 'no form is sent once more')
  })

  await visit(t, await launch(t, true), 'a browser that keeps whole pages', async (t, { page }) => {
    await page.goto(`${site.url}/admin/secret`)
    await signIn(page)
    t.match(await shown(page), { url: '/admin/secret' })
    await signOut(page)
    t.match(await says(page), { title: 'Signed out' })
    await page.evaluate('history.go(-2)')
    await page.getByLabel('Password').waitFor()
    t.match(page.url(), /\/login\?back=/)
  })

  await visit(t, browser, 'two tabs', async (t, { page, context }) => {
    const other = await context.newPage()
    await page.goto(`${site.url}/one`)
    await other.goto(`${site.url}/two`)
    await signIn(page)
    t.match(await shown(page), { url: '/one', uid: 'ada' })
    await signIn(other, 'ada')
    t.match(await shown(other), { url: '/two', uid: 'ada' }, 'both forms are good')
    await signOut(page)
    t.match(await says(page), { title: 'Signed out' })
    await other.reload()
    t.match(await says(other), { title: 'Sign in' })
    await signIn(other, 'ben')
    t.match(await shown(other), { url: '/two', uid: 'ben' })
    await page.goto(`${site.url}/one`)
    t.match(await shown(page), { url: '/one', uid: 'ben' })
  })
})
