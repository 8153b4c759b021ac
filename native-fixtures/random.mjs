/** Seeded randomness, so that a failing ticket can be made again. Strings are bytes, one char each. */

/**
 * @typedef {object} Random
 * @property {(below: number) => number} int 0..below-1
 * @property {<T>(from: readonly T[]) => T} pick
 * @property {(alphabet: string, length: number) => string} text
 */

/** Mulberry32: small, and good enough to choose test data. @param {number} seed @returns {Random} */
export function createRandom(seed) {
  let state = seed >>> 0
  const int = (/** @type {number} */ below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
  return {
    int,
    pick: (from) => /** @type {(typeof from)[number]} */ (from[int(from.length)]),
    text: (alphabet, length) => Array.from({ length }, () => alphabet[int(alphabet.length)]).join(''),
  }
}

const range = (/** @type {number} */ from, /** @type {number} */ to) =>
  String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i))

/** All that a header can carry: no control bytes. */
const PRINTABLE = range(0x20, 0x7e) + range(0x80, 0xff)
const UID = PRINTABLE.replace('!', '')
// The Perl issuer refuses white space in tokens, and a lone `0` is false to it: no tokens.
const TOKEN = UID.replace(/[, 0]/g, '')
/** What would end or trim a cookie value that is sent as it is. */
const NOT_RAW = /[;"]/g

/**
 * A ticket's fields that every issuer takes and every encoding carries.
 * @param {Random} random
 * @param {{ raw?: boolean }} [options] `raw`: the ticket will be sent as it is
 */
export function randomFields(random, { raw = false } = {}) {
  const alphabet = (/** @type {string} */ chars) => (raw ? chars.replace(NOT_RAW, '') : chars)
  const tokens = Array.from({ length: random.int(4) }, () => random.text(alphabet(TOKEN), 1 + random.int(8)))
  const uid = random.text(alphabet(UID), 1 + random.int(20))
  // Without tokens the Perl issuer leaves their separator out, so a `!` in the data would be taken for it.
  const text = random.text(alphabet(tokens.length > 0 ? PRINTABLE : UID), random.int(60))
  return { uid, tokens, userData: raw ? text.trimEnd() : text }
}

/** A client address; 255.255.255.255 never comes out (no ticket is valid for it). @param {Random} random */
export const randomAddress = (random) => [10, ...[1, 2, 3].map(() => random.int(255))].join('.')

/** With the chars that a configuration file has to escape. */
const SECRET_CHARS = 'abcdefXYZ0123456789 !"#%&\'()*+,-./\\:;<=>?@[]^_`{|}~\x80\xa0\xe9\xff'

/** @param {Random} random @param {number} length */
export const randomSecret = (random, length) => random.text(SECRET_CHARS, length)
