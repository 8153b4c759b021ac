/** What Apache decides while it reads: conditions, definitions, includes. */

import t from 'tap'
import { areas, filesOf, notes, read, wrong } from './config-helpers.js'

const place = '<Location /x>\nRequire valid-user\n</Location>'
const within = (tag: string, lines = place) => `<${tag}>\n${lines}\n</${tag.split(' ')[0]}>`

t.test('conditions hold or do not', async (t) => {
  const files = filesOf({ '/there': '' })
  const rows: [tag: string, holds: boolean][] = [
    ['IfModule mod_auth_tkt.c', true],
    ['ifmodule auth_tkt_module', true],
    ['IfModule !mod_auth_tkt.c', false],
    ['IfModule !mod_authz_core.c', false],
    ['IfDefine A', true],
    ['IfDefine !A', false],
    ['IfDefine B', false],
    ['IfDefine !B', true],
    ['IfVersion >= 2.4', true],
    ['IfVersion > 2.4.62', false],
    ['IfVersion < 2.4.100', true],
    ['IfVersion <= 2', false],
    ['IfVersion = 2.4.62', true],
    ['IfVersion 2.4.62', true],
    ['IfVersion == 2.4.61', false],
    ['IfVersion !> 2.4.62', true],
    ['IfVersion ! 2.4.62', false],
    ['IfVersion ~ ^2\\.4', true],
    ['IfVersion = /^2\\.2/', false],
    ['IfFile /there', true],
    ['IfFile !/there', false],
    ['IfFile /nowhere', false],
  ]
  for (const [tag, holds] of rows)
    t.equal(areas(within(tag), { defines: { A: '' }, files, version: '2.4.62' }).length, holds ? 1 : 0, tag)
})

t.test('what a condition takes away is told, if it bears on who may enter', async (t) => {
  t.match(notes(within('IfDefine B')), [/1: <IfDefine>: left out with all that is in it: B is not defined/])
  t.match(notes(within('IfDefine !B'), { defines: { B: '' } }), [/B is defined/])
  t.match(notes(within('IfVersion > 3'), { version: '2.4.62' }), [/the version is taken to be 2\.4\.62/])
  t.match(notes(within('IfFile x'), { files: filesOf({}) }), [/'x' does not exist/])
  t.match(notes(within('IfFile !/x'), { files: filesOf({ '/x': '' }) }), [/'\/x' exists/])
  t.same(notes(within('IfDefine B', 'Foo')), [])
  t.same(notes(within('IfModule !mod_auth_tkt.c')), [])
})

t.test('conditions that cannot be read', async (t) => {
  const rows: [tag: string, message: RegExp][] = [
    ['IfModule', /needs an argument/],
    ['IfVersion <> 2', /unknown operator/],
    ['IfVersion = x', /needs a version/],
    ['IfVersion ~ (', /no regular expression/],
    ['IfFile x', /no file access/],
  ]
  for (const [tag, message] of rows) t.match(wrong(within(tag), { version: '2.4.62' }), message, tag)
})

t.test('modules count as loaded when they are named or loaded', async (t) => {
  const text = within('IfModule mod_ssl.c')
  t.match(wrong(text), /whether mod_ssl\.c is loaded/)
  t.equal(areas(`LoadModule ssl_module x.so\n${text}`).length, 1)
  t.equal(areas(text, { modules: ['mod_ssl.c'] }).length, 1)
  t.same(areas(within('IfModule mod_env.c'), { modules: ['ssl'] }), [], 'named are all that there are')
  t.match(notes(within('IfModule mod_env.c'), { modules: ['ssl'] }).join(), /mod_env\.c is not loaded/)
  t.match(wrong(within('IfVersion >= 2.4')), /nobody can know the version here/)
  t.same(
    notes(within('IfVersion >= 2.4', 'Options None')),
    ['1: IfVersion: left out; it is not read here'].map((text) => text.replace('IfVersion', '<IfVersion>')),
  )
})

