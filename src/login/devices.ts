/**
 * Browsers that an account's owner has signed in with before: their tries are counted apart, so that nobody who fails in
 * the owner's name keeps the owner out.
 */

import { randomBytes } from 'node:crypto'
import type { OwnCookies } from './cookies.js'
import { foldName } from './names.js'
import type { Secrets } from './secrets.js'

const COOKIE = 'authtkt_device'
const ID = /^[\w-]{16}$/
/** Half a year. */
const AGE = 180 * 86_400
/** Accounts that share a browser. */
const MOST = 4

/** The browser's id, if it is known to belong to the account. */
export function deviceOf(cookies: OwnCookies, secrets: Secrets, uid: string): string | undefined {
  const known = devices(cookies).find(({ id, signatures }) =>
    signatures.some((one) => secrets.isSigned('device', `${id} ${foldName(uid)}`, one)),
  )
  return known?.id
}

/** The Set-Cookie line that makes the browser known. */
export function rememberDevice(cookies: OwnCookies, secrets: Secrets, uid: string): string {
  const { id, signatures } = devices(cookies)[0] ?? { id: randomBytes(12).toString('base64url'), signatures: [] }
  const text = `${id} ${foldName(uid)}`
  const others = signatures.filter((one) => !secrets.isSigned('device', text, one)).slice(0, MOST - 1)
  return cookies.set(COOKIE, [id, secrets.sign('device', text), ...others].join('.'), AGE)
}

function devices(cookies: OwnCookies): { id: string; signatures: string[] }[] {
  return cookies.all(COOKIE).flatMap((value) => {
    const [id = '', ...signatures] = value.split('.').slice(0, MOST + 1)
    return ID.test(id) ? [{ id, signatures }] : []
  })
}
