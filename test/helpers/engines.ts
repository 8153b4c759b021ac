/** The builds that the engine's suite runs on: what ships, and the one with asserts. */

import { readFileSync } from 'node:fs'

export const MODULES: readonly (readonly [build: string, module: WebAssembly.Module])[] = [
  ['release', new WebAssembly.Module(readFileSync('build/engine.wasm'))],
  ['debug', new WebAssembly.Module(readFileSync('build/engine.debug.wasm'))],
]
