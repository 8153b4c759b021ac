/** What Apache would run, rewrite or look up in ways that are not done here is nobody's, and never shown as a text. */

import t from 'tap'
import { PROGRAMS } from '../../src/config/programs.js'
import { filesOf, notes, read } from './config-helpers.js'
import { leadsTo, mainLeadsTo, routeAt } from './serving-helpers.js'

const root = 'DocumentRoot /srv'
const folder = (path: string, lines: string) => `<Directory ${path}>\n${lines}\n</Directory>`
const place = (path: string, lines: string) => `<Location ${path}>\n${lines}\n</Location>`

t.test('endings that the configuration hands to a program are programs everywhere', async (t) => {
  const rows: [lines: string, endings: string[]][] = [
    ['AddHandler cgi-script .run SH', ['.run', '.sh']],
    ['AddHandler None .run', []],
    ['AddHandler default-handler .run', []],
    ['AddType application/x-httpd-foo .foo', ['.foo']],
    ['AddType text/x-foo .foo', []],
    ['Action text/x-foo /cgi-bin/foo\nAddType text/x-foo .foo', ['.foo']],
    ['AddOutputFilter DEFLATE;INCLUDES .inc', ['.inc']],
    ['AddOutputFilter DEFLATE .inc', []],
    ['FcgidWrapper /usr/bin/x .fx', ['.fx']],
    ['FCGIWrapper /usr/bin/x .fx', ['.fx']],
    [place('/x', 'AddHandler foo .foo'), ['.foo']],
    [`<VirtualHost *>\n${folder('/srv/a', 'AddHandler foo .foo')}\n</VirtualHost>`, ['.foo']],
  ]
  for (const [lines, endings] of rows) {
    const route = routeAt(read(`${root}\n${lines}`).serving.main, '/')
    t.same(route?.kind === 'files' && route.programs, [...PROGRAMS, ...endings], lines)
  }
  const files = filesOf({ '/srv/a/.htaccess': 'AddHandler foo .foo' })
  const route = routeAt(read(`${root}\n${folder('/srv', 'AllowOverride All')}`, { files }).serving.main, '/')
  t.ok(route?.kind === 'files' && route.programs.includes('.foo'), '.htaccess')
})

t.test('folders and places of programs are nobody’s', async (t) => {
  const rows: [lines: string, nobody: string[], files: string[]][] = [
    ['ScriptAlias /cgi-bin/ /usr/lib/cgi-bin/', ['/cgi-bin/a'], ['/a', '/cgi-bin']],
    ['ScriptAliasMatch ^/c(.)/ /usr/lib/$1', ['/cx/a'], ['/c', '/a']],
    ['WSGIScriptAlias /app /srv/app.wsgi', ['/app', '/app/x'], ['/apps']],
    ['WSGIScriptAliasMatch ^/w/ /srv/app.wsgi', ['/w/x'], ['/w']],
    ['Alias /static /srv/s\nWSGIScriptAlias / /srv/app.wsgi', ['/app', '/'], ['/static/x']],
    ['VirtualScriptAlias /srv/%0', ['/cgi-bin/x'], ['/a']],
    [place('/p', 'SetHandler server-status'), ['/p', '/p/x'], ['/px']],
    [place('/p', 'SetHandler None'), [], ['/p']],
    [place('/p', 'SetHandler x\nSetHandler none'), [], ['/p']],
    [place('/p', 'ForceType application/x-httpd-php'), ['/p/x'], ['/a']],
    [place('/p', 'ForceType text/plain\nSetOutputFilter DEFLATE'), [], ['/p/x']],
    [place('/p', 'SetOutputFilter INCLUDES'), ['/p/x'], ['/a']],
    [place('/p*', 'SetHandler x'), ['/px'], ['/a', '/px/y']],
    ['SetHandler x', ['/a', '/'], []],
    ['Action text/html /cgi-bin/x', ['/a'], []],
    [folder('/srv/a', 'SetHandler x'), ['/a/b'], ['/b']],
    [folder('/srv/a*', 'SetHandler x'), ['/a/b', '/ab'], ['/b']],
    ['<FilesMatch \\.foo$>\nSetHandler x\n</FilesMatch>', ['/a.foo', '/b/a.foo/info'], ['/a', '/a.foox']],
    [folder('/srv/a', '<Files *.foo>\nSetHandler x\n</Files>'), ['/a/a.foo', '/a/b/a.foo/info'], ['/a.foo', '/a/b']],
    [folder('/srv', '<Files run>\nSetHandler x\n</Files>'), ['/run', '/b/run/info'], ['/runs']],
    ['JkMount /j/* worker\nJkMount /k worker', ['/j', '/j/x', '/k'], ['/a']],
    ['JkMount /*.jsp worker', ['/a'], []],
    ['AliasMatch ^/m/(.*) /other/$1', ['/m/x'], ['/m']],
    ['Alias /odd/ /other', ['/odd/x'], ['/odd']],
    ['UserDir public_html', ['/~bob/x'], ['/a~']],
    ['UserDir disabled', [], ['/~bob/x']],
    ['VirtualDocumentRoot /srv/%0', ['/', '/a'], []],
    ['Redirect /r ftp://x/', ['/r', '/r/x'], ['/rx']],
    ['Redirect 404 /r https://x/', ['/r'], ['/a']],
    ['RedirectPermanent /r', ['/r'], ['/a']],
    ['RedirectTemp r https://x/', [], ['/r']],
    ['RedirectMatch 404 /\\.git', ['/.git', '/a/.git/x'], ['/git']],
    ['RedirectMatch ^/r$ https://x/', ['/r'], ['/r/x']],
    ['RedirectMatch (?R ^/r', ['/a'], []],
    [place('/r', 'Redirect https://x/'), ['/r/x'], ['/a']],
  ]
  for (const [lines, nobody, files] of rows) {
    const text = `${root}\n${lines}`
    t.same(
      mainLeadsTo(text, ...nobody),
      nobody.map(() => 'nobody'),
      lines,
    )
    for (const [index, path] of files.entries())
      t.match(mainLeadsTo(text, ...files)[index], /^\/srv/, `${lines}: ${path}`)
    if (nobody.length > 0) t.match(notes(text).join('\n'), /: .*requests there are answered 501/, lines)
    t.notMatch(notes(text).join('\n'), /(?:Redirect\w*|JkMount|UserDir|Virtual\w+|WSGIScript\w+): left out/, lines)
  }
})

