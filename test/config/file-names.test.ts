/** Files sections: the file's name may stand anywhere in a path, and an alias may show it by another. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import type { Rule } from '../../src/policy/require.js'
import { areas, notes, read, wrong } from './config-helpers.js'

const NEED = 'AuthType None\nRequire valid-user\nTKTAuthLoginURL https://l.example/'
const DENY = 'Require all denied'
const GRANT = 'Require all granted'
const files = (name: string, lines = NEED) => `<Files ${name}>\n${lines}\n</Files>\n`
const match = (regex: string, lines = NEED) => `<FilesMatch "${regex}">\n${lines}\n</FilesMatch>\n`
const folder = (path: string, lines: string) => `<Directory ${path}>\n${lines}\n</Directory>\n`
const root = `TKTAuthSecret s\nDocumentRoot /r/htdocs\n${folder('/', GRANT)}`

function asker(text: string) {
  const guard = createGuard(read(root + text, { allowSkipped: ['Files'] }).options)
  return (url: string) =>
    guard.decide({ method: 'GET', url, headers: ['Host', 'a'], ip: '192.0.2.1', now: 1 }).kind !== 'pass'
}

t.test('what keeps a file keeps it with path info and by every name', async (t) => {
  const both = files('a.php', 'Require user a') + match('\\.css$', 'Require user b')
  const rows: [text: string, kept: string[], open: string[]][] = [
    [
      files('admin.php'),
      ['/admin.php', '/admin.php/foo', '/admin.php/', '/x/admin.php/y/z'],
      ['/admin.phpx', '/', '/x'],
    ],
    [
      folder('/r/htdocs/a', files('s.html')),
      ['/a/s.html', '/a/s.html/x'],
      ['/s.html/x', '/b/s.html/x', '/a/xs.html/x'],
    ],
    [folder('/r/htdocs/*/p', files('*.php')), ['/q/p/a.php/x'], ['/q/p/a.html/x', '/q/a.php/x']],
    [match('^\\.ht', DENY), ['/x/.htaccess', '/.htaccess/x', '/.htaccess'], ['/x.ht/y', '/x']],
    [match('\\.php$'), ['/a.php/b', '/a/b.php/'], ['/a.phpx/b', '/aphp/b']],
    [match('^(?!.*\\.html$)'), ['/a.php/x.html', '/a.php'], ['/x.html']],
    [match('^a[^b]c\\Wd$'), ['/a.c.d/x', '/axc-d'], ['/a/c.d/x', '/a.c/d/x']],
    [match('x(?:/y)?z'), ['/xz/', '/axzb'], ['/x/yz']],
    [`Alias /page /r/htdocs/secret.html\n${files('secret.html')}`, ['/page', '/page/x', '/secret.html'], ['/pages']],
    [`Alias /page /r/o/s.x\n${folder('/r/o', files('s.x'))}`, ['/page', '/page/x'], ['/s.x']],
    [`Alias /page /r/o/s.x\n${folder('/r/o/*', files('s.x'))}`, ['/page'], ['/s.x']],
    [`Alias /p/q /r/i\nAlias /p /r/o/s.x\n${folder('/r/o/*', files('s.x'))}`, ['/p', '/p/z'], ['/q']],
    [`Alias /p /r/o/s.x\nAlias /q /r/i/s.x\n${folder('/r/o', files('s.x'))}`, ['/p'], ['/q']],
    [`Alias /s.x/ /r/s.x/\n${match('^s')}`, ['/s.x/a', '/s'], ['/x']],
    [both, ['/a.php/x.css', '/x.css/a.php'], ['/x']],
  ]
  for (const [text, kept, open] of rows) {
    const asks = asker(text)
    for (const url of kept) t.ok(asks(url), `${url} in ${text}`)
    for (const url of open) t.notOk(asks(url), `${url} in ${text}`)
  }
})

