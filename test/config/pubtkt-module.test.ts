/** Which of two modules a configuration is for: mod_auth_tkt and mod_auth_pubtkt share nine directives. */

import t from 'tap'
import type { ApacheConfigOptions } from '../../src/config/context.js'
import { ownerOf, SIGNED_NAMES, TICKET_NAMES } from '../../src/config/known.js'
import { areas, notes, read, wrong } from './config-helpers.js'
import { keyFiles } from './pubtkt-helpers.js'

const SIGNED = 'mod_auth_pubtkt'
const inside = (lines: string) => `<Location /x>\n${lines}\n</Location>\n`
const files = keyFiles({
  '/c/signed.conf': inside('AuthType mod_auth_pubtkt'),
  '/c/load.conf': 'LoadModule auth_pubtkt_module m.so',
  '/w/.htaccess': 'TKTAuthRefreshURL /r\nTKTAuthBackArgName None\nRequire valid-user',
  '/p/.htaccess': 'TKTAuthTimeout 1h',
  '/m/.htaccess': '<IfModule mod_auth_pubtkt.c>\nRequire valid-user\n</IfModule>',
})
const moduleOf = (text: string, options?: ApacheConfigOptions) => read(text, { files, ...options }).options.module

t.test('what tells it', async (t) => {
  const rows: [text: string, module: string | undefined][] = [
    ['', undefined],
    [inside('Require valid-user'), undefined],
    [inside('TKTAuthLoginURL /l\nTKTAuthToken a'), undefined],
    [inside('AuthType Basic'), undefined],
    [inside('AuthType TKT'), undefined],
    [inside('AuthType mod_auth_pubtkt'), SIGNED],
    [inside('authtype "Mod_Auth_PubTKT"'), SIGNED],
    [`<VirtualHost *:80>\n${inside('AuthType mod_auth_pubtkt')}</VirtualHost>`, SIGNED],
    ['LoadModule auth_pubtkt_module modules/mod_auth_pubtkt.so', SIGNED],
    ['LoadModule auth_tkt_module modules/mod_auth_tkt.so', undefined],
    [`LoadModule auth_pubtkt_module m.so\n${inside('AuthType TKT\nRequire valid-user')}`, SIGNED],
    ['TKTAuthPublicKey /k/rsa.pub', SIGNED],
    ['TKTAuthSecret s', undefined],
    ['Include /c/signed.conf', SIGNED],
    ['Include /c/load.conf', SIGNED],
    [`<IfDefine X>\n${inside('AuthType mod_auth_pubtkt')}</IfDefine>`, undefined],
    [`<IfModule mod_auth_pubtkt.c>\n${inside('Require valid-user')}</IfModule>`, SIGNED],
    [`<IfModule auth_pubtkt_module>\n${inside('Require valid-user')}</IfModule>`, SIGNED],
    [`<IfModule mod_auth_pubtkt.c>\nListen 80\n</IfModule>`, undefined],
    [`<IfModule mod_auth_tkt.c>\n${inside('Require valid-user')}</IfModule>`, undefined],
    ['<IfModule !mod_auth_pubtkt.c>\nLoadModule auth_pubtkt_module m.so\n</IfModule>', SIGNED],
    ['<IfModule !mod_auth_tkt.c>\nLoadModule auth_tkt_module m.so\n</IfModule>', undefined],
  ]
  for (const [text, module] of rows) t.equal(moduleOf(text), module, text)
})

t.test('each directive that only one of them has', async (t) => {
  const own = (names: readonly string[]) => names.filter((name) => ownerOf(name) !== undefined)
  t.equal(own(SIGNED_NAMES).length + own(TICKET_NAMES).length, 27)
  for (const name of own(SIGNED_NAMES)) {
    const found = wrong(`TKTAuthSecret s\n${inside(`${name} 1`)}`)
    t.match(
      found,
      `site.conf:3: ${name}: is for mod_auth_pubtkt, and 'TKTAuthSecret' of site.conf:1 is for mod_auth_tkt`,
    )
  }
  for (const name of own(TICKET_NAMES)) {
    const found = wrong(`${inside('AuthType mod_auth_pubtkt')}${name} 1`)
    t.match(found, `site.conf:4: ${name}: is for mod_auth_tkt, and 'AuthType mod_auth_pubtkt' of site.conf:2 is for`)
  }
})

