/** Tickets by the recipe, made with node:crypto alone: also those that no issuer would make. Strings are bytes. */
import { createHash } from 'node:crypto'

/**
 * @typedef {object} Draft
 * @property {'md5' | 'sha256' | 'sha512'} digest
 * @property {string} secret
 * @property {string} ip IPv4
 * @property {number} issuedAt
 * @property {string} uid
 * @property {string} tokens
 * @property {string} userData
 */

/** The digest in front of a ticket's fields. @param {Draft} draft */
export function digestOf({ digest, secret, ip, issuedAt, uid, tokens, userData }) {
  const head = Buffer.alloc(8)
  head.set(ip.split('.').map(Number))
  head.writeUInt32BE(issuedAt >>> 0, 4)
  const text = Buffer.from(`${secret}${uid}\0${tokens}\0${userData}`, 'latin1')
  const first = createHash(digest)
    .update(Buffer.concat([head, text]))
    .digest('hex')
  return createHash(digest)
    .update(Buffer.from(first + secret, 'latin1'))
    .digest('hex')
}

/** The ticket's own text; `short`: without the second separator where there are no tokens. @param {Draft} draft */
export function forge(draft, short = false) {
  const { issuedAt, uid, tokens, userData } = draft
  const labels = short && tokens === '' && !userData.includes('!') ? '' : `${tokens}!`
  const time = (issuedAt >>> 0).toString(16).padStart(8, '0')
  return `${digestOf(draft)}${time}${uid}!${labels}${userData}`
}
