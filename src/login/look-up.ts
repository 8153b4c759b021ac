/** Who somebody is by now whose ticket is to be made anew: asked of whoever can say it without a password. */

import type { Account, PasswordAuthenticator, Provider } from './authenticators/authenticator.js'

/**
 * `known`: to one, and they can have come from nowhere else. `unknown`: all that could have signed them in can say, and
 * none knows them. `unasked`: they may have come from where nobody can be asked, or from one of several. `by`: for logs
 * and metrics.
 */
export type Standing =
  | { readonly kind: 'known'; readonly by: string; readonly account: Account }
  | { readonly kind: 'unknown'; readonly by: string }
  | { readonly kind: 'unavailable'; readonly causes: readonly { readonly by: string; readonly cause: string }[] }
  | { readonly kind: 'unasked' }

export type LookUp = (uid: string) => Promise<Standing>

export function createLookUp(authenticators: readonly PasswordAuthenticator[], providers: readonly Provider[]): LookUp {
  // One at a time for a uid: a ticket that is sent over and over must not keep others from signing in.
  const underWay = new Map<string, Promise<Standing>>()
  return (uid) => {
    const asked = underWay.get(uid) ?? ask(authenticators, providers, uid).finally(() => underWay.delete(uid))
    underWay.set(uid, asked)
    return asked
  }
}

/** `gitlab:17` is an account at GitLab, and nobody with a password of ours may be taken for it. */
export function isProviders(providers: readonly Provider[], uid: string): boolean {
  return providers.some(({ name }) => uid.toLowerCase().startsWith(`${name}:`))
}

async function ask(
  authenticators: readonly PasswordAuthenticator[],
  providers: readonly Provider[],
  uid: string,
): Promise<Standing> {
  // What a provider has said of them is not ours to change: with a password the same uid may have other tokens.
  if (providers.some(({ gives }) => gives?.(uid) ?? true)) return { kind: 'unasked' }
  const by = [...authenticators, ...providers].map(({ name }) => name).join()
  if (isProviders(providers, uid)) return { kind: 'unknown', by }
  // All of them: the ticket does not say who signed them in, and another's account may only have the same name.
  const answers = await Promise.all(
    authenticators.map(async ({ name, lookUp }) => ({ by: name, found: await lookUp?.(uid) })),
  )
  const causes = answers.flatMap(({ by: one, found }) =>
    found?.ok === false && found.reason === 'unavailable' ? [{ by: one, cause: found.cause }] : [],
  )
  if (causes.length > 0) return { kind: 'unavailable', causes }
  const knowing = answers.flatMap(({ by: one, found }) => (found?.ok ? [{ by: one, account: found.account }] : []))
  if (knowing.length > 1 || answers.some(({ found }) => found === undefined)) return { kind: 'unasked' }
  const [only] = knowing
  return only === undefined ? { kind: 'unknown', by } : { kind: 'known', ...only }
}
