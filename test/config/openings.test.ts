/** Attacks: what leads past a place, what is unread but matters, names in quotes; each was seen to open one. */

import t from 'tap'
import { areas, filesOf, notes, read, wrong } from './config-helpers.js'

const keep = 'Require valid-user'
const location = `<Location /x>\n${keep}\n</Location>`
const folder = `DocumentRoot /srv\n<Directory /srv/p>\n${keep}\n</Directory>`
const inside = (lines: string) => `<Location /x>\n${keep}\n${lines}\n</Location>`
const skipping = (name: string) => ({ allowSkipped: [name] })
const first = (text: string) => text.split(/[ \n]/)[0] as string

t.test('names of directives and sections may have quotes', async (t) => {
  const files = filesOf({ '/a': location })
  t.same(areas('"Include" /a', { files }), areas(location))
  t.same(areas(`'Define' P x\n"<Location" /\${P}>\n"Require" valid-user\n"</Location>"`), areas(location))
  t.match(wrong(`Define P x\n"UnDefine" P\n<Location /\${P}>\n</Location>`), /is not defined/)
  t.same(areas(folder.replace(/^(DocumentRoot)/, '"$1"')), areas(folder))
  t.same(read('<VirtualHost *>\n"ServerName" a.example\n</VirtualHost>').options.hosts?.[0]?.names, ['a.example'])
  t.same(areas(`Define E ""\n\${E}\n"" Foo\n${location}`), areas(location), 'a line without a name says nothing')
})

t.test('what nobody knows whether it is done must not matter', async (t) => {
  const lines = [
    'Define A',
    'UnDefine A',
    'AllowOverride All',
    'AccessFileName .acl',
    'ServerName b',
    'ServerAlias b',
    'DirectoryIndex home.html',
    'LoadModule a_module a.so',
    'ServerRoot /a',
    'Alias /a /b',
    'DocumentRoot /a',
    'Include a',
    'Use M',
    '<VirtualHost *>\n</VirtualHost>',
    '${R}equire valid-user',
    '<IfDefine A>\nDefine B\n</IfDefine>',
    'MergeSlashes Off',
    'ServerPath /b',
    'SSLRequireSSL',
    'PerlAuthenHandler A',
  ]
  for (const line of lines) {
    for (const name of ['IfModule', 'IfVersion', 'IfDirective', 'If', 'Proxy']) {
      const text = `<${name} mod_nowhere.c>\n${line}\n</${name}>`
      t.match(wrong(text), new RegExp(`^site\\.conf:1: <${name}>: `), text)
      t.equal(wrong(text, skipping(name)), 'no error', `${name} as allowed`)
    }
  }
  const harmless = 'Options None\nError stop\nHeader set a b\n<Location /y>\nOptions None\n</Location>'
  t.match(notes(`<IfModule mod_nowhere.c>\n${harmless}\n</IfModule>`), ['1: <IfModule>: left out; it is not read here'])
})

t.test('what leads elsewhere is an error where somebody is kept out', async (t) => {
  const rows: [line: string, urls: boolean, folders: boolean][] = [
    ['RewriteRule ^/x/(.*) /private/$1', true, true],
    ['RewriteRule ^/x http://localhost/private', true, true],
    ['RewriteRule ^/x', true, true],
    ['RewriteRule ^/x\\ - /private', true, true],
    ['RewriteRule ^/x - [F]', false, false],
    ['RewriteRule ^/x https://b.example/$1 [L,R=301]', false, false],
    ['RewriteRule ^/x http://backend/$1 [P]', false, false],
    ['RewriteEngine on', false, false],
    ['FallbackResource /private/s.html', true, true],
    ['FallbackResource disabled', false, false],
    ['DirectoryIndex index.html /private/s.html', true, true],
    ['DirectoryIndex home.html', false, false],
    ['Action a /cgi-bin/b', true, true],
    ['Script PUT /cgi-bin/b', true, true],
    ['VirtualDocumentRootIP /srv/%0', false, true],
    ['VirtualScriptAlias /srv/%0', false, true],
    ['VirtualScriptAliasIP /srv/%0', false, true],
    ['WSGIScriptAlias / /srv/p/app.wsgi', false, true],
  ]
  for (const [line, urls, folders] of rows) {
    const error = new RegExp(`: ${first(line)}: may lead to a protected place`)
    t.match(wrong(`${line}\n${location}`), urls ? error : 'no error', line)
    t.match(wrong(`${line}\n${folder}`), folders ? error : 'no error', line)
    t.equal(wrong(`${line}\n${folder}`, skipping(first(line))), 'no error', 'as allowed')
    t.equal(wrong(`${line}\n<Directory />\nRequire all denied\n</Directory>`), 'no error', `${line}: none is kept out`)
  }
  const line = 'RewriteRule . /index.php'
  const denied = `DocumentRoot /srv\n<Directory /srv/p>\nRequire all denied\n</Directory>`
  const more: [text: string, error: boolean][] = [
    [`<VirtualHost *>\n${line}\n</VirtualHost>\n${location}`, true],
    [`${line}\n<VirtualHost *>\n${location}\n</VirtualHost>`, true],
    [`<VirtualHost *>\n${line}\n</VirtualHost>\n<VirtualHost *>\n${location}\n</VirtualHost>`, false],
    [`${location}\n<IfModule mod_rewrite.c>\n<IfDefine A>\n${line}\n</IfDefine>\n</IfModule>`, true],
    [`${location}\n<If x>\n${line}\n</If>`, true],
    [`${line}\n<Location /s>\nSetHandler server-status\nRequire local\n</Location>`, false],
    [`${line}\n<Location /s>\nSetHandler server-status\nRequire local\n${keep}\n</Location>`, true],
    [
      `${line}\n<Location /s>\nSetHandler server-status\n<RequireAll>\nRequire local\n${keep}\n</RequireAll>\n</Location>`,
      true,
    ],
    [`${line}\n<Location /s>\nRequire local\n</Location>`, true],
    [`VirtualScriptAlias /a\n${denied}`, true],
    [`${line}\n${denied}`, true],
  ]
  for (const [text, error] of more) t.match(wrong(text), error ? /may lead to/ : 'no error', text)
})

