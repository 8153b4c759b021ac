/** Where lighttpd's configuration asks for users: hosts, paths, ports, addresses; and what is refused. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import { notes, read, require, wrong } from './lighttpd-helpers.js'

/** Requests that are not let through without a ticket, of those given as `host/path`. */
function asked(text: string, requests: readonly string[], more: object = {}): string[] {
  const guard = createGuard(read(text, { allowSkipped: [] }).options)
  return requests.filter((one) => {
    const [, host = '', url = ''] = /^([^/]*)(\/.*)$/.exec(one) ?? []
    const request = {
      method: 'GET',
      url,
      headers: [['Host', host || 'x.test']] as const,
      ip: '10.0.0.1',
      now: 1,
      ...more,
    }
    return guard.decide(request).kind !== 'pass'
  })
}

const scope = (condition: string, path: string) => `${condition} { ${require(path)} }`
const TABLE: [text: string, requests: string[], asked: string[]][] = [
  [require('/a'), ['/', '/a', '/ab', '/a/b', '/b'], ['/a', '/ab', '/a/b']],
  [require(''), ['/', '/a'], ['/', '/a']],
  [require('/a/'), ['/a', '/a/', '/a/b'], ['/a/', '/a/b']],
  [require('/a.b'), ['/a.b', '/axb'], ['/a.b']],
  [scope('$HTTP["url"] == "/a"', '/'), ['/a', '/a/b', '/b'], ['/a']],
  [scope('$HTTP["url"] =$ ".txt"', '/a'), ['/a.txt', '/b.txt', '/a'], ['/a.txt']],
  [scope('$HTTP["url"] !~ "b$"', '/'), ['/a', '/b'], ['/a']],
  [scope('$HTTP["url"] != "/a"', '/'), ['/a', '/b'], ['/b']],
  [`${require('/')}\n$HTTP["url"] =~ "^/open" { auth.require = () }`, ['/a', '/open', '/openly'], ['/a']],
  [`${require('/')}\n${scope('$HTTP["url"] =^ "/x"', '/x/y')}`, ['/a', '/x', '/x/y', '/x/z'], ['/a', '/x/y']],
  [
    `${scope('$HTTP["url"] == "/a"', '/')} else ${scope('$HTTP["url"] == "/b"', '/b')} else { ${require('/c')} }`,
    ['/a', '/b', '/c', '/d'],
    ['/a', '/b', '/c'],
  ],
  [
    scope('$HTTP["host"] == "one.test"', '/'),
    ['one.test/', 'one.test:81/', 'x.one.test/', '/'],
    ['one.test/', 'one.test:81/'],
  ],
  [scope('$HTTP["host"] =$ ".one.test"', '/'), ['one.test/', 'x.one.test/', '/'], ['x.one.test/']],
  [
    scope('$HTTP["host"] =~ "^(?:www|w3)\\.one-?a\\.test(:[0-9]+)?$"', '/'),
    ['www.one-a.test/', 'w3.onea.test/', 'one-a.test/'],
    ['www.one-a.test/', 'w3.onea.test/'],
  ],
  [scope('$HTTP["host"] =~ "^.*\\.one\\.test$"', '/'), ['one.test/', 'a.one.test/'], ['a.one.test/']],
  [
    scope('$HTTP["host"] =~ "^(.*\\.)?one\\.test$"', '/'),
    ['one.test/', 'a.one.test/', '/'],
    ['one.test/', 'a.one.test/'],
  ],
  [scope('$HTTP["host"] =~ "(?i)\\.one\\.test$"', '/'), ['one.test/', 'a.one.test/'], ['a.one.test/']],
  [scope('$HTTP["host"] != "one.test"', '/'), ['one.test/', '/'], ['/']],
  [
    `$HTTP["host"] =~ "(^|\\.)one\\.test$" { ${require('/')} $HTTP["host"] == "a.one.test" { auth.require = () } }`,
    ['one.test/', 'a.one.test/', 'b.one.test/'],
    ['one.test/', 'b.one.test/'],
  ],
  [scope('$HTTP["remote-ip"] == "10.0.0.0/8"', '/'), ['/'], ['/']],
  [scope('$HTTP["remoteip"] != "10.0.0.1"', '/'), ['/'], []],
  [`${require('/')}\n$HTTP["remote-ip"] == "10.0.0.0/8" { auth.require = () }`, ['/', '/a'], []],
  [`${require('/')}\n$HTTP["remote-ip"] != "10.0.0.0/8" { auth.require = () }`, ['/', '/a'], ['/', '/a']],
  [scope('$HTTP["request-method"] == "POST"', '/'), ['/'], []],
  ['url.access-deny = ( "~", ".inc" )', ['/a', '/a~', '/b.inc', '/b.inc/c'], ['/a~', '/b.inc']],
  [
    'url.access-deny = ( "~" )\n$HTTP["url"] =^ "/x" { url.access-deny = ( ".y" ) }',
    ['/a~', '/x~', '/x.y'],
    ['/a~', '/x.y'],
  ],
  ['url.access-allow = ( ".html" )', ['/a', '/a.html'], ['/a']],
  ['$HTTP["remote-ip"] != "10.0.0.0/8" { url.access-deny = ( "" ) }', ['/a'], []],
]

