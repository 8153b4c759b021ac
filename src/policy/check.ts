/** Options that have the right shape and still make no sense: found when the guard is made, not when somebody comes. */

import { isAmbiguous, lenientPath, lowerCase } from '../http/lenient.js'
import { fromBytes, toBytes } from '../ticket/charset.js'
import { type Compat, DEFAULT_OPTIONS, profileOf } from './defaults.js'
import { silentlyOpen } from './inherited.js'
import { keylessAreas, unaskedKeys } from './keyless.js'
import type { OptionIssue, ParsedArea, ParsedGuard, ParsedKey } from './options.js'
import { isShiftable, weakSecret } from './secrets.js'
import { type Settings, type SomeSettings, URL_SETTINGS } from './settings.js'

type Path = readonly PropertyKey[]

const SHIFTABLE =
  "fields of lighttpd tickets can be shifted, so a user's data can become tokens: give this key a strict list of who has which tokens, or set allowShiftableFields"

/** Everything wrong with the areas and keys, with places. `compat: 'exact'` forgives what Apache's syntax allows. */
export function findProblems(options: ParsedGuard, compat: Compat): OptionIssue[] {
  const { minSecretLength = compat === 'exact' ? 1 : 16, demoSecrets = compat === 'exact' ? 'allow' : 'refuse' } =
    options
  const defaults = DEFAULT_OPTIONS[profileOf({ compat, module: options.module })]
  const refusesOdd = (options.oddPaths ?? defaults.oddPaths) === 'refuse'
  const shiftable = options.allowShiftableFields ?? defaults.allowShiftableFields
  const keyIssues = (keys: readonly ParsedKey[], path: Path) =>
    keys.flatMap((key, index) => {
      const message = weakSecret(key.secret, minSecretLength, demoSecrets)
      return [
        ...(message === undefined ? [] : [{ path: [...path, index, 'secret'], message }]),
        ...(shiftable || !isShiftable(key) ? [] : [{ path: [...path, index, 'dialect'], message: SHIFTABLE }]),
      ]
    })
  const parsed = (settings: SomeSettings, outer: boolean) =>
    settings.loginUrls ? settings.loginUrls === 'parsed' : outer
  const whole = parsed(options, compat === 'hardened')
  const areaIssues = (areas: readonly ParsedArea[], path: Path, outer: boolean) => [
    ...areas.flatMap((area, index) => [
      ...keyIssues(area.keys ?? [], [...path, index, 'keys']),
      ...issuesOf(area, [...path, index], refusesOdd, compat, parsed(area, outer)),
    ]),
    // Listed areas are merged in their order, and may well say more of one path.
    ...(compat === 'hardened' && options.order !== 'listed' ? collisions(areas, path, refusesOdd) : []),
  ]
  return [
    ...keyIssues(options.keys ?? [], ['keys']),
    ...conflicts(options, [], compat, whole),
    ...areaIssues(options.areas ?? [], ['areas'], whole),
    ...(options.hosts ?? []).flatMap((host, index) => [
      ...(host.names.length === 0 && compat === 'hardened'
        ? [{ path: ['hosts', index, 'names'], message: 'name at least one host' }]
        : []),
      ...keyIssues(host.keys ?? [], ['hosts', index, 'keys']),
      ...conflicts(host, ['hosts', index], compat, parsed(host, whole)),
      ...areaIssues(host.areas ?? [], ['hosts', index, 'areas'], parsed(host, whole)),
    ]),
    ...(compat === 'hardened' && options.order !== 'listed' ? silentlyOpen(options) : []),
    ...unaskedKeys(options),
    ...(compat === 'hardened' ? keylessAreas(options) : []),
  ]
}

function issuesOf(
  area: ParsedArea,
  path: Path,
  refusesOdd: boolean,
  compat: Compat,
  parsedUrls: boolean,
): OptionIssue[] {
  const { path: prefix, exactPath, pattern, file } = area
  const given = [prefix, exactPath, pattern, file].filter((text) => text !== undefined).length
  if (given !== 1) return [{ path, message: 'an area has exactly one of path, exactPath, pattern and file' }]
  const issues = conflicts(area, path, compat, parsedUrls)
  for (const name of ['path', 'exactPath'] as const) {
    const message =
      area[name] === undefined
        ? undefined
        : (notBytes(area[name], compat) ?? unreachable(area[name], refusesOdd, compat))
    if (message) issues.push({ path: [...path, name], message })
  }
  for (const name of ['pattern', 'file'] as const) {
    if (area[name] === undefined) continue
    const message = isRegex(area[name]) ? notBytes(area[name], compat) : 'this is no regular expression of JavaScript'
    if (message) issues.push({ path: [...path, name], message })
  }
  return issues
}

