/** Forms that do not let anybody in: wrong ones, too many of them, old ones, and those that are sent twice. */

import t from 'tap'
import { deriveSecrets } from '../../src/login/secrets.js'
import { launch, press, skip, until, visit } from './chromium.js'
import { type Field, PASSWORD, SECRET, says, shown, signIn, startSite } from './site.js'

const WRONG = { title: 'Sign in', note: 'This user and password do not go together.' }

/** The throttle of these tests: each has an account and waits of its own. */
const THROTTLE = { account: { free: 3, longest: 3 }, address: { free: 1000 } }

t.test('the form once more', { skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t, { login: { throttle: THROTTLE } })])

  await visit(t, browser, 'a wrong password', async (t, { page }) => {
    await page.goto(`${site.url}/page?a=1`)
    await signIn(page, ' b\u00eb"n<', 'wrong')
    t.same(await says(page), WRONG)
    t.equal(await page.getByLabel('User').inputValue(), 'b\u00eb"n<', 'the name is kept')
    t.equal(await page.getByLabel('Password').inputValue(), '', 'the password is not')
    t.equal(await page.evaluate('document.activeElement.id'), 'password', 'which is what is typed next')
    await signIn(page, 'ben')
    t.equal(page.url(), `${site.url}/page?a=1`)
    t.match(await shown(page), { uid: 'ben' })
    await press(page, 'back')
    t.match(
      (await says(page)).title,
      /^(?:Sign in|You are signed in as ben)$/,
      'back asks for nothing to be sent again',
    )
    await press(page, 'forward')
    t.match(await shown(page), { url: '/page?a=1', uid: 'ben' })
  })

  await visit(t, browser, 'back after a wrong try', async (t, { page }) => {
    await page.goto(`${site.url}/page`)
    await signIn(page, 'ben', 'wrong')
    t.same(await says(page), WRONG)
    await press(page, 'back')
    t.same(await says(page), { title: 'Sign in', note: '' })
    await signIn(page, 'ben')
    t.match(await shown(page), { url: '/page', uid: 'ben' }, 'the first form is as good')
  })

  await visit(t, browser, 'too many', async (t, { page, context }) => {
    await page.goto(`${site.url}/page`)
    let note = ''
    for (let tries = 0; tries < 8 && !note.startsWith('Too many'); tries++) {
      await signIn(page, 'ada', 'wrong')
      note = (await says(page)).note
    }
    const [, seconds = ''] = /^Too many tries\. Wait (\d+) s, then try again\.$/.exec(note) ?? []
    t.match(seconds, /^[123]$/, 'says how long to wait')
    t.equal(await page.getByLabel('User').inputValue(), 'ada')
    const told = Date.now()
    await until('they have waited', () => Date.now() > told + 1000 * (Number(seconds) + 1))
    await signIn(page, 'ada')
    t.match(await shown(page), { url: '/page', uid: 'ada' }, 'and then they are in')
    t.ok((await context.cookies()).some(({ name }) => name === 'auth_tkt'))
  })

  await visit(t, browser, 'a double click', async (t, { page, requests }) => {
    await page.goto(`${site.url}/page`)
    await page.getByLabel('User').fill('ben')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).dblclick()
    // The second click may break off what the first one has begun, which Playwright's own waiting takes for a failure.
    await until('the page', () => page.url() === `${site.url}/page`)
    t.match(await shown(page), { url: '/page', uid: 'ben' })
    t.ok(requests.filter((line) => line.startsWith('POST')).length <= 2)
  })

  await visit(t, browser, 'open for too long', async (t, { page, context }) => {
    await page.goto(`${site.url}/page?a=1`)
    const [cookie] = (await context.cookies(`${site.url}/login`)).filter(({ name }) => name === 'authtkt_form')
    const time = Math.floor(Date.now() / 1000 - 3700).toString(36)
    const token = `${time}.${deriveSecrets([SECRET]).sign('form', `${cookie?.value}.${time}`)}`
    await page
      .locator('input[type=hidden]')
      .first()
      .evaluate((field: Field, token) => {
        field.value = token
      }, token)
    await signIn(page)
    t.same(await says(page), {
      title: 'Sign in',
      note: 'This form had been open for too long. Please send it once more.',
    })
    t.equal(await page.getByLabel('User').inputValue(), 'ada')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    t.match(await shown(page), { url: '/page?a=1', uid: 'ada' })
  })

  await visit(t, browser, 'the cookie of the form is gone', async (t, { page, context }) => {
    await page.goto(`${site.url}/page?a=1`)
    await context.clearCookies()
    await signIn(page)
    t.match(await says(page), { title: 'Cookies are blocked', note: /did not send back the cookie/ })
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in' }).click()
    t.match(await shown(page), { url: '/page?a=1', uid: 'ada' }, 'a browser that does keep cookies goes on')
  })
})
