import fc from 'fast-check'
import t from 'tap'
import { createMatcher } from '../../src/http/cidr.js'
import { type Origin, originOf } from '../../src/http/forwarded.js'
import * as headers from '../../src/http/headers.js'
import { isListed, parseHost } from '../../src/http/host.js'

const { flatHeaders, headerOf, trimValue } = headers

t.test('pairs and flat lists are the same', async (t) => {
  const flat = ['Host', 'a', 'X', 'b']
  t.equal(flatHeaders(flat), flat, 'no copy')
  t.strictSame(
    flatHeaders([
      ['Host', 'a'],
      ['X', 'b'],
    ]),
    flat,
  )
  t.strictSame(flatHeaders([]), [])
})

t.test('headers are found in any case, and several are joined', async (t) => {
  const flat = ['Accept', 'a', 'X-Other', 'c', 'ACCEPT', 'b', 'accept-language', 'd']
  t.equal(headerOf(flat, 'accept'), 'a, b')
  t.equal(headerOf(flat, 'x-other'), 'c')
  t.equal(headerOf(flat, 'x-missing'), undefined)
  // Chars that differ in the bit that tells capitals from small letters, and are none.
  const near = ['x\rother', 'a', 'X^', 'b', 'X\x1f9', 'c', '@A', 'd', 'a[', 'e']
  for (const name of ['x-other', 'x~', 'x?9', '`a', 'a{']) t.equal(headerOf(near, name), undefined, name)
  t.equal(headerOf(['X_1^~', 'a'], 'x_1^~'), 'a')
})

t.test('a word is found in any case and nowhere else', async () => {
  const name = fc.oneof(
    fc.mixedCase(fc.constant('cookie')),
    fc.string({ minLength: 6, maxLength: 6 }),
    fc.constantFrom('c\x4fokie', '\x03ookie', 'coo\u212aie', 'cookie\0'),
  )
  fc.assert(
    fc.property(name, (text) => headers.isWord(text, 'cookie') === /^[Cc][Oo][Oo][Kk][Ii][Ee]$/.test(text)),
    { numRuns: 2000 },
  )
})

t.test('blanks round a value go, and nothing else', async () => {
  const text = fc.string({ unit: fc.constantFrom(' ', '\t', 'a', '\n', '\xa0'), maxLength: 12 })
  fc.assert(
    fc.property(text, (value) => trimValue(value) === value.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')),
    { numRuns: 2000 },
  )
})

t.test('lines that a server refuses', async (t) => {
  t.notOk(headers.hasBadLine(['Host', 'a b\tc\xe9', 'X-A.b', '']))
  for (const value of ['\0', 'a\n', 'a\rb', '\x1f', 'a\x7f'])
    t.ok(headers.hasBadLine(['X', value]), JSON.stringify(value))
  for (const name of ['', 'a b', 'a:', 'é', 'a\n', '(x)']) t.ok(headers.hasBadLine([name, 'x']), JSON.stringify(name))
})

t.test('hosts that are well-formed, and their parts', async (t) => {
  const good: [text: string, name: string, port?: number][] = [
    ['a', 'a'],
    ['WWW.Example.com', 'WWW.Example.com'],
    ['a.:80', 'a.', 80],
    ['a_b-c:65535', 'a_b-c', 65535],
    ['.a', '.a'],
    ['1.2.3.4:1', '1.2.3.4', 1],
    ['[::1]', '[::1]'],
    ['[2001:DB8::1]:443', '[2001:DB8::1]', 443],
    ['a:000080', 'a', 80],
  ]
  for (const [text, name, port] of good) t.same(parseHost(text), { name, port, text }, text)
  const bad = [
    '',
    ' ',
    ':',
    'a:',
    ':1',
    'a:0',
    'a:65536',
    'a:x',
    'a:1:2',
    'a b',
    'a/b',
    'a@b',
    'a?b',
    'a#b',
    'a%b',
    'a,b',
    'a..b',
    '.',
    '..a',
    '[',
    '[]',
    '[a',
    '[::1]x',
    '[::g]',
    '1.2',
    '1.2.3.4.5',
    '::1',
    'é',
    'a\n',
  ]
  for (const text of bad) t.equal(parseHost(text), undefined, JSON.stringify(text))
})

t.test('names and wildcards', async (t) => {
  t.ok(isListed('a.example', ['b.example', 'a.example']))
  t.ok(isListed('x.a.example', ['*.a.example']))
  t.ok(isListed('y.x.a.example', ['*.a.example']))
  for (const name of ['a.example', 'ba.example', 'x.a.example.evil', '']) t.notOk(isListed(name, ['*.a.example']), name)
  t.notOk(isListed('a', []))
})

t.test('no forwarding header makes anything crash, and no untrusted peer is outdone', async () => {
  const piece = fc.constantFrom(
    'for=',
    'For="',
    '"',
    '\\',
    ',',
    ';',
    '=',
    '[',
    ']',
    ':',
    '1.2.3.4',
    '10.0.0.1',
    '[::1]',
    'proto=https',
    'host=h',
    ' ',
    'unknown',
    '_x',
    '\t',
    '\xe9',
  )
  const value = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''))
  const kind = fc.constantFrom('x-forwarded' as const, 'forwarded' as const, 'both' as const)
  const trusted = createMatcher(['10.0.0.0/8'])
  fc.assert(
    fc.property(value, value, value, value, kind, (standard, addresses, protos, hosts, which) => {
      const flat = [
        'Forwarded',
        standard,
        'X-Forwarded-For',
        addresses,
        'X-Forwarded-Proto',
        protos,
        'X-Forwarded-Host',
        hosts,
      ]
      const origin = originOf(flat, '10.0.0.9', trusted, which)
      return (
        origin === undefined ||
        ((origin.scheme === undefined || /^https?$/.test(origin.scheme)) &&
          (origin.ip === undefined || /^[0-9a-f:.]+$/i.test(origin.ip)))
      )
    }),
    { numRuns: 5000 },
  )
})

/** One kind of headers alone never contradicts itself. */
function firm(origin: Origin | undefined): Origin {
  if (origin === undefined) throw new Error('contradiction')
  return origin
}

t.test('whatever a client puts in front, what the proxy appends decides', async () => {
  const junk = fc.string({
    unit: fc.constantFrom('"', '\\', ',', ';', '=', 'f', 'o', 'r', '1', '.', ' ', '[', ':'),
    maxLength: 20,
  })
  const appended = fc.constantFrom(
    'for=203.0.113.5',
    'for="203.0.113.5:1";proto=http',
    'proto=http;for=203.0.113.5;host="h"',
  )
  const trusted = createMatcher(['10.0.0.0/8'])
  fc.assert(
    fc.property(junk, appended, fc.boolean(), (made, own, together) => {
      const flat = together ? ['Forwarded', `${made}, ${own}`] : ['Forwarded', made, 'forwarded', own]
      const { ip } = firm(originOf(flat, '10.0.0.1', trusted, 'forwarded'))
      const old = firm(originOf(['X-Forwarded-For', `${made}, 203.0.113.5`], '10.0.0.1', trusted, 'x-forwarded'))
      return (ip === undefined || ip === '203.0.113.5') && old.ip === '203.0.113.5'
    }),
    { numRuns: 5000 },
  )
})
