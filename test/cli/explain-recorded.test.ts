/** `authtkt explain` says of every recorded request what the real Apache did. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  type ApacheRow,
  apacheRows,
  configurationOf,
  DELIBERATE,
  recordedAnswer,
  requestLine,
} from '../helpers/recorded-apache.js'
import { cli, rows } from './command.js'

interface Explained {
  readonly id: string
  readonly status: number
  readonly location: string | null
  readonly setCookies: readonly string[]
  readonly identity: { readonly uid: string; readonly tokens: readonly string[]; readonly userData: string } | null
}

/** Rows by configuration: one run of the command for each. */
function byConfiguration(): Map<string, ApacheRow[]> {
  const groups = new Map<string, ApacheRow[]>()
  for (const row of apacheRows()) {
    const text = configurationOf(row)
    groups.set(text, [...(groups.get(text) ?? []), row])
  }
  return groups
}

async function explain(dir: string, format: string, text: string, group: readonly ApacheRow[]): Promise<Explained[]> {
  const config = join(dir, 'site.conf')
  const requests = join(dir, 'requests.jsonl')
  writeFileSync(config, text, { encoding: 'latin1', mode: 0o600 })
  writeFileSync(requests, `${group.map(requestLine).join('\n')}\n`)
  const answer = await cli('explain', '--config', config, '--format', format, requests)
  return rows(answer)
}

/** UUIDs of guests differ from run to run: as long, and of the same shape. */
const shape = (uid: string) =>
  uid.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?/, (uuid) => uuid.replace(/[0-9a-f]/g, 'x'))

function comparable({ status, location, setCookies, identity }: Explained, row: ApacheRow) {
  // A file of the server's own has no environment to look into.
  const seen = row.response.env ? identity : null
  const { uid = '', tokens = [], userData = '' } = seen ?? {}
  return {
    status,
    location,
    setCookies,
    identity: seen && { uid: row.nondeterministic ? shape(uid) : uid, tokens: tokens.join(','), userData },
  }
}

t.test('every recorded exchange of mod_auth_tkt', async (t) => {
  const dir = t.testdir({})
  let compared = 0
  const differing: string[] = []
  for (const [text, group] of byConfiguration()) {
    const answers = await explain(dir, 'apache', text, group)
    t.equal(answers.length, group.length)
    for (const [i, row] of group.entries()) {
      const expected = recordedAnswer(row)
      if (row.nondeterministic && expected.identity) expected.identity.uid = shape(expected.identity.uid)
      const got = comparable(answers[i] as Explained, row)
      compared++
      if (DELIBERATE[row.id] === undefined) t.strictSame(got, expected, row.id)
      else if (row.response.crash || JSON.stringify(got) !== JSON.stringify(expected)) differing.push(row.id)
    }
  }
  t.equal(compared, 313)
  t.strictSame(differing.sort(), Object.keys(DELIBERATE).sort(), 'each deliberate difference is one')
})

t.test('deliberate differences are what the README says they are', async (t) => {
  const dir = t.testdir({})
  for (const [text, group] of byConfiguration()) {
    const odd = group.filter(({ id }) => DELIBERATE[id])
    if (odd.length === 0) continue
    for (const [i, answer] of (await explain(dir, 'apache', text, odd)).entries()) {
      const row = odd[i] as ApacheRow
      const recorded = recordedAnswer(row)
      if (DELIBERATE[row.id] === 'A2')
        t.strictSame({ ...comparable(answer, row), setCookies: recorded.setCookies }, recorded, row.id)
      if (DELIBERATE[row.id] === 'A3') t.notMatch(JSON.stringify(answer), 'evil', row.id)
      if (DELIBERATE[row.id] === 'A4') t.equal(answer.status, 500, row.id)
      if (DELIBERATE[row.id] === 'A5') t.strictSame(answer.setCookies, [], row.id)
      if (DELIBERATE[row.id] === 'A6') t.equal(answer.status, 307, row.id)
      if (DELIBERATE[row.id] === 'A13') t.match(answer.location, '%250d%250a', row.id)
      if (DELIBERATE[row.id] === 'A17') t.equal(answer.status, 200, row.id)
    }
  }
})
