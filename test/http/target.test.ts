import fc from 'fast-check'
import t from 'tap'
import { isAmbiguous, lenientPath } from '../../src/http/lenient.js'
import { readTarget, type Target } from '../../src/http/target.js'

/** The judged path and the spelling that is handed on, or why there is none. */
const GOOD: readonly [url: string, path: string, spelled?: string][] = [
  ['/', '/'],
  ['/a/b.html', '/a/b.html'],
  ['/a?b=%zz&c=/../', '/a', '/a?b=%zz&c=/../'],
  ['/?', '/', '/?'],
  ['//a', '/a', '/a'],
  ['/a//b/', '/a/b/', '/a/b/'],
  ['/./a/./', '/a/', '/a/'],
  ['/a/../b', '/b', '/b'],
  ['/a/b/..', '/a/', '/a/'],
  ['/a/.', '/a/', '/a/'],
  ['/a/%2e%2E/b', '/b', '/b'],
  ['/a/.%2e/b', '/b', '/b'],
  ['/a/..', '/', '/'],
  ['/...', '/...', '/...'],
  ['/.a', '/.a', '/.a'],
  ['/a.', '/a.', '/a.'],
  ['/%41%7e', '/A~', '/A~'],
  ['/%e9\xe9', '/\xe9\xe9', '/%E9%E9'],
  ['/a%20b', '/a b', '/a%20b'],
  ['/%3b;', '/;;', '/%3B;'],
  ['/%5c\\', '/\\\\', '/%5C%5C'],
  ['/"<>^`{|}', '/"<>^`{|}', '/%22%3C%3E%5E%60%7B%7C%7D'],
  ['/%252e', '/%2e', '/%252e'],
  ['/%25', '/%', '/%25'],
  ['/[x]', '/[x]', '/%5Bx%5D'],
  ['http://h/', '/', '/'],
  ['http://h', '/', '/'],
  ['http://h?x', '/', '/?x'],
  ['HTTPS://H:8/%61?y', '/a', '/a?y'],
]

t.test('targets have one judged path and one spelling', async (t) => {
  for (const [url, path, spelled = url] of GOOD) {
    const target = readTarget(url) as Target
    t.match(target, { path, url: spelled }, JSON.stringify(url))
  }
  t.match(readTarget('HTTPS://User.Example:8443/x'), { scheme: 'https', authority: 'user.example:8443', rawPath: '/x' })
  t.match(readTarget('/x?'), { query: '', rawPath: '/x', scheme: undefined, authority: undefined })
  t.match(readTarget('*'), { path: '*', url: '*', query: undefined })
})

t.test('what is no target says why', async (t) => {
  const syntax = [
    '',
    'a',
    '?',
    '#',
    '\\',
    ' /',
    '/ ',
    '/\t',
    '/\x7f',
    '/#',
    '/?#',
    '/? ',
    '/%',
    '/%4',
    '/%4x',
    '/%x4',
    '/\u0100',
    '/?\u0100',
  ]
    .concat([
      '/..',
      '/../a',
      '/a/../..',
      '/%2e%2e',
      '/.%2E/',
      '**',
      'http:/h',
      'http:///a',
      'http://',
      'http://a@h/',
      'ftp://h/',
      'http://h/#',
    ])
    .concat(['http://h/ x', 'http://h/../'])
  for (const url of syntax) t.equal(readTarget(url), 'syntax', JSON.stringify(url))
  t.match(readTarget('http://h /'), { authority: 'h ' }, 'which the parser of hosts refuses')
  for (const url of ['/%2f', '/a%2Fb', '/%00', '/a/..%2f', 'http://h/%2F']) t.equal(readTarget(url), 'hidden', url)
})

const piece = fc.oneof(
  fc.constantFrom(
    '/',
    '/',
    '.',
    '..',
    '%2e',
    '%2E',
    '%25',
    '%2f',
    '%00',
    '%41',
    '%e9',
    ';',
    '\\',
    '?',
    '%',
    'a',
    'A',
    '~',
    '[',
    '%5b',
  ),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: 0, max: 0x120 }).map((code) => String.fromCharCode(code)),
)
const url = fc.array(piece, { maxLength: 10 }).map((pieces) => `/${pieces.join('')}`)

t.test('reading what was handed on changes nothing, and it decodes to what was judged', async () => {
  fc.assert(
    fc.property(url, (text) => {
      const target = readTarget(text)
      if (typeof target === 'string') return true
      const again = readTarget(target.url) as Target
      const [spelled = ''] = target.url.split('?')
      return (
        again.path === target.path &&
        again.url === target.url &&
        again.query === target.query &&
        again.odd === target.odd &&
        /^\/[!-~]*$/.test(spelled) &&
        spelled.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))) ===
          target.path &&
        !/\/(?:\/|\.\.?(?:\/|$))/.test(target.path)
      )
    }),
    { numRuns: 20000 },
  )
})

t.test('a path that is not odd is its own lenient reading, and not ambiguous', async () => {
  fc.assert(
    fc.property(url, (text) => {
      const target = readTarget(text)
      if (typeof target === 'string' || target.odd) return true
      return lenientPath(target.path) === target.path && !isAmbiguous(target.path)
    }),
    { numRuns: 20000 },
  )
})

t.test('how lenient software reads a path', async (t) => {
  const cases: Readonly<Record<string, string>> = {
    '/A/b': '/a/b',
    '/a;x/b;y=1': '/a/b',
    '/a./b .': '/a/b',
    '/%41%2541': '/a%41',
    '/a;/': '/a/',
    '/;': '/',
    '/ ': '/',
    '/;/x': '/x',
    '/': '/',
  }
  for (const [path, read] of Object.entries(cases)) t.equal(lenientPath(path), read, path)
  for (const path of [
    '/a\\b',
    '/%2e',
    '/%2F',
    '/%5C',
    '/%3b',
    '/%00',
    '/%252e',
    '/..;',
    '/... /x',
    '/ /x',
    '/..%20/x',
    '/\xc0\xae',
    '/\xe0\x80\xae',
    '/\xf0\x80\x80\xae',
  ]) {
    t.ok(isAmbiguous(path), JSON.stringify(path))
  }
  for (const path of [
    '/a.b',
    '/a..b',
    '/a;b',
    '/%41',
    '/100%',
    '/\xc3\xa9',
    '/\xe2\x82\xac',
    '/\xf0\x9f\x98\x80',
    '/\xe0\xb8\x81A',
    '/\xd0\x80',
    '/.well-known',
  ]) {
    t.notOk(isAmbiguous(path), JSON.stringify(path))
  }
})
