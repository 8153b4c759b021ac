/**
 * Small changes to good tickets. Most must be refused, a few are harmless; none says which: the real server does.
 *
 * A timestamp that begins with white space, a sign or no hex digit at all is left out: the module scans it with
 * sscanf("%8x"), which skips, signs, or leaves whatever was in memory.
 */

/** @import { Random } from './random.mjs' */

/**
 * @callback Mutation
 * @param {string} ticket decoded, or a cookie value
 * @param {Random} random
 * @param {number} digestLength hex digits in front of the ticket
 * @returns {string}
 */

export const DIGEST_LENGTH = { md5: 32, sha256: 64, sha512: 128 }

/** @param {string} text @param {number} at @param {string} put */
const replaceAt = (text, at, put) => text.slice(0, at) + put + text.slice(at + put.length)

/** @param {string} text @param {number} at @param {Random} random */
const flipBit = (text, at, random) =>
  replaceAt(text, at, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.int(8))))

/** @param {string} text @param {number} at */
const drop = (text, at) => text.slice(0, at) + text.slice(at + 1)

/** @param {string} text @param {number} at */
const swap = (text, at) => replaceAt(text, at, `${text[at + 1]}${text[at]}`)

/** On the ticket itself. @type {Readonly<Record<string, Mutation>>} */
export const TICKET_MUTATIONS = {
  'a bit of the digest': (ticket, random, length) => flipBit(ticket, random.int(length), random),
  'a bit of the timestamp': (ticket, random, length) => flipBit(ticket, length + 1 + random.int(7), random),
  'a bit of the fields': (ticket, random, length) =>
    flipBit(ticket, length + 8 + random.int(ticket.length - length - 8), random),
  'a char dropped': (ticket, random) => drop(ticket, random.int(ticket.length)),
  'two chars swapped': (ticket, random) => swap(ticket, random.int(ticket.length - 1)),
  'a char appended': (ticket, random) => ticket + random.pick(['!', 'x', '0', '\xff']),
  'the digest in upper case': (ticket, _, length) => ticket.slice(0, length).toUpperCase() + ticket.slice(length),
  'the timestamp in upper case': (ticket, _, length) =>
    replaceAt(ticket, length, ticket.slice(length, length + 8).toUpperCase()),
  'the uid cut by a separator': (ticket, _, length) => `${ticket.slice(0, length + 9)}!${ticket.slice(length + 9)}`,
  'no separator': (ticket) => ticket.replaceAll('!', ''),
  'all before the uid one char short': (ticket, _, length) => `${ticket.slice(0, length + 7)}!`,
}

/** On the base64 text. @type {Readonly<Record<string, Mutation>>} */
export const COOKIE_MUTATIONS = {
  'a base64 char dropped': (value, random) => drop(value, random.int(value.length)),
  'two base64 chars swapped': (value, random) => swap(value, random.int(value.length - 1)),
  'no padding': (value) => value.replace(/=+$/, ''),
  'base64 twice': (value) => Buffer.from(value, 'latin1').toString('base64'),
  'a tail after the base64': (value) => `${value}.tail`,
  'in quotes': (value) => `"${value}"`,
  'in quotes twice': (value) => `""${value}""`,
}
