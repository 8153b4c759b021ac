/** The answers that keep somebody out, and the one that asks for nobody. */

import type { Reason } from '../types.js'
import type { Area } from './area.js'
import type { Deny, Failure, Pass, Redirect } from './decision.js'
import type { Facts } from './facts.js'
import { isScript, problemOf } from './navigation.js'
import { wayTo } from './redirect.js'
import type { Settings } from './settings.js'

export const NO_COOKIES: readonly string[] = Object.freeze([])

/** Nobody has to be known. `host` is only there where an entry of `hosts` judged. */
export function pass(url: string, host: number | undefined): Pass {
  return host === undefined ? { kind: 'pass', url } : { kind: 'pass', url, host }
}

/** Somebody is sent to `url`; a script gets a problem instead. Without an URL it depends on why. */
export function send(
  url: string | null,
  reason: Reason,
  area: Area,
  facts: Facts,
  cookie: string | undefined,
): Redirect | Deny | Failure {
  const { settings } = area
  const cookies = cookie === undefined ? NO_COOKIES : [cookie]
  if (isScript(facts.flat, settings.problemFor)) {
    const problem = problemOf(reason, url)
    return { ...deny(problem.status === 403 ? 403 : 401, reason, settings, cookies), problem }
  }
  if (url === null) return withoutUrl(reason, settings, cookies)
  const { location, backCookie } = wayTo(url, facts, settings)
  const setCookies =
    backCookie === undefined ? cookies : [...(settings.cookieText === 'module' ? [] : cookies), backCookie]
  const status = statusOf(settings, facts)
  return { kind: 'redirect', status, location, reason, setCookies, noStore: settings.noStore }
}

/** HTTP/1.0 knows no 307. */
function statusOf({ redirectStatus }: Settings, { request }: Facts): Redirect['status'] {
  if (redirectStatus !== 'version') return redirectStatus
  return request.httpVersion === '1.0' ? 302 : 307
}

/** AuthType TKT refuses by status; elsewhere only a mistake in the configuration leads here. lighttpd's 403 has no cookies. */
function withoutUrl(reason: Reason, settings: Settings, sent: readonly string[]): Deny | Failure {
  const cookies = settings.cookieWhen === 'lighttpd' ? NO_COOKIES : sent
  // The C code follows a null pointer here (A4).
  if (reason === 'tokens' || reason === 'insecure' || reason === 'user') {
    return settings.brokenStatus === 500 ? broken(settings, cookies) : deny(403, reason, settings, cookies)
  }
  if (settings.loginUrls === 'literal' || settings.authType === 'mod_auth_pubtkt')
    return deny(403, reason, settings, cookies)
  if (settings.authType !== 'TKT' || settings.guestLogin) return broken(settings, cookies)
  return deny(reason === 'expired' ? 401 : 403, reason, settings, cookies)
}

export function deny(status: 401 | 403, reason: Reason, settings: Settings, setCookies: readonly string[]): Deny {
  return { kind: 'deny', status, reason, setCookies, noStore: settings.noStore }
}

/** A place that needs a user and is not fully configured: nobody passes. */
export function broken(settings: Settings, setCookies: readonly string[]): Failure {
  return { kind: 'error', status: 500, reason: 'config', setCookies, noStore: settings.noStore }
}
