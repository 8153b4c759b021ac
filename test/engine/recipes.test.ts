import { randomBytes } from 'node:crypto'
import t from 'tap'
import { DIALECTS } from '../../src/engine/dialects.js'
import { createEngine } from '../../src/engine/engine.js'
import type { Dialect, Digest } from '../../src/types.js'
import { ENGINES } from '../helpers/engines.js'
import { base64, referenceTicket } from '../helpers/reference.js'

/** Round the block sizes, where the second message's constant block begins and ends, and the limit. */
const SECRETS = [
  1, 2, 7, 8, 16, 22, 23, 24, 31, 32, 33, 46, 47, 48, 54, 55, 56, 57, 63, 64, 65, 86, 87, 88, 110, 111,
].concat([112, 113, 119, 120, 127, 128, 129, 183, 184, 191, 192, 193, 239, 240, 255, 256, 257, 500, 1023, 1024])
const ADDRESSES: readonly { bytes: Uint8Array; text: string }[] = [
  { bytes: Uint8Array.of(192, 0, 2, 7), text: '192.0.2.7' },
  { bytes: new Uint8Array(4), text: '' },
  { bytes: Uint8Array.of(32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), text: '2001:db8::1' },
]

for (const [build, module] of ENGINES) {
  for (const dialect of ['apache', 'lighttpd'] as Dialect[]) {
    for (const digest of ['md5', 'sha256', 'sha512'] as Digest[]) {
      t.test(`${dialect} ${digest}: every secret length seals and verifies (${build})`, async (t) => {
        const wrong: string[] = []
        for (const length of SECRETS) {
          const engine = createEngine(module)
          const secret = randomBytes(length)
          engine.loadKey(secret, digest, DIALECTS[dialect])
          for (const [index, bound] of ADDRESSES.entries()) {
            const address = dialect === 'apache' ? bound.bytes : Buffer.from(bound.text)
            const userData = 'd'.repeat((length * 7 + index) % 150)
            const ticket = referenceTicket({
              dialect,
              digest,
              secret,
              address,
              issuedAt: 0x6553f100,
              uid: 'alice',
              tokens: 'a,b',
              userData,
            })
            engine.useAddress(bound)
            if (engine.verify(base64(ticket)) !== 1) wrong.push(`verify ${length} ${bound.text}`)
            engine.wipe()
            if (engine.seal(`alice!a,b!${userData}`, 0x6553f100, 'raw') !== ticket)
              wrong.push(`seal ${length} ${bound.text}`)
          }
        }
        t.same(wrong, [])
      })
    }
  }

  t.test(`a ring of 64 keys finds the one that made the ticket (${build})`, async (t) => {
    const engine = createEngine(module)
    const ring = Array.from({ length: 64 }, (_, i) => ({
      secret: randomBytes(1 + ((i * 37) % 200)),
      digest: (['md5', 'sha256', 'sha512'] as const)[i % 3] as Digest,
      dialect: (['apache', 'lighttpd'] as const)[i % 2] as Dialect,
    }))
    for (const key of ring) engine.loadKey(key.secret, key.digest, DIALECTS[key.dialect])
    const bound = ADDRESSES[0] as (typeof ADDRESSES)[number]
    engine.useAddress(bound)
    for (const [index, key] of ring.entries()) {
      const address = key.dialect === 'apache' ? bound.bytes : Buffer.from(bound.text)
      const ticket = referenceTicket({ ...key, address, issuedAt: 1, uid: 'bob', tokens: '', userData: 'x!y' })
      t.equal(engine.verify(base64(ticket)), index + 1)
      engine.wipe()
    }
    t.throws(() => engine.loadKey(randomBytes(8), 'md5', DIALECTS.apache), { code: 'ERR_TKT_ENGINE' }, 'the 65th key')
  })
}
