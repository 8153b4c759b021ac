/** The lines of an htpasswd file, as mod_authn_file reads them: `uid:hash`, and of two lines for a uid the first. */

import { logicalLines } from '../../policy/lines.js'
import { type HashTrouble, type PasswordHash, readHash } from './password-hash.js'

export interface Passwords {
  readonly users: ReadonlyMap<string, PasswordHash>
  /**
   * A hash such as most of the file has: the password for a name that is not in it is compared with this one, which
   * costs what a known name costs, and whatever comes of it counts for nothing.
   */
  readonly standIn: PasswordHash | undefined
  /** `FILE:LINE: what is wrong; fix: what to do`. Neither uids nor hashes: a line may be a password that lost its way. */
  readonly troubles: readonly string[]
}

const TROUBLES: Readonly<Record<HashTrouble, (file: string) => string>> = {
  weak: (file) => `{SHA} has no salt and is not taken; fix: htpasswd -B ${file} USER, or weakHashes: 'allow'`,
  costly: (file) => `checking it would keep a core busy for many seconds; fix: htpasswd -B -C 12 ${file} USER`,
  unknown: (file) => `no scheme that is taken here (bcrypt, $6$, $5$, $apr1$); fix: htpasswd -B ${file} USER`,
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNFIT = /[!\x00-\x1f\x7f\ufffd]|^\s|\s$|^$/

export function readPasswords(text: string, file: string, weakHashes: 'refuse' | 'allow'): Passwords {
  const users = new Map<string, PasswordHash>()
  const seen = new Set<string>()
  const troubles: string[] = []
  for (const { text: line, line: number } of logicalLines(text)) {
    const complain = (message: string) => troubles.push(`${file}:${number}: ${message}`)
    const [uid, hash] = line.split(':') as [string, string | undefined]
    if (hash === undefined) complain(`there is no colon in it; fix: htpasswd -B ${file} USER`)
    else if (UNFIT.test(uid)) {
      complain("its uid is empty, not UTF-8, or has '!', a control byte or a blank at an end; fix: another uid")
    } else if (seen.has(uid)) complain('its uid stands further up, and the first line counts; fix: remove one of them')
    else {
      // Also where it cannot be used: a later line must not be what Apache never looks at.
      seen.add(uid)
      const read = readHash(hash, weakHashes)
      if (typeof read === 'string') complain(TROUBLES[read](file))
      else users.set(uid, read)
    }
  }
  return { users, standIn: commonest([...users.values()]), troubles }
}

/** One of those of which there are most, by scheme and cost. */
function commonest(hashes: readonly PasswordHash[]): PasswordHash | undefined {
  const counts = new Map<string, { first: PasswordHash; count: number }>()
  for (const hash of hashes) {
    const kind = `${hash.scheme} ${hash.cost}`
    const { first, count } = counts.get(kind) ?? { first: hash, count: 0 }
    counts.set(kind, { first, count: count + 1 })
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.first
}
