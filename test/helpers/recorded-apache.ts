/** The recorded exchanges of mod_auth_tkt as what `authtkt explain` takes: a configuration, and requests. */

import { vectorsOf } from './recorded.js'
import { type Exchange, requestOf } from './recorded-exchange.js'

export interface ApacheRow {
  readonly id: string
  readonly now: number
  readonly digest: string | null
  readonly secret: string | null
  readonly secret_old: string | null
  readonly server_level?: { readonly main: ServerLevel; readonly vhost: string }
  readonly tls: boolean
  readonly client_ip: string
  readonly location: string
  readonly config: readonly string[]
  readonly config_parent?: readonly string[]
  readonly nondeterministic?: string
  readonly request: Exchange['request']
  readonly response: {
    readonly crash?: boolean
    readonly status: number
    readonly location: string | null
    readonly set_cookie: readonly string[] | null
    readonly env: Readonly<Record<string, string | null>> | null
  }
}

interface ServerLevel {
  readonly secret: string | null
  readonly secret_old: string | null
  readonly digest: string | null
}

export const apacheRows = (): ApacheRow[] => vectorsOf<ApacheRow>('recorded/mod_auth_tkt')

/** The configuration that a row was recorded with, in Apache's words. */
export function configurationOf(row: ApacheRow): string {
  const place = section(row)
  if (!row.server_level) return [...serverLines(row), ...place].join('\n')
  const { main, vhost } = row.server_level
  // The row's own secret is the one in force; the main server's stands beside it.
  const own = vhost.startsWith('own secret') ? [`TKTAuthSecret ${quoted(row.secret as string)}`] : []
  return [
    ...serverLines(main),
    '<VirtualHost *:80>',
    'ServerName www.example.com',
    ...own,
    ...place,
    '</VirtualHost>',
  ].join('\n')
}

function serverLines({ secret, secret_old, digest }: ServerLevel): string[] {
  return [
    ...(secret === null ? [] : [`TKTAuthSecret ${quoted(secret)}`]),
    ...(secret_old === null ? [] : [`TKTAuthSecretOld ${quoted(secret_old)}`]),
    ...(digest === null ? [] : [`TKTAuthDigestType ${digest}`]),
  ]
}

function section({ location, config, config_parent }: ApacheRow): string[] {
  const inside = (path: string, lines: readonly string[]) => [`<Location ${path}>`, ...lines, '</Location>']
  const outer = location.replace(/[^/]+\/$/, '')
  return [...(config_parent ? inside(outer, config_parent) : []), ...inside(location, config)]
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`

/** One line for `authtkt explain`. */
export function requestLine(row: ApacheRow): string {
  return JSON.stringify({ id: row.id, ...requestOf(row) })
}

/** What the real server did, as `explain` puts it: only what the recording can tell. */
export function recordedAnswer({ response }: ApacheRow) {
  const { status, location, set_cookie, env } = response
  const identity =
    status === 200 && env?.REMOTE_USER != null
      ? { uid: env.REMOTE_USER, tokens: env.REMOTE_USER_TOKENS ?? '', userData: env.REMOTE_USER_DATA ?? '' }
      : null
  return { status, location, setCookies: set_cookie ?? [], identity }
}

/** Rows that come out otherwise on purpose, with the row of the README's table that says why. */
export const DELIBERATE: Readonly<Record<string, string>> = {
  'tkt/back-strip-tkt': 'A2',
  'tkt/url-semicolon-after': 'A2',
  'tkt/url-empty': 'A2',
  'tkt/url-one-quote': 'A2',
  'tkt/url-short': 'A2',
  'tkt/url-short+goodcookie': 'A2',
  'tkt/url-garbage': 'A2',
  'tkt/url-garbage+goodcookie': 'A2',
  'tkt/url-b64-plus-slash-pct': 'A2',
  'tkt/back-xfh': 'A3',
  'tkt/back-xfh-inject': 'A3',
  'tkt/back-xfh-rel': 'A3',
  'tkt/back-xfh-refresh': 'A3',
  'tkt/noticket-gtok': 'A4',
  'tkt/ip6-::1-guestcookie': 'A5',
  'tkt/bad-ts-nonhex': 'A6',
  'tkt/back-path-crlf': 'A13',
  'tkt/future-ffffffff': 'A17',
  'tkt/future-t60-ffffffff': 'A17',
}
