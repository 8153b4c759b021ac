/** Seeded requests to a configuration of mod_auth_pubtkt: the usual ones, and what only a hostile client would send. */
import { METHODS, randomForwarded, randomHosts } from './random-request.mjs'
import { signedHintsOf } from './random-signed-config.mjs'
import { randomSignedValue } from './random-signed-ticket.mjs'
import { randomPath, randomQuery, randomTarget } from './random-target.mjs'
import { chance } from './random-words.mjs'

/** @import { RandomRequest } from './random-request.mjs' */
/** @import { SignedConfig, SignedHost } from './random-signed-config.mjs' */
/** @import { Value } from './random-ticket.mjs' */
/** @import { Random } from './random.mjs' */

/** @typedef {readonly [name: string, value: string]} Header */

const ADDRESSES = ['192.0.2.10', '192.0.2.10', '10.1.2.3', '127.0.0.1', '::ffff:192.0.2.10', '2001:db8::7', '::1']

/** Nothing that ends a line, or that Apache refuses in one. @param {string} value */
const isSendable = (value) => /^[\t -~\x80-\xff]*$/.test(value)

/** Lines of Cookie headers round the tickets. @param {Random} random @param {string} name @param {readonly string[]} values */
function cookieLines(random, name, values) {
  const pairs = values.map((value) => `${name}=${value}`)
  const [first = ''] = pairs
  if (pairs.length === 0) return chance(random, 3) ? [random.pick(['other=1', `${name}=`, name, `${name} =x`])] : []
  if (pairs.length > 1) return chance(random, 2) ? pairs : [pairs.join(random.pick(['; ', ';', ', ', ' ']))]
  const lines = [
    `a=b; ${first}`,
    `a=b;${first}`,
    `x${first}`,
    `x${name}=1; ${first}`,
    `foo=${first}`,
    `${name}=; ${first}`,
    `${name}=""; ${first}`,
    `${name}=%zz; ${first}`,
    `${name}=%00;${first}`,
    `${name} = ${values[0]}`,
    `${name.toUpperCase()}=${values[0]}`,
    `${first}; z=1`,
    `${first};${name}=x`,
    ` ${first} `,
    `\t${first}`,
  ]
  return [lines[random.int(2 * lines.length)] ?? first]
}

/** Headers that carry tickets. @param {Random} random @param {ReturnType<typeof signedHintsOf>} hints @param {() => Value} make @returns {{ headers: Header[], values: Value[] }} */
function carriers(random, { headers, cookieName }, make) {
  /** @type {Value[]} */
  const values = []
  const several = (/** @type {number[]} */ counts) => {
    const some = Array.from({ length: random.pick(counts) }, make).filter(({ value }) => isSendable(value))
    values.push(...some)
    return some.map(({ value }) => value)
  }
  const cookies = headers.includes('cookie') || chance(random, 4) ? several([0, 1, 1, 1, 1, 2]) : []
  const own = headers.filter((name) => name !== 'cookie')
  const lines = [...own, ...(chance(random, 10) ? ['x-ticket'] : [])].flatMap((name) =>
    several([0, 1, 1, 1, 2]).map((value) => /** @type {Header} */ ([name.toUpperCase(), value])),
  )
  const cookieHeaders = cookieLines(random, cookieName, cookies).map((line) => /** @type {Header} */ (['Cookie', line]))
  return { headers: chance(random, 2) ? [...cookieHeaders, ...lines] : [...lines, ...cookieHeaders], values }
}

/** @param {Random} random @returns {Header[]} */
function randomAuthorization(random) {
  if (!chance(random, 5)) return []
  return [[random.pick(['Authorization', 'authorization']), random.pick(['Basic eDp5', 'Bearer x', '', 'Basic'])]]
}

/** @param {Random} random @param {SignedConfig} config @param {number} now @param {boolean} tls @returns {RandomRequest} */
export function randomSignedRequest(random, config, now, tls) {
  const host = tls ? /** @type {SignedHost} */ (config.hosts[0]) : random.pick(config.hosts)
  const path = random.pick(host.paths)
  const hints = signedHintsOf(host, path, config.pairs)
  const ip = random.pick(ADDRESSES)
  const needs = { random, hints, pairs: config.pairs, ip, now }
  const { headers, values } = carriers(random, hints, () => randomSignedValue(needs))
  const version = chance(random, 12) ? '1.0' : '1.1'
  const method = random.pick(chance(random, 5) ? METHODS : METHODS.slice(0, 3))
  const hosts = chance(random, 3) ? randomHosts(random, host, version) : [host.name ?? 'www.example.com']
  const target = randomTarget(random, randomPath(random, path), randomQuery(random, hints.cookieName, undefined), tls)
  return {
    method,
    target,
    version,
    headers: [
      ...hosts.map((value) => /** @type {Header} */ (['Host', value])),
      ...randomForwarded(random),
      ...(chance(random, 40) ? [/** @type {Header} */ (['X-Forwarded-Host', 'Fwd.example.com:80'])] : []),
      ...headers,
      ...randomAuthorization(random),
      ['X-Client-IP', ip],
    ],
    ...(/^(POST|PUT|PATCH)$/.test(method) && { body: 'a=1' }),
    tls,
    ip,
    values,
  }
}

/** The same ticket at the same place, by somebody else or in another way. @param {Random} random @param {RandomRequest} request @returns {RandomRequest} */
export function askedAgain(random, request) {
  const ip = random.pick(ADDRESSES)
  const headers = request.headers.map(
    ([name, value]) => /** @type {Header} */ ([name, name === 'X-Client-IP' ? ip : value]),
  )
  const { body: _, ...rest } = request
  return { ...rest, headers, ip, method: random.pick(['GET', 'GET', 'HEAD']) }
}
