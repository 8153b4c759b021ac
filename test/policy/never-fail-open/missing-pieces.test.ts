/** Where something is missing, misspelt or odd, nobody passes. */

import t from 'tap'
import { createGuard } from '../../../src/policy/guard.js'
import type { AreaOptions, GuardOptions } from '../../../src/policy/options.js'
import { decide, guardOf, IP, inShort, KEY, LOGIN, NOW, requestOf, ticketOf } from '../guards.js'

const compats = ['exact', 'hardened'] as const
const good = { ticket: ticketOf() }

t.test('without keys nobody passes: hardened refuses to start, exact answers 500', async (t) => {
  const bare: GuardOptions = { loginUrl: LOGIN, selfTest: false }
  for (const keys of [undefined, []]) {
    t.throws(() => createGuard({ ...bare, keys, areas: [{ path: '/' }] }), {
      code: 'ERR_TKT_OPTIONS',
      message: /areas\[0\]: asks for a user, and there is no key/,
    })
    const exact = createGuard({ ...bare, keys, compat: 'exact', areas: [{ path: '/' }] })
    t.equal(inShort(exact.decide(requestOf(good))), 'error 500 config')
    t.equal(inShort(exact.decide(requestOf())), 'error 500 config')
    const guests = createGuard({ ...bare, keys, compat: 'exact', guestLogin: true, areas: [{ path: '/' }] })
    t.equal(inShort(guests.decide(requestOf())), 'error 500 config', 'no guests either')
  }
})

t.test('without keys, what is granted or denied to all may stand, with what is inside', async (t) => {
  const open = { path: '/', require: 'granted' as const }
  const bare = (areas: GuardOptions['areas'], more: GuardOptions = {}) =>
    createGuard({ selfTest: false, areas, ...more })
  t.equal(
    inShort(
      bare([open, { path: '/x', require: 'granted' }, { exactPath: '/y', require: 'denied' }]).decide(
        requestOf({ url: '/x' }),
      ),
    ),
    'pass',
  )
  t.throws(() => bare([{ path: '/x' }], { require: 'granted' }), {
    message: /areas\[0\]: an area around this one lets everybody in/,
  })
  const inner = { path: '/x', require: 'valid-user' as const }
  const cases: [GuardOptions['areas'], RegExp][] = [
    [[open, inner], /areas\[1\]: asks for a user/],
    [
      [{ path: '/x/y', timeout: 1 }, open, { ...inner, require: 'denied' }, { path: '/xy', require: { users: ['a'] } }],
      /areas\[3\]/,
    ],
    [[{ path: '/' }, { path: '/x', require: 'granted' }], /areas\[0\]/],
  ]
  for (const [areas, message] of cases) t.throws(() => bare(areas), { code: 'ERR_TKT_OPTIONS', message })
  const hosts = [{ names: ['a'], keys: [], areas: [inner] }]
  t.throws(() => createGuard({ keys: [KEY], hosts }), { message: /hosts\[0\]\.areas\[0\]: asks for a user/ })
})

t.test('an area that only a pattern finds is no exception', async (t) => {
  const areas = [{ pattern: '^/x' }, { file: '^y' }]
  t.throws(() => createGuard({ loginUrl: LOGIN, areas }), {
    code: 'ERR_TKT_OPTIONS',
    message: /areas\[0\]: asks for a user/,
  })
  const guard = createGuard({ loginUrl: LOGIN, areas, compat: 'exact' })
  for (const url of ['/x', '/a/y']) t.equal(inShort(guard.decide(requestOf({ url, ...good }))), 'error 500 config')
  const bad = [{ secret: 'x'.repeat(2000), digest: 'md5' as const }]
  t.throws(() => createGuard({ keys: bad, areas: [{ pattern: '^/x' }] }), {
    code: 'ERR_TKT_OPTIONS',
    message: /longer than/,
  })
  t.throws(() => createGuard({ keys: bad }), { code: 'ERR_TKT_OPTIONS' }, 'no area at all')
})