t.test('contradictions name both places, and how to say which it is', async (t) => {
  const rows: [text: string, message: string][] = [
    [
      'LoadModule auth_tkt_module a\nLoadModule auth_pubtkt_module b',
      "site.conf:2: LoadModule auth_pubtkt_module: is for mod_auth_pubtkt, and 'LoadModule auth_tkt_module' of site.conf:1",
    ],
    [
      `LoadModule auth_tkt_module a\n${inside('AuthType mod_auth_pubtkt')}`,
      'site.conf:3: AuthType mod_auth_pubtkt: is for',
    ],
    [
      'Include /c/signed.conf\nTKTAuthSecret s',
      "'AuthType mod_auth_pubtkt' of /c/signed.conf:2 is for mod_auth_pubtkt",
    ],
    [
      `<IfModule mod_auth_tkt.c>\n${inside('Require valid-user')}</IfModule>\n<IfModule mod_auth_pubtkt.c>\n${inside('Require valid-user')}</IfModule>`,
      "site.conf:6: <IfModule mod_auth_pubtkt.c>: is for mod_auth_pubtkt, and '<IfModule mod_auth_tkt.c>' of site.conf:1",
    ],
    [
      'TKTAuthSecret s\nDocumentRoot /w\n<Directory /w>\nAllowOverride All\n</Directory>',
      "/w/.htaccess:1: TKTAuthRefreshURL: is for mod_auth_pubtkt, and 'TKTAuthSecret' of site.conf:1",
    ],
  ]
  for (const [text, message] of rows) {
    const found = wrong(text, { files })
    t.match(found, message, text)
    t.match(found, 'one Apache has one of them: say which counts (option module, or --module)')
  }
})

