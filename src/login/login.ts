/** The login: a request for one of its pages in, the page out. */

import type { Answer } from '../adapters/answer.js'
import { TktError } from '../errors.js'
import type { Visit } from '../policy/visit.js'
import type { Attempts } from '../state/attempts.js'
import type { PasswordAuthenticator, Provider } from './authenticators/authenticator.js'
import { originOf } from './back.js'
import { carefulAuthenticator, carefulProvider } from './careful.js'
import { ownCookies } from './cookies.js'
import type { Asked, Desk, LoginEvent } from './desk.js'
import { beginElsewhere, finishElsewhere } from './elsewhere.js'
import { donePage } from './enter.js'
import { createLookUp } from './look-up.js'
import { type Messages, messagesOf } from './messages.js'
import { pageMaker, styleAnswer } from './page.js'
import { troublePage } from './pages.js'
import { signInWithPassword } from './password.js'
import { type RingKey, secretsByRing } from './secrets.js'
import { signInPage } from './sign-in.js'
import { signOut, signOutPage } from './sign-out.js'
import { createThrottle, type ThrottleOptions } from './throttle.js'

export interface LoginOptions {
  /** Where its pages are, without a slash at the end. Default `/login`. */
  readonly path?: string
  /**
   * The guard's keys, or those of each of its hosts: forms, known browsers and flows are signed and sealed with what is
   * derived from them.
   */
  readonly keys: readonly RingKey[] | ((host: number | undefined) => readonly RingKey[])
  /** Asked one after the other. */
  readonly authenticators?: readonly PasswordAuthenticator[]
  readonly providers?: readonly Provider[]
  /** Counts of failed tries; shared by all processes that sign the same people in. */
  readonly attempts: Attempts
  /** How many tries are free, and the longest wait, for an account, an address, a known browser. */
  readonly throttle?: Pick<ThrottleOptions, 'account' | 'address' | 'device'>
  /** Hosts that people may be sent back to, `*.example.com` among them, beside the one that they sign in at. */
  readonly backHosts?: readonly string[]
  /** Where people go who came from nowhere: a path or an URL. Default `/`. */
  readonly home?: string
  /** The login's URL as browsers and providers know it, `https://login.example.com/login`. Default: as the client calls it. */
  readonly url?: string
  /**
   * Passwords go on in signed tickets, sealed with the guard's `passthruKey`, for applications that ask for them. Default
   * false.
   */
  readonly passthru?: boolean
  /** What to say in place of the English words. */
  readonly messages?: Partial<Messages>
  /** For logs and metrics; what it throws is dropped. */
  readonly onEvent?: (event: LoginEvent) => void
}

/** A request for a page of the login. */
export interface LoginRequest {
  readonly method: string
  /** The guard's view of it; undefined where no area of the guard is there: 400. */
  readonly visit: Visit | undefined
  /** The Sec-Fetch-Site and Origin headers. */
  readonly fetchSite: string | undefined
  readonly origin: string | undefined
  readonly contentType: string | undefined
  readonly now: number
  /** The body; undefined where it is longer than a form can be. */
  readonly body: () => Promise<string | undefined>
}

export interface Login {
  readonly path: string
  /** Each of its pages: no area may ask for a user at one of them. */
  readonly paths: readonly string[]
  answer(request: LoginRequest): Promise<Answer>
  /** Lets go of files and connections. */
  close(): Promise<void>
}

const PAGES = ['style.css', 'done', 'logout']
const PATH = /^(?:\/[A-Za-z0-9._~-]+)+$/
/** No `//host`, and nothing that a browser would run. */
const HOME = /^(?:\/(?![/\\])|https?:\/\/[^/])[!-~]*$/i
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/

/** @throws TktError `ERR_TKT_OPTIONS` on options that make no sense */
export function createLogin(options: LoginOptions): Login {
  const desk = deskOf(options)
  return {
    path: desk.path,
    paths: pathsOf(desk),
    answer: (request) => answer(desk, request),
    async close() {
      await Promise.all(desk.authenticators.map((one) => one.close?.()))
    },
  }
}

