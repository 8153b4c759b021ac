/** lighttpd's texts: cookies as mod_authn_tkt finds and writes them, queries, back URLs, hosts and targets. */

import t from 'tap'
import { escapedBackUrl, escapePart } from '../../src/http/back.js'
import { findFirst, findPair, readableBase64 } from '../../src/http/cookie.js'
import { parseLighttpdHost } from '../../src/http/lighttpd-host.js'
import { readLighttpdTarget } from '../../src/http/lighttpd-target.js'
import { dropTicket, findRawArgument } from '../../src/http/query.js'
import { deleteCookie, setCookie } from '../../src/http/set-cookie.js'

t.test('the first cookie of a name, and the first pair that says something', async (t) => {
  const table: [header: string | undefined, first: string | undefined, pair: string | undefined][] = [
    [undefined, undefined, undefined],
    ['', undefined, undefined],
    ['t=ab', 'ab', 'ab'],
    ['a=b; t=ab', 'ab', 'ab'],
    ['a=b;t=ab', 'ab', 'ab'],
    ['\t t=ab \t; c', 'ab', 'ab'],
    ['a=b t=ab', undefined, undefined],
    ['a=b c; t=ab', undefined, 'ab'],
    ['a, t=ab', undefined, undefined],
    [';; t=ab', 'ab', 'ab'],
    ['a=b ; t=ab', 'ab', 'ab'],
    ['t=; t=ab', undefined, 'ab'],
    ['t= ; t=ab', 'ab', 'ab'],
    ['t=x; t=ab', 'ab', 'x'],
    ['t="x"; t=ab', 'ab', '"x"'],
    ['t="; t=ab', 'ab', '"'],
    ['t=""; t=ab', 'ab', '""'],
    ['t="ab"', 'ab', '"ab"'],
    ['t="ab', 'ab', '"ab'],
    ['t=ab"', 'ab"', 'ab"'],
    ['t=ab; t=cd', 'ab', 'ab'],
    ['T=ab', undefined, undefined],
    ['t =ab', undefined, undefined],
    ['xt=ab', undefined, undefined],
    ['t', undefined, undefined],
  ]
  for (const [header, first, pair] of table) {
    t.equal(findFirst(header, 't='), first, `first of ${header}`)
    t.equal(findPair(header, 't='), pair, `pair of ${header}`)
  }
  t.equal(findFirst('t=x;'.repeat(20_000), 't='), undefined, 'no more than its length')
})

t.test('base64 as the real module was seen to read it', async (t) => {
  const table: [value: string, read: string][] = [
    ['', ''],
    ['QUJD', 'QUJD'],
    ['QUI=', 'QUI='],
    ['QQ==', 'QQ=='],
    ['QQ', 'QQ'],
    ['QUI', 'QUI'],
    ['QUJDQ', ''],
    ['QUJDQ===', ''],
    ['QUJD!RA', 'QUJD'],
    ['QUJD"', 'QUJD'],
    ['"QUJD', ''],
    ["b'QUJD'", ''],
    ['QUI=QUJD', 'QUI'],
    ['QU JD', 'QUJD'],
    [' \tQUJD', 'QUJD'],
    ['QUJD a=b', ''],
    ['QUJD ab=c', 'QUJDab'],
    ['QUJD\x7fQUJD', 'QUJD'],
    ['QUJD\xe9', 'QUJD'],
  ]
  for (const [value, read] of table) t.equal(readableBase64(value), read, JSON.stringify(value))
})

t.test('the ticket in a query, and the query without it', async (t) => {
  const table: [query: string, found: string | undefined, rest: string][] = [
    ['', undefined, ''],
    ['t=ab', 'ab', ''],
    ['t=', undefined, ''],
    ['t=&t=ab', 'ab', ''],
    ['a=1&t=ab&b=2', 'ab', 'a=1&b=2'],
    ['&t=ab', undefined, ''],
    ['a&&t=ab', undefined, 'a&'],
    ['a;t=ab', undefined, 'a;t=ab'],
    ['t="ab"', 'ab', ''],
    ['t="', undefined, ''],
    ['t=%21%41%zz%00%7f%ff', '!A%zz__\xff', ''],
    ['t', undefined, 't'],
    ['xt=1', undefined, 'xt=1'],
    ['a=1&', undefined, 'a=1'],
    ['a=1&&', undefined, 'a=1&&'],
    ['a&', undefined, 'a&'],
    ['a=1&b&', undefined, 'a=1&b&'],
    ['a&b=1&', undefined, 'a&b=1'],
    ['&', undefined, '&'],
  ]
  for (const [query, found, rest] of table) {
    t.equal(findRawArgument(query, 't'), found, query)
    t.equal(dropTicket(query, 't'), rest, query)
  }
})

t.test('the back URL: all but the scheme is escaped', async (t) => {
  const plain = 'AZaz09-_.~!*()'
  t.equal(escapePart(plain), plain)
  t.equal(escapePart('$,:@/?&=;+\'"%\xe9\n'), '%24%2C%3A%40%2F%3F%26%3D%3B%2B%27%22%25%E9%0A')
  const parts = { scheme: 'https', host: 'h:8080', path: '/a b', cookieName: 't' }
  t.equal(escapedBackUrl({ ...parts, query: 'x=1&t=secret' }), 'https://h%3A8080%2Fa%20b%3Fx%3D1')
  t.equal(escapedBackUrl({ ...parts, query: 't=secret' }), 'https://h%3A8080%2Fa%20b')
  t.equal(escapedBackUrl({ ...parts, query: undefined }), 'https://h%3A8080%2Fa%20b')
})

