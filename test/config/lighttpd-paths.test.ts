/** lighttpd's expressions on paths as it compiles them: UTF-8, and nothing where a path is none. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import { read, require, wrong } from './lighttpd-helpers.js'

/** Of these paths, those that an expression matches. */
function matched(condition: string, paths: readonly string[]): string[] {
  const guard = createGuard(read(`$HTTP["url"] ${condition} { ${require('/')} }`).options)
  return paths.filter((url) => {
    const request = { method: 'GET', url, headers: [['Host', 'x.test']] as const, ip: '10.0.0.1', now: 1 }
    return guard.decide(request).kind !== 'pass'
  })
}

const PATHS = ['/ab', '/%C3%A4', '/%C3%A4b', '/%e4', '/%80.png', '/%C3%A4.png', '/%E2%84%AA', '/%C5%BF', '/K', '/s']
const BAD = ['/%e4', '/%80.png']
const GOOD = PATHS.filter((path) => !BAD.includes(path))
const TABLE: [condition: string, matched: string[]][] = [
  ['=~ "^/(?:)"', GOOD],
  ['!~ "^/(?:)"', BAD],
  ['=~ "^/.$"', ['/%C3%A4', '/%E2%84%AA', '/%C5%BF', '/K', '/s']],
  ['=~ "(?s)^/..$"', ['/ab', '/%C3%A4b']],
  ['!~ "^/.$"', ['/ab', '/%C3%A4b', ...BAD, '/%C3%A4.png']],
  ['=~ "^/[^a-]$"', ['/%C3%A4', '/%E2%84%AA', '/%C5%BF', '/K', '/s']],
  ['=~ "(?i)^/[^k]$"', ['/%C3%A4', '/%C5%BF', '/s']],
  ['=~ "(?i)^/[k-]$"', ['/%E2%84%AA', '/K']],
  ['=~ "(?i)^/[\\w]$"', ['/K', '/s']],
  ['=~ "(?i)^/S$"', ['/%C5%BF', '/s']],
  ['=~ "(?i)^/\\x4b$"', ['/%E2%84%AA', '/K']],
  ['=~ "^/\\W$"', ['/%C3%A4', '/%E2%84%AA', '/%C5%BF']],
  ['=~ "^/\\D\\S$"', ['/ab', '/%C3%A4b']],
  ['=~ "^/\\N{5}$"', ['/%C3%A4.png']],
  ['=~ "^/\xc3\xa4?b?$"', ['/%C3%A4', '/%C3%A4b']],
  ['=~ "(?<!/|b|g|.)$"', []],
  ['=~ "(png|gif)$"', ['/%C3%A4.png']],
]

t.test('what matches', async (t) => {
  for (const [condition, wanted] of TABLE) t.same(matched(condition, PATHS), wanted, condition)
})

t.test('what is no UTF-8', async (t) => {
  const paths = ['%ED%A0%80', '%F4%90%80%80', '%E0%80%80', '%C3', '%F0%9F%98', '%A4']
  const valid = ['%F0%9F%98%80', '%ED%9F%BF', '%EF%BF%BF', '%F4%8F%BF%BF', '%E0%A0%80', '%F1%80%80%80', '%EE%80%80']
  t.same(
    matched(
      '=~ "^/.$"',
      [...paths, ...valid].map((one) => `/${one}`),
    ),
    valid.map((one) => `/${one}`),
  )
})

t.test('what does not come to the same is an error', async (t) => {
  const sources = [
    '^/[\xc3\xa4]',
    '^/[\\xe4]',
    '^/[\\D]',
    '^/[\\h]',
    '\\h',
    '\\v',
    '\\xe4',
    '\\Q\xc3\xa4\\E',
    '\\x{100}',
    '\\pL',
    '(?i)\xc3\xa4',
    '\\\xc3\xa4',
  ]
  for (const source of sources) {
    t.match(wrong(`$HTTP["url"] =~ "${source}" { ${require('/')} }`), /^site.conf:1: \$HTTP\["url"\]: has /, source)
  }
  t.match(wrong(`$HTTP["url"] =~ "a.\xe4" { ${require('/')} }`), /is no UTF-8/)
})

t.test('long paths take no longer than they are', async (t) => {
  const { options } = read(`$HTTP["url"] =~ "[^a]x$" { ${require('/')} }`)
  const [area] = options.areas ?? []
  const regex = new RegExp(area?.pattern as string)
  for (const text of ['\xc3\xa4', 'a', '\xe1\x80', '\xc3']) {
    const started = performance.now()
    t.notOk(regex.test(`/${text.repeat(20_000)}`), text)
    t.ok(performance.now() - started < 500)
  }
})
