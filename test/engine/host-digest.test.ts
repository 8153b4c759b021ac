import { createHash } from 'node:crypto'
import t from 'tap'
import { crossover, hostDigest, measure, nodeSha256 } from '../../src/engine/host-digest.js'

const sha256 = (message: Uint8Array) => createHash('sha256').update(message).digest()

t.test("node's own SHA-256, where there is one", async (t) => {
  const own = nodeSha256(globalThis)
  t.same(own?.(Buffer.from('abc')), sha256(Buffer.from('abc')))
  t.equal(nodeSha256({}), undefined)
  t.equal(nodeSha256({ process: {} }), undefined)
  t.equal(nodeSha256({ process: { getBuiltinModule: () => undefined } }), undefined)
  t.equal(nodeSha256({ process: { getBuiltinModule: () => ({}) } }), undefined)
})

t.test('where a host gets ahead', async (t) => {
  t.equal(crossover(10, 10), undefined, 'never')
  t.equal(crossover(-1, 0), undefined)
  t.equal(crossover(-5, -50), Math.ceil((512 * 4) / 3), 'from the shortest that was looked at')
  // Half-way between 512 and 4096 bytes.
  t.equal(crossover(7, -7), Math.ceil((2304 * 4) / 3))
})

t.test('is measured: by a clock that says the host is slow, or fast', async (t) => {
  t.equal(measure(undefined), undefined)
  // The jobs come in turns of four: ours and theirs on a short message, then on a long one.
  const clockOf = (...takes: number[]) => {
    let calls = 0
    let time = 0
    return () => {
      if (calls++ % 2 === 1) time += takes[((calls - 2) / 2) % takes.length] as number
      return time
    }
  }
  t.equal(measure(sha256, clockOf(1, 5, 8, 9)), undefined)
  t.equal(measure(sha256, clockOf(1, 8, 17, 10))?.from, Math.ceil((2304 * 4) / 3))
})

t.test('a host that is wrong is not asked', async (t) => {
  t.equal(
    measure(() => new Uint8Array(32)),
    undefined,
  )
})

t.test('is measured once', async (t) => {
  const found = hostDigest()
  t.equal(hostDigest(), found)
  if (found) t.ok(found.from >= 683 && Number.isInteger(found.from), `${found.from}`)
})
