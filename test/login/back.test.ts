/** Where the way back may lead, and every trick to have it lead elsewhere. */

import fc from 'fast-check'
import t from 'tap'
import { argument, checkBack, decodeAscii, originOf } from '../../src/login/back.js'

const ORIGIN = 'https://login.example.com:8443'
const RULES = { hosts: ['www.example.com', '*.apps.example.com'] }

const GOOD: [text: string, url: string][] = [
  ['/', `${ORIGIN}/`],
  ['/a/b?c=d&e=%26', `${ORIGIN}/a/b?c=d&e=%26`],
  ['https://login.example.com/x', 'https://login.example.com/x'],
  ['http://login.example.com:8080/x', 'http://login.example.com:8080/x'],
  ['https://WWW.Example.com/x', 'https://www.example.com/x'],
  ['https://www.example.com', 'https://www.example.com/'],
  ['https://a.apps.example.com/x?y=http://evil.example/', 'https://a.apps.example.com/x?y=http://evil.example/'],
  ['https://www.example.com/x#part', 'https://www.example.com/x'],
  ['https://www.example.com/%2e%2e/x', 'https://www.example.com/x'],
  ['/caf%C3%A9', `${ORIGIN}/caf%C3%A9`],
  ['/caf\xe9', `${ORIGIN}/caf%C3%A9`],
]

const BAD = [
  'https://evil.example/',
  'https://example.com/',
  'https://apps.example.com/',
  'https://www.example.com.evil.example/',
  'https://www.example.com@evil.example/',
  'https://evil.example#@www.example.com/',
  'https://evil.example?.www.example.com',
  'https://www.example.com:pw@www.example.com/',
  'https://evilwww.example.com/',
  '//evil.example/',
  '///evil.example/',
  '/\\evil.example/',
  '\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example/',
  '/\n/evil.example/',
  ' //evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'https:\\\\evil.example',
  'http:login.example.com',
  'javascript:alert(1)',
  'JavaScript:alert(1)//login.example.com',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  'ftp://www.example.com/',
  'blob:https://www.example.com/x',
  'www.example.com',
  'evil.example',
  '?x',
  '#x',
  '.',
  '..//evil.example',
  'https://www.example.com\\@evil.example/',
  'https://www.example.com%00.evil.example/',
  'https://www.example.com\x00.evil.example/',
  'https://www.ex\u0430mple.com/',
  'https://www\u3002example\u3002com/',
  'https://[::1/',
  'https://www.example.com:99999/',
  `https://www.example.com/${'a'.repeat(4100)}`,
]

for (const [text, url] of GOOD) t.equal(checkBack(text, ORIGIN, RULES), url, text)
for (const text of BAD) t.equal(checkBack(text, ORIGIN, RULES), undefined, JSON.stringify(text.slice(0, 60)))

t.test('whatever is allowed leads to an allowed host, as browsers read it', async () => {
  const piece = fc.constantFrom(
    ...[
      '/',
      '\\',
      ':',
      '@',
      '?',
      '#',
      '.',
      '%',
      '%2f',
      '%5c',
      '%09',
      '\t',
      '\n',
      ' ',
      'http',
      'https',
      '//',
      'javascript',
    ],
    ...[
      'www.example.com',
      'evil.example',
      'login.example.com',
      'a.apps.example.com',
      'x',
      '[',
      ']',
      '\u3002',
      '\xad',
      '&',
      ';',
    ],
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const url = checkBack(pieces.join(''), ORIGIN, RULES)
      if (url === undefined) return true
      const { protocol, hostname, username, hash, href } = new URL(url, 'https://evil.example/')
      return (
        href === url &&
        /^https?:$/.test(protocol) &&
        /^(?:www|login|[^/]+\.apps)\.example\.com$/.test(hostname) &&
        username + hash === ''
      )
    }),
    { numRuns: 20_000 },
  )
})

t.test('arguments, however they are separated', async (t) => {
  t.equal(argument('a=1;back=x%3ay&c', 'back'), 'x:y')
  t.equal(argument('timeout=1&back=1+1%2b1', 'back'), '1+1+1', 'a plus is a plus: the modules escape spaces as %20')
  t.equal(argument('c', 'c'), '')
  t.equal(argument('', 'back'), undefined)
  t.equal(argument('xback=1', 'back'), undefined)
  t.equal(decodeAscii('%e9%41%zz%'), '%e9A%zz%', 'bytes beyond ASCII stay escaped')
})

t.test('what a client may call a server', async (t) => {
  t.equal(originOf(true, 'login.example.com:443'), 'https://login.example.com')
  t.equal(originOf(false, '[::1]:8080'), 'http://[::1]:8080')
  for (const host of [undefined, '', 'a b', 'a/b', 'a:99999', 'x\u00e9', '256.256.256.256', '-..-'])
    t.equal(originOf(false, host), undefined, `${host}`)
})
