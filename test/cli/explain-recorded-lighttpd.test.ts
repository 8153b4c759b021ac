/** `authtkt explain --format lighttpd` says of every recorded request what the real mod_authn_tkt did. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { lighttpdConfigOf } from '../helpers/lighttpd-config.js'
import { vectorsOf } from '../helpers/recorded.js'
import { recordedAnswer, requestOf, type Seen } from '../helpers/recorded-exchange.js'
import { type Change, DIFFERENT, known, type Vector } from '../helpers/recorded-lighttpd.js'
import { cli, rows } from './command.js'

interface Explained {
  readonly id: string
  readonly status: number
  readonly location: string | null
  readonly setCookies: readonly string[]
  readonly identity: { readonly uid: string; readonly tokens: readonly string[]; readonly userData: string } | null
  readonly authType: string | null
}

const vectors = vectorsOf<Vector>('recorded/mod_authn_tkt')

function line(vector: Vector): string {
  return JSON.stringify({
    id: vector.id,
    ...requestOf(vector),
    serverName: 'www.example.com',
    port: vector.tls ? 443 : 80,
  })
}

function seen({ status, location, setCookies, identity }: Explained): Seen {
  return {
    status,
    location,
    setCookies,
    uid: identity?.uid ?? null,
    tokens: identity?.tokens.join() ?? null,
    userData: identity?.userData ?? null,
  }
}

/** One run of the command for each configuration. */
async function explained(dir: string): Promise<Map<string, Explained>> {
  const groups = new Map<string, Vector[]>()
  for (const vector of vectors) {
    const text = lighttpdConfigOf(vector)
    groups.set(text, [...(groups.get(text) ?? []), vector])
  }
  const answers = new Map<string, Explained>()
  for (const [text, group] of groups) {
    const config = join(dir, 'lighttpd.conf')
    const requests = join(dir, 'requests.jsonl')
    writeFileSync(config, text, { encoding: 'latin1', mode: 0o600 })
    writeFileSync(requests, `${group.map(line).join('\n')}\n`)
    const given = rows(await cli('explain', '--config', config, '--format', 'lighttpd', requests))
    for (const answer of given) answers.set(answer.id, answer)
  }
  return answers
}

t.test('every recorded exchange of mod_authn_tkt', async (t) => {
  const answers = await explained(t.testdir({}))
  t.equal(answers.size, 128)
  for (const vector of vectors) {
    const answer = answers.get(vector.id) as Explained
    const ours = seen(answer)
    const theirs = recordedAnswer(vector)
    const change: Change | undefined = DIFFERENT[vector.id]
    const see = vector.nondeterministic ? known : (one: Seen) => one
    t.strictSame(see(ours), see(change ? change(theirs) : theirs), vector.id)
    t.equal(answer.authType, vector.response.status === 200 ? 'Basic' : null)
  }
})
