/** What `ldap` takes, and whether it makes sense together: a password must not cross a network in plain text. */

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { TktError } from '../../errors.js'
import { type GroupTokens, readGroupTokens, tokensSchema } from './group-tokens.js'
import { spellGroup } from './ldap-names.js'
import { checkedOptions } from './options.js'

export interface LdapOptions {
  /** What logs call it; default `ldap`. */
  readonly name?: string | undefined
  /** `ldaps://host`, or `ldap://host` with `startTls`. */
  readonly url: string
  /** TLS on the port of `ldap://`, before anything else is said. */
  readonly startTls?: boolean | undefined
  /** PEM, or the name of a file of it: the only authorities that are believed. Default: those of Node. */
  readonly ca?: string | undefined
  /** Passwords go over the network in plain text, for everybody on the way to read. */
  readonly insecure?: boolean | undefined
  /** Where everybody's name is, `uid={uid},ou=people,dc=example,dc=com`; people look themselves up. */
  readonly bindDn?: string | undefined
  /** In place of `bindDn`: where people are looked for. */
  readonly searchBase?: string | undefined
  /** Who is looked for; default `(uid={uid})`. */
  readonly filter?: string | undefined
  /** The DN that looks for them; left out: anybody may look. With `bindDn`: who reads the entries of renewals. */
  readonly bindAs?: string | undefined
  /** Of `bindAs`. */
  readonly password?: string | undefined
  /** What of the entry is the ticket's uid; default what is compared with `{uid}`. */
  readonly uidAttribute?: string | undefined
  /** An attribute of the entry that names groups; or where groups are looked for, and what their name is. */
  readonly groups?:
    | { readonly attribute: string }
    | { readonly base: string; readonly filter?: string | undefined; readonly attribute?: string | undefined }
    | undefined
  /** The groups that become tokens; left out: none. DNs are written as the record's keys. */
  readonly tokens?: GroupTokens | undefined
  /** Attributes that become userData, as `name=value&name=value`. */
  readonly userData?: readonly string[] | undefined
  /** Seconds for all of a sign-in; default 5. */
  readonly timeout?: number | undefined
}

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9;-]*$/, 'this is no name of an attribute')
const schema = z.strictObject({
  name: z.string().min(1).default('ldap'),
  url: z.string(),
  startTls: z.boolean().default(false),
  ca: z.string().min(1).optional(),
  insecure: z.boolean().default(false),
  bindDn: z.string().optional(),
  searchBase: z.string().optional(),
  filter: z.string().optional(),
  bindAs: z.string().min(1).optional(),
  password: z.string().min(1, 'an empty password asks for nothing and proves nothing').optional(),
  uidAttribute: attribute.optional(),
  groups: z
    .union([
      z.strictObject({ base: z.string(), filter: z.string().optional(), attribute: attribute.optional() }),
      z.strictObject({ attribute }),
    ])
    .optional(),
  tokens: tokensSchema.optional(),
  userData: z.array(attribute).default([]),
  timeout: z.number().min(0.1).max(60).default(5),
})

type Given = z.output<typeof schema>

export interface LdapServer {
  readonly host: string
  readonly port: number
  readonly tls: 'none' | 'first' | 'start'
  readonly ca: string | undefined
  /** Milliseconds. */
  readonly timeout: number
}

/** Who reads what is not their own. */
export interface Reader {
  readonly dn: string
  readonly password: string
}

export interface LdapPlan {
  readonly name: string
  readonly server: LdapServer
  readonly find:
    | { readonly by: 'dn'; readonly template: string; readonly as: Reader | undefined }
    | {
        readonly by: 'search'
        readonly base: string
        readonly filter: string
        /** The same for the uid of a ticket, which need not be what people type. */
        readonly filterOfUid: string
        readonly as: Reader | undefined
      }
  readonly uidAttribute: string
  readonly groups:
    | { readonly attribute: string; readonly search?: { readonly base: string; readonly filter: string } }
    | undefined
  readonly tokens: ReadonlyMap<string, string>
  readonly userData: readonly string[]
}

export function readLdapOptions(options: LdapOptions): LdapPlan {
  const given = checkedOptions('ldap', schema, options)
  const { name, tokens, userData } = given
  if (tokens && !given.groups) throw wrong('tokens: there are no groups without groups')
  return {
    name,
    server: serverOf(given),
    find: findOf(given),
    uidAttribute: given.uidAttribute ?? uidAttributeOf(given),
    groups: groupsOf(given),
    tokens: readGroupTokens('ldap', tokens ?? [], spellGroup),
    userData,
  }
}

