import fc from 'fast-check'
import t, { type Test } from 'tap'
import { createVerifier } from '../../src/ticket/verify.js'
import type { BatchResult, Dialect, Digest, Key, Verifier, VerifyContext } from '../../src/types.js'
import { cookieQuoted, referenceTicket } from '../helpers/reference.js'

const NOW = 1_700_000_000
const SECRETS = ['first secret of the ring', 'second', `third${'x'.repeat(80)}`, 's'.repeat(50), 'z'.repeat(1024)]
const RINGS: readonly (readonly Key[])[] = [
  [{ secret: SECRETS[0] as string, digest: 'md5' }],
  [{ secret: SECRETS[3] as string, digest: 'sha256' }],
  [
    { secret: SECRETS[1] as string, digest: 'sha256' },
    { secret: SECRETS[2] as string, digest: 'md5' },
  ],
  [
    { secret: SECRETS[0] as string, digest: 'sha512' },
    { secret: SECRETS[1] as string, digest: 'md5', dialect: 'lighttpd' },
    { secret: SECRETS[2] as string, digest: 'sha256', dialect: 'lighttpd' },
    { secret: SECRETS[4] as string, digest: 'sha256' },
    { secret: SECRETS[3] as string, digest: 'sha1' },
  ],
  [
    { secret: SECRETS[0] as string, digest: 'md5' },
    { secret: SECRETS[1] as string, digest: 'md5', dialect: 'paste' },
    { secret: SECRETS[2] as string, digest: 'sha256', dialect: 'plone' },
    { secret: SECRETS[3] as string, digest: 'sha512', dialect: 'pyramid' },
    { secret: SECRETS[4] as string, digest: 'md5', dialect: 'php-contrib' },
    { secret: SECRETS[0] as string, digest: 'sha256', dialect: 'passport-authtkt' },
  ],
]
const ADDRESSES = [
  '192.0.2.7',
  '10.20.30.40',
  '2001:db8::1',
  '2001:DB8:0::1',
  'no address',
  '255.255.255.255',
  undefined,
]

/** What a ticket is made of, and what then happens to it. */
const recipe = fc.record({
  key: fc.nat(5),
  ip: fc.constantFrom(...ADDRESSES),
  boundTo: fc.constantFrom('192.0.2.7', '10.20.30.40', '2001:db8::1'),
  age: fc.integer({ min: -10, max: 200 }),
  uid: fc.string({ unit: fc.constantFrom(...'aZ09.@_%'), minLength: 0, maxLength: 40 }),
  tokens: fc.string({ unit: fc.constantFrom(...'ab,'), maxLength: 12 }),
  userData: fc.oneof(
    fc.string({ unit: fc.constantFrom(...'aB3 !|=\u00e9\u00ff'), maxLength: 60 }),
    fc.string({ unit: fc.constantFrom('x', 'y!'), minLength: 100, maxLength: 900 }),
  ),
  short: fc.boolean(),
  encoding: fc.constantFrom('base64', 'raw', 'percent', 'quoted', 'quotes'),
  harm: fc.constantFrom('none', 'none', 'none', 'none', 'digit', 'cut', 'nul', 'wide', 'long'),
})
type Made = typeof recipe extends fc.Arbitrary<infer T> ? T : never

const garbage = fc.oneof(
  fc.constantFrom(
    undefined,
    '',
    'x',
    '!'.repeat(60),
    'A'.repeat(8193),
    'M'.repeat(60),
    '%'.repeat(41),
    7 as unknown as string,
  ),
  fc.string({ minLength: 38, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'0aMQ"\\!%2'), minLength: 38, maxLength: 200 }),
)

function addressBytes(text: string): number[] {
  return text === '2001:db8::1' ? [0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 1] : text.split('.').map(Number)
}

