/** Apache's regular expressions as JavaScript's. */

import t from 'tap'
import { globPattern, isGlob } from '../../src/config/globs.js'
import { translatePattern } from '../../src/config/patterns.js'
import { trouble } from './config-helpers.js'

const place = { file: 'a', line: 1 }
const translate = (source: string) => translatePattern(source, place, 'X')

t.test('what both have stays, what differs is rewritten', async (t) => {
  const rows: [source: string, pattern: string][] = [
    ['^/a(?:b|c)+\\.x{1,2}$', '^/a(?:b|c)+\\.x{1,2}$'],
    ['a.b', 'a[\\s\\S]b'],
    ['[]a.]x', '[\\]a.]x'],
    ['[^]a[]', '[^\\]a\\[]'],
    ['[[:alpha:]_-]', '[A-Za-z_-]'],
    ['[\\d\\s\\h\\-]', '[\\d \\t\\n\\v\\f\\r \\t\\xa0\\-]'],
    ['\\s\\S\\h\\H', '[ \\t\\n\\v\\f\\r][^ \\t\\n\\v\\f\\r][ \\t\\xa0][^ \\t\\xa0]'],
    ['\\Aa\\z\\Z', '^a$(?=\\n?$)'],
    ['\\Qa.b\\E\\Qc*', 'a\\.bc\\*'],
    ['\\x41\\x{2e}', 'A\\.'],
    ["(?P<n>a)(?<m>b)(?'o'c)", '(?<n>a)(?<m>b)(?<o>c)'],
    ['a(?#comment)b', 'a(?:)b'],
    ['(?=a)(?!b)(?<=c)(?<!d)', '(?=a)(?!b)(?<=c)(?<!d)'],
    ['(?i)aB.1', '[Aa][Bb][\\s\\S]1'],
    ['(?i)[a-fX\\x41A-z]', '[a-fX\\x41A-zA-FxA-Za-z]'],
    ['(?is)a\\x41', '[Aa][Aa]'],
    ['\\e\\a', '\\x1b\\x07'],
    ['a{', 'a{'],
    ['a}+', 'a}+'],
  ]
  for (const [source, pattern] of rows) t.equal(translate(source), pattern, source)
})

t.test('what JavaScript lacks is an error that names the place and a fix', async (t) => {
  const sources = [
    'a++',
    'a*+',
    'a?+',
    'a{2}+',
    '(?>a)',
    '(?R)',
    '(?(1)a)',
    '(?|a)',
    'a(?i)b',
    '(*UTF8)a',
    '\\K',
    '\\pL',
    '\\u0041',
    '\\0',
    'a\\',
    '[a',
    '[[:nope:]]',
    '[\\S]',
    '[\\K]',
    '(',
    'a)',
    '*',
  ]
  for (const source of sources)
    t.match(
      trouble(() => translate(source)),
      /^a:1: X: (?:has|is no)/,
      source,
    )
})

t.test('wildcards', async (t) => {
  const rows: [glob: string, matches: string[], others: string[]][] = [
    ['/a*', ['/a', '/ab'], ['/a/b', 'x/a']],
    ['/?', ['/a'], ['/', '//']],
    ['/[a-c]x', ['/ax'], ['/dx']],
    ['/[!a]', ['/b'], ['/a', '//']],
    ['/[^a]', ['/b'], ['/a']],
    ['/[]a]', ['/]', '/a'], ['/b']],
    ['/\\*', ['/*'], ['/a']],
    ['/[\\d\\]]', ['/d', '/]'], ['/1']],
    ['/[a', ['/[a'], ['/a']],
    ['/a.b', ['/a.b'], ['/axb']],
  ]
  for (const [glob, matches, others] of rows) {
    const regex = new RegExp(`^${globPattern(glob)}$`)
    for (const text of matches) t.ok(regex.test(text), `${glob} ${text}`)
    for (const text of others) t.notOk(regex.test(text), `${glob} ${text}`)
  }
  t.same(['a', 'a*', 'a?', '[a]', '[a', 'a]', '\\*'].map(isGlob), [false, true, true, true, false, false, false])
})
