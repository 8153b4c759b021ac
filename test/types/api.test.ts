/** The public types, pinned: tsc fails (npm run check) when one of these lines no longer says the truth. */

import t from 'tap'
import {
  type createAsyncPubtktIssuer,
  type createAsyncPubtktVerifier,
  createGuard,
  createIssuer,
  type createPubtktIssuer,
  type createPubtktVerifier,
  createVerifier,
  type Decision,
  type Digest,
  type Guard,
  type GuardOptions,
  type Identity,
  type Key,
  type peekSignedTicket,
  type peekTicket,
  type Reason,
  type SignatureDigest,
  type SignedResult,
  type SignedTicket,
  type Ticket,
  type TktError,
  type TktErrorCode,
  type UnverifiedTicket,
  type VerifyResult,
  type Weakness,
} from '../../src/index.js'

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(value?: T) => value

holds<Equals<Digest, 'md5' | 'sha1' | 'sha256' | 'sha512'>>()
holds<
  Equals<TktErrorCode, 'ERR_TKT_OPTIONS' | 'ERR_TKT_FIELD' | 'ERR_TKT_ENGINE' | 'ERR_TKT_CONFIG' | 'ERR_TKT_STALE'>
>()
holds<Equals<Decision['kind'], 'allow' | 'pass' | 'redirect' | 'deny' | 'error'>>()
holds<
  Equals<
    Identity,
    { readonly uid: string; readonly tokens: readonly string[]; readonly userData: string; readonly guest: boolean }
  >
>()
holds<Equals<ReturnType<Guard['decide']>, Decision>>()
holds<Equals<GuardOptions['compat'], 'exact' | 'hardened' | undefined>>()
holds<Equals<Ticket, { uid: string; tokens: string[]; userData: string; issuedAt: number }>>()
holds<Equals<ReturnType<typeof peekTicket>, UnverifiedTicket | undefined>>()
holds<Equals<UnverifiedTicket['verified'], false>>()
holds<Equals<TktError['code'], TktErrorCode>>()
holds<Equals<SignatureDigest, 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'>>()
holds<Equals<Weakness, 'sha1' | 'dsa' | 'short-rsa'>>()
holds<
  Equals<
    SignedTicket,
    {
      uid: string
      tokens: string[]
      userData: string
      validUntil: number
      gracePeriod: number
      clientIp: string
      multifactor: boolean
      bauth: string
    }
  >
>()
holds<Equals<SignedResult, { ok: true; ticket: SignedTicket; keyIndex: number } | { ok: false; reason: Reason }>>()
holds<Equals<ReturnType<ReturnType<typeof createPubtktVerifier>['verify']>, SignedResult>>()
holds<Equals<ReturnType<Awaited<ReturnType<typeof createAsyncPubtktVerifier>>['verify']>, Promise<SignedResult>>>()
holds<Equals<ReturnType<ReturnType<typeof createPubtktIssuer>['issue']>, string>>()
holds<Equals<ReturnType<Awaited<ReturnType<typeof createAsyncPubtktIssuer>>['issue']>, Promise<string>>>()
holds<Equals<Extract<keyof NonNullable<ReturnType<typeof peekSignedTicket>>, 'bauth' | 'hasBauth'>, 'hasBauth'>>()

function exhaustive(result: VerifyResult): string | Reason {
  // @ts-expect-error there is no ticket before `ok` was looked at
  result.ticket
  return result.ok ? result.ticket.uid : result.reason
}

/** The status that a client gets: every kind has its own. */
function statusOf(decision: Decision): number {
  // @ts-expect-error whoever is redirected has no identity
  decision.identity
  switch (decision.kind) {
    case 'allow':
    case 'pass':
      return 200
    case 'redirect':
    case 'deny':
    case 'error':
      return decision.status
    default:
      return decision satisfies never
  }
}

/** Keys of a verifier are keys of a guard. */
const keysOf = (keys: Key[]): GuardOptions => ({ keys })

const key = { secret: 'x', digest: 'md5' } as const
// @ts-expect-error a key has no default digest
const noDigest = () => createVerifier({ keys: [{ secret: 'x' }] })
// @ts-expect-error nor is there a SHA-224
const sha224 = () => createVerifier({ keys: [{ secret: 'x', digest: 'sha224' }] })
// @ts-expect-error an issuer needs the time
const noTime = () => createIssuer({ keys: [key] }).issue({ uid: 'a' }, { ip: '127.0.0.1' })

// @ts-expect-error there is no such mode
const noMode = () => createGuard({ compat: 'strict' })

t.test('what the types forbid, the functions refuse', async (t) => {
  for (const misuse of [noDigest, sha224, noTime, noMode])
    t.throws(misuse, { name: 'TktError', code: 'ERR_TKT_OPTIONS' })
  t.equal(exhaustive(createVerifier({ keys: [key] }).verify(undefined)), 'absent')
  const guard = createGuard(keysOf([{ ...key, secret: 'sixteen bytes and more' }]))
  t.equal(statusOf(guard.decide({ method: 'GET', url: '/', headers: ['Host', 'h'], ip: '127.0.0.1', now: 0 })), 403)
})
