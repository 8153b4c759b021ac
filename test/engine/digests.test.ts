import { hash, randomBytes } from 'node:crypto'
import t from 'tap'
import { instantiate } from '../../src/engine/module.js'
import { MODULES } from '../helpers/engines.js'
import { plainMd5, plainSha1, plainSha256, plainSha512 } from '../helpers/plain-digests.js'

/** Every length around many blocks' edges, and some long ones. */
const LENGTHS = [...Array.from({ length: 1201 }, (_, n) => n), 4095, 4096, 8192, 9000]
/** In the order of the engine's numbers, each with its readable twin. */
const ALGORITHMS = [
  ['md5', plainMd5],
  ['sha256', plainSha256],
  ['sha512', plainSha512],
  ['sha1', plainSha1],
] as const

/** Messages that each algorithm gets, and what its twin and node:crypto make of them: made once for both builds. */
const EXPECTED = ALGORITHMS.map(([name, twin]) =>
  LENGTHS.map((length) => {
    const message = randomBytes(length)
    return { message, digest: hash(name, message, 'hex'), plain: twin(message) }
  }),
)

for (const [build, module] of MODULES) {
  for (const [number, [name]] of ALGORITHMS.entries()) {
    t.test(`${name} of every length is its readable twin's and node:crypto's (${build})`, async (t) => {
      const e = instantiate(module)
      const memory = Buffer.from(e.memory.buffer)
      const wrong: number[] = []
      for (const { message, digest, plain } of EXPECTED[number] ?? []) {
        message.copy(memory, e.MESSAGE.value)
        const size = e.digest(number, message.length)
        const ours = memory.toString('hex', e.STATE.value, e.STATE.value + size)
        if (ours !== digest || ours !== plain) wrong.push(message.length)
        if (message.length >= 16 && memory.includes(message.subarray(0, 16))) {
          t.fail(`message of ${message.length} bytes left behind`)
        }
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
