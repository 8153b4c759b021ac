/** Seeded requests to a configuration: the usual ones, and what only a hostile or broken client would send. */
import { hintsOf, PORT } from './random-config.mjs'
import { randomPath, randomQuery, randomTarget } from './random-target.mjs'
import { randomValue } from './random-ticket.mjs'
import { chance } from './random-words.mjs'

/** @import { Config, Host } from './random-config.mjs' */
/** @import { Value } from './random-ticket.mjs' */
/** @import { Random } from './random.mjs' */
/** @import { WireRequest } from './wire.mjs' */

/** @typedef {WireRequest & { tls: boolean, ip: string, values: readonly Value[] }} RandomRequest `values`: the tickets in it */

/** The first few are what most requests have. */
export const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE', 'BREW', 'get']
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
/** The Host lines. @param {Random} random @param {Pick<Host, 'name'>} host @param {string} version */
export function randomHosts(random, { name }, version) {
  const dice = random.int(40)
  if (dice === 0 || (version === '1.0' && dice < 20)) return dice % 4 === 3 ? [''] : []
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

/** @param {Random} random @returns {(readonly [string, string])[]} */
export function randomForwarded(random) {
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