t.test('requests that are asked for a ticket', async (t) => {
  for (const [text, requests, wanted] of TABLE) t.same(asked(text, requests), wanted, text)
})

t.test('ports', async (t) => {
  const text = `${require('/a')}\n$SERVER["socket"] == ":8443" { ${require('/b')} $HTTP["host"] == "h.test" { ${require('/c')} } }`
  const requests = ['/a', '/b', 'h.test/a', 'h.test/b', 'h.test/c']
  t.same(asked(text, requests, { port: 80 }), ['/a', 'h.test/a'])
  t.same(asked(text, requests, { port: 8443 }), ['/b', 'h.test/c'])
})

const NAMED = [
  'a.test',
  'a.test:80',
  'a.test:81',
  'a.test:9999',
  'w.a.test',
  'w.a.test:81',
  '[::1]',
  '[::1]:81',
  'b:81',
]
const [bare, , at81, at9999, www, wwwAt81, six, sixAt81] = NAMED.map((host) => `${host}/`)
/** Of the hosts above those that a condition holds for. */
const PORTS: [condition: string, holds: (string | undefined)[]][] = [
  ['== "a.test"', [bare, at81, at9999]],
  ['== "a.test:81"', [bare, at81]],
  ['== "a.test:82"', [bare]],
  ['== "[::1]"', [six, sixAt81]],
  ['== "[::1]:81"', [six, sixAt81]],
  ['== "[::1]:82"', [six]],
  ['=$ ".a.test"', [www]],
  ['=~ "^a\\.test$"', [bare]],
  ['=~ "^a\\.test(:\\d+)?$"', [bare, at81, at9999]],
  ['=~ "(^|\\.)a\\.test$"', [bare, www]],
  ['=~ "^(.*\\.)?a\\.test(?::[0-9]*)?$"', [bare, at81, at9999, www, wwwAt81]],
]

t.test('ports that the Host names', async (t) => {
  const hosts = NAMED.map((host) => `${host}/`)
  const open = `${require('/')}\n$HTTP["host"]`
  for (const [condition, some] of PORTS) {
    // The scheme's own port is none.
    const holds = hosts.filter((host) => some.includes(host.replace(':80/', '/')))
    const others = hosts.filter((host) => !holds.includes(host))
    const opposite = condition.replace('==', '!=').replace('=~', '!~')
    for (const port of [80, 81, 9999]) {
      const test = (text: string, wanted: string[]) =>
        t.same(asked(text, hosts, { port }), wanted, `${text} at ${port}`)
      test(scope(`$HTTP["host"] ${condition}`, '/'), holds)
      test(`${open} ${condition} { auth.require = () }`, others)
      test(`$HTTP["host"] ${condition} { server.tag = "x" } else { ${require('/')} }`, others)
      // Beside ports of the server, each of which has all names.
      test(`${open} ${condition} { auth.require = () }\n$SERVER["socket"] == ":81" { server.tag = "x" }`, others)
      test(`$SERVER["socket"] == ":${port}" { ${scope(`$HTTP["host"] ${condition}`, '/')} }`, holds)
      if (opposite === condition) continue
      test(scope(`$HTTP["host"] ${opposite}`, '/'), others)
      test(`${open} ${opposite} { auth.require = () }`, holds)
    }
  }
  t.match(notes(scope('$HTTP["host"] == "a.test:81"', '/')), [/^1: \$HTTP\["host"\]: a port counts only where/])
  t.notMatch(
    read(scope('$HTTP["host"] == "a.test"', '/')).options.hosts,
    [{ namedPort: 'none' }],
    'no more than is needed',
  )
})

