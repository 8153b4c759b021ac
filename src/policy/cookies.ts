/** The cookies that the guard sets: with which attributes, in which text. */

import type { Host } from '../http/host.js'
import { type CookieAttributes, deleteCookie, sessionCookie, setCookie } from '../http/set-cookie.js'
import type { Facts } from './facts.js'
import type { Settings } from './settings.js'

export function attributesOf({ host, tls }: Facts, settings: Settings): CookieAttributes {
  const { cookieText, cookieDomain, hostDomain } = settings
  return {
    domain: cookieDomain ?? (hostDomain ? ownDomain(host, cookieText) : undefined),
    secure: settings.cookieSecure === 'tls' ? tls : settings.cookieSecure,
    httpOnly: settings.cookieHttpOnly,
    sameSite: settings.cookieSameSite,
    maxAge: settings.cookieMaxAge,
    text: cookieText,
  }
}

/** mod_auth_tkt cuts at the first colon, even within the brackets of an IPv6 address. */
function ownDomain(host: Host | undefined, cookieText: Settings['cookieText']): string | undefined {
  return cookieText === 'lighttpd' ? host?.name : host?.text.replace(/:.*/s, '')
}

export function ticketCookie(value: string, facts: Facts, settings: Settings): string {
  return namedCookie(settings.cookieName, value, facts, settings)
}

/** A cookie that ends when ticket cookies end. */
function namedCookie(name: string, value: string, facts: Facts, settings: Settings): string {
  const { cookieExpires } = settings
  const expires = cookieExpires === null || cookieExpires === 0 ? undefined : facts.request.now + cookieExpires
  return setCookie(name, value, expires, attributesOf(facts, settings))
}

export function deletedCookie(facts: Facts, settings: Settings): string {
  return deleteCookie(settings.cookieName, facts.request.now, attributesOf(facts, settings))
}

/** The way back: mod_authn_tkt writes it like a ticket cookie, the others end it with the browser. */
export function backCookie(name: string, value: string, facts: Facts, settings: Settings): string {
  if (settings.cookieText === 'lighttpd') return namedCookie(name, value, facts, settings)
  return sessionCookie(name, value, attributesOf(facts, settings))
}