function deskOf(options: LoginOptions): Desk {
  const { path = '/login', authenticators = [], providers = [], home = '/', url } = options
  const fail = (message: string) => {
    throw new TktError('ERR_TKT_OPTIONS', `login: ${message}`)
  }
  if (!PATH.test(path)) fail('path must be a plain path without a slash at its end, such as /login')
  if (authenticators.length + providers.length === 0) fail('nobody could sign in; give authenticators or providers')
  const names = providers.map(({ name }) => name)
  const bad = names.find((name, i) => !NAME.test(name) || PAGES.includes(name) || names.indexOf(name) !== i)
  if (bad !== undefined) fail(`the provider's name '${bad}' is taken, or not of small letters, digits and -`)
  if (!HOME.test(home) || !URL.canParse(home, 'https://host')) fail('home must be a path, or an URL with http or https')
  if (home.startsWith('/') && isBelow(new URL(home, 'https://host').pathname, path)) {
    fail('home must lie outside of the login')
  }
  if (url !== undefined && !endsIn(url, path)) {
    fail(`url must be an URL that ends in the path, such as https://login.example.com${path}`)
  }
  const { keys } = options
  const keysOf = typeof keys === 'function' ? keys : () => keys
  if (typeof keys !== 'function' && keys.length === 0) fail("needs the guard's keys; give keys")
  const messages = messagesOf(options.messages)
  const careful = authenticators.map((one) => carefulAuthenticator(one))
  const elsewhere = providers.map(carefulProvider)
  return {
    path,
    home,
    url: url?.replace(/\/$/, ''),
    back: { hosts: (options.backHosts ?? []).map((host) => host.toLowerCase()) },
    authenticators: careful,
    providers: elsewhere,
    lookUp: createLookUp(careful, elsewhere),
    passthru: options.passthru === true,
    messages,
    secrets: secretsByRing(keysOf),
    throttle: createThrottle({ ...options.throttle, attempts: options.attempts }),
    page: pageMaker(path, messages),
    tell(event) {
      try {
        options.onEvent?.(event)
      } catch {
        // A log must not keep anybody out.
      }
    },
  }
}

function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(`${path}/`)
}

function endsIn(url: string, path: string): boolean {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return false
  const { pathname, search, hash } = new URL(url)
  return pathname.replace(/\/$/, '') === path && search + hash === ''
}

type Page = (desk: Desk, asked: Asked) => Promise<Answer> | Answer

interface Entry {
  readonly get: Page
  readonly post?: Page
  /** It does something: HEAD, which asks what GET would answer, must not. */
  readonly acts?: true
}

const STYLESHEET: Entry = { get: () => styleAnswer() }
const SIGN_IN: Entry = { get: signInPage, post: signInWithPassword }
const SIGN_OUT: Entry = { get: signOutPage, post: signOut }

function entryOf(desk: Desk, rest: string): Entry | undefined {
  switch (rest) {
    case '':
    case '/':
      return SIGN_IN
    case '/style.css':
      return STYLESHEET
    case '/done':
      return { get: donePage }
    case '/logout':
      return SIGN_OUT
  }
  const [, name, callback] = /^\/([^/]+)(\/callback)?$/.exec(rest) ?? []
  const provider = desk.providers.find((one) => one.name === name)
  if (provider === undefined) return undefined
  const page = callback === undefined ? beginElsewhere : finishElsewhere
  return { get: (_, asked) => page(desk, asked, provider), acts: true }
}

function pathsOf({ path, providers }: Desk): string[] {
  const others = providers.flatMap(({ name }) => [name, `${name}/callback`])
  return [path, ...['', ...PAGES, ...others].map((rest) => `${path}/${rest}`)]
}

async function answer(desk: Desk, request: LoginRequest): Promise<Answer> {
  const { messages } = desk
  const { visit, method } = request
  const origin = visit && originOf(visit.tls, visit.host)
  if (visit === undefined || origin === undefined) {
    return troublePage(desk, 400, messages.troubleTitle, messages.notFound)
  }
  const entry = entryOf(desk, visit.path.slice(desk.path.length))
  if (entry === undefined) return troublePage(desk, 404, messages.notFoundTitle, messages.notFound)
  const allowed = ['GET', ...(entry.acts ? [] : ['HEAD']), ...(entry.post ? ['POST'] : [])]
  const page = method === 'POST' ? entry.post : entry.get
  if (page === undefined || !allowed.includes(method)) {
    const allow = allowed.join(', ')
    return troublePage(desk, 405, messages.methodTitle, messages.method, undefined, [['Allow', allow]])
  }
  if (visit.settings.requireSsl && !visit.tls && entry !== STYLESHEET) {
    return troublePage(desk, 403, messages.signIn, messages.insecure)
  }
  const answered = await page(desk, askedOf(desk, request, visit, origin))
  return method === 'HEAD' ? { ...answered, setCookies: [] } : answered
}

function askedOf(desk: Desk, request: LoginRequest, visit: Visit, origin: string): Asked {
  const { fetchSite, contentType, method, now } = request
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType ?? '')
  return {
    visit,
    origin,
    cookies: ownCookies(visit.cookies, desk.path, visit.tls),
    secrets: desk.secrets(visit.hostIndex, now),
    asksOnly: method === 'HEAD',
    own: fetchSite === undefined ? (request.origin ?? origin) === origin : /^(?:same-origin|none)$/.test(fetchSite),
    now,
    async form() {
      const body = isForm ? await request.body() : undefined
      return body === undefined ? undefined : new URLSearchParams(body)
    },
  }
}
