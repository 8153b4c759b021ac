/** `exact`: which spellings Apache takes for a path of a section, and which it refuses; seen on the real server. */

import t from 'tap'
import { guardOf, inShort, requestOf } from '../guards.js'

const guard = guardOf({
  compat: 'exact',
  areas: [
    { path: '/', require: 'granted' },
    { path: '/x', require: 'valid-user' },
    { path: '/below/', require: 'valid-user' },
  ],
})

const CASES: Readonly<Record<string, readonly string[]>> = {
  'redirect absent': [
    '/x',
    '/x/',
    '/x/y',
    '/x?y',
    '//x',
    '///x//y',
    '/./x',
    '/a/../x',
    '/a/%2e%2e/x',
    '/%2e/x',
    '/a/%2E%2E/x/%2e',
    '/%78',
    '/x/.',
    '/x/z%3f',
    '/below/',
    '/below/z',
    '//below//',
    'http://www.example.com/x',
    'HTTP://other.example.com//x',
  ],
  pass: [
    '/',
    '/X',
    '/x.',
    '/x;a',
    '/x%3ba',
    '/x%5ca',
    '/x\\a',
    '/xy',
    '/x%20',
    '/below',
    '/Below/',
    '/x/../y',
    '/x%c0%afy',
  ],
  'error 404 malformed': ['/x%2fy', '/x%2Fy', '/x%00', '/a%2f..%2fx', '/%00'],
  'error 400 malformed': [
    '',
    '*',
    'x',
    '/x#y',
    '/x y',
    '/x\t',
    '/x\x7f',
    '/x\u0141',
    '/%zz',
    '/x%',
    '/x%4',
    '/../x',
    '/%2e%2e/x',
    '/a/../../x',
    '/x?a b',
    '/x?a#b',
    '/x?\u0141',
    '/x%20 ?y',
    'ftp://www.example.com/x',
    'http://user@www.example.com/x',
    'http:///x',
    'http://www.example.com/x#y',
    'http://bad..host/x',
  ],
}

for (const [answer, urls] of Object.entries(CASES)) {
  t.test(`${answer}`, async (t) => {
    for (const url of urls) t.equal(inShort(guard.decide(requestOf({ url }))), answer, JSON.stringify(url))
  })
}

t.test('OPTIONS * is judged as what encloses everything', async (t) => {
  t.match(guard.decide(requestOf({ method: 'OPTIONS', url: '*' })), { kind: 'pass', url: '*' })
  const closed = guardOf({ compat: 'exact' })
  t.match(closed.decide(requestOf({ method: 'OPTIONS', url: '*' })), { kind: 'redirect' })
  t.match(guardOf({ areas: [{ path: '/x' }] }).decide(requestOf({ method: 'OPTIONS', url: '*' })), { kind: 'deny' })
})

t.test("an absolute target's host counts where its scheme is the connection's", async (t) => {
  const login = guardOf({ compat: 'exact', loginUrl: 'https://login.example.com/' })
  const location = (url: string, tls: boolean) => {
    const decision = login.decide(requestOf({ url, tls }))
    return decision.kind === 'redirect' ? decodeURIComponent(decision.location.split('back=')[1] as string) : decision
  }
  t.equal(location('http://Other.example.com/p', false), 'http://other.example.com/p')
  t.equal(location('https://other.example.com/p', false), 'http://www.example.com/p')
  t.equal(location('https://other.example.com', true), 'https://other.example.com/')
})
