import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { MISMATCH } from '../../src/engine/engine.js'
import type { Dialect, Digest } from '../../src/types.js'
import { batchWith, statusesOf } from '../helpers/batches.js'
import { BATCHES } from '../helpers/engines.js'
import { base64, referenceTicket } from '../helpers/reference.js'

const ADDRESS = { bytes: Uint8Array.of(192, 0, 2, 7), text: '192.0.2.7' }
const secret = Buffer.from('0123456789abcdef0123456789abcdef')

function ticket(dialect: Dialect, digest: Digest, own: Uint8Array, userData: string): string {
  const address = dialect === 'lighttpd' ? Buffer.from(ADDRESS.text) : ADDRESS.bytes
  return referenceTicket({
    dialect,
    digest,
    secret: own,
    address,
    issuedAt: 1_700_000_000,
    uid: 'u',
    tokens: '',
    userData,
  })
}

/** One digit of the digest is another. */
function forged(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1)
}

for (const [build, module] of BATCHES) {
  for (const digest of ['md5', 'sha256'] as const) {
    for (const dialect of ['apache', 'lighttpd'] as const) {
      t.test(
        `messages of every length 0..1200, beside shorter and longer ones (${dialect} ${digest}, ${build})`,
        async (t) => {
          const batch = batchWith(module, [{ secret, digest, dialect }], ADDRESS)
          const texts = Array.from({ length: 1201 }, (_, n) => ticket(dialect, digest, secret, 'd'.repeat(n)))
          const wrong: number[] = []
          for (let from = 0; from < texts.length; from += 16) {
            const part = texts.slice(from, from + 16)
            const values = part.flatMap((text, i) => [base64(text), base64(forged(text, i % 32))])
            const found = statusesOf(batch, values)
            found.forEach((status, i) => {
              if (status !== (i % 2 === 0 ? 1 : MISMATCH)) wrong.push(from + (i >> 1))
            })
          }
          t.same(wrong, [])
        },
      )
    }

    t.test(`random lanes: lengths, secrets, forgeries, places (${digest}, ${build})`, async () => {
      const one = fc.record({ length: fc.nat(1200), forge: fc.option(fc.nat(31), { freq: 3 }) })
      fc.assert(
        fc.property(fc.integer({ min: 1, max: 200 }), fc.array(one, { minLength: 1, maxLength: 40 }), (size, list) => {
          const own = randomBytes(size)
          const batch = batchWith(module, [{ secret: own, digest, dialect: 'apache' }], ADDRESS)
          const values = list.map(({ length, forge }) => {
            const good = ticket('apache', digest, own, randomBytes(length).toString('base64').slice(0, length))
            return base64(forge === null ? good : forged(good, forge))
          })
          const wanted = list.map(({ forge }) => (forge === null ? 1 : MISMATCH))
          return statusesOf(batch, values).every((status, i) => status === wanted[i])
        }),
        { numRuns: build === 'debug' ? 20 : 60 },
      )
    })
  }

  t.test(`every digit of the digest counts, in every lane (${build})`, async (t) => {
    for (const [digest, digits] of [
      ['md5', 32],
      ['sha256', 64],
    ] as const) {
      const batch = batchWith(module, [{ secret, digest, dialect: 'apache' }], ADDRESS)
      const good = ticket('apache', digest, secret, 'data')
      for (let lane = 0; lane < 8; lane++) {
        for (let at = 0; at < digits; at++) {
          const values = Array.from({ length: 8 }, (_, i) => base64(i === lane ? forged(good, at) : good))
          const wanted = values.map((_, i) => (i === lane ? MISMATCH : 1))
          if (!t.strictSame(statusesOf(batch, values), wanted, `${digest} lane ${lane} digit ${at}`)) return
        }
      }
    }
  })
}
