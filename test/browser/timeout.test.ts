/** Tickets that run out while somebody looks at a page, and tickets that are renewed in time. */

import type { BrowserContext } from 'playwright-core'
import t from 'tap'
import { peekTicket } from '../../src/index.js'
import { launch, press, skip, until, visit } from './chromium.js'
import { says, shown, signIn, startSite } from './site.js'

const AREAS = [
  { path: '/short', timeout: 2, timeoutRefresh: 0 },
  { path: '/kept', timeout: 3, timeoutRefresh: 1 },
]
const RAN_OUT = 'Your sign-in has run out. Sign in to go on.'
const NOT_TAKEN = 'Your sign-in had run out, and what you sent was not taken. Sign in, then send it again.'

async function issuedAt(context: BrowserContext): Promise<number> {
  const value = (await context.cookies()).find(({ name }) => name === 'auth_tkt')?.value ?? ''
  return peekTicket(value)?.issuedAt ?? 0
}

/** Until a ticket of these seconds would have run out. */
async function outlive(since: number, seconds: number): Promise<void> {
  await until('time passes', () => Date.now() / 1000 >= since + seconds + 1)
}

t.test('the end of a ticket', { skip }, async (t) => {
  const [browser, site] = await Promise.all([launch(t), startSite(t, { areas: AREAS })])

  await visit(t, browser, 'idle for too long', async (t, { page, context }) => {
    await page.goto(`${site.url}/short/page?a=1;b=%26`)
    await signIn(page)
    t.match(await shown(page), { uid: 'ada' })
    await outlive(await issuedAt(context), 2)
    await page.reload()
    t.same(await says(page), { title: 'Sign in', note: RAN_OUT })
    t.equal(await issuedAt(context), 0, 'the old ticket is gone')
    await signIn(page)
    t.equal(page.url(), `${site.url}/short/page?a=1;b=%26`)
    t.match(await shown(page), { url: '/short/page?a=1;b=%26', uid: 'ada' })
  })

  await visit(t, browser, 'a form that is sent too late', async (t, { page, context }) => {
    await page.goto(`${site.url}/short/save`)
    await signIn(page)
    await outlive(await issuedAt(context), 2)
    await page.getByLabel('Text').fill('a long letter')
    await page.getByRole('button', { name: 'Save' }).click()
    t.same(await says(page), { title: 'Sign in', note: NOT_TAKEN })
    t.same(site.posted, [], 'the application has got nothing')
    await signIn(page)
    t.match(await shown(page), { url: '/short/save', uid: 'ada' })
    await press(page, 'back')
    await press(page, 'forward')
    t.match(await shown(page), { url: '/short/save' }, 'back and forward ask for nothing to be sent again')
    await page.getByLabel('Text').fill('a long letter')
    await page.getByRole('button', { name: 'Save' }).click()
    t.match(await shown(page), { url: '/short/save', uid: 'ada' })
    t.same(site.posted, ['/short/save form=a+field+of+the+application&text=a+long+letter'], 'once, and whole')
  })

  await visit(t, browser, 'a file that is sent too late', async (t, { page, context }) => {
    await page.goto(`${site.url}/short/upload`)
    await signIn(page)
    await outlive(await issuedAt(context), 2)
    await page
      .getByLabel('File')
      .setInputFiles({ name: 'big', mimeType: 'text/plain', buffer: Buffer.alloc(4_000_000, 'x') })
    await page.getByRole('button', { name: 'Upload' }).click()
    t.same(await says(page), { title: 'Sign in', note: NOT_TAKEN })
    await signIn(page)
    t.match(await shown(page), { url: '/short/upload', uid: 'ada' })
  })

  await visit(t, browser, 'active for longer than a ticket is good', async (t, { page, context }) => {
    await page.goto(`${site.url}/kept`)
    await signIn(page)
    const first = await issuedAt(context)
    await until('a ticket of a later time', async () => {
      await page.reload()
      return (await issuedAt(context)) > first + 3
    })
    t.match(await shown(page), { uid: 'ada', tokens: 'admin,staff' }, 'with renewals nobody is asked again')
  })
})
