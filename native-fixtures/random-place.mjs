/** What may stand in a section: seeded directives with sensible and odd arguments, and what a request has to know of them. */
import { randomRequirements } from './random-require.mjs'
import { argument, chance, some } from './random-words.mjs'

/** @import { Random } from './random.mjs' */
/** @import { Node } from './config-tree.mjs' */

/**
 * What tickets for a place are made by; undefined: not said there.
 * @typedef {object} Hints
 * @property {string} [cookieName]
 * @property {number} [timeout]
 * @property {number} [refresh]
 * @property {boolean} [ignoreIp]
 * @property {string[]} [tokens]
 * @property {string[]} [users]
 */

/** @typedef {{ nodes: Node[], hints: Hints, owns: boolean }} Place `owns`: has a directive of mod_auth_tkt */

export const URLS = [
  'http://login.example.com/login',
  'https://login.example.com/login?site=1',
  'https://login.example.com/l?a=1&b=2',
  'HTTP://login.example.com/',
  '/login',
  'login/here?x',
  '//other.example.com/l',
  'httpfoo/bar',
  'ftp://login.example.com/l',
  'http://login.example.com/#part',
  'http://login.example.com/?',
  '?x=1',
  'http://login.example.com/\xe9%20"',
]
/** Arguments of TKTAuthTimeout and what they come to. @type {readonly (readonly [string, number])[]} */
const TIMEOUTS = [
  ['0', 0],
  ['1', 1],
  ['60', 60],
  ['3600', 3600],
  ['2h', 7200],
  ['1d 2h', 93600],
  ['1h 30', 30],
  ['30 1m', 90],
  ['1h30', 1],
  ['90s', 90],
  ['1M', 2592000],
  ['1y 1w', 32140800],
  ['010', 10],
  ['5m 5m', 600],
]
const TOKENS = ['admin', 'staff', 'x', 't\xe9l\xe9']
const COOKIE_NAMES = ['tkt', 'auth_tkt', 'a', 'x.y', 'AUTH_TKT', 'auth_tkt2']
const GUESTS = [
  'visitor',
  '%U',
  'g-%8U',
  'x%8U',
  'guest-12U',
  '%40U',
  '%0U',
  'ab%4Ubc%4U',
  '%u',
  '%%6U',
  '\xe9\xe8%3U',
  'a%',
  'bob',
]
export const FLAGS = ['on', 'off', 'On', 'OFF']

/** @typedef {(random: Random, hints: Hints) => string} Directive */

/** @param {string} name @param {readonly string[]} from @returns {Directive} */
const oneOf = (name, from) => (random) => `${name} ${argument(random.pick(from))}`

/** How often out of 100, and what. @type {readonly (readonly [number, Directive])[]} */
const DIRECTIVES = [
  [70, (random) => `TKTAuthLoginURL ${argument(URLS[random.int(2) ? 0 : random.int(URLS.length)] ?? '')}`],
  [15, oneOf('TKTAuthTimeoutURL', URLS)],
  [12, oneOf('TKTAuthPostTimeoutURL', URLS)],
  [15, oneOf('TKTAuthUnauthURL', URLS)],
  [20, cookieName],
  [20, oneOf('TKTAuthDomain', ['.example.com', 'example.com', 'example.com:8080', 'www.example.com', 'a.example'])],
  [20, oneOf('TKTAuthCookieExpires', ['0', '3600', '1h', '1y', '1M'])],
  [8, () => 'TKTAuthCookieExpires 1h 30m'],
  [14, oneOf('TKTAuthBackCookieName', ['back', 'back_url', 'None', 'auth_tkt'])],
  [20, oneOf('TKTAuthBackArgName', ['None', 'none', 'back', 'return_to', 'r[]'])],
  [20, ignoreIp],
  [10, (random) => `TKTAuthRequireSSL ${random.pick(FLAGS)}`],
  [15, (random) => `TKTAuthCookieSecure ${random.pick(FLAGS)}`],
  [25, token],
  [4, token],
  [30, timeout],
  [6, timeoutMin],
  [30, timeoutRefresh],
  [25, (random) => `TKTAuthGuestLogin ${random.pick(['on', 'On', 'off'])}`],
  [25, (random) => `TKTAuthGuestCookie ${random.pick(FLAGS)}`],
  [30, oneOf('TKTAuthGuestUser', GUESTS)],
  [25, (random) => `TKTAuthGuestFallback ${random.pick(FLAGS)}`],
  [6, (random) => `TKTAuthGuestEmpty ${random.pick(FLAGS)}`],
  [6, oneOf('TKTAuthDebug', ['0', '1', '3'])],
  [20, (random) => `TKTAuthQuerySeparator ${random.pick(['&', '";"', ';'])}`],
]