t.test('without a login URL nobody passes but by a ticket', async (t) => {
  const cases: [GuardOptions, bare: string, withTicket: string][] = [
    [{ compat: 'exact' }, 'error 500 config', 'error 500 config'],
    [{ compat: 'exact', authType: 'None' }, 'error 500 config', 'error 500 config'],
    [{ compat: 'exact', authType: 'Basic' }, 'error 500 config', 'error 500 config'],
    [{ compat: 'exact', authType: 'TKT' }, 'deny 403 absent', 'allow'],
    [{}, 'deny 403 absent', 'allow'],
    [{ authType: 'None' }, 'error 500 config', 'error 500 config'],
    [{ authType: null }, 'error 500 config', 'error 500 config'],
  ]
  for (const [options, bare, withTicket] of cases) {
    const guard = guardOf({ ...options, loginUrl: null })
    t.equal(inShort(guard.decide(requestOf())), bare, JSON.stringify(options))
    t.equal(inShort(guard.decide(requestOf(good))), withTicket, JSON.stringify(options))
  }
})

t.test('authType None passes nobody', async (t) => {
  for (const compat of compats) {
    t.equal(inShort(decide({ compat, authType: 'None' })), 'redirect absent')
    t.equal(inShort(decide({ compat, authType: 'None' }, good)), 'allow')
  }
})

t.test('a path in no area is denied, unless the site says pass (or the module is imitated)', async (t) => {
  const areas = [{ path: '/x' }]
  t.equal(inShort(decide({ areas }, { url: '/y', ...good })), 'deny 403 config')
  t.equal(inShort(decide({ areas: [] }, { url: '/', ...good })), 'deny 403 config')
  t.equal(inShort(decide({ areas, default: 'pass' }, { url: '/y' })), 'pass')
  t.equal(inShort(decide({ areas, compat: 'exact' }, { url: '/y' })), 'pass')
  t.equal(inShort(decide({ areas, compat: 'exact', default: 'deny' }, { url: '/y' })), 'deny 403 config')
})

t.test('a clock that says nothing is an error of the caller', async (t) => {
  const clocks = [
    undefined,
    null,
    Number.NaN,
    -1,
    -0.5,
    NOW + 0.5,
    Number.POSITIVE_INFINITY,
    2 ** 32,
    NOW * 1000,
    `${NOW}`,
    {},
  ]
  for (const compat of compats) {
    for (const timeout of [0, 7200]) {
      const guard = guardOf({ compat, timeout })
      for (const now of clocks) {
        const request = { ...requestOf(good), now: now as number }
        const name = `${compat}, ${timeout}, ${String(now)}`
        t.throws(() => guard.decide(request), { code: 'ERR_TKT_OPTIONS', message: /now must be unix time/ }, name)
        t.throws(() => guard.areaOf(request), { code: 'ERR_TKT_OPTIONS' }, name)
        await t.rejects(guard.decideAsync(request), { code: 'ERR_TKT_OPTIONS' }, name)
      }
    }
  }
})

t.test('an odd request target is refused', async (t) => {
  const odd = [
    '',
    '*',
    '?',
    '#',
    'x',
    ' /',
    '/ ',
    '/\0',
    '/\n',
    '/\x7f',
    '/\u0141',
    '/x?\u0141',
    '/\ud800',
    '/?\r\nX: y',
    '/%',
    '/%0',
  ]
    .concat(['http://', 'http:///', 'http://@/', 'http://u:p@www.example.com/', 'http:/x', '//', '\\', 'javascript:x'])
    .concat(['ftp://www.example.com/', 'https//x', 'http://www.example.com:99999/', 'http://[::1/', 'http://a b/'])
  for (const compat of compats) {
    for (const url of odd) {
      const short = inShort(decide({ compat }, { url, ...good }))
      t.match(short, url === '//' ? /^allow/ : /^error 400/, `${compat} ${JSON.stringify(url)}`)
    }
    const long = `/${'a'.repeat(65536)}`
    t.match(inShort(decide({ compat }, { url: long })), /^redirect/)
    t.match(inShort(decide({ compat }, { url: `/?${long}` })), /^redirect/)
  }
})

