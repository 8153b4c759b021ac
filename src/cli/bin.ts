#!/usr/bin/env node
/** The executable: everything else is in main.ts, where tests reach it. */

import { run } from './main.js'

process.exitCode = await run(process.argv.slice(2))
