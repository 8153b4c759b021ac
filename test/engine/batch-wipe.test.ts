import t from 'tap'
import { type BatchExports, createBatch } from '../../src/engine/batch.js'
import { DIALECTS } from '../../src/engine/dialects.js'
import { createEngine } from '../../src/engine/engine.js'
import type { Dialect, Digest } from '../../src/types.js'
import { statusesOf } from '../helpers/batches.js'
import { BATCHES } from '../helpers/engines.js'
import { base64, cookieQuoted, referenceTicket } from '../helpers/reference.js'

const secret = Buffer.from('S3cr3t-that-must-not-leak-anywhere!')
const other = Buffer.from('An0ther-s3cret-that-must-stay-put!!')
const address = { bytes: Uint8Array.of(192, 0, 2, 7), text: '192.0.2.7' }
const SHORTEST = 6

/** Every run of six bytes of `needle` that is somewhere in `memory` outside of the ring. */
function leftovers(memory: Buffer, needle: Buffer, ring: number, ringEnd: number): string[] {
  const found: string[] = []
  for (let i = 0; i + SHORTEST <= needle.length; i++) {
    const run = needle.subarray(i, i + SHORTEST)
    for (let at = memory.indexOf(run); at >= 0; at = memory.indexOf(run, at + 1)) {
      if (at < ring || at >= ringEnd) found.push(`${run.toString('latin1')} at ${at}`)
    }
  }
  return found
}

for (const [build, module] of BATCHES) {
  for (const digest of ['md5', 'sha1', 'sha256', 'sha512'] as Digest[]) {
    for (const dialect of Object.keys(DIALECTS) as Dialect[]) {
      if (DIALECTS[dialect].hmac && digest !== 'sha256') continue
      t.test(`a batch leaves nothing behind (${dialect} ${digest}, ${build})`, async (t) => {
        const engine = createEngine()
        engine.loadKey(other, digest, DIALECTS[dialect])
        engine.loadKey(secret, digest, DIALECTS[dialect])
        const batch = createBatch(engine, module)
        batch.useAddress(address)
        const memory = Buffer.from(batch.input.buffer)
        const e = exportsLike(module)
        const ring = e.RING.value
        const ringEnd = ring + e.KEYS_MAX.value * e.KEY_SIZE.value
        const base = {
          dialect,
          digest,
          secret,
          address: dialect === 'lighttpd' ? Buffer.from(address.text) : address.bytes,
          issuedAt: 0x6553f100,
          uid: 'Zq1Zq2Zq3Zq4Zq5',
          tokens: 'Tk7Tk8Tk9,Tk0',
        }
        const texts = [0, 40, 300, 0, 0, 90, 700, 5, 6, 7].map((n) =>
          referenceTicket({ ...base, userData: `Yd1Yd2Yd3${'Yd4Yd5Yd6'.repeat(n / 9)}` }),
        )
        const bad = texts.map((text) => text.slice(0, 3) + (text[3] === '0' ? '1' : '0') + text.slice(4))
        const values = [...texts, ...bad].flatMap((text) => [
          base64(text),
          `"${text}"`,
          cookieQuoted(`${text},`).replace('\\054"', '"'),
          base64(text).slice(0, 90),
          `${text}\0behind the end`,
        ])
        const before = Buffer.from(memory)
        const statuses = statusesOf(batch, values)
        t.ok(statuses.includes(2), 'good tickets were among them')
        // Until it is wiped the fields of good tickets can be read, and nothing else of any ticket.
        for (const text of [...texts, ...bad]) {
          t.same(
            leftovers(memory, Buffer.from(text.slice(0, DIALECTS[dialect].hmac ? 32 : 40), 'latin1'), ring, ringEnd),
            [],
          )
        }
        batch.wipe()
        for (const text of texts) t.same(leftovers(memory, Buffer.from(text, 'latin1'), ring, ringEnd), [])
        t.same(leftovers(memory, secret, ring, ringEnd), [])
        t.same(leftovers(memory, other, ring, ringEnd), [])
        // All that differs from before is where tickets were: lengths and addresses, which are no secret, and nothing else.
        const changed: number[] = []
        for (let i = 0; i < memory.length; i++) if (memory[i] !== before[i]) changed.push(i)
        const plain = [
          [e.STARTS.value, e.STARTS.value + values.length * 4],
          [e.LENGTHS.value, e.LENGTHS.value + values.length * 2],
          [e.ADDRESS.value, e.ADDRESS.value + 16],
          [e.ADDRESS_TEXT.value, e.ADDRESS_TEXT.value + 64],
        ]
        t.same(
          changed.filter((at) => !plain.some(([from, end]) => at >= (from as number) && at < (end as number))),
          [],
        )
        const expected = Buffer.from(memory)
        t.same(statusesOf(batch, values), statuses, 'the same once more')
        batch.wipe()
        t.ok(memory.equals(expected))
      })
    }
  }
}

function exportsLike(
  module: WebAssembly.Module,
): BatchExports & Record<'KEYS_MAX' | 'ADDRESS' | 'ADDRESS_TEXT', WebAssembly.Global> {
  return new WebAssembly.Instance(module, { env: { abort() {} } }).exports as never
}
