/** Signs people in by an htpasswd file, and knows their tokens by a group file, both as Apache has them. */

import { z } from 'zod'
import { TktError } from '../../errors.js'
import type { Account, Checked, Credentials, PasswordAuthenticator } from './authenticator.js'
import { readMemberships } from './group-file.js'
import { type GroupTokens, readGroupTokens, tokensSchema } from './group-tokens.js'
import { checkedOptions } from './options.js'
import { type Passwords, readPasswords } from './password-file.js'
import { type Verify, verifyHash } from './password-hash.js'
import { createTurns } from './turns.js'
import { watchFile } from './watched-file.js'

export interface HtpasswdOptions {
  /** What logs call it; default `htpasswd`. */
  readonly name?: string | undefined
  /** As `htpasswd -B` writes it. Read again when it changes. */
  readonly file: string
  /** As `AuthGroupFile` has it: `group: uid uid`. Read again when it changes. */
  readonly groupFile?: string | undefined
  /** The groups that become tokens; left out: every group of the file, by its own name. */
  readonly tokens?: GroupTokens | undefined
  /** `allow`: {SHA} hashes, too. They have no salt: whoever gets hold of the file reads most passwords from tables. */
  readonly weakHashes?: 'refuse' | 'allow' | undefined
  /** Told of lines that cannot be used; default process.emitWarning. */
  readonly warn?: ((message: string) => void) | undefined
  /** Milliseconds; default Date.now. */
  readonly now?: (() => number) | undefined
}

const warnProcess: Warn = (message) => process.emitWarning(message)

const schema = z.strictObject({
  name: z.string().min(1).default('htpasswd'),
  file: z.string().min(1),
  groupFile: z.string().min(1).optional(),
  tokens: tokensSchema.optional(),
  weakHashes: z.enum(['refuse', 'allow']).default('refuse'),
  warn: z.custom<Warn>((value) => typeof value === 'function').default(() => warnProcess),
  now: z.custom<() => number>((value) => typeof value === 'function').default(() => Date.now),
})

/** Half of Node's four threads, so that files and host names can be read meanwhile. */
const AT_ONCE = 2
const WAITING = 100
const NOBODY: ReadonlyMap<string, readonly string[]> = new Map()

/**
 * @param verify in place of what knows bcrypt, SHA-crypt and apr1
 * @example
 * const staff = htpasswd({ file: '/etc/apache2/htpasswd', groupFile: '/etc/apache2/groups', tokens: ['editors'] })
 * await staff.check({ uid: 'alice', password })
 */
export function htpasswd(options: HtpasswdOptions, verify: Verify = verifyHash): PasswordAuthenticator {
  const given = checkedOptions('htpasswd', schema, options)
  const passwords = watchPasswords(given)
  const tokens = watchGroups(given)
  const turns = createTurns(AT_ONCE, WAITING)

  const unavailable = (cause: string): Checked => ({
    ok: false,
    reason: 'unavailable',
    cause: `${given.name}: ${cause}`,
  })

  const accountOf = (uid: string): Account => ({ uid, tokens: tokens().get(uid) ?? [], userData: '' })

  async function check({ uid, password }: Credentials): Promise<Checked> {
    const { users, standIn } = passwords()
    const hash = users.get(uid)
    const compared = hash ?? standIn
    const fits = compared && (await verify(password, compared))
    if (!fits || !hash) return { ok: false, reason: 'wrong' }
    return { ok: true, account: accountOf(uid) }
  }

  return {
    name: given.name,
    async lookUp(uid) {
      const { users } = passwords()
      return users.has(uid) ? { ok: true, account: accountOf(uid) } : { ok: false, reason: 'unknown' }
    },
    async check(credentials) {
      try {
        const checked = turns(() => check(credentials))
        return checked ? await checked : unavailable(`${WAITING} sign-ins are waiting already`)
      } catch (error) {
        // What it says might be what it was given.
        return unavailable(`checking a password failed (${error instanceof Error ? error.name : typeof error})`)
      }
    },
  }
}

type Given = z.output<typeof schema>
type Warn = (message: string) => void

/** A reading that tells of its troubles, once. */
function telling<T extends { readonly troubles: readonly string[] }>(read: (text: string) => T, warn: Warn) {
  return (text: string): T => {
    const result = read(text)
    for (const trouble of result.troubles) warn(trouble)
    return result
  }
}

function watchPasswords(given: Given): () => Passwords {
  const { file, weakHashes, warn, now } = given
  const read = telling((text) => readPasswords(text, file, weakHashes), warn)
  return watchFile({ file, read, warn, now, what: 'users', fix: `htpasswd -B -c ${file} USER` })
}

function watchGroups(given: Given): () => ReadonlyMap<string, readonly string[]> {
  const { groupFile: file, tokens, warn, now } = given
  if (file === undefined) {
    if (tokens) throw new TktError('ERR_TKT_OPTIONS', 'htpasswd: tokens: there are no groups without a groupFile')
    return () => NOBODY
  }
  const allowed = tokens && readGroupTokens('htpasswd', tokens)
  const read = telling((text) => readMemberships(text, file, allowed), warn)
  const fix = "make one ('group: uid uid'), or leave out groupFile"
  const watched = watchFile({ file, read, warn, now, what: 'groups', fix })
  return () => watched().tokens
}
