/** Files that are no key of the kind that is needed: all that read one say what it is; what they advise makes a key. */

import { execFileSync, spawnSync } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { pairOf } from '../helpers/signing-keys.js'
import { cli, folder } from './command.js'

const { privateKey, publicKey } = pairOf('rsa')
const secret = createPrivateKey(privateKey)
const open = createPublicKey(publicKey)
const locked = { cipher: 'aes-128-cbc', passphrase: 'x' }

/** A certificate of the key, in DER: openssl makes one, no part of Node does. */
function certificate(t: Test): Buffer {
  const at = folder(t, { 'login.key': privateKey })
  const argv = ['req', '-x509', '-key', at('login.key'), '-subj', '/CN=test', '-outform', 'DER']
  return execFileSync('openssl', argv, { stdio: ['ignore', 'pipe', 'ignore'] })
}
const armour = (label: string, der: Buffer) =>
  `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`
const ssh = (kind: string) => `${kind} AAAAC3NzaC1lZDI1NTE5AAAA somebody@example.com\n`

interface Row {
  readonly name: string
  readonly content: string | Buffer
  readonly says: RegExp
  /** The advice makes the key of it, without asking. */
  readonly made?: boolean
}

const PUBLIC = (cert: Buffer): Row[] => [
  { name: 'PKCS#8', content: privateKey, says: /is a private key, which the login alone may have/, made: true },
  {
    name: 'an encrypted key',
    content: secret.export({ type: 'pkcs8', format: 'pem', ...locked }),
    says: /is a private key, which/,
  },
  {
    name: 'an old form',
    content: secret.export({ type: 'pkcs1', format: 'pem' }),
    says: /is a private key, which/,
    made: true,
  },
  {
    name: 'an old encrypted form',
    content: secret.export({ type: 'pkcs1', format: 'pem', ...locked }),
    says: /is a private key, which/,
  },
  {
    name: 'a private key in DER',
    content: secret.export({ type: 'pkcs8', format: 'der' }),
    says: /is a private key, which/,
    made: true,
  },
  {
    name: 'an old form in DER',
    content: secret.export({ type: 'pkcs1', format: 'der' }),
    says: /is a private key, which/,
    made: true,
  },
  {
    name: 'an encrypted key in DER',
    content: secret.export({ type: 'pkcs8', format: 'der', ...locked }),
    says: /is a private key, which/,
  },
  {
    name: 'an EC key in DER',
    content: createPrivateKey(pairOf('ecdsa').privateKey).export({ type: 'sec1', format: 'der' }),
    says: /is a private key, which/,
    made: true,
  },
  {
    name: 'DER',
    content: open.export({ type: 'spki', format: 'der' }),
    says: /is a key in DER, not in PEM; fix: /,
    made: true,
  },
  {
    name: 'PKCS#1 in DER',
    content: open.export({ type: 'pkcs1', format: 'der' }),
    says: /in the form of PKCS#1; fix: /,
    made: true,
  },
  {
    name: 'a certificate',
    content: armour('CERTIFICATE', cert),
    says: /is a certificate, not a key; fix: /,
    made: true,
  },
  { name: 'a certificate in DER', content: cert, says: /is a certificate, not a key; fix: /, made: true },
  { name: 'nothing', content: '', says: /is empty; a key is a text in PEM/ },
  { name: 'white space', content: '\n \n', says: /is empty; a key is a text in PEM/ },
  { name: 'half a key', content: publicKey.slice(0, 200), says: /is cut off: its END line is missing/ },
  { name: 'a text', content: 'hello\n', says: /is no public key in PEM .*authtkt keygen makes a pair/ },
  { name: 'a text like DER', content: '0 is no key\n', says: /is no public key in PEM/ },
  { name: 'ssh', content: ssh('ssh-rsa'), says: /is a key of ssh; fix: ssh-keygen -e -m PKCS8 -f / },
  { name: 'Ed25519 of ssh', content: ssh('ssh-ed25519'), says: /ssh-keygen cannot convert; authtkt keygen/ },
  {
    name: 'the long form of ssh',
    content: '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n',
    says: /is a key of ssh; fix: ssh-keygen -i -f /,
  },
  {
    name: 'a private key of ssh',
    content: armour('OPENSSH PRIVATE KEY', Buffer.from('openssh')),
    says: /is a private key of ssh; give the public one: ssh-keygen -e/,
  },
]

