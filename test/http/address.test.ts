import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { ipv4Number, parseAddress } from '../../src/http/address.js'

const CASES: readonly [text: string, canonical: string | undefined][] = [
  ['192.0.2.7', '192.0.2.7'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
  ['1:0:0:2:0:0:3:4', '1::2:0:0:3:4'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['fe80::1%eth0', 'fe80::1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:c000:207', '192.0.2.7'],
  ['::192.0.2.7', '::c000:207'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
  ...[
    '',
    '.',
    ':',
    ':::',
    '1',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.999',
    '01.2.3.4',
    '1.2.3.04',
    '1..2.3',
    ' 1.2.3.4',
  ]
    .concat([
      '1.2.3.4 ',
      '1.2.3.',
      '.1.2.3',
      '1.2.3.4\n',
      '0x1.2.3.4',
      '1.2.3.a',
      '-1.2.3.4',
      '+1.2.3.4',
      '1.2.3.4%eth0',
    ])
    .concat(['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', 'g::', '::1.2.3', '1.2.3.4::', '::1.2.3.4:5'])
    .concat(['::1%', '::%%0', '1:2:3:4:5:6:7::8:9', '1:2:3:4:5:6:7:8::', 'localhost', '\uff11.2.3.4'])
    .map((text): [string, undefined] => [text, undefined]),
]

t.test('addresses have one canonical text, everything else is none', async (t) => {
  for (const [text, canonical] of CASES) t.equal(parseAddress(text)?.text, canonical, JSON.stringify(text))
})

t.test("the bytes are in network order, an IPv4 address's also as a number", async (t) => {
  t.same(parseAddress('192.0.2.7')?.bytes, Uint8Array.of(192, 0, 2, 7))
  t.same(parseAddress('::ffff:192.0.2.7')?.bytes, Uint8Array.of(192, 0, 2, 7))
  t.same(parseAddress('2001:db8::1')?.bytes, Uint8Array.of(32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))
  t.equal(ipv4Number('192.0.2.7'), 0xc0000207 | 0)
  t.equal(ipv4Number('255.255.255.255'), -1)
  t.equal(ipv4Number('::1'), undefined)
})

t.test('it agrees with node:net about what an address is and how it is written', async () => {
  const unit = fc.constantFrom(...'0123456789abfF.:%')
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit, maxLength: 20 })), (text) => {
      const address = parseAddress(text)
      if (!address) return !isIPv4(text) && !isIPv6(text)
      if (address.bytes.length === 4) return isIPv4(text) ? address.text === text : isIPv6(text)
      const { address: canonical } = new SocketAddress({ address: text.replace(/%.*/s, ''), family: 'ipv6' })
      // inet_ntop writes the deprecated IPv4-compatible addresses with dots, RFC 5952 does not.
      return isIPv6(text) && (canonical === address.text || canonical.includes('.'))
    }),
    { numRuns: 5000 },
  )
})
