/** `convert` of a mod_auth_pubtkt configuration: what it prints is read and decides the same; what it leaves open is told. */

import { chmodSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createPubtktIssuer } from '../../src/index.js'
import { pairOf, signingKeyOf } from '../helpers/signing-keys.js'
import { cli, folder, rows } from './command.js'

const NOW = 1_700_000_000
const site = (key: string, digest: string) => `Listen 8080
TKTAuthPublicKey ${key}
TKTAuthDigest ${digest}
<Location /app>
  AuthType mod_auth_pubtkt
  Require valid-user
  TKTAuthLoginURL https://login.example.com/login
  TKTAuthBackArgName None
</Location>
<VirtualHost *:8080>
  ServerName a.example.com
  <Location /x>
    AuthType mod_auth_pubtkt
    Require valid-user
    TKTAuthLoginURL https://login.example.com/login
    TKTAuthToken staff
    TKTAuthPassthruBasicAuth on
    TKTAuthPassthruBasicKey 0123456789abcdef
  </Location>
</VirtualHost>
`
const value = (digest: 'sha1' | 'sha256') =>
  createPubtktIssuer({ key: signingKeyOf('rsa', digest) }).issue({
    uid: 'ada',
    tokens: ['staff'],
    validUntil: NOW + 60,
  })
const requests = (digest: 'sha1' | 'sha256') =>
  ['/app', '/x', '/', '/app/%2f'].flatMap((url) =>
    [[], [['Cookie', `auth_pubtkt=${value(digest)}`]]].flatMap((cookies) =>
      ['a.example.com', 'b.example.com'].map((host) => ({
        url,
        headers: [['Host', host], ...cookies],
        now: NOW,
        port: 8080,
      })),
    ),
  )

async function converted(t: Test, text: string, compat: string, digest: 'sha1' | 'sha256') {
  const at = folder(t, {
    'site.conf': text,
    'rsa.pub': pairOf('rsa').publicKey,
    'rsa1024.pub': pairOf('rsa1024').publicKey,
    'requests.jsonl': requests(digest)
      .map((one) => `${JSON.stringify(one)}\n`)
      .join(''),
  })
  chmodSync(at('site.conf'), 0o600)
  const answer = await cli('convert', '--from', 'apache', '--compat', compat, at('site.conf'))
  writeFileSync(at('authtkt.json'), answer.out)
  return { at, ...answer }
}

for (const [compat, digest] of [
  ['exact', 'sha256'],
  ['exact', 'sha1'],
  ['hardened', 'sha256'],
] as const) {
  t.test(`${compat}, ${digest}: read back without a word, with the same decisions`, async (t) => {
    const { at, code, out, err } = await converted(t, site('rsa.pub', digest.toUpperCase()), compat, digest)
    t.equal(code, 0)
    t.notMatch(out + err, /0123456789abcdef|MI[A-Za-z0-9]{8}/, 'keys stay where they are')
    const before = await cli('explain', '--compat', compat, '--config', at('site.conf'), at('requests.jsonl'))
    const after = await cli('explain', '--config', at('authtkt.json'), at('requests.jsonl'))
    t.strictSame(rows(after), rows(before))
    t.ok(rows(after).some(({ kind }) => kind === 'allow'))
    t.notMatch(after.err, /warning: .*authtkt\.json/)
    t.match(
      err,
      /note: timeout, timeoutRefresh, maxAge, ignoreIp and the cookie\* settings of signed tickets are the login/,
    )
    const left =
      /note: unknownHost: a Host that no entry names gets the first one[\s\S]*note: default: a path in no area passes/
    if (compat === 'hardened') t.match(err, left)
    else t.match(err, /note: unknownHost: "first", hardened: "refuse"/)
  })
}

const WEAK: [text: string, says: RegExp][] = [
  [
    site('rsa1024.pub', 'SHA256'),
    /site\.conf:2: TKTAuthPublicKey: RSA of less than 2048 bits .*allow: \['short-rsa'\]/,
  ],
  [site('rsa.pub', 'SHA1'), /site\.conf:2: TKTAuthPublicKey: signatures over SHA-1 .*allow: \['sha1'\]/],
]

t.test(
  'weak keys, hardened: refused with the line and the way out; left for converting, which says what to do',
  async (t) => {
    for (const [text, says] of WEAK) {
      const { at, code, err, out } = await converted(t, text, 'hardened', 'sha256')
      t.equal(code, 0)
      t.match(err, says)
      t.match(err, /authtkt: warning: .*, in publicKeys; until then the output is refused\n/)
      const refused = await cli('explain', '--compat', 'hardened', '--config', at('site.conf'), at('requests.jsonl'))
      t.match(refused, { code: 2, out: '', err: says })
      t.match(refused.err, /in Apache's syntax that cannot be said: make a better key .*authtkt convert/)
      t.match(await cli('explain', '--config', at('site.conf'), at('requests.jsonl')), { code: 0 }, 'exact takes it')
      const fixed = JSON.parse(out)
      fixed.publicKeys[0].allow = ['sha1', 'short-rsa']
      writeFileSync(at('authtkt.json'), JSON.stringify(fixed))
      t.match(await cli('explain', '--config', at('authtkt.json'), at('requests.jsonl')), { code: 0 })
    }
  },
)

t.test('a key of a section, and one that is not there', async (t) => {
  const inside = site('rsa.pub', 'SHA256').replace('TKTAuthToken staff', 'TKTAuthPublicKey rsa1024.pub')
  const { at } = await converted(t, inside, 'hardened', 'sha256')
  const explain = (file: string) => cli('explain', '--compat', 'hardened', '--config', at(file), at('requests.jsonl'))
  t.match(await explain('site.conf'), { code: 2, err: /site\.conf:16: TKTAuthPublicKey: RSA of less/ })
  writeFileSync(at('missing.conf'), site('none.pub', 'SHA256'))
  t.match(await explain('missing.conf'), {
    code: 2,
    err: /missing\.conf:2: TKTAuthPublicKey: '.*none\.pub' cannot be read \(no ServerRoot is set: none\.pub is looked up beside .*missing\.conf\): there is no such file/,
  })
  writeFileSync(at('missing.conf'), `ServerRoot ${at('etc')}\n${site('none.pub', 'SHA256')}`)
  t.match(await explain('missing.conf'), { err: /:3: .*etc\/none\.pub' cannot be read \(none\.pub below ServerRoot\)/ })
  writeFileSync(at('missing.conf'), site('/none/none.pub', 'SHA256'))
  t.match(await explain('missing.conf'), { err: /:2: TKTAuthPublicKey: '\/none\/none\.pub' cannot be read: there/ })
})