t.test('where a part may be a folder, the rules of all hold', async (t) => {
  const rules = (text: string) =>
    areas(root + text).flatMap(({ pattern, require }) => (pattern === undefined ? [] : [require]))
  const user = (name: string): Rule => ({ users: [name] })
  const a = files('a', 'Require user a')
  const rows: [text: string, rules: (Rule | undefined)[]][] = [
    [a, [user('a')]],
    [folder('/r/htdocs', DENY) + a, ['denied']],
    [folder('/r/htdocs', 'Require user b') + a, [{ all: [user('a'), user('b')] }]],
    [folder('/r', 'Require user b') + folder('/r/htdocs', GRANT) + a, [user('a')]],
    [folder('/r/htdocs', 'Require user a') + a, [user('a')]],
    [folder('/r/htdocs/x', 'Require user b') + folder('/r/htdocs/y', a), [user('a'), user('a')]],
    [folder('/r/htdocs/*', `Require user b\n${a}`), [user('b'), user('a'), { all: [user('a'), user('b')] }]],
    [folder('/r/htdocs', DENY) + files('a', 'TKTAuthDebug 1'), [undefined]],
    [folder('/r/htdocs', 'Options None') + files('a', 'Options None'), []],
    [folder('/r/htdocs', 'Require user b\nTKTAuthToken x') + files('a', 'Require user a\nTKTAuthToken y'), ['denied']],
    [a + files('b', DENY), [user('a'), 'denied', 'denied', 'denied']],
    [
      a + files('b', 'Require user b'),
      [user('a'), user('b'), { all: [user('a'), user('b')] }, { all: [user('b'), user('a')] }],
    ],
  ]
  for (const [text, expected] of rows) t.same(rules(text), expected, text)
  const guests = areas(root + files('a', `${NEED}\nTKTAuthGuestLogin on`), { inheritAll: true })
  t.match(guests.slice(1), [{ guestLogin: true }, { pattern: String }])
  t.notOk('guestLogin' in (guests[2] ?? {}))
})

t.test('what opens a file does so where its folder is known', async (t) => {
  const inner = `${NEED}\n${files('i.x', GRANT)}`
  const rows: [text: string, open: string[], kept: string[]][] = [
    [folder('/r/htdocs', inner), ['/i.x'], ['/', '/x', '/nofolder/i.x', '/i.x/', '/i.x/x', '/x.php/i.x']],
    [folder('/r/htdocs/a', inner), ['/a/i.x', '/i.x', '/b/i.x'], ['/a/no/i.x', '/a/x']],
    [folder('/r/htdocs', NEED) + match('\\.css$', GRANT), ['/a.css'], ['/a.css/x', '/x/a.css']],
    [folder('/r/htdocs', NEED) + files('"*"', GRANT), ['/a'], ['/a/b']],
    [
      `Alias /p /r/o/s.x\nAlias /i/ /r/i/\n${folder('/', NEED)}${match('^p$', GRANT)}`,
      ['/i/p'],
      ['/p', '/p/p', '/q/p'],
    ],
    [`Alias /s /r/s\n${folder('/r/s', inner)}`, ['/s/i.x'], ['/s/i.x/i.x', '/s']],
    [files('"*.php"', DENY) + files('a.php', GRANT), ['/a.php'], ['/b.php', '/b.php/a.php', '/x/a.php']],
  ]
  for (const [text, open, kept] of rows) {
    const asks = asker(text)
    for (const url of open) t.notOk(asks(url), `${url} in ${text}`)
    for (const url of kept) t.ok(asks(url), `${url} in ${text}`)
    t.match(notes(root + text).join('\n'), /opens only files that lie directly in \//, text)
  }
  const unknown = [
    folder('/r/htdocs/*', inner),
    folder('~ "^/r/htdocs/a"', inner),
    `Alias /s /r/o/s.x\n${folder('/r/o', inner)}`,
  ]
  for (const text of unknown) {
    t.match(wrong(root + text), /<Files>: opens what is kept, and which part .*; or --allow-skipped/, text)
    t.ok(['/a/i.x', '/s/i.x', '/nofolder/i.x'].some(asker(text)), 'left out, nothing opens')
  }
  t.same(
    areas(files('i.x', GRANT)).map(({ file }) => file),
    ['^i\\.x$'],
    'where nothing keeps',
  )
})

t.test('long paths are judged in no time', async (t) => {
  const asks = asker(files('"*_*_*.txt"') + files('"*-*-*.x"', DENY) + match('\\.php$', 'Require user b'))
  for (const part of ['_', '-', '/_', '/-', '.', '.php'])
    t.type(asks(`/${part.repeat(16_000 / part.length)}`), 'boolean')
})
