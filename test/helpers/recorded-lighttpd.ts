/** The recorded rows of lighttpd's mod_authn_tkt. */

import { readFileSync } from 'node:fs'
import type { RecordedConfig } from './lighttpd-config.js'

export function recorded(): (RecordedConfig & { readonly id: string })[] {
  const file = new URL('../../native-fixtures/recorded/mod_authn_tkt.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { vectors: (RecordedConfig & { id: string })[] }).vectors
}
