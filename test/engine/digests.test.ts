import { hash, randomBytes } from 'node:crypto'
import t from 'tap'
import { instantiate } from '../../src/engine/module.js'
import { MODULES } from '../helpers/engines.js'

/** Every length around the padding edges (55, 56, 63, 64; 111, 112, 127, 128) and on, and some long ones. */
const LENGTHS = [...Array.from({ length: 301 }, (_, n) => n), 1000, 4095, 4096, 8192, 9000]
const ALGORITHMS = ['md5', 'sha256', 'sha512', 'sha1'] as const

for (const [build, module] of MODULES) {
  for (const [number, name] of ALGORITHMS.entries()) {
    t.test(`${name} of every length is node:crypto's (${build})`, async (t) => {
      const e = instantiate(module)
      const memory = Buffer.from(e.memory.buffer)
      const wrong: number[] = []
      for (const length of LENGTHS) {
        const message = randomBytes(length)
        message.copy(memory, e.MESSAGE.value)
        const size = e.digest(number, length)
        const digest = memory.toString('hex', e.STATE.value, e.STATE.value + size)
        if (digest !== hash(name, message, 'hex')) wrong.push(length)
        if (length >= 16 && memory.includes(message.subarray(0, 16))) t.fail(`message of ${length} bytes left behind`)
      }
      t.same(wrong, [])
    })
  }

  t.test(`digest refuses unknown algorithms and lengths (${build})`, async (t) => {
    const e = instantiate(module)
    for (const [digest, length] of [
      [4, 0],
      [-1, 0],
      [0, -1],
      [0, e.MESSAGE_MAX.value + 1],
    ] as const) {
      t.equal(e.digest(digest, length), e.MISUSE.value)
    }
  })
}