function serverOf({ url: text, startTls, insecure, ca, timeout }: Given): LdapServer {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const secure = url?.protocol === 'ldaps:'
  const more = url && `${url.username}${url.password}${url.pathname.replace(/^\/$/, '')}${url.search}${url.hash}`
  if (!url?.hostname || !(secure || url.protocol === 'ldap:') || more !== '') {
    throw wrong('url: ldap://HOST, ldap://HOST:PORT or ldaps://HOST is wanted, and nothing after it')
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (secure && startTls) throw wrong('startTls: ldaps:// has TLS already; leave one of them out')
  if (!secure && !startTls && !insecure && !isLoopback(host)) {
    throw wrong(
      'url: passwords would go over the network in plain text; ldaps:// or startTls: true, or else insecure: true',
    )
  }
  const port = Number(url.port) || (secure ? 636 : 389)
  return { host, port, tls: secure ? 'first' : startTls ? 'start' : 'none', ca: pem(ca), timeout: timeout * 1000 }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function pem(ca: string | undefined): string | undefined {
  if (ca === undefined || ca.includes('-----BEGIN ')) return ca
  try {
    return readFileSync(ca, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new TktError('ERR_TKT_CONFIG', `ldap: ca: '${ca}' cannot be read (${code}); fix: a file of PEM certificates`)
  }
}

function findOf(given: Given): LdapPlan['find'] {
  const { bindDn, searchBase, filter = '(uid={uid})', bindAs, password } = given
  if ((bindDn === undefined) === (searchBase === undefined)) throw wrong('either bindDn or searchBase says who is who')
  if ((bindAs === undefined) !== (password === undefined)) throw wrong('bindAs and password go together')
  const as = bindAs === undefined || password === undefined ? undefined : { dn: bindAs, password }
  if (bindDn !== undefined) {
    if (given.filter !== undefined) throw wrong('filter: nobody is looked for with bindDn; it goes with searchBase')
    // A whole value of an attribute and nothing else is what escaping is good for.
    if (!bindDn.includes('={uid}') || bindDn.replace(/=\{uid\}(?=[,+]|$)/g, '').includes('{')) {
      throw wrong("bindDn: a DN with '{uid}' as a whole value is wanted: uid={uid},ou=people,dc=example,dc=com")
    }
    if (as && given.uidAttribute !== undefined && !sameName(uidAttributeOf(given), given.uidAttribute)) {
      throw wrong('bindAs: bindDn cannot be made of what uidAttribute says, so nobody can be looked up; leave it out')
    }
    return { by: 'dn', template: bindDn, as }
  }
  const checked = filterOf(filter, 'filter', ['uid'])
  const uidAttribute = given.uidAttribute ?? uidAttributeOf(given)
  // Whatever is compared with what people type: of the ticket's uid, the attribute is known.
  const filterOfUid = checked.replace(/\([^()]*\{uid\}[^()]*\)/g, `(${uidAttribute}={uid})`)
  return { by: 'search', base: searchBase as string, filter: checked, filterOfUid, as }
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function filterOf(filter: string, option: string, places: readonly string[]): string {
  const found = [...filter.matchAll(/\{(\w*)\}/g)].map(([, place]) => place as string)
  if (found.length === 0 || found.some((place) => !places.includes(place)) || !/^\(.*\)$/s.test(filter)) {
    const wanted = places.map((place) => `{${place}}`).join(' or ')
    throw wrong(`${option}: a filter in parentheses is wanted, with ${wanted} in it`)
  }
  return filter
}

function uidAttributeOf({ bindDn, filter = '(uid={uid})' }: Given): string {
  const compared = [...(bindDn ?? filter).matchAll(/([\w;-]+)=\{uid\}/g)].map(([, name]) => name as string)
  const [name, ...others] = new Set(compared)
  if (name === undefined || others.length > 0) {
    throw wrong('uidAttribute: {uid} is compared with no attribute or with several; say which is the uid of tickets')
  }
  return name
}

function groupsOf({ groups, tokens }: Given): LdapPlan['groups'] {
  if (!groups) return undefined
  if (!('base' in groups)) return tokens && { attribute: groups.attribute }
  const filter = filterOf(groups.filter ?? '(member={dn})', 'groups.filter', ['dn', 'uid'])
  return tokens && { attribute: groups.attribute ?? 'cn', search: { base: groups.base, filter } }
}

function wrong(message: string): TktError {
  return new TktError('ERR_TKT_OPTIONS', `ldap: ${message}`)
}
