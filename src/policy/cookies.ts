/** The cookies that the guard sets: with which attributes, in which text. */

import { type CookieAttributes, deleteCookie, setCookie } from '../http/set-cookie.js'
import type { Facts } from './facts.js'
import type { Settings } from './settings.js'

export function attributesOf({ host, tls }: Facts, settings: Settings): CookieAttributes {
  return {
    domain: settings.cookieDomain ?? (settings.hostDomain ? host?.text.replace(/:.*/s, '') : undefined),
    secure: settings.cookieSecure === 'tls' ? tls : settings.cookieSecure,
    httpOnly: settings.cookieHttpOnly,
    sameSite: settings.cookieSameSite,
    maxAge: settings.cookieMaxAge,
    text: settings.cookieText,
  }
}

export function ticketCookie(value: string, facts: Facts, settings: Settings): string {
  const { cookieName, cookieExpires } = settings
  const expires = cookieExpires === null || cookieExpires === 0 ? undefined : facts.request.now + cookieExpires
  return setCookie(cookieName, value, expires, attributesOf(facts, settings))
}

export function deletedCookie(facts: Facts, settings: Settings): string {
  return deleteCookie(settings.cookieName, facts.request.now, attributesOf(facts, settings))
}
