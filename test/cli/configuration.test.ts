/** Commands that read a configuration: good ones, converted ones, and each way in which one can be bad. */

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { cli, folder, rows, SECRET } from './command.js'

const SITE = `TKTAuthSecret "${SECRET}"
TKTAuthDigestType SHA256
<Location /app>
  AuthType None
  Require valid-user
  TKTAuthLoginURL https://login.example.com/login
</Location>
RewriteEngine on
<VirtualHost *:80>
  ServerName other.example.com
  TKTAuthSecret "another secret for another host"
</VirtualHost>
`
const REQUEST = JSON.stringify({ url: '/app/x', headers: [['Host', 'www.example.com']], ip: '192.0.2.7' })

t.test('keys of a configuration', async (t) => {
  const at = folder(t, { 'site.conf': SITE })
  const keys = ['--secret-file', at('secret'), '--digest', 'sha256']
  const { out } = await cli('issue', ...keys, '--uid', 'alice', '--ignore-ip')
  writeFileSync(at('cookies'), out)
  const verify = (...argv: string[]) => cli('verify', '--ignore-ip', ...argv, at('cookies'))
  t.match(await verify('--config', at('site.conf')), { code: 0, out: /"ok":true/ })
  t.match(await verify('--config', at('site.conf'), '--host', 'Other.example.com'), {
    code: 1,
    out: /"reason":"digest"/,
  })
  t.match(await verify('--config', at('site.conf'), '--host', 'nobody'), { code: 2, err: /there is no host nobody/ })
  t.match(await verify('--config', at('site.conf'), ...keys), { code: 2, err: /cannot be used with/ })
  writeFileSync(at('empty.conf'), '<Location /app>\nRequire valid-user\n</Location>\n')
  t.match(await verify('--config', at('empty.conf'), '--format', 'apache'), { code: 2, err: /no secret is configured/ })
  const issued = await cli('issue', '--config', at('site.conf'), '--uid', 'bob', '--ignore-ip')
  writeFileSync(at('cookies'), issued.out)
  t.match(await verify(...keys), { code: 0, out: /"uid":"bob"/ })
})

t.test('convert: what it prints decides as what it read, and holds no secret', async (t) => {
  const at = folder(t, { 'site.conf': SITE, requests: REQUEST })
  const converted = await cli('convert', '--from', 'apache', at('site.conf'))
  t.equal(converted.code, 0)
  t.match(converted.err, /note: urlTickets: true, hardened: false/)
  t.match(converted.err, /site\.conf:8: RewriteEngine: left out/)
  t.strictSame(JSON.parse(converted.out).keys[0].secret, { apacheFile: at('site.conf'), line: 1 })
  writeFileSync(at('authtkt.json'), converted.out)
  const explain = (...argv: string[]) => cli('explain', ...argv, '--now', '1700000000', at('requests'))
  const before = rows(await explain('--config', at('site.conf')))
  t.strictSame(rows(await explain('--config', at('authtkt.json'))), before)
  t.strictSame(rows(await explain('--config', at('authtkt.json'), '--format', 'authtkt')), before)
})

const BAD: [name: string, file: string, text: string, says: RegExp][] = [
  [
    'unknown directive',
    'a.conf',
    '<Location /x>\nTKTAuthLoginUrll https://l/\n</Location>',
    /a\.conf:2: .*TKTAuthLoginURL/,
  ],
  ['bad duration', 'a.conf', '<Location /x>\nTKTAuthTimeout 2x\n</Location>', /a\.conf:2: TKTAuthTimeout: /],
  ['bad flag', 'a.conf', '<Location /x>\nTKTAuthIgnoreIP maybe\n</Location>', /a\.conf:2: TKTAuthIgnoreIP: /],
  ['skipped construct', 'a.conf', '<If "true">\nRequire valid-user\n</If>', /a\.conf:1: .*If/],
  ['never matches', 'a.conf', '<Location x>\nRequire valid-user\n</Location>', /a\.conf:1: /],
  ['section left open', 'a.conf', '<Location /x>\nRequire valid-user\n', /a\.conf:1: /],
  ['missing include', 'a.conf', 'Include nowhere.conf', /a\.conf:1: Include: /],
  ['no JSON', 'a.json', '{ "keys": [', /a\.json:1: /],
  [
    'unknown key',
    'a.json',
    '{\n "areas": [{ "path": "/x",\n "loginUrll": "https://l/" }]\n}',
    /a\.json:3: areas\[0\]\.loginUrll: .*'loginUrl'/,
  ],
  ['JSON duration', 'a.json', '{\n "timeout": "2x" }', /a\.json:2: timeout: .*duration/],
  ['missing secret', 'a.json', '{\n "areas": [{ "path": "/x" }] }', /a\.json:2: areas\[0\]: .*add keys/],
  [
    'missing secret file',
    'a.json',
    '{ "keys": [{ "secret": { "file": "nowhere" }, "digest": "md5" }] }',
    /a\.json:1: keys\[0\]\.secret.*nowhere/,
  ],
  [
    'missing variable',
    'a.json',
    '{ "keys": [{ "secret": { "env": "AUTHTKT_NOWHERE" }, "digest": "md5" }] }',
    /a\.json:1: keys\[0\]\.secret.*AUTHTKT_NOWHERE/,
  ],
  ['conflict', 'a.json', '{ "cookieName": "__Host-t",\n "cookieDomain": "example.com" }', /a\.json:2: cookieDomain: /],
  ['area that never matches', 'a.json', '{ "areas": [\n{ "path": "x" }] }', /a\.json:2: areas\[0\]\.path: /],
  ['weak secret', 'a.json', '{ "keys": [{ "secret": "secret", "digest": "md5" }] }', /a\.json:1: keys\[0\]\.secret: /],
]

