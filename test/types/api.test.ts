/** The public types, pinned: tsc fails (npm run check) when one of these lines no longer says the truth. */

import t from 'tap'
import {
  createIssuer,
  createVerifier,
  type Digest,
  type peekTicket,
  type Reason,
  type Ticket,
  type TktError,
  type TktErrorCode,
  type UnverifiedTicket,
  type VerifyResult,
} from '../../src/index.js'

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(value?: T) => value

holds<Equals<Digest, 'md5' | 'sha256' | 'sha512'>>()
holds<Equals<TktErrorCode, 'ERR_TKT_OPTIONS' | 'ERR_TKT_FIELD' | 'ERR_TKT_ENGINE'>>()
holds<Equals<Ticket, { uid: string; tokens: string[]; userData: string; issuedAt: number }>>()
holds<Equals<ReturnType<typeof peekTicket>, UnverifiedTicket | undefined>>()
holds<Equals<UnverifiedTicket['verified'], false>>()
holds<Equals<TktError['code'], TktErrorCode>>()

function exhaustive(result: VerifyResult): string | Reason {
  // @ts-expect-error there is no ticket before `ok` was looked at
  result.ticket
  return result.ok ? result.ticket.uid : result.reason
}

const key = { secret: 'x', digest: 'md5' } as const
// @ts-expect-error a key has no default digest
const noDigest = () => createVerifier({ keys: [{ secret: 'x' }] })
// @ts-expect-error nor is there a SHA-1
const sha1 = () => createVerifier({ keys: [{ secret: 'x', digest: 'sha1' }] })
// @ts-expect-error an issuer needs the time
const noTime = () => createIssuer({ keys: [key] }).issue({ uid: 'a' }, { ip: '127.0.0.1' })

t.test('what the types forbid, the functions refuse', async (t) => {
  for (const misuse of [noDigest, sha1, noTime]) t.throws(misuse, { name: 'TktError', code: 'ERR_TKT_OPTIONS' })
  t.equal(exhaustive(createVerifier({ keys: [key] }).verify(undefined)), 'absent')
})
