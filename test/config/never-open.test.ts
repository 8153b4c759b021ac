/** Attacks: constructs that are not understood must never leave a place open. */

import t from 'tap'
import { areas, notes, read, wrong } from './config-helpers.js'

const inside = (lines: string) => `<Location /x>\nRequire valid-user\n${lines}\n</Location>`

t.test('what is not understood and bears on who may enter is an error', async (t) => {
  const rows: [name: string, text: string][] = [
    ['If', inside('<If "true">\nRequire user bob\n</If>')],
    ['Limit', inside('<Limit POST>\nRequire user bob\n</Limit>')],
    ['LimitExcept', inside('<LimitExcept GET>\nRequire user bob\n</LimitExcept>')],
    ['Else', inside('<Else>\nTKTAuthToken a\n</Else>')],
    ['If', '<If "true">\nRequire valid-user\n</If>'],
    ['If', '<If "true">\n<Directory /x>\n<Limit GET>\nAuthType None\n</Limit>\n</Directory>\n</If>'],
    ['Proxy', '<Proxy *>\nRequire valid-user\n</Proxy>'],
    ['ProxyMatch', '<ProxyMatch x>\nTKTAuthToken a\n</ProxyMatch>'],
    ['Macro', '<Macro M $p>\n<Location $p>\nRequire valid-user\n</Location>\n</Macro>'],
    ['Macro', '<Macro M $p>\nInclude $p\n</Macro>'],
    ['Macro', '<Macro M $p>\n$p valid-user\n</Macro>'],
    ['Macro', '<Macro M $p>\nHeader set $p ${undefined}\n</Macro>'],
    ['Macro', inside('<Macro M>\nFoo\n</Macro>')],
    ['Use', 'Use M R'],
    ['Use', inside('Use M "Require user bob"')],
    ['If', '<If x>\nUse M\n</If>'],
    ['Macro', '<Macro M $p>\n<VirtualHost $p>\n</VirtualHost>\n</Macro>'],
    ['Satisfy', inside('Satisfy any')],
    ['Order', inside('Order allow,deny')],
    ['Allow', inside('Allow from all')],
    ['Deny', inside('Deny from all')],
    ['AuthMerging', inside('AuthMerging Or')],
    ['Require', inside('Require expr true')],
    ['Require', inside('Require host example.com')],
    ['Require', inside('Require env x')],
    ['Require', inside('Require ldap-user x')],
    ['Require', inside('Require Valid-User')],
    ['Require', inside('Require user %{REMOTE_ADDR}')],
    ['Require', inside('Require')],
    ['Require', 'Require valid-user'],
    ['AuthType', 'AuthType None'],
    ['Allow', 'Allow from all'],
    ['TKTAuthTokn', inside('TKTAuthTokn a')],
    ['TKTAuthTokn', 'TKTAuthTokn a'],
    ['SSLRequire', inside('SSLRequire x')],
    ['Files', inside('<Files a>\nRequire user bob\n</Files>')],
    ['Location', inside('<Location /y>\nRequire user bob\n</Location>')],
    ['If', inside('<RequireAll>\nRequire all granted\n<If x>\nRequire user a\n</If>\n</RequireAll>')],
    ['TKTAuthToken', inside('<RequireAll>\nRequire all granted\nTKTAuthToken a\n</RequireAll>')],
    ['IfModule', '<IfModule mod_nowhere.c>\n<Location /x>\nRequire valid-user\n</Location>\n</IfModule>'],
    ['IfModule', '<IfModule !mod_nowhere.c>\n<Location /x>\nRequire valid-user\n</Location>\n</IfModule>'],
    ['IfModule', '<IfModule mod_nowhere.c>\nInclude hidden.conf\n</IfModule>'],
    ['IfModule', '<IfModule mod_nowhere.c>\n<VirtualHost *>\nAlias /a /srv/private\n</VirtualHost>\n</IfModule>'],
    ['VirtualHost', '<VirtualHost *>\n<VirtualHost *>\nTKTAuthSecret x\n</VirtualHost>\n</VirtualHost>'],
  ]
  for (const [name, text] of rows) {
    const message = wrong(text)
    t.match(message, new RegExp(`^site\\.conf:\\d+: <?${name}>?: .*--allow-skipped`), `${name}: ${text}`)
    t.notMatch(wrong(text, { allowSkipped: ['Nothing'] }), 'no error')
  }
})

