/** No spelling of a path gets past an area: neither past our reading of it, nor past that of more lenient software. */

import fc from 'fast-check'
import t from 'tap'
import { readTarget } from '../../../src/http/target.js'
import { guardOf, inShort, requestOf } from '../guards.js'

/** /admin inside what is open; all but /public inside what is guarded. */
const inside = guardOf({
  areas: [
    { path: '/', require: 'granted' },
    { path: '/admin', require: 'valid-user', tokens: ['admin'] },
  ],
})
const outside = guardOf({ areas: [{ path: '/' }, { path: '/public', require: 'granted' }] })
const exactInside = guardOf({
  compat: 'exact',
  areas: [
    { path: '/', require: 'granted' },
    { path: '/admin', require: 'valid-user', tokens: ['admin'] },
  ],
})

const SPELLINGS = [
  '/admin /admin/ /admin? /admin?x /admin/. /admin/x/.. //admin /./admin /x/../admin /x/%2e%2e/admin /x/%2E%2e/admin',
  '/public/../admin /public/%2e%2e/admin /public/..%2fadmin /public%2f..%2fadmin /public/..%5cadmin /public\\..\\admin',
  '/public/.\\../admin /admin%2f /admin%5c /admin\\ /admin;x /admin;x/y /;x/admin /public/..;/admin /public/..;x=1/admin',
  '/public/%2e%2e;/admin /public/;/../admin /ADMIN /Admin/x /aDMIN%3bx /admin. /admin.. /admin.../x /admin%20 /admin%20/x',
  '/admin%2e /admin%00 /admin%00.html /%61dmin /%2561dmin /%41dmin /%2541DMIN /public/%252e%252e/admin /%252fadmin',
  '/public/%252e%252e%252fadmin /public/%25252e%25252e/admin /public%255c..%255cadmin /admin%253bx /admin%2520',
  '/public/%c0%ae%c0%ae/admin /public/..%c0%afadmin /%c0%afadmin /public/%e0%80%ae%e0%80%ae/admin /public/%f0%80%80%af',
  '/public/..%20/admin /public/.%20./admin /public/..;/admin/%252e%252e/public/x /public/...;/admin /%20/admin /./;/admin',
  '/public/..%2520/admin /admin%zz /admin%0a /ad%01min /public/..%01/admin /../admin /%2e%2e/admin /admin# /admin%09 http://www.example.com/admin',
  'http://www.example.com/x/../admin HTTP://www.example.com//admin http://www.example.com/public/..;/admin',
]
  .join(' ')
  .split(' ')

/** What an upstream may do to a path that it has decoded once, each or not. */
const DECODE = 1
const SLASHES = 2
const PARAMETERS = 4
const TRIM_DOTS = 8
const TRIM_BLANKS = 16
const FOLD = 32
const STRIP_CONTROLS = 64

const decode = (text: string) =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

function readLeniently(url: string, ways: number): string {
  let path = decode((url.split('?')[0] as string).replace(/\0/g, ''))
  if (ways & DECODE) path = decode(path)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a reader that leaves them out
  if (ways & STRIP_CONTROLS) path = path.replace(/[\0-\x1f\x7f]/g, '')
  if (ways & SLASHES) path = path.replaceAll('\\', '/')
  const kept: string[] = []
  for (let segment of path.split('/')) {
    if (ways & PARAMETERS) segment = segment.replace(/;.*$/s, '')
    if (ways & TRIM_BLANKS) segment = segment.replace(/ +$/, '')
    if (segment === '..') kept.pop()
    else {
      if (ways & TRIM_DOTS) segment = segment.replace(/[. ]+$/, '')
      if (segment !== '.' && segment !== '') kept.push(segment)
    }
  }
  path = `/${kept.join('/')}`
  return ways & FOLD ? path.toLowerCase() : path
}

/** Tomcat cuts parameters before it decodes. */
const readAsTomcat = (url: string) => readLeniently(url.replace(/;[^/?]*/g, ''), 0)
const READERS = [readAsTomcat, ...Array.from({ length: 128 }, (_, ways) => (url: string) => readLeniently(url, ways))]
const reachesAdmin = (url: string) => READERS.some((read) => /^\/admin(\/|$)/.test(read(url)))
const leavesPublic = (url: string) => READERS.some((read) => !/^\/public(\/|$)/.test(read(url)))

