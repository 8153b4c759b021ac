/** Settings that are given where only signed tickets are asked for, and that these have no use for. */

import { nameOf } from './area.js'
import { asksForSigned } from './keyless.js'
import type { ParsedArea, ParsedGuard, ParsedHost } from './options.js'
import type { SomeSettings } from './settings.js'

/** What only tickets with a digest have, or the module that asks for them. */
const DIGEST_ONLY = [
  ...['guestLogin', 'guestUser', 'guestUnique', 'guestEmpty', 'guestCookie', 'guestFallback', 'guestFallbackAlone'],
  ...['urlTickets', 'urlTicketWins', 'oldKeyClock', 'clockSkew', 'missingSecret', 'cookieWhen'],
] as (keyof SomeSettings)[]
/** What the guard asks the login for that makes them; one of ours has a private key. */
const MAKERS = ['timeout', 'timeoutRefresh', 'refreshWithin'] as const

const KEYS = 'of no use, as signed tickets are checked with publicKeys'

/** One line for each place and reason; what serves other areas as well is not told. */
export function idleSettings(options: ParsedGuard): string[] {
  const { areas = [], hosts = [] } = options
  const levels = [options, ...areas, ...hosts, ...hosts.flatMap((host) => host.areas ?? [])]
  const signs = levels.some(({ signingKey }) => signingKey !== undefined)
  const ofSite = (host: ParsedHost | undefined) => {
    const own = host?.areas ?? areas
    const at = host && `host ${host.names[0]}`
    const lines = at ? toldIf(linesOf(`${at}: `, host, signs), () => own.length > 0 && onlySigned(options, host)) : []
    // Without areas of its own a host has those of the main server, which are told there.
    const inner = host && host.areas === undefined ? [] : own
    return [...lines, ...inner.flatMap((area) => ofArea(area, host, at ? ` of ${at}` : ''))]
  }
  const ofArea = (area: ParsedArea, host: ParsedHost | undefined, of: string) => {
    const where = `area ${nameOf(area)}${of}: `
    // Those of a host or of all may be what the login's forms are signed with.
    const keys = area.keys?.length ? [`${where}keys: ${KEYS}`] : []
    const all = host?.areas ?? areas
    return toldIf([...linesOf(where, area, signs), ...keys], () =>
      onlySigned(options, host, [area, ...inside(area, all)]),
    )
  }
  const differing = hosts.filter((host) => host.areas !== undefined || host.authType !== undefined)
  const hasAreas = levels.length > 1 + hosts.length
  const everywhere = () => hasAreas && [undefined, ...differing].every((host) => onlySigned(options, host))
  return [...toldIf(linesOf('', options, signs), everywhere), ...[undefined, ...hosts].flatMap(ofSite)]
}

/** Where there is something to tell, and only then, it is worth a look at the areas. */
function toldIf(lines: readonly string[], isIdle: () => boolean): readonly string[] {
  return lines.length > 0 && isIdle() ? lines : []
}

function onlySigned(
  options: ParsedGuard,
  host: ParsedHost | undefined,
  within = host?.areas ?? options.areas ?? [],
): boolean {
  const all = host?.areas ?? options.areas ?? []
  return within.every((area) => asksForSigned(options, host, area, all))
}

/** What takes over its settings. */
function inside({ path }: ParsedArea, areas: readonly ParsedArea[]): ParsedArea[] {
  if (path === undefined) return []
  const start = path.endsWith('/') ? path : `${path}/`
  return areas.filter((area) => (area.path ?? area.exactPath)?.startsWith(start))
}

function linesOf(where: string, level: SomeSettings, signs: boolean): string[] {
  const given = (names: readonly (keyof SomeSettings)[]) =>
    names.filter((name) => level[name] !== undefined && level[name] !== null && level[name] !== false)
  const [idle, makers] = [given(DIGEST_ONLY), signs ? [] : given(MAKERS)]
  return [
    ...(idle.length === 0 ? [] : [`${where}${idle.join(', ')}: of no use, as signed tickets are asked for`]),
    ...(makers.length === 0
      ? []
      : [`${where}${makers.join(', ')}: of no use, as signed tickets end when the login says that makes them`]),
  ]
}