t.test('said from outside, it counts, and what is the other one’s is an error', async (t) => {
  const both = 'LoadModule auth_tkt_module a\nLoadModule auth_pubtkt_module b\n'
  const signed = { files, module: 'mod_auth_pubtkt' } as const
  const plain = { files, module: 'mod_auth_tkt' } as const
  t.equal(moduleOf(both, signed), SIGNED)
  t.equal(moduleOf(both, plain), undefined)
  t.match(notes(both, signed), [
    /^1: LoadModule: auth_tkt_module counts as not loaded: this is read as mod_auth_pubtkt's/,
  ])
  t.match(notes(both, plain), [/^2: LoadModule: auth_pubtkt_module counts as not loaded/])
  t.match(
    wrong('TKTAuthSecret Xq9', signed),
    /^site\.conf:1: TKTAuthSecret: is mod_auth_tkt's, .*--module.*--allow-skipped/,
  )
  t.match(wrong('TKTAuthPublicKey /k/rsa.pub', plain), /^site\.conf:1: TKTAuthPublicKey: is mod_auth_pubtkt's/)
  t.same(areas(inside('TKTAuthSecret s\nRequire valid-user'), { ...signed, allowSkipped: ['TKTAuthSecret'] }), [
    { path: '/x', require: 'denied' },
  ])
  t.match(notes(inside('AuthType mod_auth_pubtkt'), plain), [/'mod_auth_pubtkt' counts as Basic/])
  t.equal(moduleOf('', { modules: ['auth_pubtkt'] }), SIGNED)
  t.equal(moduleOf('', { modules: ['mod_auth_pubtkt.c'] }), SIGNED)
  t.equal(moduleOf('', { modules: ['auth_tkt', 'auth_pubtkt'] }), undefined)
  t.equal(moduleOf('TKTAuthPublicKey /k/rsa.pub', { modules: [] }), SIGNED)
})

t.test('what may be skipped tells nothing', async (t) => {
  const skipped = { allowSkipped: ['TKTAuthSecret', 'If'] }
  t.equal(moduleOf(`TKTAuthSecret s\n${inside('AuthType mod_auth_pubtkt')}`, skipped), SIGNED)
  t.equal(moduleOf(inside('<If "x">\nTKTAuthRefreshURL /r\n</If>'), skipped), undefined)
})

t.test('sections for a module count once it is known which it is', async (t) => {
  const both = `<IfModule mod_auth_tkt.c>\n${inside('TKTAuthToken plain')}</IfModule>
<IfModule mod_auth_pubtkt.c>\n${inside('TKTAuthToken signed')}</IfModule>
<IfModule !mod_auth_pubtkt.c>\n${inside('Require all denied')}</IfModule>\n`
  const signed = [{ path: '/x', tokens: ['signed'] }]
  t.same(areas(`${both}<Location /y>\nAuthType mod_auth_pubtkt\n</Location>`).slice(0, 1), signed)
  t.match(notes(`${both}LoadModule auth_pubtkt_module x`), [/^1: .*mod_auth_tkt\.c is/])
  t.same(areas(`LoadModule auth_pubtkt_module x\n${both}`), signed)
  t.same(areas(both, { module: 'mod_auth_pubtkt' }), signed)
  const plain = [{ tokens: ['plain'] }, { require: 'denied' }]
  t.match(areas(`${both}TKTAuthSecret s`), plain)
  t.match(areas(both, { module: 'mod_auth_tkt' }), plain)
  t.same(areas(both, { modules: ['core'] }), [{ path: '/x', require: 'denied' }], 'neither is loaded')
  t.match(
    areas('<IfModule mod_auth_pubtkt.c>\nDefine L /l\n</IfModule>\n<Location /x>\nTKTAuthRefreshURL ${L}\n</Location>'),
    [{ refreshUrl: '/l' }],
  )
})

t.test('.htaccess files tell it, too', async (t) => {
  const folder = (path: string) => `DocumentRoot ${path}\n<Directory ${path}>\nAllowOverride All\n</Directory>\n`
  const { options } = read(`${folder('/w')}${inside('TKTAuthBackArgName None\nTKTAuthCookieName c')}`, { files })
  t.equal(options.module, SIGNED)
  t.match(options.areas, [
    { path: '/', refreshUrl: '/r', backArgName: 'None' },
    { path: '/x', backArgName: 'None', cookieName: 'c' },
  ])
  t.equal(moduleOf(folder('/p')), undefined)
  t.match(
    wrong(folder('/p') + folder('/w').replace('DocumentRoot', 'Alias /w'), { files }),
    /TKTAuthTimeout: is for mod_auth_tkt, and 'TKTAuthRefreshURL'/,
  )
  t.match(wrong(folder('/m'), { files }), /nobody can know here whether mod_auth_pubtkt\.c is loaded/)
})

t.test('AllowOverride: three directives stand wherever it has any class', async (t) => {
  const folder = (override: string, text: string, module: 'mod_auth_pubtkt' | 'mod_auth_tkt' = 'mod_auth_pubtkt') =>
    wrong(`DocumentRoot /h\n<Directory /h>\n${override}\n</Directory>`, {
      module,
      files: keyFiles({ '/h/.htaccess': text }),
    })
  const trio =
    'TKTAuthPublicKey /k/rsa.pub\nTKTAuthDigest SHA512\n<Files a>\nTKTAuthPassthruBasicKey 0123456789abcdef\n</Files>'
  t.equal(folder('AllowOverride FileInfo', trio), 'no error')
  t.match(folder('AllowOverride FileInfo', `${trio}\nTKTAuthLoginURL /l`), /AllowOverride does not permit here/)
  t.match(
    folder('AllowOverride Limit', '<Files a>\nRequire valid-user\n</Files>'),
    /AllowOverride does not permit here/,
  )
  t.match(folder('AllowOverrideList Redirect', trio), /AllowOverride does not permit here/)
  t.equal(folder('AllowOverrideList TKTAuthPublicKey', 'TKTAuthPublicKey /k/rsa.pub'), 'no error')
  t.equal(folder('AllowOverride None', trio), 'no error')
})
