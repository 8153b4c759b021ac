/** Set-Cookie lines: mod_auth_tkt's own text (send_auth_cookie, check_timeout), mod_authn_tkt's, or RFC 6265's. */

import { escapePart } from './back.js'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (number: number) => String(number).padStart(2, '0')

export interface CookieAttributes {
  readonly domain: string | undefined
  readonly secure: boolean
  readonly httpOnly: boolean
  readonly sameSite: string | null
  readonly maxAge: number | null
  /** A module's dates and order, or RFC 6265's. */
  readonly text: 'module' | 'rfc6265' | 'lighttpd'
}

/** A cookie that ends at `expires` (unix seconds), or with the browser. */
export function setCookie(
  name: string,
  value: string,
  expires: number | undefined,
  attributes: CookieAttributes,
): string {
  let end = ''
  if (expires !== undefined) end = `; expires=${attributes.text === 'module' ? moduleDate(expires) : imfDate(expires)}`
  const age = attributes.maxAge === null ? '' : `; Max-Age=${attributes.maxAge}`
  if (attributes.text === 'lighttpd')
    return `${name}=${value}; path=/${end}${age}${domainOf(attributes)}${tail(attributes)}`
  return `${name}=${value}${head(attributes)}${end}${age}${tail(attributes)}`
}

/** The deletion of a cookie. The module's date is a slip of units: it lies in 1970 and moves with the clock. */
export function deleteCookie(name: string, now: number, attributes: CookieAttributes): string {
  if (attributes.text === 'lighttpd') {
    return `${name}=; path=/; expires=${EPOCH_AND_A_SECOND}${domainOf(attributes)}${tail(attributes)}`
  }
  const end = attributes.text === 'module' ? slippedDate(Math.floor((now - 3600) / 1e6)) : `${EPOCH}; Max-Age=0`
  return `${name}=${head(attributes)}; expires=${end}${tail(attributes)}`
}

/** A cookie without an end: the module gives the back cookie no `secure` either. */
export function sessionCookie(name: string, value: string, attributes: CookieAttributes): string {
  return `${name}=${value}${head(attributes)}${attributes.text === 'module' ? '' : tail(attributes)}`
}

function head({ domain }: CookieAttributes): string {
  return domain === undefined ? '; path=/' : `; path=/; domain=${domain}`
}

/** As lighttpd writes it, behind the date and escaped (ENCODING_REL_URI). */
function domainOf({ domain }: CookieAttributes): string {
  return domain === undefined ? '' : `; domain=${escapePart(domain)}`
}

function tail({ secure, httpOnly, sameSite }: CookieAttributes): string {
  return `${secure ? '; secure' : ''}${httpOnly ? '; HttpOnly' : ''}${sameSite === null ? '' : `; SameSite=${sameSite}`}`
}

/** A date's text is that of the one before in all but the first request of a second. */
function remembered(write: (date: Date) => string): (time: number) => string {
  let last = Number.NaN
  let text = ''
  return (time) => {
    if (time !== last) {
      text = write(new Date(time * 1000))
      last = time
    }
    return text
  }
}

/** `Wed, 15-Nov-23 22:13:20 GMT`. */
const moduleDate = remembered((date) => {
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${two(date.getUTCFullYear() % 100)}`
  return `${DAYS[date.getUTCDay()]}, ${day} ${clockOf(date)} GMT`
})

/** `Wed, 15 Nov 2023 22:13:20 GMT` (RFC 9110 section 5.6.7). */
const imfDate = remembered(
  (date) =>
    `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${clockOf(date)} GMT`,
)
/** Deleted cookies end here. */
const [EPOCH, EPOCH_AND_A_SECOND] = [imfDate(0), imfDate(1)]

/** `Thu 01 Jan 1970 00:28:19 UTC`. */
const slippedDate = remembered(
  (date) =>
    `${DAYS[date.getUTCDay()]} ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${clockOf(date)} UTC`,
)

function clockOf(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
}
