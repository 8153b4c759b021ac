/** A file of its own: what this runtime's SHA-256 is worth is measured once per process, and here it must be ours. */

import { createHash } from 'node:crypto'
import t from 'tap'
import { createIssuer } from '../../src/ticket/issue.js'
import { createRing } from '../../src/ticket/ring.js'
import { createVerifier } from '../../src/ticket/verify.js'

/** Of as many zeroes it knows the digest: it is timed with them, and must win on every machine. */
const known = new Map<number, Uint8Array>()
let tickets = 0
function hash(_name: string, message: Uint8Array): Uint8Array {
  if (message[0] === 0) {
    const found = known.get(message.length) ?? createHash('sha256').update(message).digest()
    known.set(message.length, found)
    return found
  }
  tickets++
  return createHash('sha256').update(message).digest()
}

const key = { secret: 'secret of the long ones', digest: 'sha256' } as const
const ip = '192.0.2.7'

t.test('long tickets are digested by the host, unless hostDigest is false', async (t) => {
  const own = Object.getOwnPropertyDescriptor(process, 'getBuiltinModule') as PropertyDescriptor
  Object.defineProperty(process, 'getBuiltinModule', { ...own, value: () => ({ hash }) })
  t.teardown(() => Object.defineProperty(process, 'getBuiltinModule', own))
  const value = createIssuer({ keys: [key] }).issue({ uid: 'u', userData: 'd'.repeat(6000) }, { ip, now: 1 })
  for (const [hostDigest, wanted] of [
    [true, 1],
    [false, 0],
  ] as const) {
    const verifier = createVerifier({ keys: [key], hostDigest })
    const ring = createRing({ keys: [key], ignoreIp: false, selfTest: false, hostDigest })
    for (const one of [verifier, ring]) {
      tickets = 0
      t.equal(one.verify(value, { ip }).ok, true)
      t.equal(tickets, wanted, `hostDigest: ${hostDigest}`)
    }
  }
})
