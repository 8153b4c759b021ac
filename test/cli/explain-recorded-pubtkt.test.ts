/** `authtkt explain` says of every recorded request what the real Apache with mod_auth_pubtkt did. */

import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { vectorsOf } from '../helpers/recorded.js'
import { type Exchange, recordedAnswer, requestOf } from '../helpers/recorded-exchange.js'
import { cli, rows } from './command.js'

type Row = Exchange & { readonly config: readonly string[]; readonly config_parent?: readonly string[] }

interface Explained {
  readonly status: number
  readonly location: string | null
  readonly setCookies: readonly string[]
  readonly identity: { readonly uid: string; readonly tokens: readonly string[]; readonly userData: string } | null
  readonly authorization: string | null
  readonly authType: string | null
}

/** Where we differ on purpose, with the row of the README's tables. */
const DELIBERATE: Readonly<Record<string, string>> = {
  'pubtkt/cache-otherkey-warm': 'P1',
  'pubtkt/cache-otherdigest-warm': 'P1',
  'pubtkt/noticket-xfh': 'A3',
}

function configurationOf({ location, config, config_parent: parent }: Row): string {
  const inside = (path: string, lines: readonly string[]) => [`<Location ${path}>`, ...lines, '</Location>']
  const outer = location.replace(/[^/]+\/$/, '')
  return [...(parent ? inside(outer, parent) : []), ...inside(location, config)].join('\n')
}

/** Rows by configuration: one run of the command for each. */
function byConfiguration(): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of vectorsOf<Row>('recorded/mod_auth_pubtkt')) {
    const text = configurationOf(row)
    groups.set(text, [...(groups.get(text) ?? []), row])
  }
  return groups
}

t.test('every recorded exchange of mod_auth_pubtkt', async (t) => {
  const dir = t.testdir({})
  cpSync('native-fixtures/recorded/keys', join(dir, 'keys'), { recursive: true })
  const config = join(dir, 'site.conf')
  const requests = join(dir, 'requests.jsonl')
  const differing: string[] = []
  let compared = 0
  for (const [text, group] of byConfiguration()) {
    writeFileSync(config, text, { encoding: 'latin1', mode: 0o600 })
    const lines = group.map((row) => JSON.stringify({ id: row.id, ...requestOf(row) }))
    writeFileSync(requests, `${lines.join('\n')}\n`)
    const answers: Explained[] = rows(await cli('explain', '--config', config, '--format', 'apache', requests))
    t.equal(answers.length, group.length)
    for (const [i, row] of group.entries()) {
      compared++
      const ours = shown(answers[i] as Explained, row)
      if (DELIBERATE[row.id] === undefined) t.strictSame(ours, recorded(row), row.id)
      else if (JSON.stringify(ours) !== JSON.stringify(recorded(row))) differing.push(row.id)
    }
  }
  t.equal(compared, 136)
  t.strictSame(differing.sort(), Object.keys(DELIBERATE).sort(), 'each deliberate difference is one')
})

/** An answer to HEAD has no body that could tell who asked. */
const tells = ({ response }: Row) => response.status === 200 && response.env != null

function shown({ status, location, setCookies, identity, authorization, authType }: Explained, row: Row) {
  if (!tells(row)) return { status, location, setCookies }
  const { uid, tokens, userData } = identity ?? { uid: null, tokens: [], userData: null }
  return { status, location, setCookies, uid, tokens: tokens.join(), userData, authorization, authType }
}

function recorded(row: Row) {
  const { status, location, setCookies, uid, tokens, userData } = recordedAnswer(row)
  if (!tells(row)) return { status, location, setCookies }
  const { HTTP_AUTHORIZATION: authorization = null, AUTH_TYPE: authType = null } = row.response.env ?? {}
  return { status, location, setCookies, uid, tokens, userData, authorization, authType }
}