t.test('what is switched off inside is served from there', async (t) => {
  const text = `${root}\nAlias /media /m\n${place('/', 'SetHandler python-program')}\n${place('/media', 'SetHandler None')}`
  t.same(mainLeadsTo(text, '/', '/a', '/media/x'), ['nobody', 'nobody', '/m/x'])
  const folders = `${root}\n${folder('/srv', 'SetHandler x')}\n${folder('/srv/a', 'SetHandler default-handler')}`
  t.same(mainLeadsTo(folders, '/', '/a/x'), ['nobody', '/srv/a/x'])
})

t.test('backends go before folders and handlers, and redirects of a Location before backends', async (t) => {
  const pass = `${root}\nProxyPass /b http://b`
  t.same(mainLeadsTo(`${pass}\n<FilesMatch \\.php$>\nSetHandler x\n</FilesMatch>`, '/b/a.php', '/a.php'), [
    'http://b/a.php',
    'nobody',
  ])
  const status = place('/b/s', 'SetHandler server-status')
  t.same(mainLeadsTo(`${pass}\n${status}`, '/b/s'), ['http://b/s'])
  t.same(mainLeadsTo(`ProxyPass /b/s !\n${pass}\n${status}`, '/b/s', '/b/x'), ['nobody', 'http://b/x'])
  t.same(mainLeadsTo(`${pass}\n${place('/b/r', 'Redirect http://x/')}`, '/b/r', '/b/x'), ['nobody', 'http://b/x'])
  t.same(mainLeadsTo(`${pass}\nRedirect /b https://x/`, '/b'), ['http://b'])
})

