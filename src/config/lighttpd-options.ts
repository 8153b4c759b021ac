/** `auth.method.tkt.opts`: parse_opts of mod_authn_tkt.c as settings and keys. */

import type { z } from 'zod'
import { nearest } from '../policy/nearest.js'
import { settingShape } from '../policy/settings.js'
import type { Context } from './context.js'
import type { AreaSettings, SecretAt } from './draft.js'
import { forbidSkipping } from './guarding.js'
import type { Setting } from './lighttpd-blocks.js'
import { readDuration } from './lighttpd-durations.js'
import { tokenPathsOf } from './lighttpd-tokens-option.js'
import type { Entry } from './lighttpd-values.js'
import { configError, type Place } from './notes.js'

/** One map of options: it takes the place of the one before it as a whole. */
export interface TicketOptions extends Place {
  /** What it sets; all else is as the module has it. */
  readonly settings: AreaSettings
  readonly secret: SecretAt | undefined
  readonly old: SecretAt | undefined
  readonly digest: 'md5' | 'sha256' | 'sha512'
}

export const OPTS = 'auth.method.tkt.opts'

const URLS = {
  'login-url': 'loginUrl',
  'timeout-url': 'timeoutUrl',
  'post-timeout-url': 'postTimeoutUrl',
  'unauth-url': 'unauthUrl',
} as const
const TEXTS = {
  ...URLS,
  'cookie-name': 'cookieName',
  'cookie-domain': 'cookieDomain',
  'back-cookie-name': 'backCookieName',
  'back-arg-name': 'backArgName',
  'guest-user': 'guestUser',
} as const
const SWITCHES = {
  'ignore-ip': 'ignoreIp',
  'require-ssl': 'requireSsl',
  'cookie-secure': 'cookieSecure',
  'guest-login': 'guestLogin',
  'guest-cookie': 'guestCookie',
  'guest-fallback': 'guestFallback',
} as const
const DURATIONS = { timeout: 'timeout', 'cookie-expires': 'cookieExpires' } as const
const OTHERS = ['secret', 'secret-old', 'digest-type', 'timeout-refresh', 'tokens']
const KNOWN = [...Object.keys(TEXTS), ...Object.keys(SWITCHES), ...Object.keys(DURATIONS), ...OTHERS]
const DEFAULT_TIMEOUT = 7200
const DEFAULT_REFRESH = 3600

interface Reading {
  readonly context: Context
  readonly settings: AreaSettings
  readonly entries: ReadonlyMap<string, Entry>
}

/** Undefined for an empty list, which lighttpd passes over. */
export function readOptions(context: Context, setting: Setting): TicketOptions | undefined {
  const { value, file, line } = setting
  if (value.kind !== 'list') throw configError(setting, OPTS, 'is no list; write ( "secret" => "...", ... )')
  if (value.entries.length === 0) return undefined
  const reading: Reading = { context, settings: {}, entries: named(context, value.entries) }
  for (const [name, key] of Object.entries(TEXTS)) readText(reading, name, key)
  for (const [name, key] of Object.entries(SWITCHES)) readSwitch(reading, name, key)
  for (const [name, key] of Object.entries(DURATIONS)) {
    const text = textAt(reading, name)
    if (text) set(reading, name, key, readDuration(context, text.at, name, text.text))
  }
  readRefresh(reading, setting)
  readTokens(reading)
  return {
    settings: reading.settings,
    secret: secretAt(reading, 'secret'),
    old: secretAt(reading, 'secret-old'),
    digest: digestOf(reading),
    file,
    line,
  }
}

/** Options by name. One that the module does not know could be one that somebody counts on. */
function named(context: Context, entries: readonly Entry[]): Map<string, Entry> {
  const known = new Map<string, Entry>()
  for (const entry of entries) {
    const { key, file, line } = entry
    if (key !== undefined && KNOWN.includes(key)) {
      known.set(key, entry)
      continue
    }
    // What is no option may be what was to be kept secret: only what looks like one is told.
    const near = key !== undefined && /^[a-z][a-z_-]{1,24}$/i.test(key) ? nearest(key, KNOWN) : undefined
    const meant = near === undefined ? 'name one of those in the README, or take it out' : `did you mean '${near}'?`
    const what = near === undefined ? 'has something that is none of its options' : `has no option '${key}'`
    forbidSkipping(context, { file, line, name: OPTS, text: '' }, OPTS, `${what}; ${meant}`)
  }
  return known
}

