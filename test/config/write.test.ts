/** What is written reads back as the same options. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { hardeningLeftOff } from '../../src/config/hardening.js'
import { readConfig } from '../../src/config/json.js'
import { configSchema } from '../../src/config/schema.js'
import { toJson } from '../../src/config/write.js'
import { DEFAULT_OPTIONS } from '../../src/policy/defaults.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { filesOf, read } from './config-helpers.js'
import { keyFiles, RSA } from './pubtkt-helpers.js'

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(configSchema())
const place = (path: string, lines = 'Require valid-user') => `<Location ${path}>\n${lines}\n</Location>`
const KEY = 'TKTAuthSecret "sixteen \\"bytes\\" \xe9 and more"\n'
const TEXTS = [
  '',
  `${KEY}TKTAuthSecretOld old-old-old-old-old`,
  `${KEY}TKTAuthDigestType SHA512\n${place('/x', 'TKTAuthLoginURL /l\nTKTAuthTimeout 1h 30m\nTKTAuthToken a b\nTKTAuthBackArgName None')}`,
  `Define S s\\ecret\nTKTAuthSecret "$\{S} and much more"\n${place('~ "^/a"')}\n${place('/y*', 'AuthType Basic\nRequire group g')}`,
  `${KEY}<VirtualHost *:80 [::1]:81>\nServerName a\nTKTAuthSecret \\\n  own-own-own-own-own\n${place('/v', 'Require all granted')}\n</VirtualHost>`,
  `${KEY}DocumentRoot /srv\n<Directory /srv/a>\nRequire ip 10\n<Files "*.\xc3\xa9">\nRequire all denied\n</Files>\n</Directory>`,
  `${KEY}TKTAuthLoginURL /l\n${place('/g', '<RequireAll>\nRequire valid-user\nRequire not user \xc3\xa4\n</RequireAll>\nTKTAuthGuestUser xy%8U\nTKTAuthCookieExpires 0')}`,
]

/** Options that are left out are those of the guard. */
const effective = (options: GuardOptions) => ({ ...DEFAULT_OPTIONS[options.compat ?? 'hardened'], ...options })

t.test('reading back what was written gives the same options', async (t) => {
  for (const text of TEXTS) {
    for (const compat of ['exact', 'hardened'] as const) {
      const config = read(text, { compat, file: '/etc/site.conf' })
      const { options } = config
      const json = toJson(options, config)
      const back = readConfig(json, { file: '/tmp/a.json', files: filesOf({ '/etc/site.conf': text }) })
      t.same(effective(back.options), effective(options), text)
      t.ok(validate(JSON.parse(json)), JSON.stringify(validate.errors))
      t.equal(toJson(options, config), json, 'the same text each time')
    }
  }
})

t.test('no secret is in the text', async (t) => {
  const config = read('TKTAuthSecret Xq9\n<VirtualHost *>\nTKTAuthSecret Xq9\n</VirtualHost>')
  t.notMatch(toJson(config.options, config), /Xq9/)
  t.match(
    toJson(config.options, { ...config, pathOf: (file) => `/abs/${file}` }),
    /"apacheFile": "\/abs\/site\.conf",\s+"line": 1/,
  )
  t.throws(() => toJson(config.options, { keySources: new Map() }), {
    code: 'ERR_TKT_OPTIONS',
    message: /nobody knows where a secret stands/,
  })
})

t.test('keys come in a fixed order, defaults of the whole are left out', async (t) => {
  const text = toJson(
    {
      areas: [{ require: 'granted', path: '/', name: 'n', loginUrl: undefined }],
      timeout: 1,
      compat: 'exact',
      default: 'pass',
      order: 'listed',
    },
    { keySources: new Map() },
  )
  t.equal(
    JSON.stringify(JSON.parse(text)),
    '{"compat":"exact","order":"listed","timeout":1,"areas":[{"name":"n","path":"/","require":"granted"}]}',
  )
  t.equal(toJson({ default: 'deny' }, { keySources: new Map() }), '{}\n')
  t.match(toJson({ keys: [] }, { keySources: new Map() }), /"keys": \[\]/)
})