t.test('rules that rewrite all that they match are nobody’s; others leave what there is', async (t) => {
  const on = `${root}\nRewriteEngine on`
  const rows: [text: string, path: string, answer: string][] = [
    [`${on}\nRewriteRule ^/r https://x/ [R]`, '/r', 'nobody'],
    [`${on}\nRewriteRule ^/r https://x/ [R]`, '/a', '/srv/a'],
    [`${root}\nRewriteRule ^/r https://x/ [R]`, '/r', '/srv/r'],
    [`${on}\nRewriteRule ^/r - [E=a:b]`, '/r', '/srv/r'],
    [`${on}\nRewriteRule ^/r - [L,F]`, '/r', 'nobody'],
    [`${on}\nRewriteRule ^/R - [NC,G]`, '/r', 'nobody'],
    [`${on}\nRewriteRule !^/r - [F]`, '/a', 'nobody'],
    [`${on}\nRewriteRule ^/(.*)$ http://b/$1 [P]\nProxyPass / http://c/`, '/a', 'nobody'],
    [`${on}\nRewriteCond %{HTTPS} off\nRewriteRule ^ https://x/ [R]`, '/a', 'nobody'],
    [`SSLEngine on\n${on}\nRewriteCond %{HTTPS} off\nRewriteRule ^ https://x/ [R]`, '/a', '/srv/a'],
    [
      `${on}\nRewriteCond %{SERVER_NAME} =a [OR]\nRewriteCond %{HTTP_HOST} =b\nRewriteRule ^ https://x/ [R]`,
      '/a',
      'nobody',
    ],
    [`${on}\nRewriteCond %{HTTP_HOST} !^www\nRewriteRule ^ https://www/ [R]`, '/a', '/srv/a'],
    [`${on}\nRewriteCond %{REQUEST_URI} !^/x\nRewriteRule ^ - [F]`, '/a', 'nobody'],
    [`${on}\nRewriteCond %{REQUEST_METHOD} ^TRACE\nRewriteRule .* - [F]`, '/a', '/srv/a'],
    [`${on}\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.php\nRewriteRule ^/b /c`, '/a', '/srv/a'],
    [`${on}\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.php\nRewriteRule ^/b /c`, '/b', 'nobody'],
    [`${root}\n${folder('/srv/a', 'RewriteEngine on\nRewriteRule ^x - [F]')}`, '/a/b', 'nobody'],
    [`${root}\n${folder('/srv/a', 'RewriteEngine on\nRewriteRule ^x - [F]')}`, '/b', '/srv/b'],
    [`${on}\n${folder('/srv/a', 'RewriteEngine off\nRewriteRule ^x - [F]')}`, '/a', '/srv/a'],
  ]
  for (const [text, path, answer] of rows) t.same(mainLeadsTo(text, path), [answer], `${text} at ${path}`)
  const { hosts } = read(`${on}\nRewriteRule ^ - [F]\n<VirtualHost *>\n</VirtualHost>`).serving
  t.equal(leadsTo(hosts[0] as never, '/a'), '/srv/a', 'a host has its own rules only')
  const own = read(`${on}\n<VirtualHost *>\nRewriteRule ^ - [F]\n</VirtualHost>`).serving.hosts
  t.equal(leadsTo(own[0] as never, '/a'), 'nobody', 'but the switch of the main server')
})

t.test('pages of folders', async (t) => {
  const index = (text: string, path = '/') => {
    const { hosts, main } = read(text).serving
    const route = routeAt(hosts[0] ?? main, path)
    return route?.kind === 'files' && route.index
  }
  t.same(index(root), ['index.html'])
  t.same(index(`${root}\nDirectoryIndex a.html b.php\nDirectoryIndex /c.html d.html`), ['a.html', 'b.php', 'd.html'])
  t.same(index(`${root}\nDirectoryIndex disabled`), [])
  t.same(index(`${root}\nDirectoryIndex a.html\n<VirtualHost *>\nDirectoryIndex b.html\n</VirtualHost>`), ['b.html'])
  t.same(index(`${root}\nDirectoryIndex a.html\n<VirtualHost *>\n</VirtualHost>`), ['a.html'])
  t.same(index(`${root}\n${folder('/srv', 'DirectoryIndex b.html')}\n${folder('/srv/x', 'DirectoryIndex c.html')}`), [
    'b.html',
  ])
  t.match(notes(`${root}\n${folder('/srv/x', 'DirectoryIndex c.html')}`), [/<Directory>: DirectoryIndex counts for/])
  const files = filesOf({ '/srv/.htaccess': 'DirectoryIndex h.html' })
  const route = routeAt(read(`${root}\n${folder('/srv', 'AllowOverride All')}`, { files }).serving.main, '/')
  t.match(route, { index: ['index.html'] }, 'the guard does not know these')
})

t.test('folders are named as Node names them', async (t) => {
  t.same(mainLeadsTo('ServerRoot /x\nDocumentRoot h\xc3\xa9/\nAlias /a "b c"', '/q', '/a/q'), [
    '/x/h\u00e9/q',
    '/x/b c/q',
  ])
  t.same(mainLeadsTo('DocumentRoot /', '/q'), ['/q'])
  t.same(mainLeadsTo('ProxyPass / http://b/', '/q'), ['http://b/q'])
})
