/**
 * What mod_authn_tkt's recipe leaves open (L9), shown on our own tickets; and what closes it: a strict list on the key that
 * issues and on the key that verifies.
 */

import fc from 'fast-check'
import t from 'tap'
import { createIssuer, createVerifier, type IssueFields, type Key, type Ticket } from '../../src/index.js'
import { vectorsOf } from '../helpers/recorded.js'

const secret = 'a secret that is long enough'
const [ip, now] = ['192.0.2.7', 1700000000]
const lighttpd: Key = { secret, digest: 'sha256', dialect: 'lighttpd' }
const strict = { alice: ['finance', 'admin'], bob: ['finance'], bobadmin: [], carol: ['fin', 'finance'], ben: [] }

/** The same digest, timestamp and bytes with the separators elsewhere: everything that an attacker can make of a ticket. */
function* shifted(cookieValue: string, hexDigits = 64): Generator<string> {
  const text = Buffer.from(cookieValue, 'base64').toString('latin1')
  const head = text.slice(0, hexDigits + 8)
  const [uid = '', tokens = '', ...data] = text.slice(head.length).split('!')
  const hashed = `${uid}${tokens}${data.join('!')}`
  for (let i = 0; i <= hashed.length; i++) {
    const one = `${head}${hashed.slice(0, i)}!${hashed.slice(i)}`
    yield Buffer.from(one, 'latin1').toString('base64')
    for (let j = i; j <= hashed.length; j++) {
      const two = `${head}${hashed.slice(0, i)}!${hashed.slice(i, j)}!${hashed.slice(j)}`
      yield Buffer.from(two, 'latin1').toString('base64')
    }
  }
}

function readable(key: Key, cookieValue: string): Ticket[] {
  const verifier = createVerifier({ keys: [key], selfTest: false })
  return [...shifted(cookieValue)].flatMap((value) => {
    const result = verifier.verify(value, { ip })
    return result.ok ? [result.ticket] : []
  })
}

const issue = (key: Key, fields: IssueFields) =>
  createIssuer({ keys: [key], allowShiftableFields: true, selfTest: false }).issue(fields, { ip, now })
const said = ({ uid, tokens }: Ticket) => `${uid}!${tokens}`

t.test('without a list one ticket is a ticket of many: as the real module takes them', async (t) => {
  const data = readable(lighttpd, issue(lighttpd, { uid: 'alice', userData: 'admin' })).map(said)
  t.ok(data.includes('alice!admin'), 'user data becomes a token')
  t.ok(data.includes('ali!ceadmin'), 'and a part of the uid another uid')
  t.ok(
    readable(lighttpd, issue(lighttpd, { uid: 'bobadmin' }))
      .map(said)
      .includes('bob!admin'),
  )
  t.ok(
    readable(lighttpd, issue(lighttpd, { uid: 'a', userData: 'dmin' }))
      .map(said)
      .includes('admin!'),
  )
  const recorded = vectorsOf<{ id: string; response: { status: number } }>('recorded/mod_authn_tkt')
  const shifts = recorded.filter(({ id }) => /\/shift-(?!ts)/.test(id))
  t.equal(shifts.length, 5)
  for (const { id, response } of shifts) t.equal(response.status, 200, `the real module, ${id}`)
})

t.test('the separated recipe takes no ticket but the one that was made', async (t) => {
  const key: Key = { ...lighttpd, dialect: 'apache' }
  for (const fields of [{ uid: 'alice', userData: 'admin' }, { uid: 'bobadmin' }]) {
    const read = readable(key, issue(key, fields))
    t.ok(read.length > 0)
    for (const ticket of read) t.match(ticket, { tokens: [], userData: '', ...fields })
  }
})

t.test('an issuer of this dialect wants a strict list, or to be told that it may go on without', async (t) => {
  for (const keys of [[lighttpd], [lighttpd, { ...lighttpd, dialect: 'apache' as const }]]) {
    t.throws(() => createIssuer({ keys }), { code: 'ERR_TKT_OPTIONS', message: /strict.*allowShiftableFields/ })
  }
  t.doesNotThrow(() => createIssuer({ keys: [lighttpd], allowShiftableFields: true }))
  t.doesNotThrow(() => createIssuer({ keys: [{ ...lighttpd, strict }] }))
  t.doesNotThrow(() => createIssuer({ keys: [{ ...lighttpd, dialect: 'apache' }, lighttpd] }), 'old keys issue nothing')
})

