/** What an area of signed tickets checks and makes them with: the nearest keys around it. */

import { openBauth, openBauthAsync, sealBauth } from '../pubtkt/bauth.js'
import type { AsyncSignatureHost, SignatureHost } from '../pubtkt/host.js'
import type { Signing } from './area.js'
import type { ParsedGuard } from './options.js'
import type { Settings } from './settings.js'
import type { SignedRings } from './signed-rings.js'

/** What the whole, a host or an area may have. */
type Level = Pick<ParsedGuard, 'publicKeys' | 'passthruKey' | 'signingKey'>

/** Undefined where no signed tickets are asked for. `levels`: the outermost first. */
export function signingOf(settings: Settings, levels: readonly Level[], rings: SignedRings): Signing | undefined {
  if (settings.authType !== 'mod_auth_pubtkt') return undefined
  const nearest = <K extends keyof Level>(name: K): Level[K] =>
    levels.findLast((level) => level[name] !== undefined)?.[name]
  const { cookieName, cookieMatch, ticketHeaders, longFields } = settings
  const signingKey = nearest('signingKey')
  const publicKeys = nearest('publicKeys') ?? []
  return {
    publicKeys,
    places: { headers: ticketHeaders, cookieKey: `${cookieName}=`, suffix: cookieMatch === 'suffix' },
    ring: rings.ringFor(publicKeys, longFields),
    ...opener(nearest('passthruKey'), rings.host),
    issuer: signingKey === undefined ? undefined : rings.issuerFor(signingKey),
    mayRenew: (keyIndex, now) => signingKey !== undefined && rings.mayRenew(publicKeys, keyIndex, signingKey, now),
  }
}

/** Without a key the ticket has it as it goes on. */
function opener(
  passthruKey: string | Uint8Array | undefined,
  host: SignatureHost | AsyncSignatureHost | undefined,
): Pick<Signing, 'open' | 'openLater' | 'seal'> {
  if (passthruKey === undefined || host === undefined) {
    return { open: (bauth) => bauth, openLater: async (bauth) => bauth, seal: undefined }
  }
  const key = typeof passthruKey === 'string' ? new TextEncoder().encode(passthruKey) : passthruKey
  return host.async
    ? { open: undefined, openLater: async (bauth) => (await openBauthAsync(bauth, key, host)) ?? null, seal: undefined }
    : {
        open: (bauth) => openBauth(bauth, key, host) ?? null,
        openLater: undefined,
        seal: (credentials) => sealBauth(credentials, key, host),
      }
}
