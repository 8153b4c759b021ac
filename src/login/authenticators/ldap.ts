/** Signs people in by binding to a directory with their names and passwords. */

import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import type { Client, Entry } from 'ldapts'
import { TktError } from '../../errors.js'
import { fill } from '../fill.js'
import type { Account, Credentials, PasswordAuthenticator } from './authenticator.js'
import { accountOf, valuesOf } from './ldap-account.js'
import { type Conversation, converse, type Ldapts, loadLdapts } from './ldap-connection.js'
import { escapeDn, escapeFilter } from './ldap-names.js'
import { type LdapOptions, type LdapPlan, readLdapOptions } from './ldap-options.js'

export type { LdapOptions } from './ldap-options.js'

/** Sign-ins at once: where a server hangs, each of them holds a connection until it is too late for it. */
const AT_ONCE = 64
/** LDAP's result codes for a password that is another one, and for a name that nobody has. */
const WRONG: readonly unknown[] = [49, 32]
const NO_SUCH_OBJECT = 32

/**
 * Needs the package `ldapts`.
 *
 * @param load in place of importing it
 * @example
 * const staff = await ldap({ url: 'ldaps://ldap.example.com', bindDn: 'uid={uid},ou=people,dc=example,dc=com' })
 * await staff.check({ uid: 'alice', password })
 */
export async function ldap(options: LdapOptions, load?: () => Promise<Ldapts>): Promise<PasswordAuthenticator> {
  const plan = readLdapOptions(options)
  const ldapts = await loadLdapts(load)
  checkFilters(ldapts, plan)
  const ended = new AbortController()
  setMaxListeners(AT_ONCE, ended.signal)
  let running = 0

  const unavailable = (cause: string) =>
    ({ ok: false, reason: 'unavailable', cause: `${plan.name}: ${cause}` }) as const

  /** `nobody`: what it is called where there is no account. */
  async function ask<R>(talk: (talking: Conversation) => Promise<Outcome>, nobody: R) {
    if (ended.signal.aborted) return unavailable('closed')
    if (running >= AT_ONCE) return unavailable(`${AT_ONCE} sign-ins are under way already`)
    running++
    try {
      const said = await converse(ldapts, plan.server, ended.signal, talk)
      if (!said.ok) return unavailable(said.cause)
      if (said.value === undefined) return { ok: false, reason: nobody } as const
      return typeof said.value === 'string' ? unavailable(said.value) : ({ ok: true, account: said.value } as const)
    } finally {
      running--
    }
  }

  const canLookUp = plan.find.by === 'search' || plan.find.as !== undefined
  return {
    name: plan.name,
    async check(credentials) {
      // To a directory, a name with no password is a question that anybody may ask, and it says yes (RFC 4513, 5.1.2).
      if (credentials.password === '' || credentials.uid === '') return { ok: false, reason: 'wrong' }
      const talk = plan.find.by === 'dn' ? byName : bySearch
      return ask((talking) => talk(talking, plan, credentials), 'wrong')
    },
    ...(canLookUp && { lookUp: (uid: string) => ask((talking) => byUid(talking, plan, uid), 'unknown') }),
    async close() {
      ended.abort()
    },
  }
}

/** With a name in it that everybody could have. */
function checkFilters({ FilterParser }: Ldapts, { find, groups }: LdapPlan): void {
  const filters = { filter: find.by === 'search' ? find.filter : undefined, 'groups.filter': groups?.search?.filter }
  for (const [option, filter] of Object.entries(filters)) {
    try {
      if (filter !== undefined) FilterParser.parseString(fill(filter, { uid: 'x', dn: 'x' }))
    } catch {
      throw new TktError('ERR_TKT_OPTIONS', `ldap: ${option}: this is no filter of LDAP (RFC 4515)`)
    }
  }
}

/** An account, what is wrong with its entry, or undefined: somebody else, or nobody. */
type Outcome = Account | string | undefined

