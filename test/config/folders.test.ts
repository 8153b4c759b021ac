/** Folders become URL paths: DocumentRoot, Alias, wildcards, expressions, .htaccess. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import { areas, filesOf, notes, read, wrong } from './config-helpers.js'

const folder = (path: string, lines = 'Require valid-user') => `<Directory ${path}>\n${lines}\n</Directory>`
const match = (regex: string) => `<DirectoryMatch "${regex}">\nRequire valid-user\n</DirectoryMatch>`
const root = 'DocumentRoot /srv/www\nAlias /img/ /srv/img/\nScriptAlias /cgi /srv/www/cgi\n'
const spaces = (text: string) => areas(text).map(({ path, pattern, file }) => path ?? pattern ?? `file ${file}`)

t.test('a folder is where the URLs show it', async (t) => {
  const rows: [text: string, spaces: string[]][] = [
    [folder('/'), ['/']],
    [folder('/srv'), ['/']],
    [folder('/srv/www/a//b/'), ['/a/b']],
    [folder('/srv/www/img'), ['^(?!/img/)/img(?:/|$)']],
    [folder('/srv/www/cgi/x'), ['/cgi/x']],
    [folder('/srv/img'), ['/img/']],
    [folder('/srv/img/small'), ['/img/small']],
    [folder('/srv/*'), ['/']],
    [folder('/srv/www/*/x'), ['^/cgi/x(?:/|$)', '^(?!/img/|/cgi(?:/|$))/[^/]*/x(?:/|$)']],
    [folder('/srv/w*'), ['/cgi', '^(?!/img/|/cgi(?:/|$))']],
    [folder('~ "^/srv/www/cgi/[0-9]"'), ['^/cgi/[0-9]', '^(?!/img/|/cgi(?:/|$))/cgi/[0-9]']],
  ]
  for (const [text, expected] of rows) t.same(spaces(root + text), expected, text)
  t.same(spaces(folder('/')), ['/'], 'without any root')
})

t.test('expressions on folders', async (t) => {
  const plain = 'DocumentRoot /srv/www\n'
  const rows: [regex: string, spaces: string[]][] = [
    ['^/srv/www/secret', ['^/secret']],
    ['^/srv/www', ['/']],
    ['^/srv/', ['/']],
    ['^/srv/www/a|^/srv/www/(b|[c|d])$', ['^/a', '^/(b|[c|d])$']],
    ['^/srv/wwwx', []],
    ['/\\.git', ['^(?=/)[\\s\\S]*?/\\.git']],
    ['/srv', ['/']],
  ]
  for (const [regex, expected] of rows) {
    if (expected.length > 0) t.same(spaces(plain + match(regex)), expected, regex)
    else t.match(wrong(plain + match(regex)), /lies outside of every DocumentRoot/, regex)
  }
  for (const regex of ['^/srv/.*/secret', '^/srv/www(/x)?', 'secret', '/www/x', '/w.*x']) {
    t.match(wrong(plain + match(regex)), /cannot be turned into URL paths/, regex)
  }
  t.same(spaces(`Alias /a /srv/a\n${match('/x')}`), ['^/a(?=/)[\\s\\S]*?/x'])
})

t.test('expressions are merged by their slashes, then in their order', async (t) => {
  const rows: [text: string, spaces: string[]][] = [
    [match('^/srv/www/a/b') + match('^/srv/www/a'), ['^/a', '^/a/b']],
    [match('^/srv/www/a') + match('^/srv/www/[a]'), ['^/a', '^/[a]']],
    [match('^/srv/www/[a]') + match('/') + match('^/srv/www/a'), ['/', '^/[a]', '^/a']],
    [`${match('^/srv/www/a/b(/|$)')}${folder('~ "^/srv/www"')}`, ['/', '^/a/b(/|$)']],
  ]
  for (const [text, expected] of rows)
    t.same(spaces(`DocumentRoot /srv/www\n${text.replaceAll('><', '>\n<')}`), expected)
})

