import t from 'tap'
import { createBatch } from '../../src/engine/batch.js'
import { DIALECTS } from '../../src/engine/dialects.js'
import { createEngine, type Engine } from '../../src/engine/engine.js'
import { batchSelfTest, selfTest } from '../../src/engine/self-test.js'
import type { Dialect, Digest } from '../../src/types.js'

const DIGESTS: readonly Digest[] = ['md5', 'sha1', 'sha256', 'sha512']
const ALL = (Object.keys(DIALECTS) as Dialect[]).flatMap((dialect) =>
  (DIALECTS[dialect].hmac ? (['sha256'] as const) : DIGESTS).map((digest) => ({ dialect, digest })),
)

t.test('this runtime knows all the answers', async (t) => {
  t.doesNotThrow(() => selfTest(ALL))
  let engines = 0
  selfTest(ALL, () => {
    engines++
    return createEngine()
  })
  t.equal(engines, 0, 'and is asked once per process')
})

t.test('a runtime that seals or verifies wrongly is found out', async (t) => {
  const wrong: [string, (engine: Engine) => Partial<Engine>][] = [
    ['seals another digest', (engine) => ({ seal: (fields, at, form) => engine.seal(fields, at + 1, form) })],
    ['refuses the good ticket', () => ({ verify: () => -1 })],
    ['accepts the forged ticket', () => ({ verify: () => 1 })],
  ]
  for (const [name, change] of wrong) {
    const broken = () => {
      const engine = createEngine()
      return { ...engine, ...change(engine) }
    }
    for (const key of ALL) {
      t.throws(
        () => selfTest([key], broken, new Set()),
        { code: 'ERR_TKT_ENGINE' },
        `${name}, ${key.dialect} ${key.digest}`,
      )
    }
  }
})

t.test('batches know all the answers, and wrong ones are found out', async (t) => {
  t.doesNotThrow(() => batchSelfTest(ALL))
  let batches = 0
  batchSelfTest(ALL, (engine) => {
    batches++
    return createBatch(engine)
  })
  t.equal(batches, 0, 'asked once per process')
  for (const key of ALL) {
    const deaf = (engine: Engine) => ({ ...createBatch(engine), verify: () => 0 })
    t.throws(() => batchSelfTest([key], deaf, new Set()), { code: 'ERR_TKT_ENGINE', message: /in batches/ })
  }
})
