/** Seeded fields with what issuers stumble over: UTF-8, spaces, escapes, quotes, `!`. Strings are text here, not bytes. */

/** @import { Random } from './random.mjs' */

/**
 * @typedef {object} Limits what an issuer takes
 * @property {string} [without] chars that it cannot carry in uid, tokens and user data; `!` in a uid always is one
 * @property {boolean} [ascii] tokens and user data in ASCII
 * @property {boolean} [asciiUid]
 * @property {boolean} [uidBangs] a uid may have a `!`
 * @property {boolean} [plainTokens] tokens as Pyramid's helper wants them
 */

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789']
const AWKWARD = [...' %+/=&?#@:;,\'"\\<>()[]{}|^`$*~-_.', '%41', '%C3%A9', '\\054', "b'", '&amp;', 'userid_type']
const WIDE = [...'äéßÿþ€☃日本𝄞\u00a0']
const TOKEN = [...LETTERS, ...'+_-']

/** Both ends, leading zeros, letters, the sign bit. */
const TIMES = [1, 0x0abcdef0, 0x65abcdef, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 1700000000]

/** A time of issue: every fourth one at an edge. @param {Random} random @param {number} [least] */
export function randomTime(random, least = 1) {
  const time = random.int(4) === 0 ? random.pick(TIMES) : 1 + random.int(2 ** 32 - 1)
  return Math.max(least, time)
}

/** @param {Random} random @param {readonly string[]} units @param {number} length */
const made = (random, units, length) => Array.from({ length }, () => random.pick(units)).join('')

/** @param {Random} random @param {Limits} [limits] */
export function randomTextFields(random, limits = {}) {
  const { without = '', ascii = false, asciiUid = false, uidBangs = false, plainTokens = false } = limits
  const units = (/** @type {boolean} */ wide, /** @type {string} */ more) =>
    [...LETTERS, ...AWKWARD, ...AWKWARD, ...(wide ? WIDE : [])].filter(
      (unit) => ![...unit].some((char) => (without + more).includes(char)),
    )
  const uidUnits = [...units(!asciiUid, ''), ...(uidBangs ? ['!', '!'] : [])]
  const tokenUnits = plainTokens ? TOKEN : units(!ascii, ', ')
  const label = () => random.pick(LETTERS.slice(0, 52)) + made(random, tokenUnits, random.int(8))
  const tokens = Array.from({ length: random.int(4) }, label)
  // Without tokens most issuers leave their separator out: a `!` in the data would be taken for it.
  const dataUnits = [...units(!ascii, ''), ...(tokens.length > 0 ? ['!', '!', '!'] : [])]
  // Python's issuers strip a quote at the end.
  const userData = made(random, dataUnits, random.int(30)).replace(/"+$/, '')
  return { uid: made(random, uidUnits, 1 + random.int(16)), tokens, userData }
}

/** 12 chars or more, no space at either end. @param {Random} random @param {Pick<Limits, 'without' | 'ascii'>} [limits] */
export function randomTextSecret(random, { without = '', ascii = false } = {}) {
  const all = [...LETTERS, ...AWKWARD, ...(ascii ? [] : WIDE)]
  const units = all.filter((unit) => ![...unit].some((char) => without.includes(char)))
  return `s${made(random, units, 10 + random.int(120))}s`
}

/** A client address in the short form that Python and Node write. @param {Random} random */
export function randomIPv6(random) {
  const group = () => (1 + random.int(0xffff)).toString(16)
  return `2001:db8::${group()}:${group()}`
}
