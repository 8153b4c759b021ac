/** What the recorded tickets are made of: the hard cases first, then seeded ones. Strings are UTF-8 bytes, one char each. */
import { randomAddress } from '../random.mjs'
import { randomIPv6, randomTextFields, randomTextSecret, randomTime } from '../random-fields.mjs'

/** @import { Random } from '../random.mjs' */
/** @import { Limits } from '../random-fields.mjs' */
/** @import { DigestDraft } from './python.mjs' */

/**
 * @typedef {object} Wishes what an issuer takes, and has
 * @property {readonly DigestDraft['digest'][]} digests
 * @property {readonly ('none' | 'IPv4' | 'IPv6')[]} addresses
 * @property {Limits} [limits] of the fields
 * @property {Limits} [secretLimits]
 * @property {number} [least] first time of issue
 */

const HARD = [
  { uid: 'alice', tokens: '', userData: '' },
  { uid: 'bob', tokens: 'admin,staff', userData: '' },
  { uid: 'carol', tokens: '', userData: 'some data' },
  { uid: 'erin', tokens: 'a', userData: 'one!two!!three!' },
  { uid: 'Jürgen', tokens: 'télé', userData: 'données €' },
  { uid: '日本☃𝄞', tokens: '', userData: '\u00a0' },
  { uid: 'al ice+x/y=z%41', tokens: 'x,y,z', userData: 'a=1&b=%21 c+d, e' },
  { uid: 'x@example.org', tokens: 'a-b_c.d', userData: '"quoted" and \\ and ;' },
  { uid: "b'0'", tokens: 'Z', userData: "it's" },
  { uid: '%C3%A9', tokens: '', userData: '\\054|userid_type' },
  { uid: 'u'.repeat(120), tokens: 't'.repeat(80), userData: 'd'.repeat(300) },
]
const EDGES = [1700000000, 1, 0xffffffff, 0x0abcdef0, 0x65abcdef, 0x7fffffff, 0x80000000]
/** @type {Record<string, (random: Random) => string>} */
const ADDRESSES = { none: () => '', IPv4: randomAddress, IPv6: randomIPv6 }

/** @param {string} text */
export const utf8 = (text) => Buffer.from(text).toString('latin1')

/** What the issuer's limits leave of the hard cases, and seeded ones up to `count`. @param {Random} random @param {number} count @param {Wishes} wishes @returns {DigestDraft[]} */
export function draftsFor(random, count, { digests, addresses, limits = {}, secretLimits = {}, least = 1 }) {
  const fits = HARD.filter((fields) => isWithin(fields, limits))
  return Array.from({ length: count }, (_, at) => {
    const seeded = randomTextFields(random, limits)
    const fields = fits[at] ?? { ...seeded, tokens: seeded.tokens.join(',') }
    return {
      digest: /** @type {DigestDraft['digest']} */ (digests[at % digests.length]),
      secret: utf8(randomTextSecret(random, secretLimits)),
      ip: ADDRESSES[addresses[at % addresses.length] ?? 'none']?.(random) ?? '',
      issuedAt: Math.max(least, EDGES[at] ?? randomTime(random)),
      uid: utf8(fields.uid),
      tokens: utf8(fields.tokens),
      userData: utf8(fields.userData),
    }
  })
}

/** @param {typeof HARD[number]} fields @param {Limits} limits */
function isWithin({ uid, tokens, userData }, { without = '', ascii = false, asciiUid = false, plainTokens = false }) {
  const isAscii = (/** @type {string} */ text) => /^[\0-\x7f]*$/.test(text)
  if ([...uid, ...tokens, ...userData].some((char) => without.includes(char))) return false
  if ((ascii && !isAscii(tokens + userData)) || (asciiUid && !isAscii(uid))) return false
  return !plainTokens || /^(?:[a-z][\w+-]*(?:,|$))*$/i.test(tokens)
}
