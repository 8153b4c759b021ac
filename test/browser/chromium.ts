/** A real browser for a file of tests. Everything that it complains about fails the test that it happens in. */

import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { CHROMIUM, chromiumMissing, htpasswdMissing } from '../../native-fixtures/debian.mjs'

const missing = chromiumMissing() ?? htpasswdMissing()
/** The option of a test that needs the browser and its people. */
export const skip = missing ? `skipped: ${missing}` : false

/** Root has no sandbox; and nothing but this machine is ever asked. */
export const ARGS = ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost']
const PATIENCE = 15_000
/** What Chromium says of every answer that is no success; pages that refuse are such answers. */
const REFUSAL = /^Failed to load resource: the server responded with a status of (?:403|429|503) /

export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** All requests so far, of all tabs: method and URL. */
  readonly requests: readonly string[]
}

export interface Visits extends BrowserContextOptions {
  /** URLs that begin so may refuse in any way: they are not ours, or not there. */
  readonly refusing?: string
}

export type Visiting = (t: Test, visitor: Visitor) => Promise<unknown>

/**
 * Ends with the test. `remembering`: with pages that come back whole, without a request, as in people's browsers;
 * Playwright does not notice that they have come back.
 */
export async function launch(t: Test, remembering = false): Promise<Browser> {
  const ignoreDefaultArgs = remembering ? ['--disable-back-forward-cache'] : []
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS, ignoreDefaultArgs })
  t.teardown(() => browser.close())
  return browser
}

/** A test with a fresh visitor: no cookies, one tab. */
export function visit(
  t: Test,
  browser: Browser,
  name: string,
  visiting: Visiting,
  { refusing, ...options }: Visits = {},
): Promise<unknown> {
  return t.test(name, async (t) => {
    const context = await browser.newContext(options)
    try {
      await watched(t, context, visiting, refusing)
    } finally {
      await context.close()
    }
  })
}

/** Runs `visiting`, then tells what the pages have complained about. */
export async function watched(t: Test, context: BrowserContext, visiting: Visiting, refusing?: string): Promise<void> {
  const requests: string[] = []
  const complaints: string[] = []
  context.setDefaultTimeout(PATIENCE)
  context.on('request', (request) => requests.push(`${request.method()} ${request.url()}`))
  // A violation of the Content-Security-Policy is one of them.
  context.on('console', (message) => {
    const isTheirs = refusing !== undefined && message.location().url.startsWith(refusing)
    const isExpected = isTheirs || REFUSAL.test(message.text())
    if (/^(?:error|warning)$/.test(message.type()) && !isExpected) complaints.push(message.text())
  })
  context.on('weberror', (error) => complaints.push(String(error.error())))
  context.on('requestfailed', (request) => {
    // A page that is left takes what it was still loading along.
    const why = request.failure()?.errorText ?? ''
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${why}`)
  })
  await visiting(t, { context, page: await context.newPage(), requests })
  t.same(complaints, [], 'and the browser has nothing to complain about')
}

/** Waits until it is so: asks again, as there is nobody who would tell. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`never: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The browser's own buttons. Right behind a navigation Chromium may be exchanging the page, and cannot be asked yet. */
export async function press(page: Page, button: 'back' | 'forward'): Promise<void> {
  await until(`the ${button} button`, async () => {
    try {
      await (button === 'back' ? page.goBack() : page.goForward())
      return true
    } catch (error) {
      if (/Not attached to an active page/.test(String(error))) return false
      throw error
    }
  })
}
