/** Seeded cookie values for a place: good ones, ones at the edges of its clocks, and bad ones; each with what it is. */
import { encode } from './encode.mjs'
import { forge } from './forge.mjs'
import { COOKIE_MUTATIONS, DIGEST_LENGTH, TICKET_MUTATIONS } from './mutations.mjs'
import { chance } from './random-words.mjs'

/** @import { Keys } from './random-config.mjs' */
/** @import { Hints } from './random-place.mjs' */
/** @import { Random } from './random.mjs' */

/** `kind` tells what it is without showing it. @typedef {{ value: string, kind: string }} Value */
/** @typedef {{ random: Random, keys: Keys, hints: Required<Hints>, ip: string, now: number }} Needs */

const UIDS = ['alice', 'alice', 'bob', 'guest', 'J\xfcrgen', 'al ice', '', '0', 'x;y']
const TOKENS = ['', '', 'admin', 'staff,admin', 'x', 'adm', 'admin,,x', ',admin', 't\xe9l\xe9', 'NULL']
const DATA = ['', '', 'some data', 'a=1&b=2', 'one!two', '\xff\x80', 'a,b; c']

/** Ages round the edges: the refresh is due when less than its part of the timeout is left. @param {Needs} needs */
function randomAge({ random, hints: { timeout, refresh }, now }) {
  const due = Math.floor(timeout - refresh * timeout)
  const edges = [0, 1, due - 1, due, due + 1, timeout - 1, timeout, timeout + 1, timeout + 5000]
  const age = random.pick([...edges, 0, 0, 1, random.int(timeout + 2), -1, -400, -100000])
  // A timestamp has 32 bits.
  return Math.min(now, Math.max(age, now - (2 ** 32 - 1)))
}

/** @param {Needs} needs */
function randomDraft(needs) {
  const { random, keys, hints, ip, now } = needs
  const tokens = hints.tokens.length > 0 && chance(random, 2) ? random.pick(hints.tokens) : random.pick(TOKENS)
  const uid = hints.users.length > 0 && chance(random, 2) ? random.pick(hints.users) : random.pick(UIDS)
  const bound = hints.ignoreIp ? '0.0.0.0' : ip.replace(/^::ffff:/, '')
  return {
    digest: keys.digest,
    secret: keys.secret,
    ip: /^\d+\.\d+\.\d+\.\d+$/.test(bound) ? bound : '0.0.0.0',
    issuedAt: now - randomAge(needs),
    uid,
    tokens,
    userData: random.pick(DATA),
  }
}

/** Sound text for another place. @type {readonly (readonly [string, (draft: ReturnType<typeof randomDraft>, needs: Needs) => object])[]} */
const MISPLACED = [
  ['another secret', ({ secret }) => ({ secret: `${secret}x` })],
  ['another digest', ({ digest }) => ({ digest: digest === 'md5' ? 'sha256' : 'md5' })],
  ['another address', () => ({ ip: '203.0.113.77' })],
  ['no address', () => ({ ip: '0.0.0.0' })],
  ['far future', ({ issuedAt }) => ({ issuedAt: Math.min(issuedAt + 4e8, 0xffffffff) })],
  ['control bytes', () => ({ uid: 'a\x01\tb', userData: '\x7f' })],
]

/** @param {Needs} needs @returns {Value} */
export function randomValue(needs) {
  const { random, keys, now } = needs
  const draft = randomDraft(needs)
  const age = now - draft.issuedAt
  const dice = random.int(20)
  if (dice < 9) return carried(forge(draft, chance(random, 2)), `good, age ${age}`, random)
  if (dice < 12 && keys.secretOld !== undefined) {
    return carried(forge({ ...draft, secret: keys.secretOld }, chance(random, 2)), `old secret, age ${age}`, random)
  }
  if (dice < 14) {
    const [kind, change] = random.pick(MISPLACED)
    return carried(forge({ ...draft, ...change(draft, needs) }), `${kind}, age ${age}`, random)
  }
  if (dice < 16) {
    const [kind, mutate] = random.pick(Object.entries(TICKET_MUTATIONS))
    return carried(mutate(forge(draft), random, DIGEST_LENGTH[draft.digest]), `${kind}, age ${age}`, random)
  }
  if (dice < 19) {
    const [kind, mutate] = random.pick(Object.entries(COOKIE_MUTATIONS))
    return {
      value: mutate(encode(forge(draft), 'base64'), random, DIGEST_LENGTH[draft.digest]),
      kind: `${kind}, age ${age}`,
    }
  }
  return {
    value: random.pick(['x', '!', '""', '"', 'INVALID', '%21', '='.repeat(60), 'a'.repeat(300), '%00%21']),
    kind: 'rubbish',
  }
}

/** @param {string} ticket @param {string} kind @param {Random} random @returns {Value} */
function carried(ticket, kind, random) {
  const encoding = random.pick(/** @type {const} */ (['base64', 'base64', 'base64', 'percent', 'raw']))
  // Nothing that ends a header's line.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  const fits = encoding !== 'raw' || !/[\0-\x1f\x7f]/.test(ticket)
  return { value: encode(ticket, fits ? encoding : 'base64'), kind: `${kind}, ${fits ? encoding : 'base64'}` }
}
