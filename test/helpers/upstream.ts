/** Upstream's test suite for the length of a test: its source, or why there is none, and our server for it. */

import { fileURLToPath } from 'node:url'
import { apacheMissing, fakeTimeMissing, suiteMissing } from '../../native-fixtures/debian.mjs'
import { startSuiteGateway } from '../../native-fixtures/upstream-servers.mjs'
import { fetchSource } from '../../native-fixtures/upstream-source.mjs'
import type { Suite } from '../../native-fixtures/upstream-suite.mjs'

const BIN = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url))
/** Never committed, never published. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/authtkt', import.meta.url))

/** `skip` is the option of a test that needs it. */
export async function suiteSource(): Promise<{ readonly source: string; readonly skip: string | false }> {
  const missing = apacheMissing() ?? fakeTimeMissing() ?? suiteMissing()
  if (missing) return { source: '', skip: `skipped: ${missing}` }
  try {
    return { source: await fetchSource(CACHE), skip: false }
  } catch (error) {
    return { source: '', skip: `skipped: ${(error as Error).message}` }
  }
}

/** `authtkt serve` with the configuration that Apache is given; gives what ends it. */
export function startOurs(suite: Suite): Promise<() => Promise<void>> {
  const listen = suite.sites.flatMap(({ port }) => ['--listen', `127.0.0.1:${port}`])
  const config = ['--config', suite.configFile, '--format', 'apache', '--no-watch', ...listen]
  return startSuiteGateway(suite, (upstream) => [process.execPath, BIN, 'serve', ...config, '--upstream', upstream])
}