/** @type {Directive} */
function cookieName(random, hints) {
  hints.cookieName = random.pick(COOKIE_NAMES)
  return `TKTAuthCookieName ${hints.cookieName}`
}

/** @type {Directive} */
function ignoreIp(random, hints) {
  const flag = random.pick(FLAGS)
  hints.ignoreIp = flag.toLowerCase() === 'on'
  return `TKTAuthIgnoreIP ${flag}`
}

/** @type {Directive} */
function token(random, hints) {
  const tokens = chance(random, 8) ? ['NULL', ...some(random, TOKENS, 1)] : some(random, [...TOKENS, 'NULL'], 2)
  hints.tokens = [...(hints.tokens ?? []), ...tokens]
  return `TKTAuthToken ${tokens.map(argument).join(' ')}`
}

/** @type {Directive} */
function timeout(random, hints) {
  const [text, seconds] = random.pick(TIMEOUTS)
  hints.timeout = seconds
  return `TKTAuthTimeout ${text}`
}

/** @type {Directive} */
function timeoutMin(random, hints) {
  const minutes = random.pick([0, 1, 90])
  hints.timeout = minutes * 60
  return `TKTAuthTimeoutMin ${minutes}`
}

/** @type {Directive} */
function timeoutRefresh(random, hints) {
  const part = random.pick(['0', '1', '.5', '0.33', '0.1', '1.0', '.25'])
  hints.refresh = Number(part)
  return `TKTAuthTimeoutRefresh ${part}`
}

/** Spellings of a line that are one to Apache. @type {readonly ((line: string) => string)[]} */
const SPELLINGS = [
  (line) => line.replace(/^\w+/, (name) => name.toLowerCase()),
  (line) => line.replace(' ', ' \t  '),
  (line) => line.replace(' ', ' \\\n  '),
  (line) => `${line}  `,
  (line) => line.replace(/ ([^"\s]+)$/, " '$1'"),
  (line) => `# TKTAuthRequireSSL on \\\nTKTAuthToken nobody\n${line}`,
]

/** @param {Random} random @param {string} line */
export const spelled = (random, line) => (chance(random, 12) ? random.pick(SPELLINGS)(line) : line)

/** Some of the nodes in a section that holds or does not. @param {Random} random @param {Node[]} nodes @returns {Node[]} */
function wrapped(random, nodes) {
  if (!chance(random, 10) || nodes.length < 2) return nodes
  const at = random.int(nodes.length)
  const open = random.pick(['IfModule mod_auth_tkt.c', 'IfModule auth_tkt_module', 'IfDefine !NOPE'])
  const none = { open: 'IfDefine NOPE', children: [{ line: 'TKTAuthToken nobody' }] }
  return [...nodes.slice(0, at), { open, children: nodes.slice(at) }, none]
}

/** The inside of a section. `inner`: something around it says the rest. @param {Random} random @param {boolean} inner @returns {Place} */
export function randomPlace(random, inner) {
  /** @type {Hints} */
  const hints = {}
  const share = inner ? random.pick([0, 0.2, 0.5]) : 1
  const lines = DIRECTIVES.filter(([often]) => random.int(100) < often * share).map(([, make]) => make(random, hints))
  /** @type {Node[]} */
  const nodes = []
  const authType = random.pick([
    'None',
    'None',
    'None',
    'None',
    'None',
    'Basic',
    'TKT',
    'TKT',
    '',
    ...(chance(random, 4) ? ['none', 'basic', 'tkt', 'Other'] : []),
  ])
  if (authType && (!inner || chance(random, 4))) nodes.push({ line: `AuthType ${authType}` })
  const asks = !inner || chance(random, 2) ? randomRequirements(random, hints) : []
  nodes.push(
    ...wrapped(
      random,
      lines.map((line) => ({ line: spelled(random, line) })),
    ),
    ...asks,
  )
  return { nodes, hints, owns: lines.length > 0 }
}
