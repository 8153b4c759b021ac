/** `auth.require`: which beginnings of paths ask for users, and whom they let in (mod_auth.c). */

import type { Rule } from '../policy/require.js'
import type { Context } from './context.js'
import { forbidSkipping } from './guarding.js'
import type { Setting } from './lighttpd-blocks.js'
import type { Entry, List } from './lighttpd-values.js'
import { configError, type Place } from './notes.js'

/** The first one that a path begins with decides. */
export interface Requirement extends Place {
  readonly prefix: string
  readonly rule: Rule
}

export const REQUIRE = 'auth.require'
const FIELDS = ['method', 'realm', 'require', 'algorithm', 'nonce-secret', 'nonce_secret', 'userhash']
const FORM = '"/path" => ( "method" => "authn_tkt", "realm" => "...", "require" => "valid-user" )'

export function readRequirements(context: Context, setting: Setting): Requirement[] {
  const { value } = setting
  if (value.kind !== 'list') throw configError(setting, REQUIRE, `is no list; write ( ${FORM} )`)
  return value.entries.map((entry) => {
    const { key, value: fields, file, line } = entry
    // An empty path is the beginning of all of them.
    if (key === undefined || fields.kind !== 'list')
      throw configError(entry, REQUIRE, `has an entry of another form; write ${FORM}`)
    return { prefix: key, rule: ruleOf(context, entry, fields), file, line }
  })
}

function ruleOf(context: Context, at: Entry, fields: List): Rule {
  const texts = new Map<string, string>()
  for (const { key, value, ...place } of fields.entries) {
    if (key === undefined || !FIELDS.includes(key)) {
      throw configError(
        place,
        REQUIRE,
        `has a field that lighttpd does not know; known are ${FIELDS.slice(0, 3).join(', ')}`,
      )
    }
    if (value.kind !== 'text')
      throw configError(place, REQUIRE, `has a ${key} that is no text; put it in double quotes`)
    texts.set(key, value.text)
  }
  for (const name of ['method', 'realm', 'require']) {
    // A realm may be empty.
    if (texts.has(name) && (name === 'realm' || texts.get(name))) continue
    throw configError(at, REQUIRE, `lacks ${name}, and lighttpd does not start so; write ${FORM}`)
  }
  if (texts.get('method') !== 'authn_tkt') {
    const { file, line } = at
    const why = 'asks for users by another method than authn_tkt, which is not done here; take the path out'
    forbidSkipping(context, { file, line, name: REQUIRE, text: '' }, REQUIRE, why)
    return 'denied'
  }
  return readRule(context, at, texts.get('require') as string)
}

/** `valid-user`, or `user=a|user=b|group=g|host=h`. Groups and hosts are nobody's here: mod_authn_tkt does not tell them. */
function readRule(context: Context, at: Place, text: string): Rule {
  if (text === 'valid-user') return 'valid-user'
  const users: string[] = []
  for (const one of text.split('|').filter((part, index, all) => part !== '' || index < all.length - 1)) {
    const [, kind, name] = /^(user|group|host)=([\s\S]+)$/.exec(one) ?? []
    if (kind === undefined) {
      throw configError(at, REQUIRE, 'has a rule that lighttpd does not know; write "valid-user", or "user=a|user=b"')
    }
    if (kind === 'user') users.push(name as string)
    else
      context.notes.warn(at, `${REQUIRE}: ${kind}= lets nobody in, as mod_authn_tkt knows of no ${kind}s; name users`)
  }
  // A rule that asks for a user, and that no user fulfils.
  return users.length > 0 ? { users } : { groups: ['-'] }
}
