/**
 * What the guard is asked: named, deterministic sets of requests as a browser sends them, with the decision that each
 * must get. The tickets are those of `workloads.ts`, made from the recipe and not by the guard.
 */
import type { GuardOptions, GuardRequest, Key } from 'authtkt'
import type { Digest } from './workloads.js'
import { CLIENTS, SECRET, tickets, ticketText } from './workloads.js'

export interface Expected {
  readonly kind: 'allow' | 'redirect'
  /** Why it is refused. */
  readonly reason?: 'absent' | 'digest' | 'expired'
  /** Cookies that go out with it. */
  readonly cookies: number
}

export interface GuardWorkload {
  readonly digest: Digest
  readonly keys: readonly Key[]
  readonly options: GuardOptions
  readonly requests: readonly GuardRequest[]
  /** The cookie value of each request, for the verifier alone. */
  readonly values: readonly (string | undefined)[]
  readonly expected: Expected
}

/** The last ticket of a batch is 255 s younger than the first: none is due, and none in the future. */
const NOW = 1_700_003_000
const DUE = NOW + 2000
const LATE = NOW + 20_000
const MANY = 10_000

/** A string as Node's parser makes them: neither shared with another one nor known to V8's table. */
function fresh(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

/** The 12 lines of Firefox, in its order. */
function headersOf(host: string, cookie: string | undefined): string[] {
  const lines = {
    Host: host,
    'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language': 'en-US,en;q=0.5',
    'Accept-Encoding': 'gzip, deflate, br, zstd',
    Connection: 'keep-alive',
    Cookie: cookie === undefined ? 'theme=dark' : `theme=dark; auth_tkt=${cookie}`,
    'Upgrade-Insecure-Requests': '1',
    'Sec-Fetch-Dest': 'document',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Site': 'same-origin',
    Priority: 'u=0, i',
  }
  return Object.entries(lines).flat().map(fresh)
}

interface Shape {
  readonly compat?: 'exact' | 'hardened'
  readonly digest?: Digest
  readonly areas?: number
  readonly patterns?: boolean
  readonly hosts?: number
  readonly now?: number
  readonly ticket?: 'good' | 'none' | 'forged' | 'old key'
  readonly expected?: Expected
}

function keysOf({ digest = 'md5', ticket }: Shape): Key[] {
  const newer = { secret: 'u9EcB4dHpZ7mGfR2kYs5wLa0Tx8Qv3Jn', digest }
  return [...(ticket === 'old key' ? [newer] : []), { secret: SECRET, digest }]
}

function optionsOf(shape: Shape): GuardOptions {
  const { compat = 'hardened', areas = 10, patterns, hosts = 0 } = shape
  const area = (i: number) => (patterns ? { pattern: `^/app${i}/page/[0-9]+` } : { path: `/app${i}` })
  const list = Array.from({ length: areas }, (_, i) => ({ ...area(i), tokens: ['reader1'] }))
  return {
    compat,
    keys: keysOf(shape),
    loginUrl: 'https://login.example.com/',
    areas: list,
    ...(hosts > 0
      ? { hosts: Array.from({ length: hosts }, (_, i) => ({ names: [`host${i}.example.com`], areas: list })) }
      : {}),
  }
}

function cookieValue(digest: Digest, ip: string, i: number, kind: Shape['ticket']): string | undefined {
  if (kind === 'none') return undefined
  const all = tickets('typical')
  const text = ticketText(digest, SECRET, ip, all[i % all.length] as (typeof all)[number])
  const sent = kind === 'forged' ? (text[0] === 'f' ? '0' : 'f') + text.slice(1) : text
  return fresh(Buffer.from(sent, 'latin1').toString('base64'))
}

function made(shape: Shape): GuardWorkload {
  const { digest = 'md5', areas = 10, hosts = 0, now = NOW, ticket = 'good' } = shape
  const clients = CLIENTS.map(fresh)
  const values = clients.map((ip, i) => cookieValue(digest, ip, i, ticket))
  const requests = clients.map((ip, i) => ({
    method: 'GET',
    // Steps of 37: neighbours in the batch are no neighbours in the configuration.
    url: fresh(`/app${(i * 37) % areas}/page/${i}?item=${i}`),
    headers: headersOf(hosts > 0 ? `host${(i * 37) % hosts}.example.com` : 'www.example.com', values[i]),
    ip,
    tls: false,
    now,
  }))
  const expected = shape.expected ?? { kind: 'allow', cookies: 0 }
  return { digest, keys: keysOf(shape), options: optionsOf(shape), requests, values, expected }
}

const SHAPES: Readonly<Record<string, Shape>> = {
  'allow, exact': { compat: 'exact' },
  'allow, hardened': {},
  'allow, exact, sha256': { compat: 'exact', digest: 'sha256' },
  'allow, hardened, sha256': { digest: 'sha256' },
  'allow, exact, sha512': { compat: 'exact', digest: 'sha512' },
  'allow, hardened, sha512': { digest: 'sha512' },
  'no ticket': { ticket: 'none', expected: { kind: 'redirect', reason: 'absent', cookies: 0 } },
  'no ticket, exact': { compat: 'exact', ticket: 'none', expected: { kind: 'redirect', reason: 'absent', cookies: 0 } },
  forged: { ticket: 'forged', expected: { kind: 'redirect', reason: 'digest', cookies: 0 } },
  expired: { now: LATE, expected: { kind: 'redirect', reason: 'expired', cookies: 1 } },
  refreshed: { now: DUE, expected: { kind: 'allow', cookies: 1 } },
  'old key': { ticket: 'old key', expected: { kind: 'allow', cookies: 1 } },
}

/** How a decision's cost grows with the site; hardened guards, MD5. */
const SITES: Readonly<Record<string, Shape>> = {
  '10 areas': {},
  '100 areas': { areas: 100 },
  '1 000 areas': { areas: 1000 },
  '10 000 areas': { areas: MANY },
  '10 patterns': { patterns: true },
  '10 000 patterns': { areas: MANY, patterns: true },
  '10 hosts': { hosts: 10 },
  '10 000 hosts': { hosts: MANY },
}

export const GUARD_ROWS: readonly string[] = Object.keys(SHAPES)
export const SITE_ROWS: readonly string[] = Object.keys(SITES)

export function guardWorkload(name: string): GuardWorkload {
  const shape = SHAPES[name] ?? SITES[name]
  if (!shape) throw new Error(`No workload is called ${name}`)
  return made(shape)
}
