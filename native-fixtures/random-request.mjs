/** Seeded requests to a configuration: the usual ones, and what only a hostile or broken client would send. */
import { hintsOf, PORT } from './random-config.mjs'
import { chance } from './random-place.mjs'
import { randomValue } from './random-ticket.mjs'

/** @import { Config, Host } from './random-config.mjs' */
/** @import { Value } from './random-ticket.mjs' */
/** @import { Random } from './random.mjs' */
/** @import { WireRequest } from './wire.mjs' */

/** @typedef {WireRequest & { tls: boolean, ip: string, values: readonly Value[] }} RandomRequest `values`: the tickets in it */

/** The first few are what most requests have. */
const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE', 'BREW', 'get']
const ADDRESSES = [
  '192.0.2.10',
  '192.0.2.10',
  '10.1.2.3',
  '198.51.100.7',
  '127.0.0.1',
  '255.255.255.254',
  '::ffff:192.0.2.10',
  '2001:db8::7',
  '::1',
]
const HOSTS = [
  'www.example.com',
  'WWW.Example.COM',
  'www.example.com.',
  'localhost',
  '192.0.2.1',
  '[2001:db8::1]',
  '[::1]',
  'a_b.example',
  'x',
  '1.2.3',
  'exa mple',
  'a..b',
  '.x',
  'xn--e1a.example',
  'caf\xe9.example',
  '',
  '-',
]
const QUERIES = [
  'x=1',
  'a=1&b=2',
  'a=1;b=2',
  'flag',
  'a==1',
  '&a=1',
  'a=1&&b=2;;',
  ';',
  '',
  'a=%20%26&b=%zz',
  'q=a+b',
  'x=\xe9',
  'back=http%3A%2F%2Fevil.example%2F',
  '?x',
  'a=b?c',
  'q=\'<>"',
  'auth_tkt',
]

/** Other spellings of a path, some of another path. @type {readonly ((path: string, random: Random) => string)[]} */
const SPELLINGS = [
  (path) => path.replace('/', '//'),
  (path) => `${path}//`,
  (path) => path.replace(/\/([^/]*)$/, '/./$1'),
  (path) => `${path}/..`,
  (path) => `${path}/.`,
  (path) => `/zz/..${path}`,
  (path) => `${path}/../../..`,
  (path) => path.replace(/\/([^/]*)$/, '/%2e%2e/$1'),
  (path) => `${path}/%2E/y`,
  (path) => path.replace(/[a-z]/, (char) => `%${char.charCodeAt(0).toString(16)}`),
  (path, random) =>
    `${path}${random.pick(['%2f', '%2Fx', '%5c', '%00', '%0d%0a', '%01', '%7f', '%zz', '%', '%4', '%u0041'])}`,
  (path, random) =>
    `${path}${random.pick(['%3f', '%3Fx=1', '%23', '%25', '%2541', '%20', '%22', '%c3%a9', '\xe9', '%e9', '%26', '%3d', '%3b', '%2b'])}`,
  (path, random) =>
    `${path}${random.pick([';x', ';/x', '/;a=1/..', '\\', '\\..\\', '|', '"', '<>', '^`{}', "'", '~', '$&', '*', '[1]'])}`,
  (path) => path.toUpperCase(),
  (path) => `${path}#frag`,
  (path) => `/..${path}`,
  (path) => `${path}/...`,
  (path) => `${path}/x/%2e%2E`,
]

/** @param {Random} random @param {string} path */
function randomPath(random, path) {
  if (!chance(random, 4)) return path
  const once = random.pick(SPELLINGS)(path, random)
  return chance(random, 4) ? random.pick(SPELLINGS)(once, random) : once
}

/** The Host lines. @param {Random} random @param {Host} host @param {string} version */
function randomHosts(random, { name }, version) {
  const dice = random.int(40)
  if (dice === 0 || (version === '1.0' && dice < 20)) return []
  const usual = name === undefined ? random.pick(HOSTS.slice(0, dice < 30 ? 6 : undefined)) : named(random, name)
  const port = random.pick([
    '',
    '',
    '',
    `:${PORT}`,
    ':80',
    ':8080',
    ...(chance(random, 8) ? [':0', ':', ':99999', ':x'] : []),
  ])
  const host = `${usual}${port}`
  return dice === 1 ? [host, random.pick([host, 'other.example.com'])] : [host]
}

/** @param {Random} random @param {string} name */
const named = (random, name) =>
  random.pick([name, name, name.toUpperCase(), `alias-${name}`, `a.wild-${name}`, `${name}.`, 'unknown.example.com'])

