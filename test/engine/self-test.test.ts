import t from 'tap'
import { createEngine, type Engine } from '../../src/engine/engine.js'
import { selfTest } from '../../src/engine/self-test.js'
import type { Dialect, Digest } from '../../src/types.js'

const ALL = (['apache', 'lighttpd'] as Dialect[]).flatMap((dialect) =>
  (['md5', 'sha256', 'sha512'] as Digest[]).map((digest) => ({ dialect, digest })),
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
    t.throws(
      () => selfTest([{ dialect: 'apache', digest: 'md5' }], broken, new Set()),
      { code: 'ERR_TKT_ENGINE' },
      name,
    )
  }
})