t.test('what exact leaves weaker is listed', async (t) => {
  const lines = hardeningLeftOff(read('').options)
  t.ok(lines.length > 10)
  t.match(lines.join('\n'), /^cookieHttpOnly: false, hardened: true - HttpOnly attribute\.$/m)
  t.match(lines.join('\n'), /^default: "pass", hardened: "deny"/m)
  t.notMatch(lines.join('\n'), /\n\n|^timeout:/m)
  t.notMatch(hardeningLeftOff({ compat: 'exact', cookieHttpOnly: true }).join('\n'), /cookieHttpOnly/)
  t.same(hardeningLeftOff({ compat: 'hardened' }), [])
})

t.test('public keys are named by their files, the key of bauth by its line', async (t) => {
  const text = `TKTAuthPublicKey k/a.pub
TKTAuthPassthruBasicKey 0123456789abcXq9
${place('/x', 'TKTAuthDigest SHA256\nTKTAuthHeader X-Ticket Cookie')}
<VirtualHost *:80>
TKTAuthPublicKey /k/dsa.pub
${place('/y', 'TKTAuthDigest SHA512\nTKTAuthPassthruBasicKey 0123456789abcdeX')}
ServerName a
</VirtualHost>`
  const files = keyFiles({ '/etc/site.conf': text, '/etc/k/a.pub': RSA })
  for (const compat of ['exact', 'hardened'] as const) {
    const config = read(text, { file: '/etc/site.conf', files, compat, weakKeys: 'leave' })
    const json = toJson(config.options, config)
    t.notMatch(json, /Xq9|0123456789|BEGIN|MI[A-Za-z0-9]{8}/)
    t.match(JSON.parse(json), {
      module: 'mod_auth_pubtkt',
      publicKeys: [{ publicKey: { file: '/etc/k/a.pub' }, digest: 'sha1' }],
      passthruKey: { apacheFile: '/etc/site.conf', line: 2 },
      areas: [{ publicKeys: [{ publicKey: { file: '/etc/k/a.pub' }, digest: 'sha256' }] }],
      hosts: [{ publicKeys: [{ publicKey: { file: '/k/dsa.pub' } }], areas: [{}, { passthruKey: { line: 11 } }] }],
    })
    t.ok(validate(JSON.parse(json)), JSON.stringify(validate.errors))
    const again = () => readConfig(json, { file: '/tmp/a.json', files }).options
    if (compat === 'exact') t.same(effective(again()), effective(config.options))
    else t.throws(again, { message: /publicKeys\[0\]\.publicKey: .*SHA-1.*allow: \['sha1'\]/ }, 'now it can be said')
  }
  const config = read(text, { file: '/etc/site.conf', files })
  t.match(toJson(config.options, { ...config, pathOf: (file) => `/abs${file}` }), /"file": "\/abs\/etc\/k\/a\.pub"/)
  for (const given of [{ publicKeys: config.options.publicKeys }, { passthruKey: '0123456789abcXq9' }]) {
    const write = { keySources: new Map() }
    t.throws(() => toJson(given, write), { message: /nobody knows where a key stands; give its place in keySources/ })
  }
})

t.test('what exact leaves weaker for signed tickets', async (t) => {
  const lines = hardeningLeftOff(read('', { module: 'mod_auth_pubtkt' }).options).join('\n')
  t.match(lines, /^longFields: "cut", hardened: "refuse"/m)
  t.match(lines, /^publicKeys: SHA-1, DSA and RSA of less than 2048 bits, hardened: none that allow does not name$/m)
  t.notMatch(
    lines,
    /^(?:cookieHttpOnly|cookieSecure|hostDomain|urlTickets|minSecretLength)/m,
    'what has no part in them',
  )
  t.notMatch(hardeningLeftOff(read('').options).join('\n'), /^(?:publicKeys|longFields|clientAuthorization)/m)
})
