/**
 * mod_auth_tkt's own test suite, unchanged, cannot tell `authtkt serve` from Apache with the module: the same tests of
 * the same files pass, with each digest, as upstream's Makefile runs them. No difference of ours shows in them, so
 * there is no list of those that are meant.
 */

import t from 'tap'
import type { FileResult } from '../../native-fixtures/test-output.mjs'
import { startSuiteApache } from '../../native-fixtures/upstream-servers.mjs'
import { prepareSuite, runSuite, type Suite } from '../../native-fixtures/upstream-suite.mjs'
import { startOurs, suiteSource } from '../helpers/upstream.js'

const { source, skip } = await suiteSource()
/** What the suite has: fewer were run if something broke it. */
const FILES = 22
const TESTS = 203

type Start = (suite: Suite) => Promise<() => Promise<void>>
async function resultsOf(digest: 'md5' | 'sha256' | 'sha512', start: Start): Promise<FileResult[]> {
  const suite = await prepareSuite(source, digest)
  try {
    const stop = await start(suite)
    return await runSuite(suite).finally(stop)
  } finally {
    await suite.remove()
  }
}

const verdict = ({ file, passed, failed, skipped }: FileResult) => ({ file, passed, failed, skipped })

for (const digest of ['md5', 'sha256', 'sha512'] as const) {
  t.test(`with ${digest}`, { skip }, async (t) => {
    const [apache, ours] = await Promise.all([resultsOf(digest, startSuiteApache), resultsOf(digest, startOurs)])
    t.equal(apache.length, FILES)
    t.equal(apache.flatMap(({ passed }) => passed).length, TESTS, 'all pass on the real Apache')
    for (const [i, { file, failures, ...theirs }] of apache.entries()) {
      t.strictSame(failures, [], `${file} on Apache`)
      const own = ours[i] as FileResult
      t.strictSame(verdict(own), verdict({ file, failures, ...theirs }), `${file} on the gateway`)
      for (const failure of own.failures) t.comment(`${file}: ${failure}`)
    }
  })
}
