/** The demo's people: made up at each start, kept in memory alone. */

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { PasswordAuthenticator } from '../../login/authenticators/authenticator.js'

export interface Person {
  readonly uid: string
  readonly tokens: readonly string[]
  readonly password: string
}

/** Two people, one of whom may do more. */
export function makeUpPeople(): Person[] {
  const password = () => randomBytes(9).toString('base64url')
  return [
    { uid: 'ada', tokens: ['admin', 'staff'], password: password() },
    { uid: 'ben', tokens: ['staff'], password: password() },
  ]
}

export function inMemory(people: readonly Person[]): PasswordAuthenticator {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return {
    name: 'demo',
    async check({ uid, password }) {
      // All are compared, and in full: the time says nothing.
      const found = people.filter((person) => {
        const same = timingSafeEqual(digest(person.password), digest(password))
        return same && person.uid === uid
      })
      const [person] = found
      if (person === undefined) return { ok: false, reason: 'wrong' }
      return { ok: true, account: { uid, tokens: person.tokens, userData: '' } }
    },
  }
}