/** The text of an option that is not empty: empty ones count as left out. */
function textAt({ entries }: Reading, name: string): { readonly at: Place; readonly text: string } | undefined {
  const entry = entries.get(name)
  if (!entry) return undefined
  if (entry.value.kind !== 'text') throw configError(entry, name, 'is no text; put it in double quotes')
  return entry.value.text === '' ? undefined : { at: entry, text: entry.value.text }
}

function set<K extends keyof typeof settingShape>(
  { settings, entries }: Reading,
  name: string,
  key: K,
  value: AreaSettings[K],
): void {
  const shape: z.ZodType = settingShape[key]
  const [issue] = shape.safeParse(value).error?.issues ?? []
  if (issue) throw configError(entries.get(name) as Entry, name, `cannot be used: ${issue.message}`)
  settings[key] = value
}

function readText(reading: Reading, name: string, key: (typeof TEXTS)[keyof typeof TEXTS]): void {
  const text = textAt(reading, name)
  if (text) set(reading, name, key, name in URLS ? withoutSpaces(reading, name, text) : text.text)
  else if (name === 'cookie-name' && reading.entries.has(name)) {
    throw configError(reading.entries.get(name) as Entry, name, 'is empty; give the cookie a name, or take it out')
  }
}

/** The module's own example has one behind an URL, and would send people there with it. */
function withoutSpaces({ context }: Reading, name: string, { at, text }: { at: Place; text: string }): string {
  const trimmed = text.replace(/^ +| +$/g, '')
  if (trimmed !== text) context.notes.warn(at, `${name}: has spaces around it, which are left out; take them away`)
  return trimmed
}

function readSwitch(reading: Reading, name: string, key: (typeof SWITCHES)[keyof typeof SWITCHES]): void {
  const entry = reading.entries.get(name)
  if (entry) set(reading, name, key, isOn(entry, name))
}

/** In any case (config_plugin_value_tobool). */
const ON = ['enable', 'enabled', 'true', '1']
const OFF = ['disable', 'disabled', 'false', '0']

/** Whether lighttpd takes a value for yes. */
export function isOn({ value, file, line }: Pick<Entry, 'value' | 'file' | 'line'>, name: string): boolean {
  if (value.kind === 'integer') return value.number !== 0
  const text = value.kind === 'text' ? value.text.toLowerCase() : ''
  if (ON.includes(text)) return true
  if (OFF.includes(text)) return false
  throw configError({ file, line }, name, 'is neither "enable" nor "disable"; write one of them')
}

/** The rest of the timeout within which a ticket is renewed: a part of it, or an hour whatever it is (L1). */
function readRefresh(reading: Reading, setting: Setting): void {
  const { context, settings } = reading
  const timeout = (settings.timeout as number | undefined) ?? DEFAULT_TIMEOUT
  const text = textAt(reading, 'timeout-refresh')
  if (!text) {
    if (context.exact && timeout > 0 && timeout < DEFAULT_REFRESH) {
      const what = 'is left out: tickets are renewed when an hour is left, which is always (L1), as in the module'
      context.notes.warn(setting, `timeout-refresh: ${what}; set it`)
    }
    return
  }
  const part = Number(text.text)
  if (!/^[\d.]+$/.test(text.text) || !(part >= 0 && part <= 1)) {
    throw configError(text.at, 'timeout-refresh', 'is no part of the timeout; give a number from 0 to 1, such as 0.5')
  }
  set(reading, 'timeout-refresh', 'refreshWithin', Math.trunc(part * timeout))
}

function readTokens(reading: Reading): void {
  const entry = reading.entries.get('tokens')
  const paths = entry && tokenPathsOf(entry)
  if (paths && paths.length > 0) set(reading, 'tokens', 'tokenPaths', paths)
}

function secretAt(reading: Reading, name: string): SecretAt | undefined {
  const text = textAt(reading, name)
  if (!text) return undefined
  if (text.text.length > 1024) throw configError(text.at, name, 'is longer than 1024 bytes; give a shorter one')
  const secret = Uint8Array.from(text.text, (char) => char.charCodeAt(0))
  return { secret, file: text.at.file, line: text.at.line }
}

function digestOf(reading: Reading): TicketOptions['digest'] {
  const text = textAt(reading, 'digest-type')
  const name = text?.text.toLowerCase() ?? 'md5'
  if (name === 'md5' || name === 'sha256' || name === 'sha512') return name
  throw configError(text?.at as Place, 'digest-type', 'is none of "MD5", "SHA256" and "SHA512"; write one of them')
}
