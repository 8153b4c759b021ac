/** The place of a gateway's own login among its areas, and the way to it. */

import type { LoginConfig } from '../config/login.js'
import { TktError } from '../errors.js'
import type { Loaded } from '../gateway/serve.js'
import type { AreaOptions, GuardOptions } from '../policy/options.js'
import { withSignedTickets } from './login-signed.js'
import { pathHere, type TicketSettings, ticketSettings } from './login-tickets.js'

export const LOGIN_PATH = '/login'

/**
 * The guard's options with the login in them: its path is open to everybody, people are sent there where no login URL is
 * set, and its tickets are what the areas want that send people there.
 */
export function withLogin({ options, serving }: Loaded): Loaded {
  const { login } = serving
  if (login === undefined) return { options, serving }
  const { path = LOGIN_PATH } = login
  checkHosts(options, login)
  const whole = withUrls(
    withArea(options, login, () => ({})),
    login,
  )
  const own = (areas: readonly AreaOptions[] = []) => areas.some((area) => area.path === path)
  // Who writes the login's area knows what tickets it makes.
  const settings = ticketSettings(whole, { ...login, path }, (host) =>
    own(host === undefined ? options.areas : (options.hosts?.[host]?.areas ?? options.areas)),
  )
  const made = withUrls(withArea(options, login, settings), login)
  return { options: withSignedTickets(made, { ...login, path }, options), serving }
}

function checkHosts({ hosts = [] }: GuardOptions, login: LoginConfig): void {
  const known = hosts.flatMap((host) => host.names.map((name) => name.toLowerCase()))
  const strange = login.hosts?.find((name) => !known.includes(name.toLowerCase()))
  if (strange === undefined) return
  const message = `${login.at}: hosts: no virtual host is named '${strange}'; correct the name, or leave hosts out`
  throw new TktError('ERR_TKT_CONFIG', message)
}

/** `settings`: what the area has besides, by host; undefined: the main server. */
function withArea(
  options: GuardOptions,
  { path = LOGIN_PATH, hosts: names }: LoginConfig,
  settings: (host: number | undefined) => TicketSettings,
): GuardOptions {
  const { areas = [], hosts } = options
  const wanted = names?.map((name) => name.toLowerCase())
  const has = (host: { readonly names: readonly string[] }) =>
    wanted === undefined || host.names.some((name) => wanted.includes(name.toLowerCase()))
  const among = (list: readonly AreaOptions[], host: number | undefined): AreaOptions[] => {
    const given = list.find((area) => area.path === path)
    const area: AreaOptions = { name: 'login', ...settings(host), ...given, path, require: 'granted' }
    return [...list.filter((one) => one !== given), area]
  }
  return {
    ...options,
    ...(wanted === undefined && { areas: among(areas, undefined) }),
    ...(hosts && {
      hosts: hosts.map((host, index) => (has(host) ? { ...host, areas: among(host.areas ?? areas, index) } : host)),
    }),
  }
}

function withUrls(options: GuardOptions, login: LoginConfig): GuardOptions {
  const { path = LOGIN_PATH, hosts, url, at } = login
  const given = options.loginUrl ?? undefined
  if (given !== undefined && pathHere(given, options, login) !== path) return options
  if (given === undefined && hosts !== undefined && url === undefined) {
    const message = `${at}: with hosts, others have to find the login: give its url, such as https://${hosts[0]}${path}, or a loginUrl`
    throw new TktError('ERR_TKT_CONFIG', message)
  }
  const base = given ?? url ?? path
  const why = `${base}${base.includes('?') ? '&' : '?'}`
  return {
    // The module's ways with ports and paths would lead away from a login that is here.
    ...(given === undefined && url === undefined && { backPort: true, loginUrls: 'parsed' as const }),
    ...options,
    loginUrl: base,
    timeoutUrl: options.timeoutUrl ?? `${why}timeout=1`,
    postTimeoutUrl: options.postTimeoutUrl ?? `${why}timeout=1&post=1`,
    unauthUrl: options.unauthUrl ?? `${why}unauth=1`,
    multifactorUrl: options.multifactorUrl ?? `${why}multifactor=1`,
  }
}