/** With a name made of the template; who has got in reads the own entry and the own groups. */
async function byName(
  { client, step }: Conversation,
  plan: LdapPlan,
  { uid, password }: Credentials,
): Promise<Outcome> {
  const { template } = plan.find as Extract<LdapPlan['find'], { by: 'dn' }>
  const dn = fill(template, { uid: escapeDn(uid) })
  step('bind')
  if (!(await binds(client, dn, password))) return undefined
  step('read the entry')
  const { searchEntries } = await client.search(dn, { scope: 'base', attributes: attributesOf(plan) })
  const [entry] = searchEntries
  if (!entry) return 'the entry cannot be read by whom it belongs to'
  step('look for groups')
  return accountOf(entry, await groupsOf(client, plan, entry), plan)
}

/**
 * Whoever is looked for and not found costs the same steps as somebody with another password: groups are looked for
 * before the password is tried, and it is tried with a name that nobody has.
 */
async function bySearch({ client, step }: Conversation, plan: LdapPlan, typed: Credentials): Promise<Outcome> {
  const { base, filter, as } = plan.find as Extract<LdapPlan['find'], { by: 'search' }>
  step('bindAs')
  if (as) await client.bind(as.dn, as.password)
  step('look for the entry')
  const searchEntries = await entriesOf(
    client,
    base,
    fill(filter, { uid: escapeFilter(typed.uid) }),
    attributesOf(plan),
  )
  const found = searchEntries.length === 1 ? searchEntries[0] : undefined
  const entry: Entry = found ?? { dn: `cn=${randomBytes(12).toString('hex')}${base && `,${base}`}` }
  step('look for groups')
  const groups = await groupsOf(client, plan, entry)
  step('bind')
  const fits = await binds(client, entry.dn, typed.password)
  return fits && found ? accountOf(found, groups, plan) : undefined
}

/** Who has a ticket with this uid, without a password. */
async function byUid({ client, step }: Conversation, plan: LdapPlan, uid: string): Promise<Outcome> {
  const { find } = plan
  step('bindAs')
  if (find.as) await client.bind(find.as.dn, find.as.password)
  step('look for the entry')
  const attributes = attributesOf(plan)
  const found =
    find.by === 'dn'
      ? await entriesAt(client, fill(find.template, { uid: escapeDn(uid) }), attributes)
      : await entriesOf(client, find.base, fill(find.filterOfUid, { uid: escapeFilter(uid) }), attributes)
  const [entry, ...others] = found
  if (entry === undefined || others.length > 0) return undefined
  step('look for groups')
  const account = accountOf(entry, await groupsOf(client, plan, entry), plan)
  // Directories compare without case; who is called otherwise by now signs in anew.
  return typeof account === 'string' || account.uid === uid ? account : undefined
}

async function entriesOf(client: Client, base: string, filter: string, attributes: string[]): Promise<Entry[]> {
  // One more than is wanted tells that there are several.
  return (await client.search(base, { scope: 'sub', filter, attributes, sizeLimit: 2 })).searchEntries
}

async function entriesAt(client: Client, dn: string, attributes: string[]): Promise<Entry[]> {
  try {
    return (await client.search(dn, { scope: 'base', attributes })).searchEntries
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_SUCH_OBJECT) return []
    throw error
  }
}

async function binds(client: Client, dn: string, password: string): Promise<boolean> {
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (WRONG.includes((error as { code?: unknown }).code)) return false
    throw error
  }
}

function attributesOf({ uidAttribute, groups, userData }: LdapPlan): string[] {
  return [...new Set([uidAttribute, ...userData, ...(groups && !groups.search ? [groups.attribute] : [])])]
}

async function groupsOf(client: Client, { groups, uidAttribute }: LdapPlan, entry: Entry): Promise<string[]> {
  if (!groups) return []
  const { attribute, search } = groups
  if (!search) return valuesOf(entry, attribute)
  const [uid = entry.dn] = valuesOf(entry, uidAttribute)
  const filter = fill(search.filter, { dn: escapeFilter(entry.dn), uid: escapeFilter(uid) })
  const { searchEntries } = await client.search(search.base, { scope: 'sub', filter, attributes: [attribute] })
  return searchEntries.flatMap((group) => valuesOf(group, attribute))
}
