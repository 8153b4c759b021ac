/** A browser whose owner has blocked all cookies: it is told so, and not sent round in circles. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import t, { type Test } from 'tap'
import { CHROMIUM } from '../../native-fixtures/debian.mjs'
import { ARGS, skip, watched } from './chromium.js'
import { says, signIn, startSite } from './site.js'

/** As the browser's own page of settings writes it. */
const BLOCKED = { profile: { default_content_setting_values: { cookies: 2 } } }

async function openBlocking(t: Test) {
  const profile = t.testdir()
  mkdirSync(`${profile}/Default`)
  writeFileSync(`${profile}/Default/Preferences`, JSON.stringify(BLOCKED))
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROMIUM, args: [...ARGS] })
  t.teardown(() => context.close())
  return context
}

t.test('cookies are blocked', { skip }, async (t) => {
  const site = await startSite(t)
  await t.test('by the browser', async (t) => {
    await watched(t, await openBlocking(t), async (t, { page, context, requests }) => {
      await page.goto(`${site.url}/admin?a=1`)
      t.match(await says(page), { title: 'Sign in' })
      t.same(await context.cookies(), [])
      for (const go of [() => signIn(page), () => signIn(page)]) {
        await go()
        t.match(await says(page), { title: 'Cookies are blocked', note: /allow them for this site/ })
      }
      const pages = requests.filter((line) => !line.includes('style.css'))
      t.same(
        pages.map((line) => line.replace(site.url, '').replace(/\?.*/, '')),
        ['GET /admin', 'GET /login', 'POST /login', 'POST /login'],
        'no more requests than somebody has asked for',
      )
    })
  })
})
