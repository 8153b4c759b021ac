/** Options of `issue`, `verify` and `peek` that signed tickets do not go with: one line that names the way out. */

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { cli } from './command.js'
import { isClean, keys } from './signed-files.js'

const WRONG: [name: string, argv: string[], says: RegExp][] = [
  [
    'a secret and a public key',
    ['verify', '--public-key-file', '@rsa.pub', '--secret-file', '@secret'],
    /'--public-key-file <file>' cannot be used with option '--secret-file <file>'/,
  ],
  [
    'a secret and a private key',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa', '--secret-file', '@secret'],
    /'--private-key-file <file>' cannot be used with option '--secret-file <file>'/,
  ],
  [
    'a configuration and a public key',
    ['verify', '--public-key-file', '@rsa.pub', '--config', '@secret'],
    /cannot be used with option '--config <file>'/,
  ],
  ['verify with the private key', ['verify', '--private-key-file', '@rsa'], /give --public-key-file/],
  [
    'issue with the public key',
    ['issue', '--uid', 'x', '--public-key-file', '@rsa.pub'],
    /a public key makes no tickets; give --private-key-file/,
  ],
  [
    'no digest',
    ['verify', '--public-key-file', '@rsa.pub'],
    /rsa\.pub: give --digest sha1, sha224, sha256, sha384 or sha512/,
  ],
  [
    'MD5',
    ['verify', '--public-key-file', '@rsa.pub', '--digest', 'md5'],
    /--digest md5 is for no signature; give sha1/,
  ],
  [
    'SHA-224 with a secret',
    ['verify', '--secret-file', '@secret', '--ignore-ip', '--digest', 'sha224'],
    /--digest sha224 is for signed tickets; with a secret give md5/,
  ],
  [
    '--timeout',
    ['verify', '--public-key-file', '@rsa.pub', '--digest', 'sha256', '--timeout', '2h'],
    /--timeout: a signed ticket says itself/,
  ],
  [
    'an address and none',
    ['verify', '--public-key-file', '@rsa.pub', '--digest', 'sha256', '--ip', '192.0.2.1', '--ignore-ip'],
    /give one of them/,
  ],
  [
    'the same of issue',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa', '--digest', 'sha256', '--ip', '192.0.2.1', '--ignore-ip'],
    /give one of them/,
  ],
  [
    'an encoding of others',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa', '--digest', 'sha256', '--encoding', 'base64'],
    /percent or raw/,
  ],
  [
    'two ends',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa', '--valid', '2h', '--valid-until', '9'],
    /'--valid-until <seconds>' cannot be used with option '--valid <duration>'/,
  ],
  [
    'an end in 1970',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa', '--digest', 'sha256', '--valid-until', '0'],
    /give a later time/,
  ],
  [
    'an end after 2106',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa', '--digest', 'sha256', '--valid', '500y'],
    /after the year 2106/,
  ],
  [
    'all grace',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa', '--digest', 'sha256', '--valid', '10m', '--grace', '10m'],
    /--grace: .*give less/,
  ],
  [
    '--valid with a secret',
    ['issue', '--uid', 'x', '--secret-file', '@secret', '--digest', 'md5', '--ignore-ip', '--valid', '2h'],
    /--valid is for signed tickets/,
  ],
  [
    '--valid-until with a secret',
    ['issue', '--uid', 'x', '--secret-file', '@secret', '--digest', 'md5', '--ignore-ip', '--valid-until', '9'],
    /--valid-until is for signed tickets/,
  ],
  [
    '--allow with a secret',
    ['verify', '--secret-file', '@secret', '--digest', 'md5', '--ignore-ip', '--allow', 'sha1'],
    /--allow is for keys of signed tickets/,
  ],
  [
    'a semicolon',
    ['issue', '--uid', 'x;y', '--private-key-file', '@rsa', '--digest', 'sha256'],
    /uid must not contain `;`/,
  ],
  [
    'no public key in a configuration',
    ['verify', '--config', '@keyed.json', '--module', 'mod_auth_pubtkt'],
    /no public key is configured.*--public-key-file/,
  ],
  [
    'no signing key in a configuration',
    ['issue', '--uid', 'x', '--config', '@keyed.json', '--module', 'mod_auth_pubtkt'],
    /no signingKey is configured.*--private-key-file/,
  ],
  ['peek with a public key', ['peek', '--public-key-file', '@rsa.pub'], /--public-key-file.* are for peek --guess/],
  [
    'a misspelt option',
    ['verify', '--public-key-fil', '@rsa.pub'],
    /unknown option '--public-key-fil'.*Did you mean --public-key-file/,
  ],
  [
    'a uid that the module would cut',
    ['issue', '--uid', 'u'.repeat(65), '--private-key-file', '@rsa', '--digest', 'sha256'],
    /uid has 65 bytes; mod_auth_pubtkt keeps 64/,
  ],
  [
    'user data that the module would cut',
    ['issue', '--uid', 'x', '--data', 'u'.repeat(256), '--private-key-file', '@rsa', '--digest', 'sha256'],
    /userData has 256 bytes; mod_auth_pubtkt keeps 255/,
  ],
  [
    "a configuration of mod_auth_pubtkt's to issue with",
    ['issue', '--uid', 'x', '--config', '@site.conf'],
    /site\.conf: it has public keys, which make no tickets; .*authtkt issue --private-key-file FILE --digest sha256/,
  ],
  [
    "mod_auth_pubtkt's, without a key",
    ['issue', '--uid', 'x', '--config', '@keyless.conf'],
    /keyless\.conf: it has public keys, which make no tickets; .*authtkt issue --private-key-file FILE\n/,
  ],
]

t.test('every trouble with an option is one line that names the way out', async (t) => {
  const at = keys(t)
  const place = 'AuthType mod_auth_pubtkt\nRequire valid-user\nTKTAuthLoginURL /login\n'
  const key = 'TKTAuthPublicKey rsa.pub\nTKTAuthDigest SHA256\n'
  writeFileSync(at('site.conf'), `<Location /app>\n${place}${key}</Location>\n`)
  writeFileSync(at('keyless.conf'), `<Location /app>\n${place}</Location>\n`)
  writeFileSync(
    at('keyed.json'),
    JSON.stringify({
      keys: [{ secret: { file: 'secret' }, digest: 'md5' }],
      loginUrl: '/login',
      areas: [{ path: '/' }],
    }),
  )
  for (const [name, argv, says] of WRONG) {
    const answer = await cli(...argv.map((text) => (text.startsWith('@') ? at(text.slice(1)) : text)))
    t.strictSame(
      { code: answer.code, out: answer.out, lines: answer.err.trimEnd().split('\n').length },
      { code: 2, out: '', lines: 1 },
      name,
    )
    t.match(answer.err, says, name)
    isClean(t, answer)
  }
})

t.test('64 bytes of a uid are kept, and good', async (t) => {
  const at = keys(t)
  const uid = 'u'.repeat(64)
  const made = await cli('issue', '--uid', uid, '--private-key-file', at('rsa'), '--digest', 'sha256')
  writeFileSync(at('cookies'), made.out)
  const verified = await cli('verify', '--public-key-file', at('rsa.pub'), '--digest', 'sha256', at('cookies'))
  t.match(JSON.parse(verified.out), { ok: true, uid })
})
