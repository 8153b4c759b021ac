/** A login behind a guard on a free loopback port, with a clock that tests turn, and a browser that keeps cookies. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { Cookie, CookieJar } from 'tough-cookie'
import { type Dispatcher, request } from 'undici'
import { guardRequest } from '../../src/adapters/node-request.js'
import { createGuard } from '../../src/index.js'
import type { Checked, Credentials, PasswordAuthenticator } from '../../src/login/authenticators/authenticator.js'
import type { LoginEvent } from '../../src/login/desk.js'
import { createLogin, type LoginOptions } from '../../src/login/login.js'
import { answerPage } from '../../src/login/node.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { createMemoryAttempts } from '../../src/state/memory-attempts.js'

export const NOW = 1_700_000_000
export const SECRET = 'a secret of the login tests'
export const UID = 'ada'
export const PASSWORD = 'open sesame & <more>'

/** Knows one person, and counts how often it was asked. */
export function onePerson(): PasswordAuthenticator & { asked: Credentials[] } {
  const asked: Credentials[] = []
  return {
    name: 'one-person',
    asked,
    async check(credentials): Promise<Checked> {
      asked.push(credentials)
      const known = credentials.uid.toLowerCase() === UID && credentials.password === PASSWORD
      if (!known) return { ok: false, reason: 'wrong' }
      return { ok: true, account: { uid: UID, tokens: ['staff'], userData: 'Ada L' } }
    },
  }
}

export interface Answer {
  readonly url: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
  readonly location: string | undefined
  readonly setCookies: readonly string[]
}

export interface Asking {
  readonly method?: Dispatcher.HttpMethod
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly from?: string
}

export interface Browser {
  readonly jar: CookieJar
  /** The Cookie header that it would send there now. */
  cookies(path: string): Promise<string>
  /** One request; redirects are not followed. */
  ask(path: string, asking?: Asking): Promise<Answer>
  /** Opens the sign-in page and sends its form. */
  signIn(fields?: Record<string, string>, page?: string): Promise<Answer>
  /** Sends the form that a page has shown. */
  send(page: Answer, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
}

export interface Desk {
  readonly origin: string
  readonly port: number
  readonly clock: { now: number }
  readonly events: LoginEvent[]
  browser(): Browser
}

export interface DeskSetup {
  readonly guard?: Partial<GuardOptions>
  readonly login?: Partial<LoginOptions>
  readonly host?: string
}

/** Starts a login that ends with the test. */
export async function desk(t: Test, { guard = {}, login = {}, host = '127.0.0.1' }: DeskSetup = {}): Promise<Desk> {
  const clock = { now: NOW }
  const events: LoginEvent[] = []
  const pages = createLogin({
    keys: [{ secret: SECRET }],
    authenticators: [onePerson()],
    attempts: createMemoryAttempts(),
    onEvent: (event) => events.push(event),
    ...login,
  })
  const keeper = createGuard({
    keys: [{ secret: SECRET, digest: 'sha256' }],
    loginUrl: pages.path,
    areas: [{ path: '/' }, { path: pages.path, require: 'granted' }],
    ...guard,
  })
  const server = createServer((message, response) => {
    const { now } = clock
    const asked = guardRequest(message, message.url as string, message.socket.remoteAddress, now)
    answerPage(pages, message, response, keeper.visit(asked), now).catch((error) => {
      t.error(error)
      response.destroy()
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.teardown(async () => {
    server.close()
    server.closeAllConnections()
    await pages.close()
  })
  const { port } = server.address() as AddressInfo
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  return { origin, port, clock, events, browser: () => openBrowser(origin, pages.path, clock) }
}

/** `apart`: each request over a connection of its own. */
export function openBrowser(origin: string, path: string, clock: { readonly now: number }, apart = false): Browser {
  const jar = new CookieJar()

  /** By the clock that the tests turn: the jar's own is the machine's. */
  async function cookies(to: string): Promise<string> {
    const all = await jar.getCookies(new URL(to, origin).href, { expire: false })
    const isGood = ({ expires }: Cookie) => !(expires instanceof Date) || expires.getTime() > clock.now * 1000
    return all
      .filter(isGood)
      .map((cookie) => cookie.cookieString())
      .join('; ')
  }

  async function keep(line: string, url: string): Promise<void> {
    const now = new Date(clock.now * 1000)
    const cookie = Cookie.parse(line)
    if (typeof cookie?.maxAge === 'number') {
      cookie.expires = new Date(now.getTime() + cookie.maxAge * 1000)
      cookie.maxAge = null
    }
    if (cookie) await jar.setCookie(cookie, url, { now, ignoreError: true })
  }

  async function ask(to: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> {
    const url = new URL(to, origin).href
    const cookie = await cookies(url)
    const answer = await request(url, {
      method,
      headers: { ...(cookie !== '' && { cookie }), ...headers },
      body: body ?? null,
      reset: apart,
    })
    const setCookies = [answer.headers['set-cookie'] ?? []].flat()
    for (const line of setCookies) await keep(line, url)
    const location = answer.headers.location
    return {
      url,
      status: answer.statusCode,
      headers: answer.headers,
      body: await answer.body.text(),
      location: typeof location === 'string' ? location : undefined,
      setCookies,
    }
  }

  function send(page: Answer, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(page.body) ?? []
    const hidden = [...page.body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
    const shown = Object.fromEntries(hidden.map(([, name, value]) => [name, plain(value as string)]))
    return ask(action, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ ...shown, ...fields }).toString(),
    })
  }

  return {
    jar,
    cookies,
    ask,
    send,
    signIn: async (fields = {}, page = path) => send(await ask(page), { uid: UID, password: PASSWORD, ...fields }),
  }
}

/** HTML's escapes undone. */
export function plain(html: string): string {
  return html.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
}
