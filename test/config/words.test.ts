/** Lines and arguments as Apache reads them; each row was seen on Apache 2.4, or read in its sources. */

import t from 'tap'
import { expand, nextWord, words } from '../../src/config/words.js'
import { logicalLines } from '../../src/policy/lines.js'

t.test('arguments are split at white space and quotes', async (t) => {
  const rows: [text: string, words: string[]][] = [
    ['a b\tc', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    ["'a \"b' c", ['a "b', 'c']],
    ['"a\\"b\\\\c\\d"', ['a"b\\c\\d']],
    ["'a\\'b\\\"c'", ['a\'b\\"c']],
    ['a\\"b a\\\\b', ['a\\"b', 'a\\b']],
    ['y"z" x', ['y"z"', 'x']],
    ['"a"b', ['a', 'b']],
    ['"never closed', ['never closed']],
    ['a "" b', ['a']],
    ['"" a', []],
    ['', []],
    ['"a\\', ['a\\']],
    ['a\xa0b', ['a\xa0b']],
  ]
  for (const [text, expected] of rows) t.same(words(text), expected, JSON.stringify(text))
  t.same(nextWord('  "a"  b c'), ['a', 'b c'])
})

t.test('lines are joined at backslashes, comments and empty lines vanish', async (t) => {
  t.same(logicalLines('a\n\n  # c \\\nswallowed\n b  \\\r\nc\\\n\td\r\n#x\ne # no comment\\'), [
    { text: 'a', line: 1 },
    { text: 'b  c\td', line: 5 },
    { text: 'e # no comment\\', line: 9 },
  ])
  t.same(logicalLines('a\\\\\nb'), [{ text: 'a\\b', line: 1 }], 'of two backslashes at the end one remains')
})

t.test('names in ${} are replaced once', async (t) => {
  const unknown: string[] = []
  const values = new Map([
    ['A', '${B}'],
    ['B', 'b'],
  ])
  const text = expand(
    'x${A}${B}${C}${',
    (name) => values.get(name),
    (name) => void unknown.push(name),
  )
  t.equal(text, 'x${B}b${C}${')
  t.same(unknown, ['C'])
})
