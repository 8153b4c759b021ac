/**
 * The recorded tickets of issuers and frameworks, shown to the real Apache of today: as the issuer returned them and,
 * since a raw ticket suffers from what a Cookie header cannot carry, in base64 as well.
 */
import { readFile } from 'node:fs/promises'
import { startApache } from './apache.mjs'
import { ask } from './ask.mjs'

const DIGESTS = /** @type {const} */ ({ MD5: 'md5', SHA256: 'sha256', SHA512: 'sha512' })
// What node:http does not send in a header: Apache answers 400 to it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are what it looks for
const UNSENDABLE = /[\0-\x08\x0a-\x1f\x7f]/

/**
 * @typedef {object} Recorded one row of recorded/issuers.json or dialects.json, as far as it is used here
 * @property {string} secret
 * @property {string} digest
 * @property {string | null} ip
 * @property {string | null} [ticket]
 * @property {string | null} [ticket_b64]
 */

/** The distinct cookie values of a row: as issued, then base64. @param {Recorded} row @returns {string[]} */
export function formsOf({ ticket, ticket_b64: base64 }) {
  if (!ticket) return base64 ? [base64] : []
  const encoded = ticket.includes('!') ? Buffer.from(ticket, 'latin1').toString('base64') : ticket
  return [...new Set([ticket, encoded])].filter((form) => !UNSENDABLE.test(form))
}

/** Asks Apache about every row whose digest it knows. @param {'issuers' | 'dialects'} name */
export async function replay(name) {
  const text = await readFile(new URL(`recorded/${name}.json`, import.meta.url), 'utf8')
  /** @type {Recorded[]} */
  const rows = JSON.parse(text).vectors
  const answers = []
  /** @type {Map<string, import('./apache.mjs').Apache>} */
  const servers = new Map()
  try {
    for (const [row, each] of rows.entries()) {
      const digest = DIGESTS[/** @type {keyof typeof DIGESTS} */ (each.digest.toUpperCase())]
      if (!digest) continue
      const key = `${digest} ${each.secret}`
      const apache = servers.get(key) ?? (await startApache({ digest, secret: each.secret }))
      servers.set(key, apache)
      for (const cookie of formsOf(each)) {
        const { status, identity } = await ask(apache, cookie, { ip: each.ip ?? '0.0.0.0' })
        answers.push({ row, cookie, expect: { status, ...identity } })
      }
    }
  } finally {
    for (const apache of servers.values()) await apache.stop()
  }
  return answers
}
