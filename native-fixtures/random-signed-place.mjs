/** What may stand in a section of mod_auth_pubtkt's: seeded directives, and what a request has to know of them. */
import { FLAGS, spelled, URLS } from './random-place.mjs'
import { randomRequirements } from './random-require.mjs'
import { argument, chance, some } from './random-words.mjs'

/** @import { Random } from './random.mjs' */
/** @import { Node } from './config-tree.mjs' */
/** @import { SignatureDigest } from './forge-signed.mjs' */
/** @import { KeyPair } from './signing-keys.mjs' */

/** @typedef {{ pair: KeyPair, digest: SignatureDigest }} Signer */
/**
 * What tickets for a place are made by; undefined: not said there.
 * @typedef {object} SignedHints
 * @property {string} [cookieName]
 * @property {string[]} [headers]
 * @property {string[]} [tokens]
 * @property {string[]} [users]
 * @property {Signer} [signer]
 * @property {SignatureDigest | null} [digest] alone, for the key that stands further out
 * @property {string | null} [passthruKey] bauth is encrypted with it
 */

const TOKENS = ['admin', 'staff', 'x', 't\xe9l\xe9']
const COOKIE_NAMES = ['tkt', 'auth_pubtkt', 'a', 'x.y', 'AUTH_PUBTKT', 'auth_pubtkt2']
const HEADER_LISTS = [
  'Cookie',
  'X-Ticket',
  'X-Ticket Cookie',
  'Cookie X-Ticket',
  'x-ticket X-Other',
  'X-Other X-TICKET cookie',
]
/** @type {readonly SignatureDigest[]} */
const DIGESTS = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const PASSTHRU_KEYS = ['0123456789abcdef', 'k\xe9y of 16 bytes.']

/** @typedef {(random: Random, hints: SignedHints) => string} Directive */

/** @param {string} name @param {readonly string[]} [from] @returns {Directive} */
const oneOf =
  (name, from = URLS) =>
  (random) =>
    `${name} ${argument(random.pick(from))}`

/** How often out of 100, and what. @type {readonly (readonly [number, Directive])[]} */
const DIRECTIVES = [
  [80, (random) => `TKTAuthLoginURL ${argument(URLS[random.int(2) ? 0 : random.int(URLS.length)] ?? '')}`],
  [25, oneOf('TKTAuthTimeoutURL')],
  [20, oneOf('TKTAuthPostTimeoutURL')],
  [20, oneOf('TKTAuthUnauthURL')],
  [25, oneOf('TKTAuthRefreshURL')],
  [30, oneOf('TKTAuthBadIPURL')],
  [15, oneOf('TKTAuthMultifactorURL')],
  [25, ticketHeaders],
  [20, cookieName],
  [20, oneOf('TKTAuthBackArgName', ['None', 'back', 'return_to', 'r[]'])],
  [8, oneOf('TKTAuthRequireSSL', FLAGS)],
  [25, oneOf('TKTAuthFakeBasicAuth', FLAGS)],
  [45, oneOf('TKTAuthPassthruBasicAuth', ['on', 'On', 'on', 'off'])],
  [18, passthruKey],
  [15, oneOf('TKTAuthRequireMultifactor', FLAGS)],
  [25, token],
  [4, token],
  [6, oneOf('TKTAuthDebug', ['0', '1', '2'])],
]

/** @type {Directive} */
function ticketHeaders(random, hints) {
  const list = random.pick(HEADER_LISTS)
  hints.headers = list.toLowerCase().split(' ')
  return `TKTAuthHeader ${list}`
}

/** @type {Directive} */
function cookieName(random, hints) {
  hints.cookieName = random.pick(COOKIE_NAMES)
  return `TKTAuthCookieName ${hints.cookieName}`
}

/** @type {Directive} */
function passthruKey(random, hints) {
  hints.passthruKey = random.pick(PASSTHRU_KEYS)
  return `TKTAuthPassthruBasicKey "${hints.passthruKey}"`
}

/** @type {Directive} */
function token(random, hints) {
  const tokens = chance(random, 8) ? ['NULL', ...some(random, TOKENS, 1)] : some(random, [...TOKENS, 'NULL'], 2)
  hints.tokens = [...(hints.tokens ?? []), ...tokens]
  return `TKTAuthToken ${tokens.map(argument).join(' ')}`
}

/** The lines of a key. A digest that stands before it does not count. @param {Random} random @param {readonly KeyPair[]} pairs @param {SignedHints} hints @returns {Node[]} */
export function randomSigner(random, pairs, hints) {
  const pair = random.pick(pairs)
  const digest = random.pick(DIGESTS)
  const [named, before] = [chance(random, 2), chance(random, 6)]
  hints.signer = { pair, digest: named ? digest : 'sha1' }
  const spelling = digest === 'sha1' && chance(random, 2) ? 'dss1' : digest
  return [
    ...(before ? [{ line: `TKTAuthDigest ${random.pick(DIGESTS)}` }] : []),
    { line: `TKTAuthPublicKey "${pair.publicFile}"` },
    ...(named ? [{ line: `TKTAuthDigest ${chance(random, 2) ? spelling.toUpperCase() : spelling}` }] : []),
  ]
}

/** @param {Random} random @param {SignedHints} hints @returns {Node[]} */
function digestAlone(random, hints) {
  if (!chance(random, 12)) return []
  hints.digest = random.pick(DIGESTS)
  return [{ line: `TKTAuthDigest ${hints.digest}` }]
}

/** The inside of a section. `inner`: something around it says the rest. @param {Random} random @param {readonly KeyPair[]} pairs @param {boolean} inner */
export function randomSignedPlace(random, pairs, inner) {
  /** @type {SignedHints} */
  const hints = {}
  const share = inner ? random.pick([0, 0.2, 0.5]) : 1
  const lines = DIRECTIVES.filter(([often]) => random.int(100) < often * share).map(([, make]) => make(random, hints))
  const authType = chance(random, 12)
    ? random.pick(['MOD_AUTH_PUBTKT', 'Mod_Auth_Pubtkt', 'Basic', 'None', 'Other', ''])
    : 'mod_auth_pubtkt'
  const named = authType !== '' && (!inner || chance(random, 6))
  // The main server has a key, too, mostly.
  const signer = chance(random, inner ? 5 : 2) ? randomSigner(random, pairs, hints) : digestAlone(random, hints)
  /** @type {Node[]} */
  const nodes = [
    ...(named ? [{ line: `AuthType ${authType}` }] : []),
    ...signer,
    ...lines.map((line) => ({ line: spelled(random, line) })),
    ...(!inner || chance(random, 2) ? randomRequirements(random, hints) : []),
  ]
  return { nodes, hints }
}
