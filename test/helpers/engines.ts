/** The builds that the engine's suite runs on: what ships, and the one with asserts. */

import { readFileSync } from 'node:fs'

type Builds = readonly (readonly [build: string, module: WebAssembly.Module])[]

const builds = (name: string): Builds => [
  ['release', new WebAssembly.Module(readFileSync(`build/${name}.wasm`))],
  ['debug', new WebAssembly.Module(readFileSync(`build/${name}.debug.wasm`))],
]

export const MODULES = builds('engine')
/** Of the splitter of mod_auth_pubtkt's tickets. */
export const SPLITTERS = builds('pubtkt')
/** Of the module for many tickets at once. */
export const BATCHES = builds('batch')
