import { createEngine, type Engine } from './engine.js'

let engine: Engine | undefined

/** One engine without keys for all of the process: enough to split a cookie value, and nothing secret in it. */
export function sharedEngine(): Engine {
  engine ??= createEngine()
  return engine
}