const JSON_TEXT = { module: 'mod_auth_pubtkt', loginUrl: '/login', areas: [{ path: '/' }] }
const APACHE = 'AuthType mod_auth_pubtkt\nRequire valid-user\nTKTAuthDigest SHA256\n'

t.test('as a public key', async (t) => {
  for (const { name, content, says, made } of PUBLIC(certificate(t))) {
    // The name has a blank: what is advised is good for a shell.
    const at = folder(t, {
      'the key': content,
      'authtkt.json': JSON.stringify({
        ...JSON_TEXT,
        publicKeys: [{ publicKey: { file: 'the key' }, digest: 'sha256' }],
      }),
      'site.conf': `<Location /app>\n${APACHE}TKTAuthPublicKey "the key"\n</Location>\n`,
    })
    const answers = {
      json: await cli('explain', '--config', at('authtkt.json')),
      apache: await cli('explain', '--config', at('site.conf')),
      argument: await cli('verify', '--public-key-file', at('the key'), '--digest', 'sha256'),
    }
    const places = {
      json: /authtkt\.json:1: publicKeys\[0\]\.publicKey: 'the key': this /,
      apache: /site\.conf:5: TKTAuthPublicKey: '.*the key': this /,
      argument: /the key: this /,
    }
    for (const [where, { code, out, err }] of Object.entries(answers)) {
      t.match({ code, out, err }, { code: 2, out: '', err: places[where as keyof typeof places] }, `${name}, ${where}`)
      t.match(err, says, `${name}, ${where}`)
      t.equal(err.split('\n').length, 2, 'one line')
      t.notMatch(err, /MI[A-Za-z0-9]{8}|AAAA/, 'nothing of the file')
      const [, command = ''] = /(?:fix|the public one): (openssl .*)\n/.exec(err) ?? []
      if (made) t.match(run(command), /^-----BEGIN PUBLIC KEY-----/, command)
    }
  }
})

const PRIVATE: Row[] = [
  {
    name: 'an encrypted key',
    content: secret.export({ type: 'pkcs8', format: 'pem', ...locked }),
    says: /key is encrypted; fix: /,
  },
  {
    name: 'an encrypted key in DER',
    content: secret.export({ type: 'pkcs8', format: 'der', ...locked }),
    says: /key is encrypted; fix: .*-inform DER/,
  },
  {
    name: 'DER',
    content: secret.export({ type: 'pkcs8', format: 'der' }),
    says: /is a key in DER, not in PEM; fix: /,
    made: true,
  },
  { name: 'a public key', content: publicKey, says: /is a public key, which signs nothing/ },
  { name: 'a public key of ssh', content: ssh('ssh-rsa'), says: /is a public key, which signs nothing/ },
  { name: 'half a key', content: privateKey.slice(0, 200), says: /is cut off/ },
  { name: 'a text', content: 'hello\n', says: /is no private key in PEM .*authtkt keygen/ },
]

t.test('as a private key', async (t) => {
  for (const { name, content, says, made } of PRIVATE) {
    const signingKey = { privateKey: { file: 'the key' }, digest: 'sha256' }
    const publicKeys = [{ publicKey, digest: 'sha256' }]
    const at = folder(t, {
      'the key': content,
      'authtkt.json': JSON.stringify({ ...JSON_TEXT, publicKeys, signingKey }),
    })
    const inFile = await cli('explain', '--config', at('authtkt.json'))
    t.match(inFile, { code: 2, err: /authtkt\.json:1: signingKey\.privateKey: 'the key': this / }, name)
    const given = await cli('issue', '--private-key-file', at('the key'), '--digest', 'sha256', '--uid', 'ada')
    t.match(given, { code: 2, out: '', err: /the key: this / })
    for (const { err } of [inFile, given]) {
      t.match(err, says, name)
      t.notMatch(err, /MI[A-Za-z0-9]{8}|AAAA/, 'nothing of the file')
      const [, command = ''] = /fix: (\(.*\)), then give NEW/.exec(err) ?? []
      if (made) t.match(run(`${command.replace('-out NEW', '')}`), /^-----BEGIN PRIVATE KEY-----/, command)
    }
  }
})

t.test('parameters in front of a private key, as openssl ecparam writes them', async (t) => {
  const at = folder(t)
  const content = `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${pairOf('ecdsa').privateKey}`
  writeFileSync(at('key'), content, { mode: 0o600 })
  t.match(await cli('issue', '--private-key-file', at('key'), '--digest', 'sha256', '--uid', 'ada'), { code: 0 })
})

function run(command: string): string {
  return spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout
}
