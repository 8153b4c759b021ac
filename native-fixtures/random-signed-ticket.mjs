/** Seeded signed tickets for a place: good ones, ones at the edges of their clocks, and odd ones; each with what it is. */
import { createCipheriv } from 'node:crypto'
import { escapedForCookie, forgeSigned } from './forge-signed.mjs'
import { chance } from './random-words.mjs'
import { SIGNED_MUTATIONS, VALUE_MUTATIONS } from './signed-mutations.mjs'

/** @import { SignedHints } from './random-signed-place.mjs' */
/** @import { Value } from './random-ticket.mjs' */
/** @import { Random } from './random.mjs' */
/** @import { KeyPair } from './signing-keys.mjs' */

/** @typedef {{ random: Random, hints: Required<SignedHints>, pairs: readonly KeyPair[], ip: string, now: number }} SignedNeeds */

const UIDS = [
  'alice',
  'alice',
  'alice',
  'bob',
  'guest',
  'J\xfcrgen',
  'al ice',
  'a+b',
  'a%41b',
  'a=b',
  '"q"',
  'x:y',
  ' a ',
]
const ODD_UIDS = ['', 'u'.repeat(63), 'u'.repeat(64), 'v'.repeat(65), 'w'.repeat(300), 'a\x01\tb', '\n', '\xa0', '0']
const TOKENS = [
  '',
  'admin',
  'staff,admin',
  'x',
  'adm',
  'admin,,x',
  ',admin',
  't\xe9l\xe9',
  'NULL',
  'admin ',
  ' x',
  'a,'.repeat(140),
]
const DATA = [
  '',
  'some data',
  'a=1&b=2',
  '\xff\x80',
  'a,b',
  'sig=x',
  '%3b',
  'd'.repeat(255),
  'e'.repeat(256),
  'f'.repeat(400),
]
const FACTORS = ['1', '1', '1', '0', '2', '1x', ' 1', 'x', '', '4294967297', '-1']
/** As the module's atoi reads them, some are in reach and some are not. */
const ODD_NUMBERS = [
  '',
  '0',
  '-1',
  'x',
  '+5',
  '4294967295',
  '4294967296',
  '4294967297',
  '2147483648',
  '9999999999',
  '1e9',
  '0x7fffffff',
]
const HUGE_NUMBERS = [
  '9223372036854775808',
  '18446744073709551615',
  '99999999999999999999',
  '-9223372036854775809',
  '--1',
  '-4294967295',
]
const SPACES = [' ', '\t', '\v', '\f', '\r', '\n', '+', '0', '\xa0', '00000000000000000000']
const BEHIND = ['x', ' ', '.5', ',1']

/** A time as text. @param {Random} random @param {number} time */
function written(random, time) {
  const dice = random.int(24)
  if (dice === 0) return random.pick([...ODD_NUMBERS, ...HUGE_NUMBERS])
  if (dice === 1) return `${random.pick(SPACES)}${time}`
  if (dice === 2) return `${time}${random.pick(BEHIND)}`
  if (dice === 3) return `${random.pick([2 ** 32 + time, time - 2 ** 32])}`
  return `${time}`
}

/** @param {SignedNeeds} needs */
const randomUntil = ({ random, now }) => written(random, now + random.pick([3600, 3600, 3600, 1, 0, 0, -1, -1, -5000]))
/** @param {SignedNeeds} needs */
const randomGrace = ({ random, now }) => written(random, now + random.pick([1800, 1800, 1, 0, -1, -100]))

/** @param {SignedNeeds} needs */
function randomCip({ random, ip }) {
  const plain = ip.replace(/^::ffff:/, '')
  if (chance(random, 2)) return plain
  return random.pick([
    '',
    '203.0.113.77',
    ` ${plain}`,
    `${plain} `,
    ip.toUpperCase(),
    `::ffff:${plain}`,
    `0${plain}`,
    'x'.repeat(60),
    '2001:db8:0:0:0:0:0:7',
  ])
}

/** uid:password, in the clear or encrypted. @param {SignedNeeds} needs */
function randomBauth({ random, hints: { passthruKey } }) {
  const text = random.pick([
    'alice:secret',
    'a:b',
    'alice:secret1234',
    'J\xfcrgen:\xe9',
    'no colon',
    ':',
    'x:\0y',
    `u:${'s'.repeat(170)}`,
  ])
  const dice = random.int(12)
  if (dice === 0) return random.pick(['', 'not base64!', '!!!!', 'YQ', 'YTpi=tail', 'A', 'AAAAA'])
  if (dice > 9) return random.pick(['\xe9', 'a\tb', 'a\x01b', 'a\r\nb', '\x7f'])
  if (dice === 1) return Buffer.alloc(random.pick([1, 15, 16, 17, 31, 33, 40]), 'x').toString('base64')
  const plain = Buffer.from(text, 'latin1')
  if (passthruKey === null || dice === 2) return plain.toString('base64')
  const iv = Buffer.from(random.text('0123456789abcdef', 16))
  const key = dice === 3 ? 'another key here' : passthruKey
  const cipher = createCipheriv('aes-128-cbc', Buffer.from(key, 'latin1'), iv).setAutoPadding(false)
  const padded = Buffer.concat([plain, Buffer.alloc(-plain.length & 15)])
  return Buffer.concat([iv, cipher.update(padded), cipher.final()]).toString('base64')
}

