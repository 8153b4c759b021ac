/** What an OpenID provider remembers, in a map of its own: two providers in one process know nothing of each other. */

/** @import { Adapter, AdapterPayload } from 'oidc-provider' */

/**
 * Outlives the provider: one that starts again finds what it knew.
 * @returns {(name: string) => Adapter}
 */
export function createStorage() {
  /** @type {Map<string, AdapterPayload>} */
  const kept = new Map()
  return (name) => {
    const key = (/** @type {string} */ id) => `${name}:${id}`
    /** @param {(payload: AdapterPayload) => boolean} test */
    const search = async (test) =>
      [...kept].find(([at, payload]) => at.startsWith(`${name}:`) && test(payload))?.[1] ?? undefined
    return {
      upsert: async (id, payload) => void kept.set(key(id), payload),
      find: async (id) => kept.get(key(id)),
      findByUid: (uid) => search((payload) => payload.uid === uid),
      findByUserCode: (code) => search((payload) => payload.userCode === code),
      consume: async (id) => void kept.set(key(id), { ...kept.get(key(id)), consumed: Math.floor(Date.now() / 1000) }),
      destroy: async (id) => void kept.delete(key(id)),
      revokeByGrantId: async (grantId) => {
        for (const [at, payload] of kept) if (payload.grantId === grantId) kept.delete(at)
      },
    }
  }
}
