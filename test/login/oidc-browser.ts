/** A browser at an OpenID provider: cookies, redirects, forms. And what every test of signing in there begins with. */

import type { Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import { request } from 'undici'
import {
  CLIENTS,
  type Options,
  PASSWORD,
  type Running,
  startOidcProvider,
} from '../../native-fixtures/oidc-provider.mjs'
import type { Finished, Flow, Provider } from '../../src/login/authenticators/authenticator.js'
import { type OidcOptions, oidc } from '../../src/login/authenticators/oidc.js'

export const CALLBACK = 'https://login.example.com/login/provider/callback'
export const AFTER = 'https://login.example.com/signed-out'

/** Where a browser has come to: a page of the provider's, or a URL that is not the provider's any more. */
export interface Page {
  readonly url: string
  readonly status: number
  readonly body: string
}

export interface Browser {
  open(url: string): Promise<Page>
  /** Fills in the page's form and presses the button with that text. */
  submit(page: Page, button: RegExp, fields?: Readonly<Record<string, string>>): Promise<Page>
}

/** Stays at `origin`: a redirect to elsewhere is where it ends. */
export function browser(origin: string): Browser {
  const jar = new CookieJar()

  async function go(url: string, form?: URLSearchParams): Promise<Page> {
    if (new URL(url).origin !== origin) return { url, status: 0, body: '' }
    const { statusCode, headers, body } = await request(url, {
      method: form ? 'POST' : 'GET',
      headers: {
        cookie: await jar.getCookieString(url),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: form ? `${form}` : null,
    })
    for (const cookie of [headers['set-cookie'] ?? []].flat()) await jar.setCookie(cookie, url)
    const text = await body.text()
    if (typeof headers.location === 'string') return go(new URL(headers.location, url).href)
    return { url, status: statusCode, body: text }
  }

  return {
    open: go,
    submit({ url, body }, button, fields = {}) {
      const action = /<form[^>]* action="([^"]+)"/.exec(body)?.[1] ?? ''
      const form = new URLSearchParams(fields)
      for (const [, name = '', value = ''] of body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) {
        form.set(name, value)
      }
      for (const [, attributes = '', text = ''] of body.matchAll(/<button([^>]*)>([^<]*)/g)) {
        const name = / name="([^"]+)"/.exec(attributes)?.[1]
        if (button.test(text) && name) form.set(name, / value="([^"]+)"/.exec(attributes)?.[1] ?? '')
      }
      return go(new URL(action, url).href, form)
    },
  }
}

/** A provider that ends with the test. */
export async function provider(t: Test, more: Partial<Options> = {}): Promise<Running> {
  const running = await startOidcProvider({ redirectUris: [CALLBACK], postLogoutRedirectUris: [AFTER], ...more })
  t.teardown(running.stop)
  return running
}

/** Our side of it: the client with a secret, unless told otherwise. */
export function ours({ issuer }: Pick<Running, 'issuer'>, more: Partial<OidcOptions> = {}): Provider {
  return oidc({ name: 'corp', issuer, clientId: CLIENTS.post.id, clientSecret: CLIENTS.post.secret, ...more })
}

export interface Returned {
  readonly url: URL
  readonly flow: Flow
  readonly browser: Browser
}

/** Begins, signs in at the provider, and has come back with the answer. */
export async function comeBack(t: Test, us: Provider, account: string, button = /^Sign in/): Promise<Returned> {
  const begun = await us.begin(CALLBACK)
  if (!begun.ok) throw new Error(`did not begin: ${begun.cause}`)
  const there = browser(new URL(begun.url).origin)
  const form = await there.open(begun.url)
  t.match(form, { status: 200, body: /<label for="account">/ }, 'the provider asks')
  const end = await there.submit(form, button, { account, password: PASSWORD })
  t.ok(end.url.startsWith(`${CALLBACK}?`), 'and sends the browser back')
  return { url: new URL(end.url), flow: begun.flow, browser: there }
}

/** From the button to the account. */
export async function signIn(t: Test, us: Provider, account: string): Promise<Finished> {
  const { url, flow } = await comeBack(t, us, account)
  return us.finish(url, flow)
}

/** What must never be told: everything secret or personal that went over the wire or lies in the flow. */
export function secretsOf({ url, flow }: Pick<Returned, 'url' | 'flow'>): string[] {
  return [
    ...url.searchParams.values(),
    ...Object.values(flow),
    CLIENTS.post.secret,
    'shared@example.com',
    'Alice',
    '1001',
  ]
}

/** That it is unavailable, for that cause, which is made of nothing but words we know. */
export function unavailable(
  t: Test,
  finished: Finished,
  cause: string | RegExp,
  came: Pick<Returned, 'url' | 'flow'>,
): void {
  t.match(finished, {
    ok: false,
    reason: 'unavailable',
    cause: typeof cause === 'string' ? new RegExp(`^${cause}$`) : cause,
  })
  const told = JSON.stringify(finished)
  for (const secret of secretsOf(came)) t.notOk(told.includes(secret), 'nothing secret in it')
}