t.test('with a list no ticket is issued that reads as another entry', async (t) => {
  const issuer = createIssuer({ keys: [{ ...lighttpd, strict }] })
  const cases: [IssueFields, RegExp | undefined][] = [
    [{ uid: 'alice' }, undefined],
    [{ uid: 'alice', tokens: ['finance', 'admin'], userData: 'whatever' }, undefined],
    [{ uid: 'alice', userData: 'hello' }, undefined],
    [{ uid: 'alice', userData: 'admin' }, /ticket of other rights/],
    [{ uid: 'alice', userData: 'administrator' }, /ticket of other rights/],
    [{ uid: 'alice', tokens: ['finance'], userData: ',admin' }, /ticket of other rights/],
    [{ uid: 'alice', tokens: ['finance'], userData: 'x,admin' }, undefined],
    [{ uid: 'bob', tokens: ['finance'] }, undefined],
    [{ uid: 'bob', userData: 'admin' }, /ticket of other rights/],
    [{ uid: 'bobadmin' }, /ticket of other rights/],
    [{ uid: 'carol', tokens: ['finance'] }, /ticket of other rights/],
    [{ uid: 'carol', tokens: ['fin', 'finance'] }, undefined],
    [{ uid: 'ben', tokens: ['finance'] }, /strict list/],
    [{ uid: 'mallory' }, /strict list/],
  ]
  for (const [fields, message] of cases) {
    const make = () => issuer.issue(fields, { ip, now })
    if (message === undefined) t.ok(make(), JSON.stringify(fields))
    else t.throws(make, { code: 'ERR_TKT_FIELD', message }, JSON.stringify(fields))
  }
})

t.test('with a list tickets that say more than it are refused, and so are those of nobody knows whom', async (t) => {
  const verifier = createVerifier({ keys: [{ ...lighttpd, strict }] })
  const cases: [IssueFields, boolean][] = [
    [{ uid: 'alice', tokens: ['admin'] }, true],
    [{ uid: 'alice', tokens: ['admin'], userData: 'x' }, true],
    [{ uid: 'alice', tokens: ['staff'] }, false],
    [{ uid: 'bob' }, true],
    [{ uid: 'bob', tokens: ['admin'] }, false],
    [{ uid: 'bobadmin' }, false],
    [{ uid: 'mallory' }, false],
  ]
  for (const [fields, ok] of cases) {
    const result = verifier.verify(issue(lighttpd, fields), { ip })
    if (ok) t.match(result, { ok: true, ticket: fields }, JSON.stringify(fields))
    else t.same(result, { ok: false, reason: 'user' }, JSON.stringify(fields))
  }
})

t.test(
  'what an issuer with a list makes gives nobody more than it was made for, wherever its separators go',
  async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', 'ab', 'c'), minLength: 1, maxLength: 3 })
    const list = fc.dictionary(name, fc.array(name, { maxLength: 3 }), { minKeys: 1, maxKeys: 4 })
    const userData = fc.string({ unit: fc.constantFrom('a', 'b', ',', 'x'), maxLength: 4 })
    fc.assert(
      fc.property(list, fc.nat(), fc.nat(), userData, (strict, who, what, userData) => {
        const uid = Object.keys(strict)[who % Object.keys(strict).length] as string
        const tokens = [...new Set(strict[uid])].filter((_, i) => (what >> i) & 1)
        const key = { ...lighttpd, strict }
        let value: string
        try {
          value = issue(key, { uid, tokens, userData })
        } catch {
          return true
        }
        return readable(key, value).every(
          (read) => read.uid === uid && read.tokens.every((one) => tokens.includes(one)),
        )
      }),
      { numRuns: 300 },
    )
  },
)

t.test('lists hold in every dialect, in bytes and in UTF-8', async (t) => {
  const names = { 'J\u00fcrgen': ['gr\u00fcn'] }
  for (const charset of ['latin1', 'utf8'] as const) {
    for (const dialect of ['apache', 'lighttpd', 'paste', 'plone'] as const) {
      const keys: Key[] = [{ ...lighttpd, dialect, strict: names }]
      const issuer = createIssuer({ keys, charset })
      const verifier = createVerifier({ keys, charset })
      const fields = { uid: 'J\u00fcrgen', tokens: ['gr\u00fcn'] }
      t.match(verifier.verify(issuer.issue(fields, { ip, now }), { ip }), { ok: true, ticket: fields })
      t.throws(() => issuer.issue({ uid: 'Eve' }, { ip, now }), { code: 'ERR_TKT_FIELD' })
      const loose = createIssuer({ keys: [{ ...lighttpd, dialect }], allowShiftableFields: true, charset })
      t.same(verifier.verify(loose.issue({ uid: 'Eve' }, { ip, now }), { ip }), { ok: false, reason: 'user' })
    }
  }
})

t.test('a list that is none is refused by its place', async (t) => {
  for (const bad of [7, null, [], { alice: 'admin' }, { alice: [''] }, { alice: [7] }, { '': [] }]) {
    const keys = [{ ...lighttpd, strict: bad as never }]
    t.throws(() => createVerifier({ keys }), { code: 'ERR_TKT_OPTIONS', message: /keys\[0\]\.strict/ })
  }
})
