/** Sections become areas, in the order in which Apache merges them. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import { areas, notes, read, wrong } from './config-helpers.js'

const location = (path: string, lines = 'Require valid-user') => `<Location ${path}>\n${lines}\n</Location>`

t.test('a Location is a path, a pattern, or an error', async (t) => {
  const rows: [argument: string, space: Record<string, string>][] = [
    ['/x', { path: '/x' }],
    ['/x/', { path: '/x/' }],
    ['"/a b>c"', { path: '/a b>c' }],
    ['"/sp%41ce"', { path: '/sp%41ce' }],
    ['/a\\*b', { path: '/a\\*b' }],
    ['/wild*', { pattern: '^/wild[^/]*$' }],
    ['/a?/[!b-d]', { pattern: '^/a[^/]/(?!/)[^b-d]$' }],
    ['~ "^/x\\.y"', { pattern: '^/x\\.y' }],
  ]
  for (const [argument, space] of rows)
    t.same(areas(location(argument)), [{ ...space, require: 'valid-user' }], argument)
  t.same(areas('<LocationMatch "^/(a|b)">\nRequire valid-user\n</LocationMatch>'), [
    { pattern: '^/(a|b)', require: 'valid-user' },
  ])
  for (const argument of ['x', '*', '//x', '/a//b', '/a/./b', '/a/..', '/a#b', 'http://x/']) {
    t.match(wrong(location(argument)), /site\.conf:1: <Location>: can never match/, argument)
  }
  t.match(notes(location('x', 'Require all granted')), [/has no effect/])
  t.same(areas(location('x'), { allowSkipped: ['Location'] }), [])
  for (const argument of ['', '~', '/a /b', '~ a b'])
    t.match(wrong(location(argument)), /<Location>: (?:needs|takes)/, argument)
  t.match(wrong('<LocationMatch>\nRequire valid-user\n</LocationMatch>'), /needs an argument/)
})

t.test('names say where an area comes from', async (t) => {
  const { options } = read(`\n${location('/x')}`)
  t.equal(options.areas?.[0]?.name, 'site.conf:2 <Location /x>')
})

t.test('sections with nothing that the guard knows are no areas', async (t) => {
  t.same(areas(location('/x', 'Options None')), [])
})

t.test('folders come first, from the shortest to the longest, then files, then locations', async (t) => {
  const text = [
    location('/z'),
    location('/a'),
    '<Files "*.x">\nRequire all denied\n</Files>',
    '<FilesMatch "^\\.ht">\nRequire all denied\n</FilesMatch>',
    'DocumentRoot /srv',
    '<DirectoryMatch "^/srv/m">\nRequire valid-user\n</DirectoryMatch>',
    '<Directory /srv/a/b>\nRequire valid-user\n</Directory>',
    '<Directory /srv>\nRequire all granted\n<Files f>\nRequire user b\n</Files>\n</Directory>',
  ].join('\n')
  t.same(
    areas(text)
      .map(({ path, pattern, file }) => path ?? pattern ?? file)
      .filter((space) => !space?.includes('(?=')),
    ['/', '/a/b', '^/m', '^[^/]*\\.x$', '^\\.ht', '^f$', '/z', '/a'],
  )
})

t.test('settings that a section does not inherit are data, and told where they matter (A7)', async (t) => {
  const outer = location('/x', 'TKTAuthCookieName my\nTKTAuthBackArgName ret\nTKTAuthTimeoutRefresh 0')
  const inner = location('/x/y', 'TKTAuthDebug 0')
  t.same(areas(`${outer}\n${inner}`)[1], {
    path: '/x/y',
    debug: 0,
    cookieName: 'auth_tkt',
    backArgName: 'back',
    timeoutRefresh: 0.5,
  })
  t.match(notes(`${outer}\n${inner}`), [
    /^6: <Location>: does not inherit TKTAuthCookieName of site\.conf:1 <Location \/x>/,
    /TKTAuthBackArgName/,
    /TKTAuthTimeoutRefresh/,
  ])
  t.same(notes(`${outer}\n${location('/other', 'TKTAuthDebug 0')}`), [], 'another place')
  t.match(notes(`${outer}\n${location('/x*', 'TKTAuthDebug 0')}`).length, 3, 'patterns may hold it')
  t.same(areas(`${outer}\n${inner}`, { inheritAll: true })[1], { path: '/x/y', debug: 0 })
  t.same(areas(`${outer}\n${inner}`, { compat: 'hardened' })[1], { path: '/x/y', debug: 0 })
  t.same(
    areas(location('/x', 'Require valid-user')),
    [{ path: '/x', require: 'valid-user' }],
    'no directive of the module',
  )
})

t.test('without a rule everybody passes, with one nobody passes by mistake', async (t) => {
  const guard = createGuard(read(`${location('/x')}\n${location('/open', 'TKTAuthLoginURL /l')}`).options)
  const ask = (url: string) =>
    guard.decide({ method: 'GET', url, headers: ['Host', 'a'], ip: '192.0.2.1', now: 1 }).kind
  t.same(['/', '/open', '/x', '/x/y', '/xy'].map(ask), ['pass', 'pass', 'error', 'error', 'pass'])
})

t.test('directives of the module outside of sections count for all places', async (t) => {
  const { options, notes } = read('TKTAuthLoginURL /login\nTKTAuthTimeout 1h')
  t.match(options, { loginUrl: '/login', timeout: 3600, require: 'no-rule' })
  t.match(notes, [
    { severity: 'info', line: 1 },
    { severity: 'info', line: 2 },
  ])
})

t.test('what the guard itself would refuse is told with its line', async (t) => {
  t.match(
    wrong(location('/x', 'TKTAuthCookieName __Host-t\nTKTAuthDomain d.example')),
    /^site\.conf:1: Location: cannot be used: areas\[0\]\.cookieDomain/,
  )
  t.match(
    wrong(`<VirtualHost *>\n${location('/x', 'TKTAuthCookieName __Host-t\nTKTAuthDomain d.example')}\n</VirtualHost>`),
    /^site\.conf:2: Location/,
  )
  t.match(
    wrong('TKTAuthCookieName __Host-t\nTKTAuthDomain d.example'),
    /^site\.conf:1: configuration: cannot be used: cookieDomain/,
  )
})

t.test('no secret where a user is asked for is a warning', async (t) => {
  t.match(notes(location('/x')), [/1: TKTAuthSecret: is missing, and site\.conf:1 <Location \/x> asks for a user/])
  t.same(notes(location('/x', 'Require all denied')), [])
  t.same(notes(`TKTAuthSecret x\n${location('/x')}`), [])
})
