/** The keys of signed tickets in our own configuration: where they can stand, and what is said where they do not. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { type ConfigOptions, readConfig } from '../../src/config/json.js'
import { configSchema } from '../../src/config/schema.js'
import { pairOf } from '../helpers/signing-keys.js'
import { trouble } from './config-helpers.js'
import { DSA, ED25519, keyFiles, RSA } from './pubtkt-helpers.js'

const PRIVATE = pairOf('rsa').privateKey
const files = keyFiles({
  '/etc/tkt/rsa.pub': RSA,
  '/etc/tkt/both.pub': `${PRIVATE}${DSA}`,
  '/etc/tkt/ed.pub': ED25519,
  '/etc/tkt/login.key': PRIVATE,
  '/etc/tkt/open.key': `open: ${PRIVATE}`,
  '/etc/tkt/aes': '0123456789abcdef',
  '/etc/tkt/aes.line': '0123456789abcdef\n',
  '/etc/tkt/aes.binary': '0123456789abcde\n',
  '/etc/tkt/open.aes': 'open:56789abcdef',
  '/etc/tkt/empty': '',
  '/etc/tkt/broken.pub': '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
  '/etc/tkt/long': 'Xq9'.repeat(30000),
  '/etc/tkt/site.conf': 'Listen 80\nTKTAuthPassthruBasicKey "0123456789abcde\xe9"\nTKTAuthSecret 0123456789abcdef',
})
const environment = { RSA, PRIVATE, AES: '0123456789abcdef', EMPTY: '' }
const options: ConfigOptions = { file: '/etc/tkt/authtkt.json', files, environment }
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const base = { compat: 'exact', module: 'mod_auth_pubtkt' }
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(configSchema())

type Name = 'publicKey' | 'privateKey' | 'passthruKey'
const isEd25519 = (value: unknown) => value === ED25519 || (value as { file?: string } | null)?.file === 'ed.pub'
const withKey = (name: Name, value: unknown) =>
  name === 'publicKey'
    ? { publicKeys: [{ publicKey: value, ...(isEd25519(value) ? {} : { digest: 'sha256' }) }] }
    : name === 'privateKey'
      ? { signingKey: { privateKey: value, digest: 'sha256' } }
      : { passthruKey: value }
const read = (value: unknown, given = options) => readConfig(JSON.stringify(value, null, 1), given)

const GOOD: [name: Name, value: unknown, found: unknown][] = [
  ['publicKey', RSA, RSA],
  ['publicKey', { file: 'rsa.pub' }, RSA],
  ['publicKey', { file: '/k/dsa.pub' }, DSA],
  ['publicKey', { file: 'both.pub' }, DSA],
  ['publicKey', { file: 'ed.pub' }, ED25519],
  ['publicKey', { env: 'RSA' }, RSA],
  ['privateKey', PRIVATE, PRIVATE],
  ['privateKey', { file: 'login.key' }, PRIVATE],
  ['privateKey', { env: 'PRIVATE' }, PRIVATE],
  ['passthruKey', '0123456789abcdef', bytes('0123456789abcdef')],
  ['passthruKey', { file: 'aes' }, bytes('0123456789abcdef')],
  ['passthruKey', { file: 'aes.line' }, bytes('0123456789abcdef')],
  ['passthruKey', { file: 'aes.binary' }, bytes('0123456789abcde\n')],
  ['passthruKey', { env: 'AES' }, bytes('0123456789abcdef')],
  ['passthruKey', { apacheFile: 'site.conf', line: 2 }, bytes('0123456789abcde\xe9')],
]

t.test('they stand in the text, in files and in the environment, at every level', async (t) => {
  for (const [name, value, found] of GOOD) {
    const [key, expected] = [withKey(name, value), withKey(name, found)]
    const config = {
      ...base,
      ...key,
      areas: [{ path: '/', ...key }],
      hosts: [{ names: ['a'], ...key, areas: [{ path: '/', ...key }] }],
    }
    const { options: read1 } = read(config)
    t.match(read1, expected, JSON.stringify(value))
    t.match(read1.areas?.[0], expected)
    t.match(read1.hosts?.[0], expected)
    t.match(read1.hosts?.[0]?.areas?.[0], expected)
    t.ok(validate(config), JSON.stringify(validate.errors))
  }
})

t.test('what is not to be seen by all is told of', async (t) => {
  const rows: [name: Name, value: unknown, notes: object[]][] = [
    ['publicKey', RSA, []],
    ['publicKey', { file: 'rsa.pub' }, []],
    ['privateKey', PRIVATE, [{ line: 5, message: /^privateKey: stands in the configuration itself/ }]],
    [
      'privateKey',
      { file: 'open.key' },
      [{ message: /^privateKey: others than its owner can read '\/etc\/tkt\/open\.key'/ }],
    ],
    ['privateKey', { file: 'login.key' }, []],
    ['passthruKey', '0123456789abcdef', [{ line: 4, message: /^passthruKey: stands in the configuration itself/ }]],
    ['passthruKey', { file: 'open.aes' }, [{ message: /^passthruKey: others than its owner can read/ }]],
    ['passthruKey', { apacheFile: 'site.conf', line: 2 }, []],
  ]
  for (const [name, value, expected] of rows) t.match(read({ ...base, ...withKey(name, value) }).notes, expected)
})

t.test('what is wrong is one line, and tells nothing of a key', async (t) => {
  const rows: [value: unknown, message: RegExp, given?: ConfigOptions][] = [
    [withKey('publicKey', { file: 'none' }), /:6: publicKeys\[0\]\.publicKey: 'none' cannot be read; check/],
    [withKey('publicKey', { file: 'login.key' }), /publicKey: 'login\.key': this is a private key/],
    [withKey('publicKey', { env: 'PRIVATE' }), /publicKey: PRIVATE: this is a private key, .*-in FILE/],
    [withKey('publicKey', { env: 'NONE' }), /the environment has no NONE; set it/],
    [withKey('publicKey', 7), /must be a text in PEM, \{ "file": "\.\.\." \} or \{ "env": "\.\.\." \}/],
    [withKey('publicKey', { file: 'a', env: 'b' }), /must be a text in PEM/],
    [withKey('publicKey', { apacheFile: 'site.conf', line: 2 }), /must be a text in PEM/],
    [withKey('publicKey', ''), /publicKey: is no text in PEM/],
    [withKey('publicKey', 'Xq9.pub'), /publicKey: is no text in PEM; to name a file, write \{ "file": "\.\.\." \}/],
    [withKey('privateKey', 'Xq9.key'), /:5: signingKey\.privateKey: is no text in PEM; to name a file/],
    [withKey('privateKey', RSA), /signingKey\.privateKey: this is a public key, which signs nothing/],
    [withKey('publicKey', { file: 'broken.pub' }), /'broken\.pub' holds no public key in PEM .*that can be read/],
    [withKey('privateKey', { file: 'empty' }), /:5: signingKey\.privateKey: 'empty': this is empty/],
    [withKey('privateKey', { file: 'long' }), /is too long to be a key/],
    [withKey('privateKey', { file: 7 }), /must be a text in PEM/],
    [withKey('privateKey', { file: 'login.key' }), /no file access was given; pass `files`/, { environment }],
    [withKey('passthruKey', 'Xq9'), /:4: passthruKey: has 3 bytes; it must have 16/],
    [withKey('passthruKey', { file: 'login.key' }), /passthruKey: has \d+ bytes/],
    [withKey('passthruKey', { env: 'EMPTY' }), /has 0 bytes/],
    [withKey('passthruKey', null), /must be a text, \{ "file": "\.\.\." \}, \{ "env": "\.\.\." \} or \{ "apacheFile"/],
    [withKey('passthruKey', { apacheFile: 'site.conf' }), /must be a text, /],
    [withKey('passthruKey', { apacheFile: 7, line: 2 }), /must be a text, /],
    [
      withKey('passthruKey', { apacheFile: 'site.conf', line: 3 }),
      /'site\.conf' has no TKTAuthPassthruBasicKey on line 3/,
    ],
    [{ publicKeys: [{ digest: 'sha1' }] }, /publicKeys\[0\]\.publicKey: is missing; give it/],
    [{ publicKeys: [{ publicKey: RSA, digset: 'sha1' }] }, /publicKeys\[0\]\.digset: .*did you mean 'digest'\?/],
    [
      { publicKeys: [{ publickey: { file: 'rsa.pub' } }] },
      /:6: publicKeys\[0\]\.publickey: .*did you mean 'publicKey'\?/,
    ],
    [
      { publicKeys: [{ publicKey: RSA, digest: 'SHA256' }] },
      /:\d+: publicKeys\[0\]\.digest: .*did you mean 'sha256'\?/,
    ],
    [
      {
        login: { authenticators: [{ type: 'htpasswd', file: 'a' }], signingKey: { privateKey: RSA, digest: 'SHA256' } },
      },
      /login\.signingKey\.digest: .*did you mean 'sha256'\?/,
    ],
    [
      { login: { authenticators: [{ type: 'htpasswd', file: 'a' }], signingKey: { privatekey: RSA } } },
      /login\.signingKey\.privatekey: .*did you mean 'privateKey'\?/,
    ],
    [{ publicKeys: 'Xq9' }, /publicKeys: /],
    [{ signingKey: 'Xq9' }, /signingKey: /],
    [{ signingKey: {} }, /signingKey\.privateKey: /],
    [{ signatures: {} }, /:4: signatures: is for programs that call createGuard; take it out/],
    [{ keys: [{ secret: { apacheFile: 'site.conf', line: 2 }, digest: 'md5' }] }, /has no TKTAuthSecret on line 2/],
  ]
  for (const [value, message, given] of rows) {
    const found = trouble(() => read({ ...base, ...(value as object) }, given))
    t.match(found, message, JSON.stringify(value).slice(0, 100))
    t.match(found, /^\S+:\d+: /)
    t.notMatch(found, /Xq9|0123456789|MI[A-Za-z0-9]{8}/)
  }
})

t.test('the schema has the forms of a file, and no function object', async (t) => {
  const bad: unknown[] = [
    withKey('publicKey', { apacheFile: 'a', line: 1 }),
    withKey('privateKey', { file: 'a', more: 1 }),
    withKey('passthruKey', { apacheFile: 'a' }),
    withKey('passthruKey', 7),
    { signatures: {} },
  ]
  for (const value of bad) t.notOk(validate(value), JSON.stringify(value))
  const schema = configSchema() as { properties: Record<string, { description?: string; anyOf?: object[] }> }
  t.notOk('signatures' in schema.properties)
  t.match(schema.properties.passthruKey, { description: /AES key, 16 bytes/, anyOf: [{ type: 'string' }, {}, {}, {}] })
  t.match(JSON.stringify(schema), /File with the public key in PEM/)
  t.match(JSON.stringify(schema), /File with nothing but the private key in PEM/)
})