function cookieOf(made: Made, ring: readonly Key[]): string {
  const key = ring[made.key % ring.length] as Key
  const dialect: Dialect = key.dialect ?? 'apache'
  const v6 = made.boundTo.includes(':')
  const asText = dialect === 'lighttpd' || (dialect === 'pyramid' && v6)
  let text = referenceTicket({
    dialect,
    digest: key.digest as Digest,
    secret: Buffer.from(key.secret as string),
    address: asText ? Buffer.from(made.boundTo) : Buffer.from(addressBytes(made.boundTo)),
    ipv6Text: dialect === 'pyramid' && v6,
    issuedAt: NOW - made.age,
    uid: made.uid,
    tokens: made.tokens,
    userData: dialect === 'plone' ? made.userData.replaceAll('!', '') : made.userData,
    short: made.short,
  })
  if (made.harm === 'digit') text = (text.startsWith('0') ? '1' : '0') + text.slice(1)
  if (made.harm === 'cut') text = text.slice(0, text.length >> 1)
  if (made.harm === 'nul') text += '\0behind!it'
  if (made.harm === 'long') text += 'l'.repeat(8192)
  const cookie = {
    base64: () => Buffer.from(text, 'latin1').toString('base64'),
    raw: () => text,
    percent: () => encodeLatin1(text),
    quoted: () => cookieQuoted(text),
    quotes: () => `"${text}"`,
  }[made.encoding]()
  // Cut to one byte, U+0141 would be what stands there.
  return made.harm === 'wide' ? cookie.replace('A', '\u0141') : cookie
}

function encodeLatin1(text: string): string {
  return text.replace(/[^\w.~-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

function same(
  t: Test,
  batch: BatchResult,
  verifier: Verifier,
  values: readonly (string | undefined)[],
  at: (i: number) => VerifyContext,
) {
  const fresh = values.map((value, i) => verifier.verify(value, at(i)))
  t.equal(batch.size, values.length)
  t.equal(batch.accepted, fresh.filter(({ ok }) => ok).length)
  t.same(
    values.map((_, i) => batch.result(i)),
    fresh,
  )
}

for (const [index, keys] of RINGS.entries()) {
  for (const options of [{}, { timeout: 100 }, { ignoreIp: true, charset: 'utf8' as const }]) {
    t.test(`every verdict is that of verify: ring ${index}, ${JSON.stringify(options)}`, async (t) => {
      const verifier = createVerifier({ keys, ...options })
      fc.assert(
        fc.property(fc.array(fc.oneof({ weight: 4, arbitrary: recipe }, garbage), { maxLength: 40 }), (list) => {
          const values = list.map((one) => (typeof one === 'object' ? cookieOf(one, keys) : one))
          const ips = list.map((one) => (typeof one === 'object' ? one.ip : '192.0.2.7'))
          same(t, verifier.verifyMany(values, { ips, now: NOW }), verifier, values, (i) => ({ ip: ips[i], now: NOW }))
          const [ip] = ips
          same(t, verifier.verifyMany(values, { ip, now: NOW }), verifier, values, () => ({ ip, now: NOW }))
        }),
        { numRuns: 60 },
      )
    })
  }
}

t.test('fields that are read in place leave the ticket behind them alone', async (t) => {
  for (const [index, keys] of RINGS.entries()) {
    const verifier = createVerifier({ keys })
    for (const key of keys.keys()) {
      const made = {
        ip: '192.0.2.7',
        age: 0,
        short: false,
        encoding: 'base64',
        harm: 'none',
        boundTo: '192.0.2.7',
      } as const
      const values = Array.from({ length: 40 }, (_, i) => {
        const [uid, tokens, userData] = ['u'.repeat(i % 7), 'a,b'.slice(0, i % 4), 'd'.repeat(i % 23)]
        return cookieOf({ ...made, key, uid, tokens, userData }, keys)
      })
      const batch = verifier.verifyMany(values, { ip: '192.0.2.7' })
      t.equal(batch.accepted, 40, `ring ${index}, key ${key}`)
      t.same(batch.result(39), verifier.verify(values[39], { ip: '192.0.2.7' }))
    }
  }
})