for (const [name, file, text, says] of BAD) {
  t.test(`${name}: one line with file, line, key and fix; exit code 2`, async (t) => {
    const at = folder(t, { [file]: text, requests: REQUEST })
    for (const argv of [['explain'], ['verify', '--ignore-ip']]) {
      const answer = await cli(...argv, '--config', at(file), at('requests'))
      if (answer.code === 0 || answer.code === 1) continue // this command has no use for what is wrong
      t.equal(answer.code, 2)
      t.equal(answer.out, '')
      const lines = answer.err
        .trimEnd()
        .split('\n')
        .filter((line) => !/: (?:warning|note): /.test(line))
      t.equal(lines.length, 1, answer.err)
      t.match(lines[0], says)
    }
    t.equal((await cli('explain', '--config', at(file), at('requests'))).code, 2)
  })
}

t.test('files that cannot be read', async (t) => {
  const at = folder(t, {})
  t.match(await cli('explain', '--config', at('nowhere.conf')), { code: 2, err: /nowhere\.conf/ })
  t.match(await cli('explain', '--config', at('.')), { code: 2 })
  t.match(await cli('explain'), { code: 2, err: /required option '--config <file>'/ })
  t.match(await cli('convert', '--from', 'apache', at('nowhere.conf')), { code: 2, err: /nowhere\.conf/ })
  t.match(await cli('convert', at('nowhere.conf')), { code: 2, err: /required option '--from <server>'/ })
})

t.test('--allow-skipped names what may be left out', async (t) => {
  const text = `TKTAuthSecret x\n<Location /app>\nRequire valid-user\nTKTAuthLoginURL https://l/\nSatisfy all\n</Location>\n`
  const at = folder(t, { 'a.conf': text, requests: REQUEST })
  t.match(await cli('explain', '--config', at('a.conf'), at('requests')), { code: 2, err: /a\.conf:5: Satisfy/ })
  const allowed = await cli('explain', '--config', at('a.conf'), '--allow-skipped', 'Satisfy', at('requests'))
  t.match(allowed, { code: 0, out: /"kind":"redirect"/ })
})

t.test('--compat hardened reads Apache syntax with our defaults', async (t) => {
  const at = folder(t, { 'site.conf': SITE, requests: REQUEST.replace('/app/x', '/app/%2f') })
  const explain = (...argv: string[]) => cli('explain', '--config', at('site.conf'), ...argv, at('requests'))
  t.equal(rows(await explain())[0].status, 404)
  t.equal(rows(await explain('--compat', 'hardened'))[0].status, 400)
})

t.test('--define and --apache-version say how Apache was started', async (t) => {
  const text = `TKTAuthSecret x
<IfDefine SSO>
<Location /app>
Require valid-user
TKTAuthLoginURL ${'$'}{LOGIN}
</Location>
</IfDefine>
<IfVersion >= 2.4>
<Location /new>
Require valid-user
TKTAuthLoginURL https://new/
</Location>
</IfVersion>
`
  const at = folder(t, { 'a.conf': text, requests: REQUEST })
  const explain = (...argv: string[]) => cli('explain', '--config', at('a.conf'), ...argv, at('requests'))
  t.match(await explain(), { code: 2, err: /a\.conf:8: .*IfVersion/ })
  const version = ['--apache-version', '2.4.62']
  t.equal(rows(await explain(...version))[0].kind, 'pass')
  const started = await explain(...version, '--define', 'SSO', '--define', 'LOGIN=https://l/?a=b')
  t.match(rows(started)[0], { kind: 'redirect', location: /^https:\/\/l\/\?a=b;back=/ })
})
