/** Rows are those of JSON.stringify, byte for byte, whatever is in the fields. */

import fc from 'fast-check'
import t from 'tap'
import { refusedMembers, signedMembers, ticketMembers, writeRows } from '../../src/cli/verify-json.js'

const text = fc.string({ unit: fc.nat({ max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 30 })
const plain = fc.string({ maxLength: 30 })
const field = fc.oneof(plain, text)
const ticket = fc.record({
  uid: field,
  tokens: fc.array(field, { maxLength: 4 }),
  userData: field,
  issuedAt: fc.nat({ max: 0xffffffff }),
})
const signed = fc.record({
  uid: field,
  tokens: fc.array(field, { maxLength: 4 }),
  userData: field,
  validUntil: fc.nat({ max: 0xffffffff }),
  gracePeriod: fc.nat({ max: 0xffffffff }),
  clientIp: field,
  multifactor: fc.boolean(),
})

const lines = (rows: readonly object[], first: number) =>
  rows.map((row, index) => `${JSON.stringify({ line: first + index, ...row })}\n`).join('')

t.test('tickets, good and refused', async (t) => {
  const row = fc.oneof(ticket, fc.constantFrom('digest' as const, 'too-long' as const))
  const law = fc.property(fc.array(row, { maxLength: 20 }), fc.nat(), fc.nat({ max: 400 }), (rows, first, room) => {
    const written = writeRows(new Uint8Array(room), first, rows.length, (index, quote) => {
      const one = rows[index] as (typeof rows)[number]
      return typeof one === 'string' ? refusedMembers(one) : ticketMembers(one, 3, quote)
    })
    const expected = rows.map((one) =>
      typeof one === 'string' ? { ok: false, reason: one } : { ok: true, ...one, keyIndex: 3 },
    )
    t.equal(Buffer.from(written).toString(), lines(expected, first))
  })
  t.doesNotThrow(() => fc.assert(law, { numRuns: 200 }))
})

t.test('signed tickets, without the credential', async (t) => {
  const law = fc.property(signed, (one) => {
    const written = writeRows(new Uint8Array(10), 7, 1, (_, quote) =>
      signedMembers({ ...one, bauth: 'c2VjcmV0' }, 0, quote),
    )
    t.equal(Buffer.from(written).toString(), lines([{ ok: true, ...one, keyIndex: 0 }], 7))
  })
  t.doesNotThrow(() => fc.assert(law, { numRuns: 100 }))
})

t.test('more than is gathered at once, with chars of two bytes in some places', async (t) => {
  const rows = Array.from({ length: 5000 }, (_, index) => ({
    uid: index % 700 === 0 ? 'zo\xeb "\n' : `user${index}`,
    tokens: ['a', 'b'],
    userData: '',
    issuedAt: index,
  }))
  const output = new Uint8Array(new SharedArrayBuffer(100))
  const written = writeRows(output, 1, rows.length, (index, quote) =>
    ticketMembers(rows[index] as (typeof rows)[number], 0, quote),
  )
  t.equal(
    Buffer.from(written).toString(),
    lines(
      rows.map((row) => ({ ok: true, ...row, keyIndex: 0 })),
      1,
    ),
  )
  t.not(written.buffer, output.buffer, 'larger memory in place of the one that was too small')
  t.type(written.buffer, SharedArrayBuffer)
  const again = writeRows(new Uint8Array(written.buffer), 1, 0, () => '')
  t.equal(again.length, 0)
  t.equal(again.buffer, written.buffer, 'which then is large enough')
})
