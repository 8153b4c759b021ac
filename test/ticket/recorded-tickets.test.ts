/** Every ticket that an issuer made, judged as the real Apache judged it. */

import t from 'tap'
import { createVerifier } from '../../src/index.js'
import type { Digest, Key } from '../../src/types.js'
import { type Fields, latin1, type Shown, vectorsOf } from '../helpers/recorded.js'

interface Issued {
  readonly secret: string
  readonly digest: string
  readonly ip: string | null
}
type Live = Shown & { id: string; digest: Digest; secret: string; ip: string; issuedAt: number; note?: string }

/** Ours and Apache's verdict in one shape. */
function verdict(key: Key, cookie: string, ip: string): Fields | 'refused' {
  const result = createVerifier({ keys: [key] }).verify(cookie, { ip })
  if (!result.ok) return 'refused'
  const { uid, tokens, userData } = result.ticket
  return { uid, tokens: tokens.join(','), userData }
}

function expected({ expect }: Shown): Fields | 'refused' {
  const { uid = '', tokens = '', userData = '' } = expect
  return expect.status === 200 ? { uid, tokens, userData } : 'refused'
}

/** What a raw cookie value loses on its way through a Cookie header. */
const asReceived = (cookie: string) => (cookie.split(';')[0] as string).trim()

for (const name of ['issuers', 'dialects'] as const) {
  t.test(`${name}: the verdict and the fields are Apache's`, async (t) => {
    const made = vectorsOf<Issued>(`recorded/${name}`)
    const shown = vectorsOf<Shown & { row: number }>(`live/${name}`)
    t.ok(shown.length > 100)
    for (const each of shown) {
      const { secret, digest, ip } = made[each.row] as Issued
      const key = { secret: latin1(secret), digest: digest.toLowerCase() as Digest }
      t.same(verdict(key, asReceived(each.cookie), ip ?? '0.0.0.0'), expected(each), `row ${each.row}`)
    }
  })
}

t.test('every ticket that the Perl issuer made, whole or spoilt, has the verdict that Apache gave', async (t) => {
  for (const each of vectorsOf<Live>('live/vectors')) {
    const key = { secret: latin1(each.secret), digest: each.digest }
    t.same(verdict(key, asReceived(each.cookie), each.ip), expected(each), `${each.id} ${each.note ?? ''}`)
  }
})

interface FromFramework extends Issued {
  readonly id: number
  readonly dialect: string
  readonly uid: string
  readonly tokens: string | readonly string[]
  readonly data: string
  readonly ts: number
  readonly ticket_b64: string | null
}

t.test('every ticket that the real lighttpd accepted or issued verifies, with its fields', async (t) => {
  const rows = vectorsOf<FromFramework>('recorded/dialects').filter(({ dialect }) =>
    dialect.startsWith('lighttpd-authn_tkt'),
  )
  t.equal(rows.length, 13)
  for (const row of rows) {
    const key = { secret: row.secret, digest: row.digest as Digest, dialect: 'lighttpd' as const }
    const verifier = createVerifier({ keys: [key], ignoreIp: row.ip === null })
    const result = verifier.verify(row.ticket_b64 as string, { ip: row.ip ?? undefined })
    const tokens = [row.tokens].flat().filter((token) => token !== '')
    // The spliced one was issued for other fields, and is as good for these: fields of this dialect can be shifted.
    const fields = row.dialect.endsWith('SPLICED')
      ? { uid: 'alice', tokens: ['admin'], userData: '' }
      : { uid: row.uid, tokens, userData: row.data, issuedAt: row.ts }
    t.match(result, { ok: true, ticket: fields, keyIndex: 0 }, `row ${row.id}`)
  }
})
