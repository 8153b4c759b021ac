/** Build step: each binary becomes a base64 module for JavaScript hosts and a file of its own for all others. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const BINARIES = [
  ['engine.wasm', 'binary.ts', 'assembly/', 'the engine'],
  ['batch.wasm', 'batch-binary.ts', 'assembly/batch/', 'the engine for many tickets at once'],
  ['pubtkt.wasm', 'pubtkt-binary.ts', 'assembly/pubtkt/', 'the splitter of signed tickets'],
]

mkdirSync('dist', { recursive: true })
for (const [file, module, source, name] of BINARIES) {
  writeFileSync(
    `src/engine/${module}`,
    `/** Generated from ${source} by assembly/embed.mjs: the release build of ${name}, base64. */
export const binary =
  '${readFileSync(`build/${file}`).toString('base64')}'
`,
  )
  copyFileSync(`build/${file}`, `dist/${file}`)
}
