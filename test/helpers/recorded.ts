/** The recordings of native-fixtures, and how a recorded request carries its ticket. */

import { readFileSync } from 'node:fs'
import { cookieHeader, findCookie } from '../../src/http/cookie.js'
import type { Digest, Key } from '../../src/types.js'

/** A recording's rows; every string holds one byte a char. */
export function vectorsOf<T>(file: string): T[] {
  return JSON.parse(readFileSync(`native-fixtures/${file}.json`, 'utf8')).vectors
}

export interface Fields {
  readonly uid: string
  readonly tokens: string
  readonly userData: string
}

/** A cookie value shown to the real Apache, and what it answered. */
export interface Shown {
  readonly cookie: string
  readonly expect: { readonly status: number } & Partial<Fields>
}

/** One row of recorded/mod_auth_tkt.json or mod_authn_tkt.json, as far as tickets go. */
export interface Exchange {
  readonly id: string
  readonly now: number
  readonly digest: string | null
  readonly secret: string | null
  readonly secret_old: string | null
  readonly tls: boolean
  readonly client_ip: string
  readonly config: readonly string[] | Readonly<Record<string, unknown>>
  readonly config_parent?: readonly string[]
  readonly request: { readonly url: string; readonly cookie: readonly string[] }
  readonly response: { readonly status: number; readonly env?: Readonly<Record<string, string>> | null }
}

export const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1')

/** The server's ring: the secret, and the old one where there is one. */
export function ringOf({ digest, secret, secret_old }: Exchange, dialect: 'apache' | 'lighttpd'): Key[] {
  const name = (digest ?? 'MD5').toLowerCase() as Digest
  return [secret, secret_old].flatMap((text) => (text ? [{ secret: latin1(text), digest: name, dialect }] : []))
}

/** Lines of an Apache vector's configuration, outer section first. */
export function directives({ config, config_parent = [] }: Exchange): string[] {
  return [...config_parent, ...(config as readonly string[])]
}

/** The last argument of the last line that sets `name`, or undefined. */
export function directive(vector: Exchange, name: string): string | undefined {
  const line = directives(vector).findLast((text) => text.startsWith(`${name} `))
  return line?.slice(name.length + 1)
}

/** What mod_auth_tkt takes for tickets in a request, in its order: the URL's argument, then the cookie. */
export function apacheValues(vector: Exchange): string[] {
  const name = directive(vector, 'TKTAuthCookieName') ?? 'auth_tkt'
  const query = vector.request.url.split('?').slice(1).join('?')
  const argument = query.split('&').find((pair) => pair.startsWith(`${name}=`))
  const header = cookieHeader(vector.request.cookie.map((value) => ['Cookie', value] as const))
  // Servers trim white space around a header's value.
  const cookie = findCookie(header?.trim(), name)
  return [argument?.slice(name.length + 1), cookie].flatMap((value) => value ?? [])
}

/** The same for mod_authn_tkt; a URL's ticket is raw, which only base64 carries into a cookie of its dialect. */
export function lighttpdValues(vector: Exchange): string[] {
  const { 'cookie-name': name = 'auth_tkt' } = vector.config as Record<string, string>
  const query = vector.request.url.split('?').slice(1).join('?')
  const argument = query.split('&').find((pair) => pair.startsWith(`${name}=`))
  const raw = argument
    ?.slice(name.length + 1)
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  const pairs = vector.request.cookie.join('; ').split(';')
  const cookie = pairs.map((pair) => pair.trimStart()).find((pair) => pair.startsWith(`${name}=`))
  const values = [raw && Buffer.from(raw, 'latin1').toString('base64'), cookie?.slice(name.length + 1)]
  return values.flatMap((value) => value || [])
}
