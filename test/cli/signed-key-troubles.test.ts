/** Keys of signed tickets that `issue` and `verify` do not take: one line that says why, and the way out. */

import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { pairOf } from '../helpers/signing-keys.js'
import { cli } from './command.js'
import { isClean, keys } from './signed-files.js'

const WRONG: [name: string, argv: string[], says: RegExp][] = [
  [
    'a private key as public key',
    ['verify', '--public-key-file', '@rsa', '--digest', 'sha256'],
    /rsa: this is a private key, .*openssl pkey -in .*rsa -pubout/,
  ],
  [
    'a public key as private key',
    ['issue', '--uid', 'x', '--private-key-file', '@rsa.pub', '--digest', 'sha256'],
    /rsa\.pub: this is a public key, which signs nothing; give the private one/,
  ],
  [
    'an encrypted key',
    ['issue', '--uid', 'x', '--private-key-file', '@locked', '--digest', 'sha256'],
    /locked: this key is encrypted; fix: .*openssl pkey -in /,
  ],
  [
    'an old encrypted key',
    ['issue', '--uid', 'x', '--private-key-file', '@locked-old', '--digest', 'sha256'],
    /locked-old: this key is encrypted; fix: /,
  ],
  [
    'a key of ssh',
    ['issue', '--uid', 'x', '--private-key-file', '@ssh', '--digest', 'sha256'],
    /ssh: this is a key of ssh; fix, in a copy: ssh-keygen -p/,
  ],
  [
    'a public key of ssh',
    ['verify', '--public-key-file', '@ssh.pub', '--digest', 'sha256'],
    /ssh\.pub: this is a key of ssh; fix: ssh-keygen -e -m PKCS8 -f /,
  ],
  [
    'a certificate',
    ['verify', '--public-key-file', '@cert', '--digest', 'sha256'],
    /cert: this is a certificate, not a key; fix: openssl x509/,
  ],
  [
    'PKCS#1',
    ['verify', '--public-key-file', '@pkcs1', '--digest', 'sha256'],
    /pkcs1: .*PKCS#1; fix: openssl rsa -RSAPublicKey_in/,
  ],
  [
    'no key',
    ['verify', '--public-key-file', '@secret', '--digest', 'sha256'],
    /secret: this is no public key in PEM .*authtkt keygen/,
  ],
  [
    'no private key',
    ['issue', '--uid', 'x', '--private-key-file', '@secret', '--digest', 'sha256'],
    /secret: this is no private key in PEM .*authtkt keygen/,
  ],
  ['a broken key', ['verify', '--public-key-file', '@broken', '--digest', 'sha256'], /broken: the public key /],
  ['a folder', ['verify', '--public-key-file', '@.', '--digest', 'sha256'], /it is a folder, not a file/],
  [
    'no such file',
    ['issue', '--uid', 'x', '--private-key-file', '@none', '--digest', 'sha256'],
    /none: there is no such file/,
  ],
  [
    'weak keys',
    ['verify', '--public-key-file', '@rsa1024.pub', '--digest', 'sha1'],
    /weak \(sha1, short-rsa\); .*give --allow sha1,short-rsa/,
  ],
  [
    'a weak key of which one thing is allowed',
    ['issue', '--uid', 'x', '--private-key-file', '@dsa', '--digest', 'sha1', '--allow', 'sha1'],
    /weak \(dsa\); .*give --allow sha1,dsa/,
  ],
  [
    'a weakness that is none',
    ['verify', '--public-key-file', '@dsa.pub', '--allow', 'md5'],
    /Give one or more of sha1, dsa, short-rsa/,
  ],
]

t.test('every trouble with a key is one line that names the way out', async (t) => {
  const at = keys(t)
  const locked = (args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  writeFileSync(at('locked'), locked(['pkcs8', '-topk8', '-in', at('rsa'), '-passout', 'pass:xyzzy']), { mode: 0o600 })
  writeFileSync(
    at('locked-old'),
    '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n',
    { mode: 0o600 },
  )
  writeFileSync(at('ssh'), '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', {
    mode: 0o600,
  })
  writeFileSync(at('ssh.pub'), 'ssh-rsa AAAA somebody\n')
  writeFileSync(at('cert'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
  writeFileSync(at('pkcs1'), '-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n')
  writeFileSync(at('broken'), '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n')
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

t.test(
  'a private key that others can read is used, with a warning; a ticket or a key as an argument is not',
  async (t) => {
    const at = keys(t)
    chmodSync(at('rsa'), 0o644)
    const argv = ['issue', '--private-key-file', at('rsa'), '--digest', 'sha256', '--uid', 'ada']
    const made = await cli(...argv)
    t.match(made, { code: 0, err: /warning: .*rsa: others than its owner can read this private key; chmod 600 / })
    const value = made.out.trim()
    for (const text of [value, `auth_pubtkt=${value}`, pairOf('rsa').privateKey]) {
      const answer = await cli('peek', text)
      t.match(answer, { code: 2, out: '', err: /an argument is a (?:cookie value|key in PEM): / })
      t.notOk(answer.err.includes(text.slice(0, 60)))
    }
  },
)