t.test('folders that no URL shows', async (t) => {
  for (const text of [folder('/usr/share'), folder('relative'), folder('/srv/wwwx')]) {
    t.match(wrong(root + text), /<Directory>: lies outside of every DocumentRoot and Alias/, text)
  }
  t.match(notes(root + folder('/usr/share', 'Require all granted\nAllowOverride None')), [/has no effect/])
  t.match(wrong(root + folder('/usr/share', '<Files x>\nRequire all denied\n</Files>')), /lies outside/)
})

t.test('files of a folder', async (t) => {
  const text = `${root}${folder('/srv/www/a', '<FilesMatch "^x|y$">\nRequire user bob\n</FilesMatch>\n<Files z.html>\nTKTAuthDebug 1\n</Files>')}`
  const guard = createGuard(read(`TKTAuthSecret s\n${text}`).options)
  const names = (url: string) =>
    guard.decide({ method: 'GET', url, headers: ['Host', 'a'], ip: '192.0.2.1', now: 1 }).kind
  t.same(['/a/x1', '/a/b/by', '/a/ax', '/x1', '/a/x/z'].map(names), ['error', 'error', 'pass', 'pass', 'error'])
  const inPattern = `${root}${folder('/srv/www/*/p', '<Files "*.php">\nRequire user bob\n</Files>')}`
  const other = createGuard(read(`TKTAuthSecret s\n${inPattern}`).options)
  const kind = (url: string) =>
    other.decide({ method: 'GET', url, headers: ['Host', 'a'], ip: '192.0.2.1', now: 1 }).kind
  t.same(['/q/p/a.php', '/q/p/r/a.php', '/q/p/', '/q/a.php', '/cgi/p/a.php', '/q/p/a.html'].map(kind), [
    'error',
    'error',
    'error',
    'pass',
    'error',
    'pass',
  ])
})

t.test("a folder's own page is kept as its index files are", async (t) => {
  const text = (file: string) => `<Files ${file}>\nRequire valid-user\n</Files>`
  t.equal(spaces(text('index.php'))[0], 'file (?:^index\\.php$)|^$')
  t.equal(spaces(text('start.x'))[0], 'file ^start\\.x$')
  t.equal(spaces(`<Location />\nDirectoryIndex start.x\n</Location>\n${text('start.x')}`)[0], 'file (?:^start\\.x$)|^$')
  t.same(spaces('<Files index.php>\nRequire all granted\n</Files>'), ['file ^index\\.php$'])
})

t.test('what a backend gets lies in no folder', async (t) => {
  t.same(
    spaces(
      `ProxyPass / http://b/\n${folder('/', 'Require all denied')}\n<Location />\nRequire valid-user\n</Location>`,
    ),
    ['/'],
  )
  t.same(spaces(`ProxyPass /b http://b/\n${root}${folder('/', 'Require all denied')}`), [
    '/img/',
    '/cgi',
    '^(?!/b(?:/|$)|/img/|/cgi(?:/|$))',
  ])
  t.match(notes(`ProxyPass / http://b/\n${folder('/', 'Require all denied')}`), [
    /^2: <Directory>: has no effect: a backend/,
  ])
  t.same(spaces(`ProxyPass /b/s !\nProxyPass /b http://b/\n${root}${folder('/', 'Require all denied')}`), ['/'])
  const kept = (line: string) =>
    `ProxyPass /b http://b/\n${root}<Location /b/s>\n${line}\n</Location>\n${folder('/srv/www/b/s')}`
  t.same(spaces(kept('ProxyPass !')), ['/b/s'], 'a Location takes a part out again')
  t.same(spaces(kept('ProxyPass !\nProxyPass http://c/')), [])
  t.same(spaces(`ProxyPass / http://b/\n${root}<Location />\nProxyPass !\n</Location>\n${folder('/srv/www/a')}`), [
    '/a',
  ])
  t.same(spaces(`ProxyPass /b http://b/\nProxyPass\n${folder('/', 'Require all denied')}`), ['^(?!/b(?:/|$))'])
})

