/**
 * Authenticators and providers may be anybody's. What they throw may hold the password, and must keep nobody from a page:
 * it becomes `unavailable`, with the error's class as the cause. So does what is no answer at all, or never comes.
 */

import { kindOf } from '../errors.js'
import type { Account, Checked, LookedUp, PasswordAuthenticator, Provider } from './authenticators/authenticator.js'

const NO_ANSWER = 'no answer that can be used'
/** Milliseconds for a look-up: renewals of the same uid wait for it. */
const PATIENCE = 10_000

export function carefulAuthenticator(one: PasswordAuthenticator, patience = PATIENCE): PasswordAuthenticator {
  return {
    name: one.name,
    async check(credentials) {
      try {
        const checked = await one.check(credentials)
        return isAnswer(checked) ? checked : { ok: false, reason: 'unavailable', cause: NO_ANSWER }
      } catch (error) {
        return { ok: false, reason: 'unavailable', cause: kindOf(error) }
      }
    },
    ...(one.lookUp && { lookUp: (uid: string) => lookUp(one, uid, patience) }),
    async close() {
      await letting(() => one.close?.())
    },
  }
}

async function lookUp(one: PasswordAuthenticator, uid: string, patience: number): Promise<LookedUp> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<LookedUp>((resolve) => {
    const cause = `no answer within ${patience / 1000} s`
    timer = setTimeout(resolve, patience, { ok: false, reason: 'unavailable', cause }).unref()
  })
  try {
    const found = await Promise.race([one.lookUp?.(uid), late])
    return isFound(found, uid) ? found : { ok: false, reason: 'unavailable', cause: NO_ANSWER }
  } catch (error) {
    return { ok: false, reason: 'unavailable', cause: kindOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

export function carefulProvider(one: Provider): Provider {
  return {
    name: one.name,
    label: one.label,
    async begin(callback) {
      try {
        return await one.begin(callback)
      } catch (error) {
        return { ok: false, cause: kindOf(error) }
      }
    },
    async finish(url, flow) {
      try {
        return await one.finish(url, flow)
      } catch (error) {
        return { ok: false, reason: 'unavailable', cause: kindOf(error) }
      }
    },
    gives(uid) {
      try {
        return one.gives?.(uid) ?? true
      } catch {
        return true
      }
    },
    signOutUrl: (next) => letting(() => one.signOutUrl?.(next)),
  }
}

/** What can be done without. */
async function letting<T>(run: () => Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await run()
  } catch {
    return undefined
  }
}

function isAnswer(checked: unknown): checked is Checked {
  const { ok, reason, account } = (checked ?? {}) as { ok?: unknown; reason?: unknown; account?: unknown }
  return ok === true ? isAccount(account) : ok === false && (reason === 'wrong' || reason === 'unavailable')
}

function isFound(found: unknown, uid: string): found is LookedUp {
  const { ok, reason, account } = (found ?? {}) as { ok?: unknown; reason?: unknown; account?: unknown }
  if (ok === true) return isAccount(account) && account.uid === uid
  return ok === false && (reason === 'unknown' || reason === 'unavailable')
}

function isAccount(account: unknown): account is Account {
  const { uid, tokens, userData } = (account ?? {}) as Partial<Record<keyof Account, unknown>>
  const isText = (text: unknown) => typeof text === 'string'
  return isText(uid) && isText(userData) && Array.isArray(tokens) && tokens.every(isText)
}
