/** Build step: build/engine.wasm becomes a base64 module for JavaScript hosts and a file of its own for all others. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const bytes = readFileSync('build/engine.wasm')
writeFileSync(
  'src/engine/binary.ts',
  `/** Generated from assembly/ by assembly/embed.mjs: the release build of the engine, base64. */
export const binary =
  '${bytes.toString('base64')}'
`,
)
mkdirSync('dist', { recursive: true })
copyFileSync('build/engine.wasm', 'dist/engine.wasm')