t.test('an odd Host is refused, and no client address means no ticket', async (t) => {
  const hosts = [
    '',
    ' ',
    'a b',
    'a:b',
    'a:',
    ':80',
    'a:0',
    'a:65536',
    'a,b',
    'a/b',
    'a@b',
    'a..b',
    '[::1',
    '::1',
    '[x]',
    '1.2.3',
    'a?b',
    'é',
  ]
  for (const compat of compats) {
    for (const host of hosts) t.match(decide({ compat }, { host, ...good }), { kind: 'error', status: 400 }, host)
    for (const ip of [undefined, '', 'unknown', '192.0.2.999', '255.255.255.255', '192.0.2.8', '::']) {
      t.equal(decide({ compat }, { ip, ...good }).kind, 'redirect', String(ip))
    }
    t.match(
      decide({ compat }, { ip: `::ffff:${IP}`, ...good }),
      { kind: 'allow' },
      'the same address as IPv6 sockets say it',
    )
  }
})

t.test('shadow alone lets requests pass, and tells what would have been done', async (t) => {
  const shadowed = guardOf({ shadow: true, areas: [{ path: '/x' }] })
  t.match(shadowed.decide(requestOf({ url: '/x' })), {
    kind: 'pass',
    url: '/x',
    shadow: { kind: 'redirect', reason: 'absent' },
  })
  t.match(shadowed.decide(requestOf({ url: '/%zz' })), {
    kind: 'pass',
    url: '/%zz',
    shadow: { kind: 'error', status: 400 },
  })
  t.match(shadowed.decide(requestOf({ url: '//x', ...good })), {
    kind: 'pass',
    url: '//x',
    shadow: { kind: 'allow', url: '/x' },
  })
  const open = guardOf({ shadow: true, areas: [{ path: '/', require: 'granted' }] }).decide(requestOf())
  t.strictSame(
    open,
    { kind: 'pass', url: '/', shadow: { kind: 'pass', url: '/' } },
    'what passes anyway is told as well',
  )
  t.strictSame(shadowed.warnings, ['shadow is on: every request passes'])
  t.equal(guardOf({ shadow: false }).decide(requestOf()).kind, 'redirect')
})

t.test('tokens that nobody would be asked for are an error', async (t) => {
  const areas = [
    { path: '/', require: 'granted' as const },
    { path: '/admin', tokens: ['admin'] },
  ]
  t.throws(() => guardOf({ areas }), { code: 'ERR_TKT_OPTIONS', message: /areas\[1\]: an area around this one lets/ })
  for (const inner of [
    { path: '/admin' },
    { pattern: '^/admin', tokens: ['a'] },
    { file: '\\.php$' },
    { exactPath: '/x' },
  ]) {
    t.throws(() => guardOf({ areas: [areas[0] as AreaOptions, inner] }), { message: /areas\[1\]: / })
    t.throws(() => guardOf({ require: 'granted', areas: [inner] }), { message: /areas\[0\]: / })
    t.throws(() => guardOf({ hosts: [{ names: ['h'], require: { ips: ['10.0.0.1'] }, areas: [inner] }] }), {
      message: /hosts\[0\]\.areas\[0\]: /,
    })
    t.equal(guardOf({ require: 'denied', areas: [inner] }).decide(requestOf({ url: '/admin' })).kind, 'deny')
  }
  t.equal(inShort(guardOf({ areas, compat: 'exact' }).decide(requestOf({ url: '/admin' }))), 'pass', 'as Apache has it')
  const inherited = [
    { path: '/', tokens: ['staff'] },
    { path: '/public', require: 'granted' as const },
  ]
  t.equal(inShort(guardOf({ areas: inherited, keys: [KEY] }).decide(requestOf({ url: '/public' }))), 'pass')
})
