import fc from 'fast-check'
import t from 'tap'
import { maskAddress, parseAddress } from '../../src/http/address.js'
import { createMatcher, parseRange } from '../../src/http/cidr.js'

/** An address as a number of 32 or 128 bits. */
function numberOf(text: string): { value: bigint; size: number } {
  const bytes = [...(parseAddress(text)?.bytes ?? [])]
  return { value: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n), size: bytes.length * 8 }
}

function inRange(text: string, range: string): boolean {
  const [base = '', bits] = range.split('/')
  const one = numberOf(text)
  const other = numberOf(base)
  const length = bits === undefined ? other.size : Number(bits) - (base.includes(':') && other.size === 32 ? 96 : 0)
  const shift = BigInt(other.size - length)
  return one.size === other.size && one.value >> shift === other.value >> shift
}

const ip = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc
    .tuple(fc.constantFrom('10.1.2.', '::ffff:10.1.2.', '2001:db8::'), fc.integer({ min: 0, max: 255 }))
    .map(([head, tail]) => `${head}${tail}`),
)
const range = ip.chain((base) => {
  const { size } = numberOf(base)
  const least = base.includes(':') && size === 32 ? 96 : 0
  return fc.oneof(
    fc.constant(base),
    fc.integer({ min: least, max: least + size }).map((bits) => `${base}/${bits}`),
  )
})

t.test('an address is in a range when its first bits are', async () => {
  fc.assert(
    fc.property(ip, fc.array(range, { maxLength: 4 }), (one, ranges) => {
      const wanted = ranges.some((text) => inRange(one, text))
      const matches = createMatcher(ranges)
      return matches(one) === wanted && matches(one) === wanted
    }),
    { numRuns: 5000 },
  )
})

t.test('every prefix of an address holds it, and no bit more is looked at', async () => {
  fc.assert(
    fc.property(
      ip.filter((text) => !/^::ffff:/i.test(text)),
      fc.nat(127),
      fc.nat(127),
      (text, length, flip) => {
        const { value, size } = numberOf(text)
        const bits = length % (size + 1)
        const at = flip % size
        const flipped = value ^ (1n << BigInt(size - 1 - at))
        const hex = flipped.toString(16).padStart(size / 4, '0')
        const other = size === 32 ? Buffer.from(hex, 'hex').join('.') : (hex.match(/.{4}/g) ?? []).join(':')
        if (numberOf(other).size !== size) return true
        const matches = createMatcher([`${text}/${bits}`])
        return matches(text) && matches(other) === at >= bits
      },
    ),
    { numRuns: 3000 },
  )
})

t.test('what is no range is none, and no address is in none', async (t) => {
  for (const text of [
    '',
    '/',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/ 8',
    '10.0.0.0/0008',
    '::ffff:10.0.0.0/95',
    'x/8',
  ]) {
    t.equal(parseRange(text), undefined, text)
    t.notOk(createMatcher([text])('10.0.0.1'), text)
  }
  t.match(parseRange('::ffff:10.0.0.0/104'), { bits: 8 })
  t.match(parseRange('0.0.0.0/0'), { bits: 0 })
  const all = createMatcher(['0.0.0.0/0', '::/0', 'nonsense'])
  t.ok(all('192.0.2.7') && all('2001:db8::1') && all('::ffff:192.0.2.7'))
  for (const text of ['', 'localhost', '1.2.3', '1.2.3.4:80', '[::1]']) t.notOk(all(text), text)
  t.notOk(createMatcher(['0.0.0.0/0'])('::1'), 'families do not mix')
})

t.test('masking clears all but the first bits', async () => {
  fc.assert(
    fc.property(
      fc.ipV6().filter((text) => numberOf(text).size === 128),
      fc.integer({ min: 0, max: 128 }),
      (text, bits) => {
        const shift = BigInt(128 - bits)
        const wanted = (numberOf(text).value >> shift) << shift
        const masked = maskAddress(text, bits) as string
        const bytes = parseAddress(masked)?.bytes
        // A mask may leave an IPv4 address in disguise; its text says so.
        return bytes?.length === 16 ? numberOf(masked).value === wanted : /^::ffff:/.test(masked)
      },
    ),
    { numRuns: 2000 },
  )
})

t.test('IPv4 is left whole, whatever the bits', async (t) => {
  t.equal(maskAddress('192.0.2.7', 8), '192.0.2.7')
  t.equal(maskAddress('::ffff:192.0.2.7', 64), '192.0.2.7')
  t.equal(maskAddress('2001:db8:1:2:3:4:5:6', 64), '2001:db8:1:2::')
  t.equal(maskAddress('2001:db8:1:2:3:4:5:6', 0), '::')
  t.equal(maskAddress('no address', 64), undefined)
})