/** What bears on who may enter and is not understood. */
const CLOSED: [text: string, message: RegExp, allow: string][] = [
  ...['scheme', 'useragent', 'referer', 'cookie', 'querystring', 'language'].map((name): [string, RegExp, string] => [
    scope(`$HTTP["${name}"] == "x"`, '/'),
    new RegExp(`:1: \\$HTTP\\["${name}"\\]: `),
    `HTTP["${name}"]`,
  ]),
  [scope('$REQUEST_HEADER["x-a"] == "x"', '/'), /\$REQUEST_HEADER/, 'REQUEST_HEADER["x-a"]'],
  ...[
    '^www.one\\\\.test$',
    'one\\.test',
    'one\\.test$',
    '^one\\.test',
    '^(a|b$',
    '^(a)+\\.test$',
    '^a{2}$',
    '^one\\.test|b\\.test$',
    `^${'(a|b)'.repeat(7)}$`,
  ].map((name): [string, RegExp, string] => [
    scope(`$HTTP["host"] =~ "${name}"`, '/'),
    /\$HTTP\["host"\]: does not come to a list/,
    'HTTP["host"]',
  ]),
  [scope('$HTTP["host"] =^ "www."', '/'), /does not come/, 'HTTP["host"]'],
  [scope('$HTTP["host"] =$ "one.test"', '/'), /does not come/, 'HTTP["host"]'],
  [scope('$HTTP["host"] == "a b"', '/'), /does not come/, 'HTTP["host"]'],
  [scope('$SERVER["socket"] == "10.0.0.1:80"', '/'), /is no port of all addresses/, 'SERVER["socket"]'],
  [scope('$HTTP["remote-ip"] =~ "^10"', '/'), /is no address or range/, 'HTTP["remote-ip"]'],
  ...['0.0.0.0/0', '::/0'].map((range): [string, RegExp, string] => [
    scope(`$HTTP["remote-ip"] == "${range}"`, '/'),
    /matches nobody in lighttpd/,
    'HTTP["remote-ip"]',
  ]),
  ...['::ffff:10.0.0.1', '::ffff:10.0.0.0/104', '::/64'].map((range): [string, RegExp, string] => [
    scope(`$HTTP["remote-ip"] != "${range}"`, '/'),
    /write it as IPv4/,
    'HTTP["remote-ip"]',
  ]),
  ...[
    `server.bind = "127.0.0.1"\nserver.port = 81\n${scope('$SERVER["socket"] != ":81"', '/')}`,
    `server.bind = ("a")\n$SERVER["socket"] == "[]:80" { ${require('/')} }`,
    `$SERVER["socket"] == "[::]:81" { }\n${scope('$SERVER["socket"] == "*:81"', '/')}`,
  ].map((text): [string, RegExp, string] => [text, /another address listens, too/, 'SERVER["socket"]']),
  [`server.use-ipv6 = "enable"\n${scope('$SERVER["socket"] == ":81"', '/')}`, /use-ipv6/, 'SERVER["socket"]'],
  [scope('$HTTP["request-method"] == "GET"', '/'), /is no single method/, 'HTTP["request-method"]'],
  [require('/').replace('authn_tkt', 'basic'), /auth.require: asks for users by another method/, 'auth.require'],
]

t.test('what is not understood is an error, or, where it may be skipped, closed', async (t) => {
  for (const [text, message, allow] of CLOSED) {
    t.match(wrong(text), message, text)
    const guard = createGuard(read(text, { allowSkipped: [allow] }).options)
    const request = { method: 'GET', url: '/a', headers: [['Host', 'one.test']] as const, ip: '10.0.0.1', now: 1 }
    t.equal(guard.decide(request).kind, 'deny', text)
  }
})

const REFUSED: [text: string, message: RegExp][] = [
  ['auth.extern-authn = "enable"', /lets in whom another module has let in/],
  ['auth.requires = ( )', /did you mean 'auth.require'/],
  ['auth.unheard-of-thing = 1', /is not read here and may say/],
  [`${require('/')}\nurl.rewrite-once = ( "a" => "b" )`, /:2: url.rewrite-once: makes other paths/],
  [`${require('/')}\nserver.force-lowercase-filenames = "enable"`, /small letters/],
  [`${require('/')}\nserver.http-parseopts = ( "url-path-2f-reject" => "enable" )`, /changes how paths are read/],
  [`${require('/')}\nserver.http-parseopts = "x"`, /changes how paths are read/],
  ['auth.require = "x"', /is no list/],
  ['auth.require = ( "x" )', /an entry of another form/],
  ['auth.require = ( ( "a" => "b" ) )', /an entry of another form/],
  ['auth.require = ( "/" => ( "methods" => "authn_tkt" ) )', /has a field that lighttpd does not know/],
  ['auth.require = ( "/" => ( "method" => 1 ) )', /has a method that is no text/],
  ['auth.require = ( "/" => ( "method" => "authn_tkt", "require" => "valid-user" ) )', /lacks realm/],
  [require('/', 'valid-user|user=a'), /a rule that lighttpd does not know/],
  [require('/', 'user=a||user=b'), /a rule that lighttpd does not know/],
  ['url.access-deny = "~"', /is no list/],
  ['url.access-deny = ( 1 )', /has an entry that is no text/],
  [scope('$HTTP["host"] == "One.test"', '/'), /has capitals/],
  [scope('$HTTP["url"] =~ "^(?R)"', '/'), /\$HTTP\["url"\]: has the group/],
  [`$HTTP["remote-ip"] == "10.0.0.1" { auth.method.tkt.opts = ( "secret" => "s" ) }`, /cannot depend on that here/],
  [
    `${Array.from({ length: 13 }, () => require('/'))
      .map((line, i) => `$HTTP["remote-ip"] == "10.0.0.${i + 1}" { ${line} }`)
      .join('\n')}`,
    /too many places/,
  ],
]

t.test('refusals', async (t) => {
  for (const [text, message] of REFUSED) t.match(wrong(text), message, text.slice(0, 90))
})

t.test('rules on users', async (t) => {
  const rule = (text: string) => read(require('/', text)).options.areas?.[0]?.require
  t.same(rule('user=a|user=b|'), { users: ['a', 'b'] })
  t.same(rule('group=g|host=h'), { groups: ['-'] })
  t.match(read(require('/', 'user=a|group=g')).notes, [{ line: 1, message: /group= lets nobody in/ }])
})
