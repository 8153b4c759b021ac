import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

for (const [file, entry, target] of [
  ['engine.wasm', 'assembly/index.ts', 'release'],
  ['pubtkt.wasm', 'assembly/pubtkt/index.ts', 'pubtkt-release'],
] as const) {
  t.test(`a second build of ${file} gives the same bytes`, async (t) => {
    const folder = t.testdir()
    const outFile = join(folder, file)
    const asc = ['asc', entry, '--config', 'asconfig.json', '--target', target, '--outFile', outFile]
    execFileSync('npx', [...asc, '--textFile', join(folder, 'text.wat')], { stdio: ['ignore', 'ignore', 'pipe'] })
    t.ok(readFileSync(outFile).equals(readFileSync(`build/${file}`)))
  })
}
