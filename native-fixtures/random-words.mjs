/** Small choices that the generators share. */

/** @import { Random } from './random.mjs' */

/** Quotes where Apache needs them. @param {string} word */
export const argument = (word) => (/[\s"\\]/.test(word) || word === '' ? `"${word.replace(/["\\]/g, '\\$&')}"` : word)

/** One in `n`. @param {Random} random @param {number} n */
export const chance = (random, n) => random.int(n) === 0

/** @param {Random} random @param {readonly string[]} from @param {number} most */
export const some = (random, from, most) => Array.from({ length: 1 + random.int(most) }, () => random.pick(from))