t.test('what maps URLs in other ways must not show a protected folder', async (t) => {
  const rows: [directive: string, folder: string, fine: boolean][] = [
    ['AliasMatch ^/a/(.*) /srv/www/$1', '/srv/www/p', false],
    ['ScriptAliasMatch ^/a/(.*) /srv/www/p/$1', '/srv/www/p', false],
    ['AliasMatch ^/a/(.*) /usr/$1', '/srv/www/p', true],
    ['AliasMatch ^/a/(.*) /usr/$1', '/', true],
    ['UserDir public_html', '/srv/www/p', false],
    ['UserDir disabled', '/srv/www/p', true],
    ['VirtualDocumentRoot /srv/%0', '/srv/www/p', false],
  ]
  for (const [directive, path, fine] of rows) {
    const text = `${root}${directive}\n${folder(path)}`
    t.match(wrong(text), fine ? 'no error' : /may show a protected folder/, directive)
    t.equal(wrong(text, { allowSkipped: [directive.split(' ')[0] as string] }), 'no error', directive)
  }
  t.equal(wrong(`${root}AliasMatch ^/a/(.*) /srv/www/$1\n${folder('/srv/www', 'Require all granted')}`), 'no error')
  t.match(wrong('AliasMatch x'), /takes a regular expression and a folder/)
})

t.test('.htaccess files count where AllowOverride has them', async (t) => {
  const files = filesOf({
    '/srv/.htaccess': 'Require ip 10.0.0.0/8',
    '/srv/www/a/.htaccess': 'Require valid-user\n<Files f>\nRequire user b\n</Files>',
    '/srv/www/b/acl': 'Require user bob',
    '/srv/www/c/.htaccess': 'DirectoryIndex x',
  })
  const text = (override: string, more = '') =>
    `DocumentRoot /srv/www\n${folder('/', 'AllowOverride None')}\n${folder('/srv/www', `AllowOverride ${override}`)}\n${more}`
  const found = (lines: string) => areas(lines, { files })
  t.same(found(text('None')), [])
  t.same(found(text('All')), [
    { path: '/a', require: 'valid-user' },
    { pattern: '^/a/(?:[\\s\\S]*/)?(?=[^/]*$)[^/]*?(?:(?<=/)f(?=/|$))', require: { users: ['b'] } },
    {
      pattern: '^/a(?:/[^/]*)*?/(?=[^/]*/)[^/]*?(?:(?<=/)f(?=/|$))',
      require: { all: [{ users: ['b'] }, 'valid-user'] },
    },
  ])
  t.equal(found(text('AuthConfig Limit')).length, 3)
  t.equal(found(`${text('None')}${folder('/srv/www', 'AllowOverrideList Require')}`).length, 3)
  t.same(found(`AccessFileName acl\n${text('All')}`), [{ path: '/b', require: { users: ['bob'] } }])
  t.same(
    found(`DocumentRoot /srv/www\n${folder('/srv', 'AllowOverride All')}`).map(({ path }) => path),
    ['/', '/a', undefined, undefined],
  )
  t.same(found(`${text('All')}${folder('/srv/www/*', 'AllowOverride None')}`), [], 'wildcards count, too')
  t.same(found(`${text('All')}${match('^/srv/www/a')}`).length, 4)
  t.match(
    wrong(text('FileInfo'), { files }),
    /^\/srv\/www\/a\/\.htaccess:1: \.htaccess: has directives that AllowOverride does not permit/,
  )
  t.match(wrong(text('All')), /AllowOverride: names another file, and no file access/)
  t.match(
    wrong(text('All'), { files: { ...files, readText: () => 'TKTAuthSecret x' } }),
    /\.htaccess:1: TKTAuthSecret: stands at server/,
  )
  t.match(notes(text('All'), { files }), [/^1: \.htaccess: is read once/, /TKTAuthSecret/])
  t.match(read(text('All'), { files }).options.areas, [{ name: '/srv/www/a/.htaccess' }, {}, {}])
  t.match(wrong(`${root}${folder('/srv', 'AllowOverride')}`), /needs at least one argument/)
})
