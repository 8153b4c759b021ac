/** Writes the JSON Schema of the configuration file to the path that is given: a step of the build. */

import { writeFileSync } from 'node:fs'
import { argv } from 'node:process'
import { configSchema } from './schema.js'

const [, , path] = argv
if (path === undefined) throw new Error('write-schema: give the file to write')
writeFileSync(path, `${JSON.stringify(configSchema(), null, 2)}\n`)
