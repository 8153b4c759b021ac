/** One request to the protected page, and what the answer says. */
import { get } from 'node:http'

/**
 * What the server made of a ticket; strings are bytes, one char each.
 * @typedef {{ uid: string, tokens: string, userData: string }} Identity
 */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {Identity} [identity] only when the request was let in
 * @property {string} [refreshed] value of the cookie that the server set
 */

/**
 * @param {{ url: string }} server
 * @param {string} cookie value of the ticket cookie
 * @param {{ ip?: string }} [client] default 127.0.0.1
 * @returns {Promise<Answer>}
 */
export function ask({ url }, cookie, { ip = '127.0.0.1' } = {}) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false, headers: requestHeaders(cookie, ip) }, (response) => {
      response.resume().once('end', () => resolve(answerOf(response.statusCode ?? 0, response.headers)))
    }).once('error', reject)
  })
}

/** @param {string} cookie @param {string} ip */
export const requestHeaders = (cookie, ip) => ({ cookie: `auth_tkt=${cookie}`, 'x-client-ip': ip })

/**
 * @param {number} status
 * @param {Record<string, string | string[] | undefined>} headers
 * @returns {Answer}
 */
export function answerOf(status, headers) {
  const [refreshed] = [headers['set-cookie'] ?? []].flat().flatMap((line) => /^auth_tkt=([^;]*)/.exec(line)?.[1] ?? [])
  const fields = headers['x-identity']?.toString().split('.')
  return {
    status,
    ...(fields && { identity: identityOf(fields) }),
    ...(refreshed !== undefined && { refreshed }),
  }
}

/** @param {readonly string[]} fields each in base64 @returns {Identity} */
function identityOf(fields) {
  const [uid = '', tokens = '', userData = ''] = fields.map((text) => Buffer.from(text, 'base64').toString('latin1'))
  return { uid, tokens, userData }
}