t.test('Set-Cookie: the domain stands behind the date', async (t) => {
  const bare = {
    domain: undefined,
    secure: false,
    httpOnly: false,
    sameSite: null,
    maxAge: null,
    text: 'lighttpd',
  } as const
  const all = { ...bare, domain: '[::1]', secure: true, httpOnly: true, sameSite: 'Lax', maxAge: 60 }
  t.equal(setCookie('t', 'v', undefined, bare), 't=v; path=/')
  t.equal(
    setCookie('t', 'v', 1700000000, all),
    't=v; path=/; expires=Tue, 14 Nov 2023 22:13:20 GMT; Max-Age=60; domain=%5B%3A%3A1%5D; secure; HttpOnly; SameSite=Lax',
  )
  t.equal(deleteCookie('t', 1700000000, bare), 't=; path=/; expires=Thu, 01 Jan 1970 00:00:01 GMT')
  t.equal(
    deleteCookie('t', 0, { ...bare, domain: 'h', secure: true }),
    't=; path=/; expires=Thu, 01 Jan 1970 00:00:01 GMT; domain=h; secure',
  )
})

t.test('hosts in their one spelling, as the real server gave them', async (t) => {
  const good: [text: string, ours: string, overTls?: string][] = [
    ['WWW.Example.com', 'www.example.com'],
    ['a.', 'a'],
    ['a.:80', 'a', 'a:80'],
    ['a:443', 'a:443', 'a'],
    ['a:', 'a'],
    ['a:8080', 'a:8080'],
    ['a-.b', 'a-.b'],
    ['1.2.3.400', '1.2.3.400'],
    ['1a', '1a'],
    ['[0:0::0001]:80', '[::1]', '[::1]:80'],
    ['[::FFFF:1.2.3.4]', '[::ffff:1.2.3.4]'],
    ['[::ffff:102:304]', '[::ffff:1.2.3.4]'],
    ['[64:ff9b::1.2.3.4]', '[64:ff9b::102:304]'],
    ['[::102:304]', '[::1.2.3.4]'],
  ]
  for (const [text, ours, overTls = ours] of good) {
    t.equal(parseLighttpdHost(text, false)?.text, ours, text)
    t.equal(parseLighttpdHost(text, true)?.text, overTls, `${text} over TLS`)
  }
  t.match(parseLighttpdHost('A:81', false), { name: 'a', port: 81, text: 'a:81' })
  const bad = [
    '',
    '.',
    'a..b',
    '.a',
    '-a',
    'a_b',
    'a b',
    'a:0',
    'a:080',
    'a:65536',
    'a:x',
    'a:b:c',
    '1.2.3',
    '1',
    'a.1',
  ]
  for (const text of [...bad, '[]', '[::1', '[gg::1]', '[1.2.3.4]', '[fe80::1%25e]', '[::1]x', '*', 'a\xe9']) {
    t.equal(parseLighttpdHost(text, false), undefined, text)
  }
})

t.test('targets, as the real server gave them', async (t) => {
  const good: [url: string, path: string, query: string | undefined, handedOn: string][] = [
    ['/a?x=1', '/a', 'x=1', '/a?x=1'],
    ['/a%2Fb//c', '/a/b/c', undefined, '/a/b/c'],
    ['/../a/./b/..', '/a/', undefined, '/a/'],
    ['/%2e%2E', '/', undefined, '/'],
    ['/a%zz%3f%23"', '/a%zz?#"', undefined, '/a%25zz%3F%23%22'],
    ['/a b#c%00', '/a b', undefined, '/a%20b'],
    ['/%%41?%%41', '/%A', '%25A', '/%25A?%25A'],
    ['/a?%7e%2f%c3"\xe9[', '/a', '~%2F%C3%22%E9%5B', '/a?~%2F%C3%22%E9%5B'],
    ['*', '*', undefined, '*'],
    ['HTTPS://H.x/a', '/a', undefined, '/a'],
  ]
  for (const [url, path, query, handedOn] of good) t.match(readLighttpdTarget(url), { path, query, url: handedOn }, url)
  t.match(readLighttpdTarget('HTTPS://H.x/a'), { scheme: 'https', authority: 'h.x', rawPath: '/a' })
  for (const path of ['/A', '/a.', '/a/;x', '/%5c']) t.match(readLighttpdTarget(path), { odd: true }, path)
  t.match(readLighttpdTarget('/a/b'), { odd: false })
  const bad = [
    '',
    'x',
    '?x',
    'http://h',
    'http:///x',
    'ftp://h/x',
    '/%00',
    '/\x7f',
    '/?%0a',
    '/\xc0',
    '/?%F5',
    '/\u0100',
  ]
  for (const url of bad) t.equal(readLighttpdTarget(url), 'syntax', url)
})
