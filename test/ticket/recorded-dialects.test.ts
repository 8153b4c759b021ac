/** Every ticket of the frameworks: read under its own dialect from the cookie that was sent, made again byte for byte. */

import t from 'tap'
import { createIssuer, createVerifier } from '../../src/index.js'
import type { Dialect, Digest, Key } from '../../src/types.js'
import { vectorsOf } from '../helpers/recorded.js'

interface Row {
  readonly id: number
  readonly dialect: string
  readonly secret: string
  readonly digest: string
  readonly ip: string | null
  readonly uid: string
  readonly tokens: readonly string[]
  readonly data: string
  readonly ts: number
  readonly ticket: string | null
  readonly ticket_b64: string | null
  readonly cookie: string | readonly string[]
  readonly replay_ignore_ip?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly live?: Readonly<Record<string, number | Readonly<Record<string, string>>>>
}

/** Whose recipe each of the recorded issuers follows; those that bend nothing are apache's. */
const DIALECT_OF: Readonly<Record<string, Dialect>> = {
  paste: 'paste',
  pyramid: 'pyramid',
  'pyramid-helper': 'pyramid',
  'repoze.who': 'repoze',
  'plone-md5': 'apache',
  'plone-hmac': 'plone',
  yola: 'yola',
  'yola-encrypted': 'yola',
  'contrib-php': 'apache',
  'apmg-php': 'apache',
  'apmg-ruby': 'apache',
  'apache-perl': 'apache',
  'passport-authtkt': 'passport-authtkt',
  numberssoft: 'apache',
  'contrib-tcl': 'apache',
  'lighttpd-authn_tkt': 'lighttpd',
  'lighttpd-authn_tkt-SPLICED': 'lighttpd',
  apache: 'apache',
}
/** A later matter: lighttpd's mod_auth_ticket. */
const LATER = 'lighttpd-mod_auth_ticket-crypt'
/** The data of these rows is what the application gave; the ticket has it sealed or serialised. */
const DATA_OF: Readonly<Record<number, string>> = {
  39: 'AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f1lBDCdauiqrD+5qFhCTa03ueRrZRSSVA6itv+kF8jqOAv8E/DtAmxuDquVaWgclyJEj5/jbWHFA3RUEv9LY3ujEwS3OL7XA8xsg5nlILpFFkSUdzhp0=',
  66: 'YToxOntzOjE6ImEiO2k6MTt9',
}
/** `x!y` behind no tokens and one separator: the first part reads as tokens, for the issuer itself and for everybody. */
const UNREADABLE = new Set([59])
/** The uid is bytes, not UTF-8. */
const BYTES = new Set([18])

const rows = vectorsOf<Row>('recorded/dialects').filter(({ dialect }) => dialect !== LATER)
const keyOf = ({ secret, digest, dialect }: Row): Key => ({
  secret,
  digest: digest.startsWith('hmac') ? 'sha256' : (digest as Digest),
  dialect: DIALECT_OF[dialect] as Dialect,
})
const charsetOf = ({ id }: Row) => (BYTES.has(id) ? 'latin1' : 'utf8')
const fieldsOf = (row: Row) =>
  row.dialect.endsWith('SPLICED')
    ? { uid: 'alice', tokens: ['admin'], userData: '' }
    : { uid: row.uid, tokens: row.tokens, userData: DATA_OF[row.id] ?? row.data }

/** The cookie values that a row shows: as they were set, and the ticket's own text in base64. */
function valuesOf({ cookie, ticket, ticket_b64, dialect }: Row): string[] {
  const set = [cookie].flat().map((line) => line.replace(/^(?:auth_tkt|__ac)=/, '').replace(/;.*/s, ''))
  if (dialect.startsWith('lighttpd')) return [ticket_b64 as string]
  const text = ticket_b64 ?? Buffer.from(ticket as string, 'latin1').toString('base64')
  return [...set, text]
}

t.test('the fields are what the issuer was given', async (t) => {
  t.equal(rows.length, 54)
  for (const row of rows) {
    const verifier = createVerifier({ keys: [keyOf(row)], ignoreIp: row.ip === null, charset: charsetOf(row) })
    for (const value of valuesOf(row)) {
      const result = verifier.verify(value, { ip: row.ip ?? undefined })
      if (UNREADABLE.has(row.id)) t.same(result, { ok: false, reason: 'digest' }, `${row.id} is refused`)
      else t.match(result, { ok: true, ticket: { ...fieldsOf(row), issuedAt: row.ts } }, `${row.id} ${row.dialect}`)
    }
    if (row.live?.cookie_raw === 302) t.notOk(verifier.verify(row.ticket as string, { ip: row.ip ?? undefined }).ok)
    const other = createVerifier({ keys: [{ ...keyOf(row), secret: 'another' }], ignoreIp: row.ip === null })
    for (const value of valuesOf(row)) t.notOk(other.verify(value, { ip: row.ip ?? undefined }).ok)
  }
})

t.test('issued again, it is the same text', async (t) => {
  let same = 0
  for (const row of rows) {
    if (UNREADABLE.has(row.id) || row.dialect === 'contrib-tcl') continue
    const issuer = createIssuer({
      keys: [keyOf(row)],
      ignoreIp: row.ip === null,
      charset: charsetOf(row),
      allowShiftableFields: true,
    })
    const value = issuer.issue(fieldsOf(row), { ip: row.ip ?? undefined, now: row.ts, encoding: 'base64' })
    const text = Buffer.from(value, 'base64').toString('latin1')
    const theirs = Buffer.from(valuesOf(row).at(-1) as string, 'base64').toString('latin1')
    // Ours has both separators always, theirs one where there are no tokens.
    t.ok(text === theirs || text.replace('!!', '!') === theirs, `${row.id} ${row.dialect}`)
    same++
  }
  t.equal(same, 51)
})

t.test('the two modules, the address ignored, said of each what our two dialects say', async (t) => {
  let compared = 0
  for (const row of rows) {
    const { apache_b64, apache_wire, lighttpd_b64 } = row.replay_ignore_ip ?? {}
    if (apache_b64 === undefined) continue
    const digest = keyOf(row).digest
    const value = valuesOf(row).at(-1) as string
    for (const [dialect, said, shown] of [
      ['apache', apache_b64, value],
      ['apache', apache_wire, Buffer.from(value, 'base64').toString('latin1')],
      ['lighttpd', lighttpd_b64, value],
    ] as const) {
      const verifier = createVerifier({ keys: [{ secret: row.secret, digest, dialect }], ignoreIp: true })
      const result = verifier.verify(shown)
      const ours = result.ok
        ? { USER: result.ticket.uid, TOKENS: result.ticket.tokens.join(), DATA: result.ticket.userData }
        : 'refused'
      t.same(ours, typeof said === 'string' ? 'refused' : said, `${row.id} ${dialect}`)
      compared++
    }
  }
  t.equal(compared, 48)
})
