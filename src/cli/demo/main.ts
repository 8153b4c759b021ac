/** `npm start`: the demo on loopback. Everything else is in start.ts, where tests reach it. */

import { start } from './start.js'

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
process.exitCode = await start(process.argv.slice(2), console, stop.signal)
