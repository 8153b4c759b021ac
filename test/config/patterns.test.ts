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
    ['[[:alpha:]_-]', '[A-Za-z_\\-]'],
    ['[\\d\\s\\h\\-]', '[\\d \\t\\n\\v\\f\\r \\t\\xa0\\-]'],
    ['\\s\\S\\h\\H', '[ \\t\\n\\v\\f\\r][^ \\t\\n\\v\\f\\r][ \\t\\xa0][^ \\t\\xa0]'],
    ['\\Aa\\z\\Z', '^a$(?=\\n?$)'],
    ['\\Qa.b\\E\\Qc*', 'a\\.bc\\*'],
    ['\\x41\\x{2e}', 'A\\.'],
    ["(?P<n>a)(?<m>b)(?'o'c)", '(?<n>a)(?<m>b)(?<o>c)'],
    ['a(?#comment)b', 'a(?:)b'],
    ['(?=a)(?!b)(?<=c)(?<!d)', '(?=a)(?!b)(?<=c)(?<!d)'],
    ['(?i)aB.1', '[Aa][Bb][\\s\\S]1'],
    ['(?i)[a-fX\\x41A-z]', '[a-fX\\x41A-z]'],
    ['(?i)[\\x62]oo', '[\\x62B][Oo][Oo]'],
    ['(?i)[^c-d]', '[^c-dCD]'],
    ['[\\x{61}\\x4-\\xa\\x7f]', '[\\x61\\x04-\\x0a\\x7f]'],
    ['[\\s-z+-[:digit:]-]', '[ \\t\\n\\v\\f\\r\\-z+\\-0-9\\-]'],
    ['a(?#x){', 'a(?:){'],
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
    '^/(pub)?x\\1/',
    '(?<n>a)?\\k<n>',
    '(?<n>a)?(?P=n)',
    '(?<n>a)?\\g{n}',
    'a(?#c)*',
    'a(?#c)(?#d){2}',
    '[\\x]',
    '[\\x{}]',
    '[\\x{100}]',
    '(?i)[z-a]',
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

t.test('letters of either case, also at the ends of ranges', async (t) => {
  const rows: [source: string, matches: string, others: string][] = [
    ['(?i)^[\\x62]$', 'bB', 'ac'],
    ['(?i)^[!-Z]$', 'aAzZ!5', '[~'],
    ['(?i)^[0-Z]$', 'aAzZ0@', '/_'],
    ['(?i)^[_-d]$', 'aDdA_`', 'eE'],
    ['(?i)^[^a-c]$', 'dD1', 'abcABC'],
    ['^[\\x{61}]$', 'a', 'x{61}'],
    ['^[\\x4]$', '\x04', 'x4'],
  ]
  for (const [source, matches, others] of rows) {
    const regex = new RegExp(translate(source))
    for (const text of matches) t.ok(regex.test(text), `${source} ${text}`)
    for (const text of others) t.notOk(regex.test(text), `${source} ${text}`)
  }
})

t.test('many stars cost no more than one', async (t) => {
  const long = '_'.repeat(16_000)
  const globs = ['*_*_*_*_*.txt', '*?_*[_]_*__*x', '**_**_**_**a', '*_*_*_*/*_*_*_*x']
  for (const glob of globs) {
    const regex = new RegExp(`^${globPattern(glob)}$`)
    t.notOk(regex.test(long), glob)
    t.notOk(regex.test(`${long}/${long}`), glob)
  }
  t.ok(new RegExp(`^${globPattern('*_*_*_*.txt')}$`).test(`${long}.txt`))
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
    ['a*b*c', ['abc', 'abbc', 'axbxc', 'abcbc'], ['acb', 'ab', 'a/bc']],
    ['*ab*ab', ['abab', 'aabxab', 'abaab'], ['ab', 'aab', 'abab/']],
    ['*.*.gz', ['a.b.gz', '..gz'], ['a.gz']],
    ['*?b*[a-c]*/**', ['xba/', 'bbbb/x'], ['ba/', 'xb/', 'xba']],
  ]
  for (const [glob, matches, others] of rows) {
    const regex = new RegExp(`^${globPattern(glob)}$`)
    for (const text of matches) t.ok(regex.test(text), `${glob} ${text}`)
    for (const text of others) t.notOk(regex.test(text), `${glob} ${text}`)
  }
  t.same(['a', 'a*', 'a?', '[a]', '[a', 'a]', '\\*'].map(isGlob), [false, true, true, true, false, false, false])
})
