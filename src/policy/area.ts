/** An area as the guard uses it: settings merged, what can be known beforehand worked out. */

import { maskAddress } from '../http/address.js'
import type { Places } from '../http/signed-cookie.js'
import type { Credentials } from '../pubtkt/bauth.js'
import type { PubtktIssuer } from '../pubtkt/issue.js'
import type { AsyncSignedRing, SignedRing } from '../pubtkt/ring.js'
import type { Ring } from '../ticket/ring.js'
import type { Profile } from './defaults.js'
import { asModuleReads, isUnique } from './guest.js'
import type { Keyring } from './keyrings.js'
import type { ParsedArea, ParsedPublicKey } from './options.js'
import { type Check, compileRule } from './require.js'
import type { Settings, SomeSettings } from './settings.js'
import type { SignedRings } from './signed-rings.js'

export interface Area {
  readonly name: string
  /** Which areas of the list it is made of. */
  readonly key: string
  readonly settings: Settings
  /** The entry of `hosts` that it belongs to; undefined: the main server's. */
  readonly host: number | undefined
  /** Everybody with a ticket may enter: nothing more to check. */
  readonly anyUser: boolean
  readonly check: Check
  /** Some area has a maxAge: renewed tickets keep the first sign-in, wherever they are renewed. */
  readonly sessions: boolean
  /** The ticket cookie's name and `=`. */
  readonly cookieKey: string
  /** Undefined where no secret is configured. */
  readonly ring: Ring | undefined
  /** What the ring is made of. */
  readonly keyring: Keyring
  /** Signed tickets are asked for (AuthType mod_auth_pubtkt), and what checks them. */
  readonly signing: Signing | undefined
  /** The address that a ticket binds here; undefined for clients that no ticket can be bound to. */
  readonly bound: (ip: string | undefined) => string | undefined
}

/** Settings given in `layers`, the later ones over the earlier, over `defaults`. */
export function mergeSettings(defaults: Settings, layers: readonly SomeSettings[], profile: Profile): Settings {
  // Not spread: V8 clones frozen objects that were spread into hidden classes of their own, one an area, and reading
  // settings then costs a hash look-up each (decide among 10 000 areas: 1.8 µs more).
  const merged: Record<string, unknown> = Object.assign({}, defaults)
  const given = new Set<string>()
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined || !(name in defaults)) continue
      merged[name] = value
      given.add(name)
    }
  }
  const settings = merged as unknown as { -readonly [K in keyof Settings]: Settings[K] }
  if (profile === 'exact') settings.guestUser = asModuleReads(settings.guestUser)
  // Who says which part of the timeout means that, and no number of seconds by default.
  if (given.has('timeoutRefresh') && !given.has('refreshWithin')) settings.refreshWithin = null
  if (profile !== 'hardened') {
    // "please set TKTAuthCookieSecure explicitly, assuming 'on'"
    if (settings.requireSsl && !given.has('cookieSecure')) settings.cookieSecure = true
  } else if (!given.has('guestCookie') && isUnique(settings.guestUser)) {
    settings.guestCookie = true
  }
  if (settings.cookieDomain?.includes(':')) settings.cookieDomain = settings.cookieDomain.replace(/:.*/s, '')
  if (settings.cookieName.startsWith('__Host-')) Object.assign(settings, { hostDomain: false, cookieDomain: null })
  if (/^__(?:Host|Secure)-/.test(settings.cookieName)) settings.cookieSecure = true
  return Object.freeze(settings)
}

/** What checks signed tickets, and what makes them. */
export interface Signing {
  readonly places: Places
  /** What the ring is made of. */
  readonly publicKeys: readonly ParsedPublicKey[]
  /** Undefined where no public key is configured. */
  readonly ring: SignedRing | AsyncSignedRing | undefined
  /** A ticket's `bauth` as Authorization: Basic takes it; null: it cannot be opened. One of both is there. */
  readonly open: ((bauth: string) => string | null) | undefined
  readonly openLater: ((bauth: string) => Promise<string | null>) | undefined
  /** Their `bauth` for who signs in, sealed; undefined without a key for it, or where that takes its time. */
  readonly seal: ((credentials: Credentials) => string) | undefined
  /** Makes tickets for who signs in; undefined without a private key. */
  readonly issuer: PubtktIssuer | undefined
  /** Whether a ticket of this key may be followed by one of the private key. */
  mayRenew(keyIndex: number, now: number): boolean
}

/** What all areas of a guard have in common. */
export interface Surroundings {
  readonly profile: Profile
  readonly sessions: boolean
  /** Where no area around has keys of its own. */
  readonly keyring: Keyring
  readonly signed: SignedRings
  readonly host: number | undefined
}

export function makeArea(
  name: string,
  key: string,
  settings: Settings,
  keyring: Keyring,
  signing: Signing | undefined,
  { profile, sessions, host }: Surroundings,
): Area {
  return {
    name,
    key,
    settings,
    host,
    sessions,
    anyUser: settings.require === 'valid-user',
    check: compileRule(settings.require, settings.groups, profile === 'hardened'),
    cookieKey: `${settings.cookieName}=`,
    ring: keyring.ringFor(settings.ignoreIp),
    keyring,
    signing,
    bound: binding(settings),
  }
}

function binding({ ignoreIp, ipv6, ipv6Prefix }: Settings): Area['bound'] {
  if (ignoreIp || (ipv6 === 'bind' && ipv6Prefix === 128)) return (ip) => ip
  const bits = ipv6 === 'refuse' ? 0 : ipv6Prefix
  let last: string | undefined
  let bound: string | undefined
  return (ip) => {
    if (ip === undefined || !ip.includes(':')) return ip
    if (ip !== last) {
      const masked = maskAddress(ip, bits)
      bound = bits === 0 && masked?.includes(':') ? undefined : masked
      last = ip
    }
    return bound
  }
}

/** What explanations call an area. */
export function nameOf({ name, path, exactPath, pattern, file }: ParsedArea): string {
  return name ?? path ?? exactPath ?? (pattern === undefined ? `file ~ ${file}` : `~ ${pattern}`)
}
