/** A real Apache for the length of a test, and one shape for its verdicts and ours. */
import type { Test } from 'tap'
import { Pool } from 'undici'
import { type ApacheOptions, startApache } from '../../native-fixtures/apache.mjs'
import { type Answer, answerOf, type Identity, requestHeaders } from '../../native-fixtures/ask.mjs'
import type { Digest, Key, VerifyResult } from '../../src/index.js'

export type Ask = (cookie: string, ip: string) => Promise<Answer>

/** Start Apache; it and the kept-alive connections to it end with the test. */
export async function apacheFor(t: Test, options: ApacheOptions): Promise<Ask> {
  const apache = await startApache(options)
  const pool = new Pool(`http://127.0.0.1:${apache.port}`, { connections: 4 })
  t.teardown(async () => {
    await pool.close()
    await apache.stop()
  })
  return async (cookie, ip) => {
    const headers = requestHeaders(cookie, ip)
    const response = await pool.request({ path: '/page', method: 'GET', headers })
    await response.body.dump()
    return answerOf(response.statusCode, response.headers)
  }
}

/** The fixtures' strings are bytes, one char each; as a string, a key's secret would be UTF-8. */
export const keyOf = (digest: Digest, secret: string): Key => ({ digest, secret: Buffer.from(secret, 'latin1') })

/** Fields as the server hands them on. */
export const flat = ({ uid, tokens, userData }: Pick<Identity, 'uid' | 'userData'> & { tokens: readonly string[] }) => {
  return { uid, tokens: tokens.join(','), userData }
}

/** What our verifier read in a good ticket; undefined for a bad one. `Answer.identity` is Apache's word on it. */
export const identityOf = (result: VerifyResult): Identity | undefined => (result.ok ? flat(result.ticket) : undefined)
