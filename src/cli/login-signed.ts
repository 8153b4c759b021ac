/**
 * The signed tickets of a gateway's login: what makes them, whose are renewed, and a trial of one at each area that sends
 * people to the login, before anybody comes.
 */

import type { LoginConfig } from '../config/login.js'
import { TktError } from '../errors.js'
import type { AreaInfo, Guard, GuardRequest } from '../policy/decision.js'
import { createGuard } from '../policy/guard.js'
import { type AreaOptions, type GuardOptions, type ParsedPublicKey, parseOptions } from '../policy/options.js'
import { secondsOf } from '../policy/ring-keys.js'
import { clock } from './keys.js'
import { checkTickets, pathOf, withTickets } from './login-options.js'
import { passthruKeyOf } from './login-passthru.js'
import { asks, isSigned, pathHere, type Site, sitesOf } from './login-tickets.js'

type Login = LoginConfig & { readonly path: string }

/** Parts of the login that only signed tickets have. */
const SIGNED_ONLY = ['signingKey', 'tickets', 'passthru'] as const

/** An area that asks for signed tickets, and one of its requests. */
interface Place {
  readonly site: Site
  readonly path: string
  readonly url: string
  readonly info: AreaInfo
}

/**
 * The options with the login's signing key, its tickets' settings and public keys in the login's areas.
 * @param given the configuration as it stands, without what was made of it
 */
export function withSignedTickets(options: GuardOptions, login: Login, given: GuardOptions): GuardOptions {
  const sites = sitesOf(options, login)
  const guard = createGuard({ ...options, shadow: false })
  const signed = sites.filter((site) => {
    const info = guard.areaOf(ask(site, login.path))
    return site.hasLogin && info !== undefined && isSigned(info.settings)
  })
  if (signed.length === 0) {
    const name = SIGNED_ONLY.find((one) => login[one])
    if (name === undefined) return options
    throw fail(
      login,
      `${name}: no area that sends people here asks for signed tickets; set their authType to 'mod_auth_pubtkt', or leave it out`,
    )
  }
  const { signingKey } = login
  const keyed = changed(options, login, signed, (area) =>
    withTickets({ ...(signingKey && { signingKey }), ...area }, login),
  )
  const sealing = withPassthru(keyed, login, signed, (site) => sendersOf(placesOf(guard, site), site, options, login))
  checkTickets(given, login, signed, (site) => [login.path, ...senderPaths(guard, site, options, login)])
  const trial = createGuard({ ...sealing, shadow: false })
  const places = sites.flatMap((site) => placesOf(trial, site))
  return signed.reduce((whole, site) => {
    const publicKeys = agreed(trial, places, tryOut(trial, site, places, options, login))
    return changed(whole, login, [site], (area) => ({ publicKeys, ...area }))
  }, sealing)
}

function withPassthru(
  options: GuardOptions,
  login: Login,
  sites: readonly Site[],
  senders: (site: Site) => readonly Place[],
): GuardOptions {
  if (!login.passthru) return options
  const parsed = parseOptions(options)
  return sites.reduce((whole, site) => {
    const passthruKey = passthruKeyOf(parsed, login, site, senders(site))
    return passthruKey === undefined ? whole : changed(whole, login, [site], (area) => ({ ...area, passthruKey }))
  }, options)
}

/** Whether the login's signed tickets can be made anew without an end. */
export function renewsForEver(options: GuardOptions, login: Login): boolean {
  const guard = createGuard({ ...options, shadow: false })
  return sitesOf(options, login).some((site) => {
    const settings = site.hasLogin ? guard.areaOf(ask(site, login.path))?.settings : undefined
    if (settings === undefined || !isSigned(settings) || settings.maxAge !== null) return false
    const { timeout, timeoutRefresh, refreshWithin } = settings
    return (refreshWithin ?? timeoutRefresh * timeout) > 0 && timeout > 0
  })
}

function placesOf(guard: Guard, site: Site): Place[] {
  return site.areas.flatMap((area) => {
    const path = pathOf(area)
    const url = encodeURI(path)
    const info = guard.areaOf(ask(site, url))
    return info !== undefined && asks(info) && isSigned(info.settings) ? [{ site, path, url, info }] : []
  })
}