t.test('no spelling of /admin passes without a ticket', async (t) => {
  for (const url of SPELLINGS) {
    const decision = inside.decide(requestOf({ url }))
    const free = decision.kind === 'pass' && reachesAdmin(decision.url)
    t.notOk(free || decision.kind === 'allow', `${url}: ${inShort(decision)}`)
    const other = outside.decide(requestOf({ url }))
    t.notOk(other.kind === 'allow' || (other.kind === 'pass' && leavesPublic(other.url)), `${url}: ${inShort(other)}`)
  }
})

t.test('each of them is found to be /admin, or refused, or harmless', async (t) => {
  const passed = SPELLINGS.filter((url) => inside.decide(requestOf({ url })).kind === 'pass')
  t.strictSame(passed, ['/public/;/../admin'], 'which are other names')
})

t.test('two Host lines, or none, are refused whatever the path', async (t) => {
  const two = requestOf({ url: '/admin', headers: [['hOST', 'other.example.com']] })
  for (const guard of [inside, outside, exactInside]) {
    t.match(guard.decide(two), { kind: 'error', status: 400 })
    t.match(guard.decide(requestOf({ url: '/admin', host: null })), { kind: 'error', status: 400 })
    t.match(guard.decide(requestOf({ url: '/x', host: null, httpVersion: '1.1' })), { kind: 'error', status: 400 })
  }
})

const PIECES = [
  ...['/', '/', '/', '/', 'admin', 'ADMIN', 'Admin', 'public', 'PUBLIC', 'x', '.', '..', '...', '/..', '/../', '/.'],
  ...['%2e', '%2E%2e', '%2f', '%5c', '\\', ';', ';x=1', '..;', '%3b', '%252e', '%252E%252e', '%252f', '%255c', '%253b'],
  ...[
    '%20',
    '%2520',
    '%01',
    '%0a',
    '%250a',
    '%00',
    '%2500',
    '%c0%ae',
    '%c0%af',
    '%e0%80%ae',
    '%61',
    '%2561',
    '%41',
    '%2541',
    '~',
    ':',
    '*',
    '%7e',
  ],
  ...['%25', '%2525', '%25252e', '?', '?x=/admin', '%zz', '%e9', '\xe9', '%E9', '&', '+', '%2b', '(', "'"],
]
const spelling = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 9 })
  .map((pieces) => `/${pieces.join('')}`)

t.test('hardened: where anything passes, every lenient reader stays where we judged it', async () => {
  fc.assert(
    fc.property(spelling, (url) => {
      const one = inside.decide(requestOf({ url }))
      const two = outside.decide(requestOf({ url }))
      return !(one.kind === 'pass' && reachesAdmin(one.url)) && !(two.kind === 'pass' && leavesPublic(two.url))
    }),
    { numRuns: 20000 },
  )
})

t.test('what is handed on resolves to what was judged, and judging it again changes nothing', async () => {
  fc.assert(
    fc.property(spelling, fc.boolean(), (url, exact) => {
      const guard = exact ? exactInside : inside
      const target = readTarget(url)
      const decision = guard.decide(requestOf({ url }))
      if (decision.kind !== 'pass') return true
      if (typeof target === 'string') return false
      const [path = '', ...query] = decision.url.split('?')
      const again = guard.decide(requestOf({ url: decision.url }))
      return (
        decode(path) === target.path &&
        !/\/\/|\/\.\.?(\/|$)|[^!-~]/.test(path) &&
        !/\/(%2e|\.)+(\/|$)/i.test(path.replace(/\.{3,}/g, 'x')) &&
        (url.includes('?') ? url.endsWith(`?${query.join('?')}`) : query.length === 0) &&
        again.kind === 'pass' &&
        again.url === decision.url &&
        guard.areaOf(requestOf({ url }))?.name === guard.areaOf(requestOf({ url: decision.url }))?.name
      )
    }),
    { numRuns: 10000 },
  )
})

t.test('hostile lengths cost no more than their length', async (t) => {
  for (const piece of ['/', '.', ';', '%2e', '/..', '%25', ' ', 'A', '/./', '..;/']) {
    const url = `/${piece.repeat(Math.floor(65536 / piece.length))}`
    t.notMatch(inside.decide(requestOf({ url: `${url}/admin` })).kind, /allow/, `${piece} ...`)
    t.match(inShort(outside.decide(requestOf({ url }))), /redirect|error 400/, `${piece} ...`)
  }
})
