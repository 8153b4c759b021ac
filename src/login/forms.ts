/** Forms that only our pages can have shown: a token in the form that goes with a cookie of the browser (CSRF). */

import { randomBytes } from 'node:crypto'
import type { OwnCookies } from './cookies.js'
import type { Secrets } from './secrets.js'

/** `foreign`: not of our pages; `expired`: open for too long; `no-cookie`: the browser has not sent ours. */
export type FormVerdict = 'good' | 'foreign' | 'expired' | 'no-cookie'

export interface ShownForm {
  /** For a hidden field. */
  readonly token: string
  /** Set-Cookie lines; none where the browser has the cookie: forms in other tabs stay good. */
  readonly setCookies: readonly string[]
}

const COOKIE = 'authtkt_form'
/** The hidden field: a name that no form of an application has, as a guard's redirect may bring one of those here. */
export const FIELD = 'authtkt_form'
const VALUE = /^[\w-]{22}$/
/** Seconds that a form may be open. */
const FORM_AGE = 3600

export function showForm(cookies: OwnCookies, secrets: Secrets, now: number): ShownForm {
  const known = cookies.all(COOKIE).find((one) => VALUE.test(one))
  const value = known ?? randomBytes(16).toString('base64url')
  const token = `${now.toString(36)}.${secrets.sign('form', `${value}.${now.toString(36)}`)}`
  return { token, setCookies: value === known ? [] : [cookies.set(COOKIE, value)] }
}

export function checkForm(token: string, cookies: OwnCookies, secrets: Secrets, now: number): FormVerdict {
  const values = cookies.all(COOKIE)
  if (values.length === 0) return 'no-cookie'
  const [time = '', signature = ''] = token.split('.')
  if (!values.some((value) => secrets.isSigned('form', `${value}.${time}`, signature))) return 'foreign'
  const age = now - Number.parseInt(time, 36)
  return age >= 0 && age <= FORM_AGE ? 'good' : 'expired'
}
