/** Directives of a section besides Require: those for tickets, AuthType and its like, and whatever is not read here. */

import { readGroups } from '../policy/groups.js'
import { absolute, type Context, filesFor, lookedUp } from './context.js'
import { type Reader, single } from './directives.js'
import { type Draft, set } from './draft.js'
import { forbidSkipping, holdsAuth, meant, refusal } from './guarding.js'
import { HARMLESS, isFamiliar, isKnown, isServed, isServerOnly } from './known.js'
import { forbids } from './leading.js'
import { readRequire } from './require.js'
import { foreign } from './ticket-module.js'
import { ticketReader } from './ticket-readers.js'
import { attempt, type Directive } from './tree.js'

/** Reads a directive of a section, or of the server level as far as tickets go. */
export function readDirective(context: Context, draft: Draft, at: Directive): void {
  const ticket = ticketReader(context, at.name)
  if (ticket) draft.owns = true
  const name = at.name.toLowerCase()
  const reader = ticket ?? (Object.hasOwn(READERS, name) ? READERS[name] : undefined) ?? readOther
  reader(context, draft, at)
}

/** What is left out denies: what remains must be at least as strict. */
function skip(context: Context, draft: Draft, at: Directive, why: string): void {
  forbidSkipping(context, at, at.name, why)
  draft.denied = true
}

const authType: Reader = (context, draft, at) => {
  const type = single(at)
  const known = (['None', 'Basic', 'TKT'] as const).find((name) => name.toLowerCase() === type.toLowerCase())
  if (context.tickets.module === 'mod_auth_pubtkt') {
    const signed = type.toLowerCase() === 'mod_auth_pubtkt'
    const note = `AuthType: '${type}' asks nobody for a ticket; requests that need a user there are answered 500`
    if (!signed && known !== 'None') context.notes.warn(at, note)
    set(draft, at, 'authType', signed ? 'mod_auth_pubtkt' : (known ?? 'Basic'))
  } else {
    const note = `AuthType: '${type}' counts as Basic, as it does for the module; only tickets let anybody in`
    if (known === undefined) context.notes.warn(at, note)
    set(draft, at, 'authType', known ?? 'Basic')
  }
}

const authGroupFile: Reader = (context, draft, at) => {
  const name = single(at)
  const path = absolute(context, name)
  const files = filesFor(context, at, at.name)
  const text = attempt(at, at.name, `'${path}' cannot be read${lookedUp(context, name)}`, () => files.readText(path))
  set(draft, at, 'groups', readGroups(text))
}

const authMerging: Reader = (context, draft, at) => {
  if (single(at).toLowerCase() === 'off') return
  skip(
    context,
    draft,
    at,
    'joins rules with those of outer sections, which is not done here; write the joined rules out',
  )
}

/** mod_access_compat: opens and closes places of its own. Skipping what can only open them changes nothing. */
const oldAccess: Reader = (context, draft, at) => {
  const opens = /^(?:satisfy|allow)$/i.test(at.name) || /^deny\s*,\s*allow$/i.test(at.text)
  forbidSkipping(context, at, at.name, "is Apache 2.2's and not read here; write it with Require")
  if (!opens) draft.denied = true
}

const READERS: Readonly<Record<string, Reader>> = {
  require: (context, draft, at) => draft.rules.push(readRequire(context, at)),
  authtype: authType,
  authgroupfile: authGroupFile,
  authmerging: authMerging,
  satisfy: oldAccess,
  order: oldAccess,
  allow: oldAccess,
  deny: oldAccess,
}

const PASSWORDS = /^auth(?:basic|user|digest|form|ldap|dbm|dbduser)/i

function reasonToRefuse(context: Context, { keys }: Draft, at: Directive): string | undefined {
  const { name } = at
  if (/^use$/i.test(name)) return 'what a macro holds is not read here; write it out'
  if (holdsAuth(at)) {
    const other = foreign(context, name)
    if (other !== undefined) return other
    const near = meant(name)
    const unread = 'is not read here and has a bearing on who may enter; take it out'
    return near === undefined ? unread : `is unknown; did you mean ${near}?`
  }
  // Keys are there at the level of servers only.
  if (keys === undefined && isServerOnly(name)) return 'is not read inside of a section; move it out'
  if (!context.guarded.has(at)) return refusal(at)
  if (forbids(at)) return 'forbids what the section allows, which is not done here; write it with Require'
  if (!isFamiliar(name) && !PASSWORDS.test(name)) {
    return 'is unknown, and stands beside a rule for who may enter; correct it, or take it out'
  }
  return refusal(at)
}

const readOther: Reader = (context, draft, at) => {
  const { name } = at
  const why = reasonToRefuse(context, draft, at)
  if (why !== undefined) {
    skip(context, draft, at, why)
  } else if (PASSWORDS.test(name)) {
    context.notes.warn(at, `${name}: passwords are not asked for here; only tickets let anybody in`)
  } else if (!HARMLESS.has(name.toLowerCase()) && !isKnown(name) && !isServed(name)) {
    context.notes.skipped(at, name)
  }
}
