/** The place of a gateway's own login among its areas, and the way to it. */

import type { LoginConfig } from '../config/login.js'
import { TktError } from '../errors.js'
import type { Loaded } from '../gateway/serve.js'
import type { AreaOptions, GuardOptions } from '../policy/options.js'

export const LOGIN_PATH = '/login'

/**
 * The guard's options with the login in them: its path is open to everybody, and where no login URL is set, people are
 * sent there.
 */
export function withLogin({ options, serving }: Loaded): Loaded {
  const { login } = serving
  if (login === undefined) return { options, serving }
  return { options: withUrls(withArea(options, login), login), serving }
}

function withArea(options: GuardOptions, { path = LOGIN_PATH, hosts: names, at }: LoginConfig): GuardOptions {
  const area: AreaOptions = { name: 'login', path, require: 'granted' }
  const { areas = [], hosts } = options
  const wanted = names?.map((name) => name.toLowerCase())
  const known = (hosts ?? []).flatMap((host) => host.names.map((name) => name.toLowerCase()))
  const strange = wanted?.find((name) => !known.includes(name))
  if (strange !== undefined) {
    const message = `${at}: hosts: no virtual host is named '${strange}'; correct the name, or leave hosts out`
    throw new TktError('ERR_TKT_CONFIG', message)
  }
  const has = (host: { readonly names: readonly string[] }) =>
    wanted === undefined || host.names.some((name) => wanted.includes(name.toLowerCase()))
  return {
    ...options,
    ...(wanted === undefined && { areas: [...areas, area] }),
    ...(hosts && {
      hosts: hosts.map((host) => (has(host) ? { ...host, areas: [...(host.areas ?? areas), area] } : host)),
    }),
  }
}

function withUrls(options: GuardOptions, { path = LOGIN_PATH, hosts, url, at }: LoginConfig): GuardOptions {
  if (options.loginUrl != null) return options
  if (hosts !== undefined && url === undefined) {
    const message = `${at}: with hosts, others have to find the login: give its url, such as https://${hosts[0]}${path}, or a loginUrl`
    throw new TktError('ERR_TKT_CONFIG', message)
  }
  const base = url ?? path
  return {
    // The module's ways with ports and paths would lead away from a login that is here.
    ...(url === undefined && { backPort: true, loginUrls: 'parsed' as const }),
    ...options,
    loginUrl: base,
    timeoutUrl: options.timeoutUrl ?? `${base}?timeout=1`,
    postTimeoutUrl: options.postTimeoutUrl ?? `${base}?timeout=1&post=1`,
    unauthUrl: options.unauthUrl ?? `${base}?unauth=1`,
  }
}
