/** Signing in at a real OpenID provider, in one tab and in two, and all that can go wrong on the way. */

import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { CLIENTS, type Running, startOidcProvider, PASSWORD as THEIRS } from '../../native-fixtures/oidc-provider.mjs'
import { launch, press, skip, until, type Visiting, visit } from './chromium.js'
import { type Site, says, shown, signIn, signOut, startSite } from './site.js'

const STALE = 'This sign-in has been used already, is too old, or was begun in another browser. Begin again.'
const tokens = { claim: 'groups', allow: { staff: 'staff', 'my-group/admins': 'admin' } }

/** The provider has to know our URL, and we have to know its: it learns ours when it starts once more. */
async function startBoth(t: Test): Promise<{ site: Site; provider: Running }> {
  const redirectUris: string[] = ['http://127.0.0.1/none']
  const postLogoutRedirectUris: string[] = []
  const provider = await startOidcProvider({ redirectUris, postLogoutRedirectUris })
  t.teardown(() => provider.stop())
  const corp = {
    name: 'corp',
    label: 'Corp & Co',
    issuer: provider.issuer,
    clientId: CLIENTS.post.id,
    clientSecret: { file: 'client-secret' },
    tokens,
  }
  const site = await startSite(t, {
    login: { providers: [corp] },
    files: { 'client-secret': CLIENTS.post.secret },
  })
  redirectUris[0] = `${site.url}/login/corp/callback`
  postLogoutRedirectUris[0] = `${site.url}/login`
  await provider.stop()
  await provider.start()
  return { site, provider }
}

const toProvider = (page: Page) => page.getByRole('link', { name: 'Sign in with Corp & Co' }).click()

async function signInThere(page: Page, account: string, button = 'Sign in at the provider'): Promise<void> {
  await page.getByLabel('Account').fill(account)
  await page.getByLabel('Password').fill(THEIRS)
  await page.getByRole('button', { name: button }).click()
}

t.test('a provider', { skip }, async (t) => {
  const [browser, { site, provider }] = await Promise.all([launch(t), startBoth(t)])

  const theirs = { refusing: provider.issuer }
  const go = (name: string, visiting: Visiting) => visit(t, browser, name, visiting, theirs)

  await provider.stop()
  await go('down', async (t, { page }) => {
    await page.goto(`${site.url}/page?a=1`)
    await toProvider(page)
    const { title, note } = await says(page)
    t.same([title, note], ['Sign in', 'Corp & Co cannot be reached at the moment. Try again in a few minutes.'])
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, 'ben')
    t.match(await shown(page), { url: '/page?a=1', uid: 'ben' }, 'passwords still work')
  })
  await provider.start()
  // Each worker that has found it down asks it again after five seconds.
  await until('both workers know that it is back', async () => {
    const asked = Array.from({ length: 8 }, () => request(`${site.url}/login/corp`, { reset: true }))
    return (await Promise.all(asked)).every(({ statusCode }) => statusCode === 303)
  })

  await go('in, and out at both', async (t, { page, context, requests }) => {
    await page.goto(`${site.url}/admin/page?a=1;b=%26&c=+`)
    await toProvider(page)
    t.ok(page.url().startsWith(provider.issuer))
    await signInThere(page, 'alice')
    t.equal(page.url(), `${site.url}/admin/page?a=1;b=%26&c=+`)
    t.same(await shown(page), { url: '/admin/page?a=1;b=%26&c=+', uid: 'corp:1001', tokens: 'staff,admin' })
    const cookies = (await context.cookies(`${site.url}/login`)).map(({ name }) => name)
    t.notOk(
      cookies.some((name) => name.startsWith('authtkt_flow_')),
      'nothing of the way is left',
    )

    const callback = requests.find((line) => line.includes('/callback?'))?.replace('GET ', '') as string
    await page.goto(callback)
    t.same(await says(page), { title: 'Sign in', note: STALE }, 'an answer counts once')
    await page.goto(`${site.url}/`)
    t.match(await shown(page), { uid: 'corp:1001' }, 'and changes nothing')

    await signOut(page)
    t.same(await says(page), { title: 'Signed out', note: 'You are signed out here.' })
    t.match(await page.textContent('main'), 'You may still be signed in at Corp & Co.')
    await page.getByRole('link', { name: 'Sign out there, too' }).click()
    await page.getByRole('button', { name: 'Sign out at the provider' }).click()
    await page.waitForURL(`${site.url}/login*`)
    t.match(await says(page), { title: 'Sign in' })
    await toProvider(page)
    t.ok(await page.getByLabel('Account').isVisible(), 'the provider asks again')
  })

  await go('the back button', async (t, { page }) => {
    await page.goto(`${site.url}/page`)
    await toProvider(page)
    await signInThere(page, 'bob')
    t.match(await shown(page), { url: '/page', uid: 'corp:1002' })
    await press(page, 'back')
    t.ok(page.url().startsWith(provider.issuer), 'the form there')
    await press(page, 'forward')
    t.match(await shown(page), { url: '/page', uid: 'corp:1002' })
  })

  await go('two tabs at once', async (t, { page, context }) => {
    const other = await context.newPage()
    await page.goto(`${site.url}/one`)
    await other.goto(`${site.url}/two`)
    await toProvider(page)
    await toProvider(other)
    await signInThere(page, 'bob')
    t.match(await shown(page), { url: '/one', uid: 'corp:1002' })
    await signInThere(other, 'bob')
    t.match(await shown(other), { url: '/two', uid: 'corp:1002' })
  })

  await go('cancelled', async (t, { page }) => {
    await page.goto(`${site.url}/page?a=1`)
    await toProvider(page)
    await page.getByRole('button', { name: 'Cancel' }).click()
    t.same(await says(page), { title: 'Sign in', note: 'The sign-in was cancelled.' })
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, 'ben')
    t.match(await shown(page), { url: '/page?a=1', uid: 'ben' }, 'the way back is not lost')
  })

  await go('an answer that nobody has asked for', async (t, { page, context }) => {
    await page.goto(`${site.url}/page`)
    await page.goto(`${site.url}/login/corp/callback?code=made-up&state=made-up`)
    t.same(await says(page), { title: 'Sign in', note: STALE })
    await page.goto(`${site.url}/page`)
    await toProvider(page)
    const flow = (await context.cookies(`${site.url}/login`)).find(({ name }) => name.startsWith('authtkt_flow_'))
    const state = `${flow?.name.slice('authtkt_flow_'.length)}made-up`
    await page.goto(`${site.url}/login/corp/callback?code=made-up&state=${state}`)
    t.equal((await says(page)).title, 'Sign in')
    t.not((await says(page)).note, '')
    t.notOk((await context.cookies()).some(({ name }) => name === 'auth_tkt'))
  })
})
