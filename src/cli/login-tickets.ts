/**
 * What the tickets of a gateway's login have to be for the areas that send people there. One that no area takes would
 * send them round in circles, and so would a login URL that leads to a place where a user is asked for.
 */

import type { LoginConfig } from '../config/login.js'
import { TktError } from '../errors.js'
import type { AreaInfo, Guard } from '../policy/decision.js'
import { createGuard } from '../policy/guard.js'
import type { AreaOptions, GuardOptions } from '../policy/options.js'
import type { Settings } from '../policy/settings.js'

type Login = LoginConfig & { readonly path: string }

/** An area takes a ticket if it is made with the same ones of these. */
const DECISIVE = ['cookieName', 'ignoreIp', 'ipv6', 'ipv6Prefix'] as const
/** How signed ones are found, and whose they are. */
const SIGNED = [
  ...['authType', 'cipMatch', 'longFields', 'cookieMatch', 'ticketHeaders', 'timeoutRefresh', 'refreshWithin'],
] as (keyof Settings)[]
/** How it is given to the browser. */
const BESIDES = [
  ...['cookieDomain', 'hostDomain', 'cookieSecure', 'cookieExpires', 'cookieMaxAge'],
  ...['cookieHttpOnly', 'cookieSameSite', 'timeout', 'maxAge', 'backArgName', 'backCookieName'],
] as (keyof Settings)[]

/** Who answers to a name: the main server, or an entry of `hosts`. */
export interface Site {
  readonly index: number | undefined
  readonly name: string
  readonly areas: readonly AreaOptions[]
  readonly hasLogin: boolean
}

export function sitesOf({ areas = [], hosts = [] }: GuardOptions, login: Login): Site[] {
  const wanted = login.hosts?.map((name) => name.toLowerCase())
  return [
    { index: undefined, name: 'localhost', areas, hasLogin: wanted === undefined },
    ...hosts.map((host, index) => ({
      index,
      name: (host.names[0] ?? '').replace(/^\*\./, 'www.'),
      areas: host.areas ?? areas,
      hasLogin: wanted === undefined || host.names.some((name) => wanted.includes(name.toLowerCase())),
    })),
  ]
}

export type TicketSettings = Partial<AreaOptions>

/** Of a URL that leads to this site, the path; undefined for others. */
export function pathHere(url: string, { hosts = [] }: GuardOptions, login: LoginConfig): string | undefined {
  if (!URL.canParse(url, 'http://here.invalid/')) return undefined
  const { hostname, pathname } = new URL(url, 'http://here.invalid/')
  const names = hosts.flatMap((host) => host.names.map((name) => name.toLowerCase()))
  const own = login.url === undefined ? undefined : new URL(login.url).hostname
  // Without virtual hosts, whatever it is called is this one, as far as the login's own path goes.
  const here = ['here.invalid', own, ...names].includes(hostname) || (names.length === 0 && pathname === login.path)
  return here ? pathname : undefined
}

/** `isGiven`: the host has an area of its own for the login. */
export function ticketSettings(
  options: GuardOptions,
  login: Login,
  isGiven: (host: number | undefined) => boolean,
): (host: number | undefined) => TicketSettings {
  const guard = createGuard(options)
  const found = new Map<number | undefined, TicketSettings>()
  for (const { index, name, areas, hasLogin } of sitesOf(options, login)) {
    if (index !== undefined || hasLogin) {
      found.set(index, look(guard, name, areas, options, login, isGiven(index)))
    }
  }
  return (host) => found.get(host) ?? {}
}

function look(
  guard: Guard,
  host: string,
  areas: readonly AreaOptions[],
  options: GuardOptions,
  login: Login,
  isGiven: boolean,
): TicketSettings {
  const infoOf = (url: string) => guard.areaOf({ method: 'GET', url, headers: ['Host', host], ip: '127.0.0.1', now: 0 })
  const asking = areas.flatMap(({ path, exactPath }) => {
    const info = infoOf(encodeURI(path ?? exactPath ?? ''))
    return info !== undefined && asks(info) ? [info] : []
  })
  for (const info of asking) checkCircle(info, infoOf, options, login)
  const senders = asking.filter(
    ({ settings: { loginUrl } }) => pathHere(loginUrl as string, options, login) === login.path,
  )
  const own = infoOf(login.path)
  if (isGiven || own === undefined || senders.every((info) => same(info, own))) return {}
  const [first, ...others] = senders as [AreaInfo, ...AreaInfo[]]
  const other = others.find((info) => !same(info, first))
  if (other === undefined) {
    return pick(first.settings, [...(isSigned(first.settings) ? SIGNED : []), ...DECISIVE, ...BESIDES])
  }
  const differing = DECISIVE.find((name) => first.settings[name] !== other.settings[name]) ?? 'authType'
  const message = `${login.at}: the areas ${first.name} and ${other.name} send people to the login and take different tickets (${differing}); give an area ${login.path} the settings that its tickets are to have, and the other area a loginUrl of its own`
  throw new TktError('ERR_TKT_CONFIG', message)
}

/** People are sent away from there to sign in. */
export function asks({ settings: { require, loginUrl } }: AreaInfo): boolean {
  return loginUrl !== null && require !== 'granted' && require !== 'denied' && require !== 'no-rule'
}

function checkCircle(
  { name, settings: { loginUrl } }: AreaInfo,
  infoOf: (url: string) => AreaInfo | undefined,
  options: GuardOptions,
  login: Login,
): void {
  const path = pathHere(loginUrl as string, options, login)
  if (path === undefined || path === login.path || path.startsWith(`${login.path}/`)) return
  const there = infoOf(path)
  if (there === undefined || !asks(there)) return
  const message = `${login.at}: the area ${name} sends people to ${path}, where a user is asked for: they would go round in circles; the login is at ${login.path}: set its path, or the loginUrl`
  throw new TktError('ERR_TKT_CONFIG', message)
}

function same(one: AreaInfo, other: AreaInfo): boolean {
  if (isSigned(one.settings) !== isSigned(other.settings)) return false
  return DECISIVE.every((name) => one.settings[name] === other.settings[name])
}

export function isSigned({ authType }: Settings): boolean {
  return authType === 'mod_auth_pubtkt'
}

function pick(settings: Settings, names: readonly (keyof Settings)[]): TicketSettings {
  return Object.fromEntries(names.map((name) => [name, settings[name]])) as TicketSettings
}
