/** What the pages look like, and to whom: phones, dark rooms, screen readers. AUTHTKT_SHOTS names a folder for pictures. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { CLIENTS } from '../../native-fixtures/oidc-provider.mjs'
import { launch, skip, type Visiting, visit } from './chromium.js'
import { signIn, startSite } from './site.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const PEOPLE = [
  { name: 'desk-light', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true, isMobile: true },
] as const
/** CSS pixels that a thumb needs. */
const THUMB = 44

/** Where things are that one can press or type into; links in a sentence are as high as the sentence. */
const SMALL = `[...document.querySelectorAll('button, input:not([type=hidden]), a')]
  .filter((it) => it.getBoundingClientRect().height < ${THUMB})
  .map((it) => it.outerHTML)`
const WIDE = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'

type Go = (page: Page, url: string, who: string) => Promise<unknown>
type Journey = Readonly<Record<string, Go>>

/** Every kind of page, and how one comes to it from the one before. */
const JOURNEY: Journey = {
  form: (page, url) => page.goto(`${url}/page`),
  'form-elsewhere': (page, url) => page.goto(`${url}/login?back=http://${'a-long-name.'.repeat(4)}localhost/page`),
  'form-timeout': (page, url) => page.goto(`${url}/login?timeout=1&post=1`),
  'form-foreign': (page, url) => page.goto(`${url}/login?back=https://evil.example/`),
  wrong: (page, _, who) => signIn(page, `nobody on a ${who}`, 'wrong'),
  async throttled(page) {
    while ((await page.getByText('Too many').count()) === 0) await signIn(page, 'ada', 'wrong')
  },
  async 'no-cookies'(page) {
    await page.context().clearCookies()
    await signIn(page)
  },
  'no-ticket': (page, url) => page.goto(`${url}/login/done`),
  'provider-down': (page, url) => page.goto(`${url}/login/corp`),
  'not-found': (page, url) => page.goto(`${url}/login/none`),
  async refused(page, url) {
    await page.goto(`${url}/admin`)
    await signIn(page, 'ben')
  },
  'signed-in': (page, url) => page.goto(`${url}/login`),
  'ask-sign-out': (page, url) => page.goto(`${url}/login/logout`),
  'signed-out': (page) => page.getByRole('button', { name: 'Sign out' }).click(),
}

const demoJourney = (password: string): Journey => ({
  'demo-lounge': (page, url) => page.goto(`${url}/lounge`),
  async 'demo-front'(page, url) {
    await page.goto(`${url}/`)
    await signIn(page, 'ada', password)
  },
  'demo-admin': (page, url) => page.goto(`${url}/admin`),
  'demo-not-found': (page, url) => page.goto(`${url}/none`),
})

async function look(t: Test, page: Page, name: string): Promise<void> {
  if (process.env.AUTHTKT_SHOTS) await page.screenshot({ path: `${process.env.AUTHTKT_SHOTS}/${name}.png` })
  t.equal(await page.evaluate(WIDE), false, 'nothing to scroll sideways')
  t.same(await page.evaluate(SMALL), [], `everything to press is ${THUMB} px high`)
  await page.evaluate(AXE)
  const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults
  t.ok(passes.length > 5)
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  t.same(
    bad.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) })),
    [],
    'nothing serious for axe',
  )
}

async function lookAtAll(t: Test, browser: Browser, url: string, journey: Journey, refusing: string): Promise<void> {
  for (const { name: who, ...options } of PEOPLE) {
    // axe is a script, which our pages allow none of; all other tests are with their policy.
    const visits = { ...options, bypassCSP: true, refusing }
    const visiting: Visiting = async (t, { page }) => {
      for (const [name, go] of Object.entries(journey)) {
        await go(page, url, who)
        await t.test(name, (t) => look(t, page, `${name}-${who}`))
      }
    }
    await visit(t, browser, who, visiting, visits)
  }
}

t.test('the pages of the login', { skip }, async (t) => {
  const corp = {
    name: 'corp',
    label: 'Example Corporation & Co',
    issuer: 'http://127.0.0.1:1',
    clientId: CLIENTS.public.id,
  }
  const throttle = { account: { free: 1, longest: 60 }, address: { free: 1000 } }
  const login = { providers: [corp], throttle, backHosts: ['*.localhost'] }
  const [browser, site] = await Promise.all([launch(t), startSite(t, { login })])
  await lookAtAll(t, browser, site.url, JOURNEY, `${site.url}/login/none`)
})

t.test("the demo's pages", { skip }, async (t) => {
  const demo = spawn(process.execPath, ['dist/cli/demo/main.js', '--listen', '127.0.0.1:0'])
  const ended = once(demo, 'exit')
  t.teardown(async () => {
    demo.kill('SIGTERM')
    await ended
  })
  const browser = await launch(t)
  let told = ''
  for await (const text of demo.stdout.setEncoding('utf8')) {
    told += text
    if (told.includes('Stop with')) break
  }
  const [, url = ''] = /Open +(\S+)\//.exec(told) ?? []
  const [, password = ''] = /User +ada +Password +(\S+)/.exec(told) ?? []
  await lookAtAll(t, browser, url, demoJourney(password), `${url}/none`)
})
