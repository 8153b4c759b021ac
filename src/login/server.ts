/** The demo server: one protected page, a sign-in form, a ticket in a cookie that is verified on every request. */

import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { cookieHeader, findCookie } from '../http/cookie.js'
import { createIssuer } from '../ticket/issue.js'
import { createVerifier } from '../ticket/verify.js'
import type { VerifyResult } from '../types.js'
import { messagePage, protectedPage, signInPage } from './page.js'

export interface DemoOptions {
  readonly secret: Uint8Array
  readonly user: string
  readonly password: string
  /** Seconds that a ticket is good for. */
  readonly timeout: number
  /** Unix time in whole seconds. */
  readonly now: () => number
}

const COOKIE = 'auth_tkt'
const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'
const BODY_MAX = 4096
const METHODS: ReadonlyMap<string, readonly string[]> = new Map([
  ['/', ['GET', 'HEAD']],
  ['/login', ['GET', 'HEAD', 'POST']],
  ['/logout', ['POST']],
])
const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
}

interface Answer {
  readonly status: number
  readonly body?: string
  readonly headers?: Record<string, string>
}

/** The demo's server, not yet listening. */
export function createDemo(options: DemoOptions): Server {
  const keys = [{ secret: options.secret, digest: 'sha256' as const }]
  const verifier = createVerifier({ keys, timeout: options.timeout })
  const issuer = createIssuer({ keys })

  function ticketOf(request: IncomingMessage): VerifyResult {
    const value = findCookie(cookieHeader(pairs(request.rawHeaders)), COOKIE)
    return verifier.verify(value, { ip: request.socket.remoteAddress, now: options.now() })
  }

  async function signIn(request: IncomingMessage): Promise<Answer> {
    if (!fromOurPage(request)) return refusal(403, 'Not from this page', 'This sign-in came from another site.')
    const body = await readBody(request)
    if (body === undefined) return refusal(413, 'Too long', `A sign-in takes at most ${BODY_MAX} bytes.`)
    const form = new URLSearchParams(body)
    const uid = form.get('uid') ?? ''
    const known = same(uid, options.user)
    if (!same(form.get('password') ?? '', options.password) || !known) {
      // Not no-store: the back button, pressed after a second try, would ask to send the form once more.
      const headers = { 'Cache-Control': 'private, no-cache' }
      return { status: 403, body: signInPage('This user and password do not go together.', uid), headers }
    }
    const fields = { uid: options.user, tokens: ['demo'] }
    const value = issuer.issue(fields, { ip: request.socket.remoteAddress, now: options.now() })
    return seeOther('/', `${COOKIE}=${value}; ${ATTRIBUTES}`)
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '/').replace(/\?.*$/s, '')
    const methods = METHODS.get(path)
    if (!methods) return refusal(404, 'Not found', 'There is no such page.')
    const method = request.method ?? ''
    if (!methods.includes(method)) {
      const allow = methods.join(', ')
      return { ...refusal(405, 'Not so', `This page takes ${allow}.`), headers: { Allow: allow } }
    }
    if (path === '/logout') {
      if (!fromOurPage(request)) return refusal(403, 'Not from this page', 'This sign-out came from another site.')
      return seeOther('/login', `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}`)
    }
    if (method === 'POST') return signIn(request)
    if (path === '/login') return { status: 200, body: signInPage() }
    const result = ticketOf(request)
    if (!result.ok) return seeOther('/login')
    return { status: 200, body: protectedPage(result.ticket, result.ticket.issuedAt + options.timeout) }
  }

  return createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      // A client that went away while sending is the only way here; nobody is left to answer.
      () => response.destroy(),
    )
  })
}

/** Node itself leaves the body out of an answer to HEAD. */
function send(response: ServerResponse, { status, body = '', headers = {} }: Answer): void {
  const length = { 'Content-Length': String(Buffer.byteLength(body)) }
  response.writeHead(status, { ...HEADERS, ...length, ...headers })
  response.end(body)
}

function refusal(status: number, title: string, sentence: string): Answer {
  return { status, body: messagePage(title, sentence) }
}

function seeOther(location: string, cookie?: string): Answer {
  return { status: 303, headers: { Location: location, ...(cookie === undefined ? {} : { 'Set-Cookie': cookie }) } }
}

function* pairs(rawHeaders: readonly string[]): Generator<[string, string]> {
  for (let i = 0; i < rawHeaders.length; i += 2) yield [rawHeaders[i] as string, rawHeaders[i + 1] as string]
}

/** Browsers say where a form comes from; a form on another site must neither sign anybody in nor out. */
function fromOurPage(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const { origin } = request.headers
  return origin === undefined || origin === `http://${request.headers.host}`
}

/** The body as text, or undefined where it is longer than a sign-in can be; Node drops the rest. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request) {
    length += (part as Buffer).length
    if (length > BODY_MAX) return undefined
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** Compares without telling by its time where the texts differ. */
function same(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(expected))
}
