/** What holds for all fields, keys and addresses. */

import fc from 'fast-check'
import t from 'tap'
import { createEngine } from '../../src/engine/engine.js'
import { type Digest, type Encoding, type Key, peekTicket, type TktError } from '../../src/index.js'
import { issuerOn } from '../../src/ticket/issue.js'
import { splitTokens } from '../../src/ticket/tokens.js'
import { verifierOn } from '../../src/ticket/verify.js'
import { ENGINES } from '../helpers/engines.js'

const chars = (from: number, to: number, except: string) =>
  fc
    .integer({ min: from, max: to })
    .map((code) => String.fromCharCode(code))
    .filter((char) => char !== '\x7f' && !except.includes(char))
const text = (except: string, minLength: number) =>
  fc.string({ unit: chars(0x20, 0xff, except), minLength, maxLength: 60 })
const fields = fc.record({
  uid: text('!', 1),
  tokens: fc.array(text('!,', 1), { maxLength: 5 }),
  userData: text('', 0),
})
const digest = fc.constantFrom<Digest>('md5', 'sha1', 'sha256', 'sha512')
const dialect = fc.constantFrom('apache' as const, 'lighttpd' as const)
const key: fc.Arbitrary<Key> = fc.record({ secret: fc.uint8Array({ minLength: 1, maxLength: 200 }), digest, dialect })
const ip = fc.oneof(fc.ipV4(), fc.ipV6()).filter((address) => address !== '255.255.255.255')
const now = fc.integer({ min: 0, max: 0xffffffff })

for (const [build, module] of ENGINES) {
  const issuerFor = (keys: Key[]) =>
    issuerOn(createEngine(module), { keys, allowShiftableFields: true, selfTest: false })
  const verifierFor = (keys: Key[]) => verifierOn(createEngine(module), { keys, selfTest: false })

  t.test(`what was issued verifies, with the same fields (${build})`, async () => {
    const encoding = fc.constantFrom<Encoding>('base64', 'raw', 'percent')
    fc.assert(
      fc.property(
        fields,
        key,
        fc.array(key, { maxLength: 3 }),
        ip,
        now,
        encoding,
        (ticket, own, others, client, at, form) => {
          const lighttpd = own.dialect === 'lighttpd'
          const usable = lighttpd ? 'base64' : form
          if (usable === 'raw' && /[;"]| $/.test(`${ticket.uid}!${ticket.tokens}!${ticket.userData}`)) return true
          const value = issuerFor([own]).issue(ticket, { ip: client, now: at, encoding: usable })
          const result = verifierFor([...others, own]).verify(value, { ip: client })
          if (!result.ok) return false
          const { ticket: read } = result
          return (
            read.issuedAt === at &&
            read.uid === ticket.uid &&
            read.userData === ticket.userData &&
            read.tokens.join() === ticket.tokens.join() &&
            peekTicket(value, own.digest)?.uid === ticket.uid
          )
        },
      ),
      { numRuns: 600 },
    )
  })

  t.test(`any change to the decoded bytes is refused (${build})`, async () => {
    const change = fc.record({
      at: fc.nat(),
      bit: fc.integer({ min: 0, max: 7 }),
      kind: fc.constantFrom('flip', 'drop', 'double', 'cut'),
    })
    fc.assert(
      fc.property(
        fields,
        digest,
        fc.uint8Array({ minLength: 1, maxLength: 90 }),
        change,
        (ticket, name, secret, { at, bit, kind }) => {
          const keys: Key[] = [{ secret, digest: name }]
          const context = { ip: '192.0.2.7', now: 0x6553f1ab }
          const good = Buffer.from(issuerFor(keys).issue(ticket, context), 'base64')
          const i = at % good.length
          const head = { md5: 32, sha1: 40, sha256: 64, sha512: 128 }[name]
          const inTimestamp = i >= head && i < head + 8
          const bad = Buffer.concat([good.subarray(0, i), Buffer.from(good.subarray(i))])
          if (kind === 'flip') bad[i] = (bad[i] as number) ^ (1 << bit)
          // The recipe does not see the case of the timestamp's letters.
          if (kind === 'flip' && bit === 5 && inTimestamp && /[a-f]/i.test(String.fromCharCode(good[i] as number)))
            return true
          const parts = {
            flip: [bad],
            drop: [good.subarray(0, i), good.subarray(i + 1)],
            double: [good.subarray(0, i + 1), good.subarray(i)],
            cut: [good.subarray(0, i)],
          }[kind] as Buffer[]
          const value = Buffer.concat(parts)
          if (value.equals(good)) return true
          // `alice!data` is the other spelling of `alice!!data`: the recipe hashes the same fields.
          const other = Buffer.from(good.toString('latin1').replace('!!', '!'), 'latin1')
          if (ticket.tokens.length === 0 && !ticket.userData.includes('!') && value.equals(other)) return true
          return !verifierFor(keys).verify(value.toString('base64'), context).ok
        },
      ),
      { numRuns: 2000 },
    )
  })
}

t.test('utf8 fields of any length come back as they were', async () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((uid) => /^[^\p{Cc}!]+$/u.test(uid))
  // Round the length where the field no longer fits, too.
  const padding = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 7950, max: 8060 }))
  const keys: Key[] = [{ secret: 'x', digest: 'md5' }]
  const options = { keys, charset: 'utf8' as const, selfTest: false }
  const issuer = issuerOn(createEngine(), options)
  const verifier = verifierOn(createEngine(), options)
  fc.assert(
    fc.property(name, padding, fc.constantFrom('raw' as const, 'base64' as const), (uid, length, encoding) => {
      const userData = 'x'.repeat(length)
      try {
        const value = issuer.issue({ uid, userData }, { ip: '127.0.0.1', now: 1, encoding })
        const result = verifier.verify(value, { ip: '127.0.0.1' })
        return result.ok && result.ticket.uid === uid && result.ticket.userData === userData
      } catch (error) {
        return (error as TktError).code === 'ERR_TKT_FIELD' && (length > 6000 || encoding === 'raw')
      }
    }),
    { numRuns: 3000 },
  )
})

t.test('tokens split and join without loss', async () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ','), maxLength: 12 }), (labels) => {
      const tokens = splitTokens(labels)
      return (
        tokens.join(',') === labels &&
        (labels === '' ? tokens.length === 0 : tokens.length === labels.split(',').length)
      )
    }),
  )
})
