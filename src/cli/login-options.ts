/** What the login's own part says of its signed tickets: more than the configuration says, never against it. */

import type { LoginConfig } from '../config/login.js'
import { TktError } from '../errors.js'
import { type AreaOptions, type GuardOptions, type ParsedArea, parseOptions } from '../policy/options.js'
import type { SomeSettings } from '../policy/settings.js'
import type { Site } from './login-tickets.js'

/** The login's area, as its tickets are to be. */
export function withTickets(area: AreaOptions, { tickets }: LoginConfig): AreaOptions {
  if (tickets === undefined) return area
  // The area has both from where people come from; who says a part of the timeout means that.
  const part = tickets.timeoutRefresh === undefined ? {} : { refreshWithin: null }
  return { ...area, ...part, ...tickets }
}

/**
 * @param options the configuration as it stands, without what was made of it
 * @param paths of the areas of a site that send people to the login, and of the login itself
 * @throws TktError `ERR_TKT_CONFIG` where both name something, and not the same
 */
export function checkTickets(
  options: GuardOptions,
  login: LoginConfig,
  sites: readonly Site[],
  paths: (site: Site) => readonly string[],
): void {
  const { tickets } = login
  if (tickets === undefined) return
  const whole = parseOptions(options)
  const levels: [where: string, level: SomeSettings][] = [['the configuration', whole]]
  for (const site of sites) {
    const host = site.index === undefined ? undefined : whole.hosts?.[site.index]
    if (host) levels.push([`the host ${host.names[0]}`, host])
    const known = paths(site)
    const own = (host?.areas ?? whole.areas ?? []).filter((area) => known.includes(pathOf(area)))
    for (const area of own) levels.push([`the area ${area.name ?? pathOf(area)}`, area])
  }
  for (const [name, value] of Object.entries(tickets) as [keyof SomeSettings, unknown][]) {
    const other = levels.find(([, level]) => level[name] !== undefined && level[name] !== value)
    if (other === undefined) continue
    const message = `${login.at}: tickets.${name}: ${other[0]} says another ${name}; keep one of them`
    throw new TktError('ERR_TKT_CONFIG', message)
  }
}

export function pathOf({ path, exactPath }: Pick<ParsedArea, 'path' | 'exactPath'>): string {
  return path ?? exactPath ?? ''
}
