/** `--timeout` and `--now`: a ticket is good up to and with its last second. */

import t from 'tap'
import { parseDuration, parseTime } from '../../src/cli/keys.js'
import { createIssuer } from '../../src/index.js'
import { cli, folder, rows, SECRET } from './command.js'

const ISSUED = 1700000000
const cookies = createIssuer({ keys: [{ secret: SECRET, digest: 'sha256' }], ignoreIp: true }).issue(
  { uid: 'alice' },
  { now: ISSUED },
)

const TIMEOUTS: [text: string, seconds: number][] = [
  ['1', 1],
  ['7200', 7200],
  ['90s', 90],
  ['5m', 300],
  ['2h', 7200],
  ['1h30m', 5400],
  ['1d', 86400],
  ['1w', 604800],
  ['1M', 2592000],
  ['1y', 31536000],
]

for (const [text, seconds] of TIMEOUTS) {
  t.test(`--timeout ${text}`, async (t) => {
    const file = folder(t, { cookies })
    const keys = ['--secret-file', file('secret'), '--digest', 'sha256', '--ignore-ip']
    const at = (now: number) => cli('verify', ...keys, '--timeout', text, '--now', `${now}`, file('cookies'))
    const last = await at(ISSUED + seconds)
    t.equal(last.code, 0)
    t.match(rows(last), [{ ok: true, uid: 'alice' }])
    const late = await at(ISSUED + seconds + 1)
    t.equal(late.code, 1)
    t.strictSame(rows(late), [{ line: 1, ok: false, reason: 'expired' }])
  })
}

t.test('without --timeout, and with 0, a ticket does not age', async (t) => {
  const file = folder(t, { cookies })
  const keys = ['--secret-file', file('secret'), '--digest', 'sha256', '--ignore-ip', '--now', '4294967295']
  t.match(await cli('verify', ...keys, file('cookies')), { code: 0 })
  t.match(await cli('verify', ...keys, '--timeout', '0', file('cookies')), { code: 0 })
})

t.test('what is no duration and no time', async (t) => {
  for (const text of ['', ' ', '-1', '1.5', '2H', '2 h', 'h', '2h30', 'x2h', '1e3', '٣h']) {
    t.throws(() => parseDuration(text), { code: 'commander.invalidArgument' }, `--timeout ${text}`)
  }
  for (const text of ['', ' 1', '-1', '1.5', '1e3', '4294967296', '0x10', 'now']) {
    t.throws(() => parseTime(text), { code: 'commander.invalidArgument' }, `--now ${text}`)
  }
  t.equal(parseTime('4294967295'), 4294967295)
})