t.test('a module has two names, and no others', async (t) => {
  const rows: [name: string, known: boolean][] = [
    ['mod_alias.c', true],
    ['alias_module', true],
    ['core.c', true],
    ['core_module', true],
    ['event.c', true],
    ['mpm_event_module', true],
    ['http_core.c', true],
    ['worker.c', false],
    ['mod_alias', false],
    ['alias', false],
    ['alias.c', false],
    ['MOD_ALIAS.C', false],
    ['Alias_module', false],
    ['mod_core.c', false],
    ['mod_mpm_event.c', false],
    ['mod_', false],
  ]
  for (const [name, known] of rows) {
    t.match(wrong(within(`IfModule ${name}`)), known ? 'no error' : /nobody can know here whether/, name)
    t.match(wrong(within(`IfModule !${name}`)), known ? 'no error' : /nobody can know here whether/, `!${name}`)
  }
  t.equal(areas(within('IfModule util_ldap.c'), { modules: ['ldap_module'] }).length, 1)
})

t.test('definitions hold from their line on, also inside of conditions', async (t) => {
  const path = (text: string, options = {}) => areas(text, options)[0]?.path
  const use = '<Location /${P}>\nRequire valid-user\n</Location>'
  t.equal(path(`Define P a\n${use}`), '/a')
  t.equal(path(use, { defines: { P: '\u00e9' } }), '/\xc3\xa9')
  t.equal(path(use, { environment: { P: 'b' } }), '/b')
  t.equal(path(`Define P a\n${use}`, { environment: { P: 'b' } }), '/a')
  t.match(wrong(`${use}\nDefine P a`), /<Location: \$\{P\} is not defined/)
  t.match(wrong(`Define P a\nUnDefine P\n${use}`), /is not defined/)
  t.match(wrong(use, { environment: { P: undefined } }), /is not defined/)
  t.equal(areas(`Define P\n${within('IfDefine P')}`).length, 1)
  t.same(read('Define\nUnDefine\nLoadModule\nServerRoot').options.areas, [])
})

t.test('files are included', async (t) => {
  const files = filesOf({
    '/etc/a.conf': 'Include b/*.conf\n',
    '/etc/b/1.conf': '<Location /1>\nRequire valid-user\n</Location>',
    '/etc/b/2.conf': '<Location /2>\nRequire valid-user\n</Location>',
    '/etc/loop.conf': 'Include /etc/loop.conf',
    '/etc/bad.conf': '\n\nTKTAuthSecret',
    '/etc/lines.conf': 'Require valid-user',
  })
  const options = { file: '/etc/main.conf', files }
  t.same(
    areas('ServerRoot /etc/\nInclude a.conf', options).map(({ path }) => path),
    ['/1', '/2'],
  )
  t.same(read('IncludeOptional /nowhere/*.conf', options).options.areas, [])
  t.same(areas('<Location /x>\nInclude lines.conf\n</Location>', options), [{ path: '/x', require: 'valid-user' }])
  t.match(read('Include b/2.conf', options).options.areas, [{ name: '/etc/b/2.conf:1 <Location /2>' }])
  t.match(wrong('Include nowhere.conf', options), /^\/etc\/main\.conf:1: Include: there is no '\/etc\/nowhere\.conf'/)
  t.match(wrong('Include nowhere/*', options), /there is no/)
  t.match(wrong('Include loop.conf', options), /^\/etc\/loop\.conf:1: Include: '\/etc\/loop\.conf' includes itself/)
  t.match(wrong('Include bad.conf', options), /^\/etc\/bad\.conf:3: TKTAuthSecret/)
  t.match(wrong('Include', options), /needs the name of a file/)
  t.match(wrong('Include x'), /no file access/)
  t.match(wrong('Include x', { file: 'a.conf', files }), /there is no '\.\/x'/)
  t.match(wrong('Include x', { files: { ...files, glob: () => ['/gone'] } }), /'\/gone' cannot be read/)
  const deep = filesOf(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`/${i}`, `Include /${i + 1}`])))
  t.match(wrong('Include /0', { files: deep }), /more than 20 files deep/)
})
