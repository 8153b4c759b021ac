/** What would have let a request with a signed ticket in: another digest or key, yesterday's clock, another address. */

import { findCookie } from '../http/cookie.js'
import { flatHeaders, headerOf } from '../http/headers.js'
import type { AreaInfo, GuardRequest } from '../policy/decision.js'
import type { AreaOptions, GuardOptions, ParsedPublicKey } from '../policy/options.js'
import { nodeSignatures } from '../pubtkt/node-signatures.js'
import { peekSignedTicket, type UnverifiedSignedTicket } from '../pubtkt/peek.js'
import type { Weakness } from '../types.js'
import { type Attempt, everywhere } from './attempts.js'
import { SIGNATURE_DIGESTS } from './signed-keys.js'

const ALL: Weakness[] = ['sha1', 'dsa', 'short-rsa']

/** The ticket that a request claims to have, in the cookie or in one of the headers. */
export function claimedSigned(request: GuardRequest, { settings }: AreaInfo): UnverifiedSignedTicket | undefined {
  const headers = flatHeaders(request.headers)
  for (const name of settings.ticketHeaders) {
    const text = headerOf(headers, name.toLowerCase())
    const value = name.toLowerCase() === 'cookie' ? findCookie(text, settings.cookieName) : text
    const claimed = peekSignedTicket(value ?? '')
    if (claimed !== undefined) return claimed
  }
  return undefined
}

/** A key, and what people find it by. */
interface Known {
  readonly key: ParsedPublicKey
  readonly where: string
}

export function signedAttempts(options: GuardOptions): Attempt[] {
  const known = keysIn(options)
  if (known.length === 0) return []
  return [
    {
      advice: 'the ticket is good, but has run out (validuntil), or the clocks differ',
      options,
      change: (request, area) => ({
        ...request,
        now: Math.min(request.now, claimedSigned(request, area)?.validUntil ?? 0),
      }),
    },
    {
      advice:
        'the ticket is of another address (cip): the login sees the client otherwise; list the proxy in trustedProxies, or set ignoreIp',
      options: everywhere(options, { ignoreIp: true }),
    },
    ...SIGNATURE_DIGESTS.map((digest) => ({
      advice: `the login signs with ${digest}: set TKTAuthDigest (digest)`,
      options: withKeys(options, (keys) => keys.map((key) => (isEd25519(key) ? key : { ...key, digest, allow: ALL }))),
    })),
    ...known.map(({ key, where }) => ({
      advice: `it is signed for another key, the one of ${where}: name that in TKTAuthPublicKey (publicKeys)`,
      options: withKeys(options, () => [{ ...key, allow: ALL }]),
    })),
  ]
}

function keysIn({ publicKeys = [], areas = [], hosts = [] }: GuardOptions): Known[] {
  const of = (keys: readonly ParsedPublicKey[] | undefined, where: string) =>
    (keys ?? []).map((key) => ({ key, where }))
  const inAreas = (list: readonly AreaOptions[]) =>
    list.flatMap((area) => {
      const { path, exactPath, pattern, file } = area
      return of(area.publicKeys, `the area ${area.name ?? path ?? exactPath ?? pattern ?? file}`)
    })
  const all = [
    ...of(publicKeys, 'the main server'),
    ...inAreas(areas),
    ...hosts.flatMap((host) => [...of(host.publicKeys, `the host ${host.names[0]}`), ...inAreas(host.areas ?? [])]),
  ]
  const nameOf = ({ key: { publicKey, digest } }: Known) => `${digest} ${publicKey}`
  return all.filter((one, index) => all.findIndex((other) => nameOf(other) === nameOf(one)) === index)
}

function isEd25519({ publicKey }: ParsedPublicKey): boolean {
  return nodeSignatures()?.publicKey(publicKey).kind === 'ed25519'
}

/** The options with all lists of public keys changed, wherever they are. */
function withKeys(options: GuardOptions, change: (keys: ParsedPublicKey[]) => ParsedPublicKey[]): GuardOptions {
  const level = <T extends { publicKeys?: ParsedPublicKey[] | undefined }>(one: T): T =>
    one.publicKeys ? { ...one, publicKeys: change(one.publicKeys) } : one
  return {
    ...level(options),
    ...(options.areas && { areas: options.areas.map(level) }),
    ...(options.hosts && {
      hosts: options.hosts.map((host) => ({ ...level(host), ...(host.areas && { areas: host.areas.map(level) }) })),
    }),
  }
}