/** The fields, in an issuer's order mostly. @param {SignedNeeds} needs @returns {string[]} */
function randomPairs(needs) {
  const { random, hints } = needs
  const uid = hints.users.length > 0 && chance(random, 2) ? random.pick(hints.users) : random.pick(UIDS)
  const tokens = hints.tokens.length > 0 && chance(random, 2) ? random.pick(hints.tokens) : random.pick(TOKENS)
  const maybe = (/** @type {number} */ n, /** @type {string} */ name, /** @type {() => string} */ value) =>
    chance(random, n) ? [`${name}=${value()}`] : []
  const pairs = [
    `uid=${chance(random, 10) ? random.pick(ODD_UIDS) : uid}`,
    ...maybe(3, 'cip', () => randomCip(needs)),
    `validuntil=${randomUntil(needs)}`,
    ...maybe(3, 'graceperiod', () => randomGrace(needs)),
    ...maybe(2, 'bauth', () => randomBauth(needs)),
    `tokens=${tokens}`,
    `udata=${random.pick(DATA)}`,
    ...maybe(2, 'multifactor', () => random.pick(FACTORS)),
  ]
  return chance(random, 4) ? odd(pairs, needs) : pairs
}

/** @param {string[]} pairs @param {SignedNeeds} needs */
function odd(pairs, { random }) {
  const at = random.int(pairs.length)
  const [pair = '', again = ''] = [pairs[at], random.pick(pairs)]
  const changes = [
    () => pairs.toSpliced(at, 1),
    () => [...pairs, again],
    () => [...pairs, `${again}x`],
    () => [...pairs, again.replace(/=.*/s, '=')],
    () =>
      pairs.toSpliced(at, 0, random.pick(['', 'x', '=', '=x', 'unknown=1', 'UID=eve', ' uid=eve', 'uid =eve', 'uid'])),
    () => pairs.toSpliced(at, 1, pair.replace('=', '')),
    () => pairs.toSpliced(at, 1, pair.replace('=', '==')),
    () => pairs.toReversed(),
    () => [...pairs, ''],
    () => ['', ...pairs],
    () => pairs.toSpliced(at, 1, pair.toUpperCase()),
  ]
  return random.pick(changes)()
}

/** The same ticket must not come twice: the module would know it, whatever its key. @param {Random} random */
const nonce = (random) => `n=${random.int(2 ** 32)}`

/** @param {SignedNeeds} needs */
const randomText = (needs) => [...randomPairs(needs), nonce(needs.random)].join(';')

/** @param {SignedNeeds} needs @returns {Value} */
export function randomSignedValue(needs) {
  const { random, hints, pairs } = needs
  const { pair, digest } = hints.signer
  const text = randomText(needs)
  const dice = random.int(20)
  if (dice < 11) return carried(forgeSigned(text, pair, digest), `good, ${text}`, random)
  if (dice === 11) {
    const other = random.pick(pairs)
    return carried(forgeSigned(text, other, digest), `key ${pairs.indexOf(other)}, ${text}`, random)
  }
  if (dice === 12) {
    const other = random.pick(/** @type {const} */ (['sha1', 'sha256', 'sha512']))
    return carried(forgeSigned(text, pair, other), `digest ${other}, ${text}`, random)
  }
  if (dice === 13) return long(needs)
  if (dice < 16) {
    const [kind, mutate] = random.pick(Object.entries(SIGNED_MUTATIONS))
    return carried(mutate(forgeSigned(text, pair, digest), random), `${kind}, ${text}`, random)
  }
  if (dice < 19) {
    const [kind, mutate] = random.pick(Object.entries(VALUE_MUTATIONS))
    return { value: mutate(escapedForCookie(forgeSigned(text, pair, digest)), random), kind: `${kind}, ${text}` }
  }
  const rubbish = [
    'x',
    '',
    '""',
    '"',
    'INVALID',
    '%zz',
    '%00',
    'x'.repeat(63),
    'x'.repeat(64),
    '%',
    '+',
    ' ',
    ';sig=',
    `;sig=${'A'.repeat(90)}`,
  ]
  return { value: random.pick(rubbish), kind: 'rubbish' }
}

/** Round the limit of 1024 bytes. @param {SignedNeeds} needs @returns {Value} */
function long({ random, hints: { signer }, now }) {
  const start = `uid=alice;validuntil=${now + 60};${nonce(random)};udata=`
  const bare = forgeSigned(start, signer.pair, signer.digest).length
  const size = random.pick([1023, 1024, 1025, 1100])
  const text = start + 'x'.repeat(Math.max(0, size - bare))
  return carried(forgeSigned(text, signer.pair, signer.digest), `${size} bytes`, random)
}

/** @param {string} ticket @param {string} kind @param {Random} random @returns {Value} */
function carried(ticket, kind, random) {
  const escaped = escapedForCookie(ticket)
  // What login pages write; and what escapers write that leave more as it is, or write it in small letters.
  const forms = [
    escaped,
    escaped,
    escapedForCookie(ticket, '+'),
    escaped.replace(/%../g, (each) => each.toLowerCase()),
    ticket.replace(/[^ -~]|[;%+]/g, (char) => escapedForCookie(char)),
  ]
  return { value: random.pick(forms), kind }
}