t.test('.htaccess files lead elsewhere, and are led to', async (t) => {
  const site = 'DocumentRoot /srv\n<Directory /srv>\nAllowOverride All\n</Directory>'
  const lead = 'RewriteRule . /index.php'
  const a = (text: string) => filesOf({ '/srv/a/.htaccess': text })
  t.equal(wrong(site, { files: a(lead) }), 'no error')
  t.match(wrong(`${site}\n${location}`, { files: a(lead) }), /^\/srv\/a\/\.htaccess:1: RewriteRule: may lead/)
  t.match(wrong(`${site}\n${lead}`, { files: a(keep) }), /^site\.conf:5: RewriteRule: may lead/)
  t.match(wrong(site, { files: a(`${keep}\nFoo bar`) }), /Foo: is unknown, and stands beside a rule/)
  const both = filesOf({ '/srv/.acl': lead, '/srv/.htaccess': keep, '/srv/b/.htaccess': '' })
  t.match(
    wrong(`AccessFileName .acl .htaccess\n${site}`, { files: both }),
    'no error',
    'the first that is there is read',
  )
  t.same(areas(`AccessFileName .htaccess .acl\n${site}`, { files: both }), [{ path: '/', require: 'valid-user' }])
  const above = filesOf({ '/.acl': '', '/.htaccess': keep })
  const root = site.replace('<Directory /srv>', '<Directory />')
  t.same(areas(`AccessFileName .acl .htaccess\n${root}`, { files: above }), [])
})

t.test('what cannot stand in a section, or beside a rule, denies it when skipped', async (t) => {
  const lines = [
    'Alias /srv/p',
    'AliasMatch ^/a /srv',
    'DocumentRoot /srv',
    'ServerName a',
    'AccessFileName a',
    'UserDir public_html',
    'ServerPath /b',
    'MergeSlashes Off',
    'RegexDefaultOptions +ICASE',
    'SSLVerifyClient require',
    'SSLRequireSSL',
    'SSLRequire x',
    'RewriteRule . - [L,F]',
    'Foo bar',
    'LuaHookAccessChecker a b',
    'WSGIAccessScript a',
  ]
  for (const line of lines) {
    const name = first(line)
    t.match(wrong(inside(line)), new RegExp(`^site\\.conf:3: ${name}: .*--allow-skipped`), line)
    t.equal(areas(inside(line), skipping(name))[0]?.require, 'denied', `${line} as allowed`)
  }
  for (const line of ['ServerPath /b', 'MergeSlashes off', 'RegexDefaultOptions ICASE', 'SSLVerifyClient require'])
    t.match(wrong(line), new RegExp(`^site\\.conf:1: ${first(line)}: `), line)
})

t.test('what ordinary sites have is no error', async (t) => {
  const lines =
    `Header set a b;RequestHeader unset a;SetEnv a;SetEnvIf a b c;ProxyPass http://b/;ProxyPassReverse /;Options None
AddHandler a .b;SetHandler a;ExpiresActive on;Dav on;WSGIProcessGroup a;php_value a b;php_flag a on;php_admin_value a b
FileETag None;LimitRequestBody 1;ForceType a/b;ErrorDocument 404 /a;IndexOptions a;PerlOptions a;FastCgiServer a
PassengerEnabled on;AddOutputFilter a b;SetOutputFilter a;DeflateCompressionLevel 1;Substitute s/a/b/;SSLOptions +StdEnvVars
SSLVerifyClient optional_no_ca;MergeSlashes On;RegexDefaultOptions +DOTALL +DOLLAR_ENDONLY;RewriteEngine on;RewriteCond a b
RewriteRule ^ - [E=a:b];AuthName "a";AuthLDAPURL a;AuthUserFile /a;Redirect /a http://b/;DirectoryIndex a.html`.split(
      /[;\n]/,
    )
  for (const line of lines) t.equal(wrong(inside(line)), 'no error', line)
  t.match(notes(`<Location /y>\nFoo bar\n${'Require all granted'}\n</Location>`), [
    '2: Foo: left out; it is not read here',
  ])
  t.match(notes('Alias /a ${B}/c'.replace('Alias', 'Header')), [/Header: \$\{B\} is not defined/])
  t.match(notes('LoadModule a_module ${B}/c'), [/LoadModule: \$\{B\} is not defined/])
  t.match(wrong('Alias /a ${B}'), /Alias: \$\{B\} is not defined/)
  t.match(wrong('<If ${B}>\n</If>'), /<If: \$\{B\} is not defined/)
})

t.test('long texts take no more than their time', async (t) => {
  const sections = (count: number) =>
    Array.from({ length: count }, (_, i) => `<Location /a${i}>\nTKTAuthDebug 0\n</Location>`).join('\n')
  const texts = [`TKTAuthLoginURL${' '.repeat(200_000)}x`, `TKTAuthLoginURL ${'${'.repeat(100_000)}`, sections(2000)]
  for (const text of texts) {
    const start = performance.now()
    wrong(text)
    t.ok(performance.now() - start < 2000, `${text.slice(0, 20)} takes ${Math.round(performance.now() - start)} ms`)
  }
})
