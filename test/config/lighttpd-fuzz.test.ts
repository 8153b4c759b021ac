/** Random texts in lighttpd's syntax: an answer or one line that names a line, and soon. */

import fc from 'fast-check'
import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import { read, require } from './lighttpd-helpers.js'

const LINE = /^[^:]+:\d+: .+$/
const WORDS = [
  'auth.require',
  'auth.method.tkt.opts',
  'url.access-deny',
  'server.port',
  'proxy.server',
  'a.b',
  'var.x',
  '=',
  '+=',
  ':=',
  '(',
  ')',
  '{',
  '}',
  '$HTTP["url"]',
  '$HTTP["host"]',
  '$SERVER["socket"]',
  '==',
  '=~',
  '!~',
  '=^',
  '"/a"',
  '"(a+)+$"',
  '":80"',
  '=>',
  ',',
  '+',
  'else',
  'global',
  'include "x"',
  '\n',
  '#',
  '"',
  '\\',
  '12',
  '"secret"',
  '"method"',
]
const REAL = `server.port = 8080
auth.method.tkt.opts = ( "secret" => "s", "timeout" => "2h", "tokens" => ( "/a" => ( "x" ) ) )
$HTTP["host"] =~ "^(www\\.)?one\\.test$" { ${require('/a')} $HTTP["url"] =~ "^/x" { auth.require = () } else { url.access-deny = ( "~" ) } }
proxy.server = ( "" => ( ( "host" => "127.0.0.1", "port" => 81 ) ) )
`

function check(text: string): boolean {
  const started = Date.now()
  try {
    createGuard({ ...read(text).options, selfTest: false })
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code !== 'ERR_TKT_CONFIG' || !LINE.test(message)) throw error
  }
  return Date.now() - started < 5000
}

t.test('words in any order', async () => {
  const text = fc.array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, fc.string({ maxLength: 6 })), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(text, (words) => check(words.join(' '))),
    { numRuns: 1500 },
  )
})

t.test('a configuration with something changed', async () => {
  const change = fc.tuple(
    fc.nat(REAL.length),
    fc.nat(12),
    fc.oneof(fc.constantFrom(...WORDS), fc.string({ maxLength: 4 })),
  )
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) =>
      check(changes.reduce((text, [at, length, word]) => text.slice(0, at) + word + text.slice(at + length), REAL)),
    ),
    { numRuns: 1500 },
  )
})

t.test('texts that would take long', async (t) => {
  const long = 50_000
  for (const text of [
    `a.b = "${'\\'.repeat(long)}`,
    `a.b = "${'\\"'.repeat(long)}`,
    '('.repeat(long),
    `a.b = ${'('.repeat(long)}`,
    '\n'.repeat(long),
    `$HTTP["host"] =~ "^${'('.repeat(long)}$" { ${require('/')} }`,
    `$HTTP["host"] =~ "^${'a?'.repeat(400)}$" { ${require('/')} }`,
    `${'$HTTP["url"] == "/" {'.repeat(long)}`,
    `a.b = ${'"x" + '.repeat(long)}`,
  ]) {
    t.ok(check(text), text.slice(0, 40))
  }
})