t.test('what is skipped as allowed denies the place that it stands in', async (t) => {
  const rows: [name: string, lines: string][] = [
    ['if', '<If "true">\nRequire user bob\n</If>'],
    ['<Limit>', '<Limit POST>\nRequire user bob\n</Limit>'],
    ['LimitExcept', '<LimitExcept GET>\nTKTAuthToken a\n</LimitExcept>'],
    ['Order', 'Order allow,deny'],
    ['DENY', 'Deny from all'],
    ['AuthMerging', 'AuthMerging And'],
    ['IfModule', '<IfModule mod_nowhere.c>\nTKTAuthToken a\n</IfModule>'],
    ['TKTAuthTokn', 'TKTAuthTokn a'],
    ['TKTAuthPublicKey', 'TKTAuthPublicKey /k'],
  ]
  for (const [name, lines] of rows) {
    const [area] = areas(inside(lines), { allowSkipped: [name] })
    t.equal(area?.require, 'denied', name)
    t.match(notes(inside(lines), { allowSkipped: [name] }), [/^\d+: .*skipped, as allowed/], `${name} is told`)
  }
})

t.test('skipped rules deny, what can only open is just left out', async (t) => {
  const some = { allowSkipped: ['Require', 'Satisfy', 'Allow', 'Order', 'If'] }
  t.same(areas(inside('Require expr x'), some)[0]?.require, { any: ['valid-user', 'denied'] })
  t.same(areas(inside('Satisfy any\nAllow from all\nOrder deny, allow'), some)[0]?.require, 'valid-user')
  const nested = '<RequireAll>\nRequire valid-user\n<If x>\nRequire user a\n</If>\n</RequireAll>'
  t.same(areas(`<Location /x>\n${nested}\n</Location>`, some)[0]?.require, { all: ['valid-user', 'denied'] })
})

t.test('what is skipped at the server level denies everything', async (t) => {
  t.equal(read('Require valid-user', { allowSkipped: ['Require'] }).options.require, 'denied')
  t.equal(read('TKTAuthTokn a', { allowSkipped: ['TKTAuthTokn'] }).options.require, 'denied')
  t.equal(read('<Proxy *>\nRequire all denied\n</Proxy>', { allowSkipped: ['Proxy'] }).options.require, 'no-rule')
})

t.test('what has no bearing is left out with a note', async (t) => {
  const rows: [text: string, note: RegExp][] = [
    ['<If "true">\nHeader set a b\n</If>', /1: <If>: left out/],
    [inside('<If "true">\nHeader set a b\n</If>'), /3: <If>: left out/],
    ['<IfModule mod_nowhere.c>\nFoo\n</IfModule>', /1: <IfModule>: left out/],
    ['Header set a ${undefined}', /1: Header: \$\{undefined\} is not defined/],
  ]
  for (const [text, note] of rows) t.match(notes(text).join(' / '), note, text)
})

t.test('sections that do not close, or close what is not open', async (t) => {
  const rows: [text: string, message: RegExp][] = [
    ['<Location /x>\nRequire valid-user', /site\.conf:1: <Location>: is never closed/],
    ['<Location /x>\n<RequireAny>\n</Location>', /site\.conf:3: <\/Location>: <RequireAny> of line 2 is open/],
    ['</Location>', /no section is open/],
    ['<Location /x\nRequire valid-user\n</Location>', /has no closing '>'/],
    ['<IfModule mod_nowhere.c>\n<Location /x>\n</IfModule>', /<Location> of line 2 is open/],
    ['<Location /x>\nError "stop"\n</Location>', /site\.conf:2: Error: /],
  ]
  for (const [text, message] of rows) t.match(wrong(text), message, text)
})

t.test('a secret is never in a message', async (t) => {
  const texts = [
    'TKTAuthSecret "Xq9" more',
    "TKTAuthSecret 'Xq9",
    'TKTAuthDigestType Xq9',
    'TKTAuthSecret "abc${Xq9}ghi"',
    'TKTAuthSecret ${Xq9',
    'TKTAuthSecrt "abc${Xq9}ghi"',
    'Define S "abc${Xq9}ghi"',
    'Define T TKTAuthSecret\n${T} "abc${Xq9}ghi"',
    `TKTAuthSecret ${'Xq9'.repeat(400)}`,
  ]
  for (const text of texts) {
    t.notMatch(wrong(text), /Xq9/, text.slice(0, 30))
    if (wrong(text) === 'no error') t.notMatch(JSON.stringify(notes(text)), /Xq9/)
  }
})