/** Why no request ever falls in an area. Paths are compared decoded, with dots resolved and slashes merged. */
function unreachable(path: string, refusesOdd: boolean, compat: Compat): string | undefined {
  if (!path.startsWith('/')) return `no path can match '${path}': begin it with /`
  if (/\/\/|\/\.\.?(?:\/|$)/.test(path)) return `no path can match '${path}': write it without //, /./ and /../`
  if (compat === 'exact') return undefined
  if (/%[0-9a-f]{2}/i.test(path)) return `'${path}' is compared with decoded paths: write the characters themselves`
  if (/[?#]/.test(path)) return `'${path}' is compared with paths alone: leave the query out, or use a pattern`
  if (refusesOdd && (isAmbiguous(path) || lenientPath(path) !== lowerCase(path))) {
    return `no path can match '${path}': such paths are refused; set oddPaths to 'allow' if this server needs them`
  }
  return undefined
}

/** Why text is not of bytes, one char each. Nearly all browsers send UTF-8: what is none was meant as text. */
function notBytes(text: string, compat: Compat): string | undefined {
  if (!/[^\0-\xff]/.test(text) && (compat === 'exact' || !fromBytes(text).includes('\ufffd'))) return undefined
  return `'${text}' is compared with bytes, one char a byte: write its UTF-8 as '${toBytes(text)}'`
}

function isRegex(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}

/** Two areas of one path, or of two that only differ in case while odd paths are refused. */
function collisions(areas: readonly ParsedArea[], path: Path, folds: boolean): OptionIssue[] {
  const seen = new Map<string, number>()
  const issues: OptionIssue[] = []
  for (const [index, area] of areas.entries()) {
    const name = area.path === undefined ? 'exactPath' : 'path'
    const text = area[name]
    if (text === undefined) continue
    const key = `${name} ${folds ? lowerCase(text) : text}`
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index)
    else issues.push({ path: [...path, index, name], message: collision(text, first, areas[first] as ParsedArea) })
  }
  return issues
}

function collision(text: string, first: number, { path, exactPath }: ParsedArea): string {
  if ((path ?? exactPath) === text) return `'${text}' is areas[${first}] already: put both into one`
  return `'${text}' differs from areas[${first}] in case only; set oddPaths to 'allow' if this server tells them apart`
}

/** Settings that contradict each other where they stand together. */
function conflicts(settings: SomeSettings, path: Path, compat: Compat, parsedUrls: boolean): OptionIssue[] {
  const issues: OptionIssue[] = []
  const add = (name: keyof Settings, message: string) => issues.push({ path: [...path, name], message })
  const { cookieName, cookieDomain, cookieSecure, cookieSameSite, guestLogin, guestFallback } = settings
  if (cookieName?.startsWith('__Host-') && cookieDomain)
    add('cookieDomain', 'a __Host- cookie has no domain: leave it out')
  if (cookieName && /^__(?:Host|Secure)-/.test(cookieName) && cookieSecure === false) {
    add('cookieSecure', `browsers drop ${cookieName} without Secure: leave cookieSecure out`)
  }
  if (cookieSameSite === 'None' && cookieSecure === false)
    add('cookieSameSite', 'browsers drop SameSite=None without Secure')
  if (compat === 'hardened' && guestLogin === false && guestFallback === true)
    add('guestFallback', 'there are no guests to fall back to: set guestLogin')
  for (const name of URL_SETTINGS) {
    if (parsedUrls && settings[name] && !isWebUrl(settings[name])) add(name, 'this is no http(s) URL and no path')
  }
  return issues
}

/** `https://host/...`, or a path to resolve against the request's own host. */
function isWebUrl(url: string): boolean {
  if (/^\/(?![/\\])/.test(url)) return true
  return /^https?:\/\//i.test(url) && URL.canParse(url)
}