/** A ticket that the login makes, where it is let in at each area that sends people to the login. */
function tryOut(guard: Guard, site: Site, places: readonly Place[], options: GuardOptions, login: Login): string {
  const senders = sendersOf(places, site, options, login)
  const cookie = trialTicket(guard, site, login, senders[0]?.info.name ?? login.path)
  for (const { url, info } of senders) {
    const decision = guard.decide(ask(site, url, [['Cookie', cookie]]))
    const reason = decision.kind === 'allow' || decision.kind === 'pass' ? undefined : decision.reason
    if (reason === 'signature') {
      throw fail(
        login,
        `signingKey: it belongs to none of the publicKeys of the area ${info.name}, or has another digest, so that nobody would be let in; add its public key there (openssl pkey -in KEY -pubout), or name the other key`,
      )
    }
    if (reason !== undefined && ['absent', 'malformed', 'address', 'expired'].includes(reason)) {
      throw fail(
        login,
        `the area ${info.name} would not take the login's tickets (${reason}); give an area ${login.path} the settings that its tickets are to have (cookieName, cipMatch, ignoreIp), and have Cookie among the ticketHeaders`,
      )
    }
  }
  return cookie.slice(cookie.indexOf('=') + 1)
}

/** The areas of the site that send people to the login. */
function sendersOf(places: readonly Place[], site: Site, options: GuardOptions, login: Login): Place[] {
  return places.filter(
    ({ site: { index }, info: { settings } }) =>
      index === site.index && pathHere(settings.loginUrl as string, options, login) === login.path,
  )
}

function senderPaths(guard: Guard, site: Site, options: GuardOptions, login: Login): string[] {
  return sendersOf(placesOf(guard, site), site, options, login).map(({ path }) => path)
}

/** Name and value of a cookie. */
function trialTicket(guard: Guard, site: Site, login: Login, sender: string): string {
  try {
    const line = guard.visit(ask(site, login.path))?.signIn({ uid: 'trial' }) as string
    return line.slice(0, line.indexOf(';'))
  } catch (error) {
    if (!(error instanceof TktError) || !error.message.includes('signingKey')) throw error
    throw fail(
      login,
      `the area ${sender} asks for signed tickets, and there is nothing to sign them with; give the login a signingKey: { "privateKey": { "file": "..." }, "digest": "sha256" } (authtkt keygen makes a pair)`,
    )
  }
}

/**
 * Keys that all areas have which take the login's tickets: those of another login, good in one of these areas, must not
 * become good in the others by being renewed here.
 */
function agreed(guard: Guard, places: readonly Place[], value: string): ParsedPublicKey[] {
  const lists = places
    .filter(({ site, url, info: { settings } }) => {
      const headers = settings.ticketHeaders.map((name): [string, string] => {
        return [name, /^cookie$/i.test(name) ? `${settings.cookieName}=${value}` : value]
      })
      const decision = guard.decide(ask(site, url, headers))
      return decision.kind === 'allow' || decision.kind === 'pass' || decision.reason !== 'signature'
    })
    .map(({ info: { publicKeys = [] } }) => publicKeys)
  const [first = [], ...others] = lists
  return first.flatMap((key) => {
    const same = others.map((list) => list.filter((one) => nameOf(one) === nameOf(key)))
    if (same.some((list) => list.length === 0)) return []
    return [key, ...same.flat()].sort((a, b) => endOf(a) - endOf(b)).slice(0, 1)
  })
}

function nameOf({ publicKey, digest }: ParsedPublicKey): string {
  return `${digest} ${publicKey.replace(/\s+/g, '')}`
}

function endOf({ acceptUntil }: ParsedPublicKey): number {
  return secondsOf(acceptUntil) ?? Number.MAX_SAFE_INTEGER
}

function ask({ name }: Site, url: string, headers: [string, string][] = []): GuardRequest {
  return { method: 'GET', url, headers: [['Host', name], ...headers], ip: '127.0.0.1', tls: true, now: clock() }
}

/** The options with the login's areas on some sites changed. */
function changed(
  options: GuardOptions,
  { path }: Login,
  sites: readonly Site[],
  change: (area: AreaOptions) => AreaOptions,
): GuardOptions {
  const within = (areas: AreaOptions[] | undefined) => areas?.map((area) => (area.path === path ? change(area) : area))
  const has = (index: number | undefined) => sites.some((site) => site.index === index)
  return {
    ...options,
    ...(has(undefined) && { areas: within(options.areas) }),
    ...(options.hosts && {
      hosts: options.hosts.map((host, index) => (has(index) ? { ...host, areas: within(host.areas) } : host)),
    }),
  }
}

function fail({ at }: Login, message: string): TktError {
  return new TktError('ERR_TKT_CONFIG', `${at}: ${message}`)
}
