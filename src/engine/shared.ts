import { createEngine, type Engine } from './engine.js'
import { createSplitter, type Splitter } from './pubtkt.js'

let engine: Engine | undefined

/** One engine without keys for all of the process: enough to split a cookie value, and nothing secret in it. */
export function sharedEngine(): Engine {
  engine ??= createEngine()
  return engine
}

let splitter: Splitter | undefined

/** The same for signed tickets. */
export function sharedSplitter(): Splitter {
  splitter ??= createSplitter()
  return splitter
}