/** Lines of Cookie headers round the tickets. @param {Random} random @param {string} name @param {readonly string[]} values */
function randomCookies(random, name, values) {
  const pairs = values.map((value) => `${name}=${value}`)
  if (pairs.length === 0)
    return chance(random, 4) ? [random.pick(['other=1', `x${name}=1`, `${name}=`, name, `${name} =x`])] : []
  const dice = random.int(16)
  const [first = ''] = pairs
  if (pairs.length > 1) return dice < 8 ? pairs : [pairs.join(random.pick(['; ', ';', ', ']))]
  const lines = [
    `a=b; ${first}`,
    `a=b;${first}`,
    `a=b,${first}`,
    `x${first}; ${first}`,
    `${name}=; ${first}`,
    `${first}; z=1`,
    ` ${first} `,
    `\t${first}`,
  ]
  return [lines[dice] ?? first]
}

/** @param {Random} random */
function randomForwarded(random) {
  if (!chance(random, 6)) return []
  /** @type {(readonly [string, string])[]} */
  const all = [
    [
      'X-Forwarded-Host',
      random.pick([
        'fwd.example.com',
        'fwd.example.com:8443',
        'FWD.example.com',
        '[2001:db8::2]:81',
        'a.example, b.example',
        'bad host',
        '',
      ]),
    ],
    ['X-Forwarded-Proto', random.pick(['https', 'http', 'ftp'])],
    ['X-Forwarded-For', random.pick(['192.0.2.10', '203.0.113.1, 10.0.0.1'])],
    ['Forwarded', 'for=192.0.2.10;host=fwd2.example.com;proto=https'],
  ]
  return all.filter(() => chance(random, 2))
}

/** The target round a path: the query with the URL's ticket, and sometimes the absolute form. @param {Random} random @param {string} path @param {string} query @param {boolean} tls */
function randomTarget(random, path, query, tls) {
  const target = query === '' && chance(random, 2) ? path : `${path}?${query}`
  if (!chance(random, 16)) return target
  const scheme = chance(random, 4) !== tls ? 'https' : 'http'
  const host = random.pick([
    'www.example.com',
    'Abs.Example.com',
    'v0.example.com',
    'abs.example.com:8081',
    'u@abs.example.com',
    '[::1]:80',
    '',
  ])
  return `${random.pick([scheme, scheme, scheme.toUpperCase()])}://${host}${chance(random, 8) ? '' : target}`
}

/** @param {Random} random @param {string} name @param {Value | undefined} value */
function randomQuery(random, name, value) {
  const query = chance(random, 2) ? random.pick(QUERIES) : ''
  if (!value) return chance(random, 16) ? `${name}=&${query}` : query
  const argument = `${name}=${value.value}`
  return random.pick([
    argument,
    `${query}&${argument}`,
    `${argument}&${query}`,
    `${query};${argument}`,
    `x=1&${argument};y=2`,
  ])
}

/** @param {Random} random @param {Config} config @param {number} now @param {boolean} tls @returns {RandomRequest} */
export function randomRequest(random, config, now, tls) {
  const host = tls ? /** @type {Host} */ (config.hosts[0]) : random.pick(config.hosts)
  const path = random.pick(host.paths)
  const hints = hintsOf(host, path)
  const ip = random.pick(ADDRESSES)
  const needs = { random, keys: host.keys, hints, ip, now }
  const cookies = Array.from({ length: random.pick([0, 1, 1, 1, 1, 2]) }, () => randomValue(needs))
  // What would end the request line stays out of it.
  const argument = chance(random, 8) ? randomValue(needs) : undefined
  const inUrl = argument && /^[!-~\x80-\xff]*$/.test(argument.value) ? argument : undefined
  const version = chance(random, 12) ? '1.0' : '1.1'
  const method = random.pick(chance(random, 5) ? METHODS : METHODS.slice(0, 3))
  const target = chance(random, 200)
    ? '*'
    : randomTarget(random, randomPath(random, path), randomQuery(random, hints.cookieName, inUrl), tls)
  return {
    method,
    target,
    version,
    headers: [
      ...randomHosts(random, host, version).map((value) => /** @type {const} */ (['Host', value])),
      ...randomForwarded(random),
      ...randomCookies(
        random,
        hints.cookieName,
        cookies.map(({ value }) => value),
      ).map((value) => /** @type {const} */ ([random.pick(['Cookie', 'cookie']), value])),
      ['X-Client-IP', ip],
    ],
    ...(/^(POST|PUT|PATCH)$/.test(method) && { body: 'a=1' }),
    tls,
    ip,
    values: [...cookies, ...(inUrl ? [inUrl] : [])],
  }
}
