import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

t.test('a second build of the engine gives the same bytes', async (t) => {
  const folder = t.testdir()
  const outFile = join(folder, 'engine.wasm')
  const asc = ['asc', '--config', 'asconfig.json', '--target', 'release', '--outFile', outFile]
  execFileSync('npx', [...asc, '--textFile', join(folder, 'engine.wat')], { stdio: ['ignore', 'ignore', 'pipe'] })
  t.ok(readFileSync(outFile).equals(readFileSync('build/engine.wasm')))
})
