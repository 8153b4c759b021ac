/** Identities as headers: what a header cannot carry is escaped, and comes back whole. */

import fc from 'fast-check'
import t from 'tap'
import { IDENTITY_NAMES } from '../../src/config/serving.js'
import { identityHeaders } from '../../src/gateway/identity.js'

const headers = identityHeaders(IDENTITY_NAMES, 'latin1')
const valuesOf = (uid: string, tokens: string[], userData: string) =>
  headers.pairs({ uid, tokens, userData, guest: false }).filter((_, i) => i % 2 === 1)

t.test('every header, whoever it is', async (t) => {
  t.same(headers.pairs(undefined), ['Remote-User', '', 'Remote-User-Tokens', '', 'Remote-User-Data', ''])
  t.same(valuesOf('alice', [], ''), ['alice', '', ''])
  t.same(valuesOf('alice', ['staff'], 'Alice Doe'), ['alice', 'staff', 'Alice Doe'])
  t.same(valuesOf('alice', ['staff', 'admin'], ''), ['alice', 'staff,admin', ''])
})

t.test('what a header cannot carry is escaped', async (t) => {
  t.same(valuesOf(' a', ['b '], ' '), ['%20a', 'b%20', '%20'])
  t.same(valuesOf('100%', ['a%b', 'c'], '%'), ['100%25', 'a%25b,c', '%25'])
  t.same(valuesOf('é', ['\x7f'], 'a\tb\0'), ['%E9', '%7F', 'a%09b%00'])
  t.same(
    identityHeaders(IDENTITY_NAMES, 'utf8').pairs({ uid: 'é', tokens: [], userData: '', guest: false })[1],
    '%C3%A9',
  )
})

t.test('any bytes come back, and go as printable ASCII without blanks at the ends', async () => {
  const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) })
  const printable = fc.string({ unit: fc.constantFrom(' ', '%', '!', '~', 'a', '2', '0') })
  fc.assert(
    fc.property(fc.oneof(bytes, printable), fc.array(printable, { maxLength: 3 }), (text, tokens) => {
      const values = valuesOf(text, tokens, text)
      const back = values.map((value) =>
        value.replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      )
      const good = values.every((value) => /^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(value))
      return good && back.join('\n') === [text, tokens.join(','), text].join('\n')
    }),
  )
})
