/** `issue`, `verify` and `peek` with the keys of signed tickets, as real users have them: in files. */

import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createPubtktIssuer, plainBauth } from '../../src/index.js'
import { pairOf, signingKeyOf } from '../helpers/signing-keys.js'
import { type Answer, cli, folder, rows, SECRET, spawned } from './command.js'

const NOW = 1_700_000_000

/** Files with every kind of key, `NAME` and `NAME.pub`; private ones are their owner's only. */
function keys(t: Test): (name: string) => string {
  const at = folder(t)
  for (const name of ['rsa', 'otherRsa', 'rsa1024', 'dsa', 'ed25519', 'ecdsa'] as const) {
    writeFileSync(at(name), pairOf(name).privateKey, { mode: 0o600 })
    writeFileSync(at(`${name}.pub`), pairOf(name).publicKey)
  }
  return at
}

/** No line of a private key may be in an answer. */
function isClean(t: Test, { out, err }: Answer): void {
  for (const name of ['rsa', 'otherRsa', 'rsa1024', 'dsa', 'ed25519', 'ecdsa'] as const) {
    const [, line = ''] = pairOf(name).privateKey.split('\n')
    t.notOk((out + err).includes(line), `nothing of the private key ${name}`)
  }
}

const KINDS: [name: string, more: string[]][] = [
  ['rsa', ['--digest', 'sha256']],
  ['rsa', ['--digest', 'sha512']],
  ['rsa', ['--digest', 'sha1', '--allow', 'sha1']],
  ['rsa1024', ['--digest', 'sha224', '--allow', 'short-rsa']],
  ['dsa', ['--digest', 'sha1', '--allow', 'sha1,dsa']],
  ['ed25519', []],
  ['ecdsa', ['--digest', 'sha384']],
]

for (const [name, more] of KINDS) {
  t.test(`what issue makes with ${name} ${more.join(' ')}, verify takes, and no other key`, async (t) => {
    const at = keys(t)
    const fields = ['--uid', 'alice', '--tokens', 'a,b', '--data', 'x=y', '--ip', '2001:DB8::7', '--multifactor']
    const times = ['--time', `${NOW}`, '--valid', '2h', '--grace', '30m']
    const made = await cli('issue', '--private-key-file', at(name), ...more, ...fields, ...times)
    t.match(made, { code: 0, err: '' })
    writeFileSync(at('cookies'), made.out)
    const verify = (key: string, ...args: string[]) =>
      cli('verify', '--public-key-file', at(`${key}.pub`), ...more, ...args, '--now', `${NOW + 1}`, at('cookies'))
    const good = await verify(name, '--ip', '2001:db8::7')
    t.strictSame(rows(good), [
      {
        line: 1,
        ok: true,
        uid: 'alice',
        tokens: ['a', 'b'],
        userData: 'x=y',
        validUntil: NOW + 7200,
        gracePeriod: NOW + 5400,
        clientIp: '2001:db8::7',
        multifactor: true,
        keyIndex: 0,
      },
    ])
    t.equal(good.code, 0)
    for (const [args, reason] of [
      [['--ip', '192.0.2.1'], 'address'],
      [[], 'address'],
      [['--ip', '2001:db8::7', '--now', `${NOW + 7201}`], 'expired'],
    ] as const) {
      const answer = await cli(
        'verify',
        '--public-key-file',
        at(`${name}.pub`),
        ...more,
        '--now',
        `${NOW}`,
        ...args,
        at('cookies'),
      )
      t.strictSame([answer.code, rows(answer)], [1, [{ line: 1, ok: false, reason }]])
    }
    t.match(await verify(name, '--ignore-ip'), { code: 0 }, 'the address left aside')
    const other = name === 'otherRsa' || name === 'rsa' ? 'otherRsa' : 'rsa'
    const foreign = await cli(
      'verify',
      '--public-key-file',
      at(`${other}.pub`),
      '--digest',
      'sha256',
      '--ignore-ip',
      at('cookies'),
    )
    t.strictSame(rows(foreign), [{ line: 1, ok: false, reason: 'signature' }])
  })
}

t.test('several public keys are a ring; --summary counts', async (t) => {
  const at = keys(t)
  const lines = []
  for (const name of ['ed25519', 'rsa']) {
    const digest = name === 'rsa' ? ['--digest', 'sha256'] : []
    lines.push((await cli('issue', '--private-key-file', at(name), ...digest, '--uid', name)).out)
  }
  writeFileSync(at('cookies'), `${lines.join('')}nonsense\n`)
  const ring = ['--public-key-file', at('rsa.pub'), '--public-key-file', at('ed25519.pub'), '--digest', 'sha256']
  const answer = await cli('verify', ...ring, at('cookies'))
  t.match(rows(answer), [{ uid: 'ed25519', keyIndex: 1 }, { uid: 'rsa', keyIndex: 0 }, { ok: false }])
  t.strictSame(rows(await cli('verify', ...ring, '--summary', at('cookies'))), [{ lines: 3, ok: 2, malformed: 1 }])
})

t.test('a bauth is a credential, and printed nowhere', async (t) => {
  const at = keys(t)
  const bauth = plainBauth({ uid: 'alice', password: 'open sesame' })
  const value = createPubtktIssuer({ key: signingKeyOf('rsa', 'sha256') }).issue({
    uid: 'alice',
    validUntil: 2 ** 32 - 1,
    bauth,
  })
  writeFileSync(at('cookies'), `${value}\n`)
  const key = ['--public-key-file', at('rsa.pub')]
  for (const argv of [
    ['verify', ...key, '--digest', 'sha256'],
    ['peek'],
    ['peek', '--guess'],
    ['peek', '--guess', ...key],
  ]) {
    const answer = await cli(...argv, at('cookies'))
    t.equal(answer.code, 0, argv.join(' '))
    t.notMatch(answer.out + answer.err, bauth)
    t.match(rows(answer), [{ uid: 'alice' }])
  }
})

t.test('the key of the environment, in both encodings', async (t) => {
  const at = keys(t)
  const env = { AUTHTKT_PRIVATE_KEY: pairOf('rsa').privateKey }
  const raw = await spawned(['issue', '--digest', 'sha256', '--uid', 'ädа', '--encoding', 'raw'], { env })
  t.match(raw.out, /^uid=\S+;validuntil=\d+;tokens=;udata=;sig=/)
  const percent = await spawned(['issue', '--digest', 'sha256', '--uid', 'ada', '--encoding', 'percent'], { env })
  t.match(percent.out, /^uid%3Dada%3B/)
  isClean(t, raw)
  const input = percent.out
  const argv = ['verify', '--public-key-file', at('rsa.pub'), '--digest', 'sha256']
  t.match(rows(await spawned(argv, { input })), [{ ok: true, uid: 'ada', validUntil: Number }])
  const both = await spawned(['issue', '--digest', 'sha256', '--uid', 'x'], { env: { ...env, AUTHTKT_SECRET: SECRET } })
  t.match(both, { code: 2, out: '', err: /AUTHTKT_SECRET and AUTHTKT_PRIVATE_KEY are both set; unset one of them/ })
  isClean(t, both)
})

t.test('keys of a configuration of ours; where it has secrets, too, somebody has to say which', async (t) => {
  const at = keys(t)
  const config = (more: object) => {
    const parts = {
      module: 'mod_auth_pubtkt',
      publicKeys: [{ publicKey: { file: 'rsa.pub' }, digest: 'sha256' }],
      signingKey: { privateKey: { file: 'rsa' }, digest: 'sha256' },
      loginUrl: '/login',
      areas: [{ path: '/' }],
    }
    writeFileSync(at('authtkt.json'), JSON.stringify({ ...parts, ...more }))
    return ['--config', at('authtkt.json')]
  }
  const made = await cli('issue', ...config({}), '--uid', 'ada')
  t.equal(made.code, 0)
  writeFileSync(at('cookies'), made.out)
  t.match(rows(await cli('verify', ...config({}), at('cookies'))), [{ ok: true, uid: 'ada' }])
  const mixed = config({
    module: 'mod_auth_tkt',
    keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
    areas: [{ path: '/' }, { path: '/signed', authType: 'mod_auth_pubtkt' }],
  })
  t.match(await cli('verify', ...mixed, at('cookies')), {
    code: 2,
    err: /secrets, and keys of signed tickets as well.*--module/,
  })
  t.match(rows(await cli('verify', ...mixed, '--module', 'mod_auth_pubtkt', at('cookies'))), [{ ok: true, uid: 'ada' }])
  t.match(rows(await cli('verify', ...mixed, '--module', 'mod_auth_tkt', '--ignore-ip', at('cookies'))), [
    { ok: false, reason: 'malformed' },
  ])
})

t.test('peek --guess: the kind by the signature, key and digest by the public keys', async (t) => {
  const at = keys(t)
  const files = ['rsa.pub', 'ed25519.pub', 'dsa.pub', 'ecdsa.pub', 'rsa1024.pub'].flatMap((name) => [
    '--public-key-file',
    at(name),
  ])
  for (const [name, digest, kind] of [
    ['rsa', 'sha1', 'rsa 2048'],
    ['rsa1024', 'sha512', 'rsa 1024'],
    ['dsa', 'sha1', 'dsa 1024'],
    ['ecdsa', 'sha256', 'ecdsa'],
    ['ed25519', undefined, 'ed25519'],
  ] as const) {
    const value = createPubtktIssuer({ key: signingKeyOf(name, digest) }).issue({ uid: 'ada', validUntil: NOW })
    writeFileSync(at('cookies'), `"${value}"\n`)
    const [shape] = rows(await cli('peek', '--guess', at('cookies')))
    t.match(shape, { uid: 'ada', verified: false })
    t.ok(
      shape.guesses.some(({ key, verified }: { key: string; verified: boolean }) => key === kind && !verified),
      kind,
    )
    const answer = await cli('peek', '--guess', ...files, at('cookies'))
    t.equal(answer.code, 0)
    const [found] = rows(answer)
    t.match(found, { uid: 'ada', verified: true, guesses: [{ module: 'mod_auth_pubtkt', key: kind, verified: true }] })
    const [entry] = found.configuration.publicKeys
    t.strictSame([entry.publicKey, entry.digest], [{ file: at(`${name}.pub`) }, digest])
  }
  const foreign = await cli('peek', '--guess', '--public-key-file', at('otherRsa.pub'), at('cookies'))
  t.match(foreign, { code: 1 }, 'a guess is no answer where a key was given')
  t.match(rows(foreign), [{ verified: false, configuration: undefined }])
})

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
]

t.test('every trouble is one line that names the way out', async (t) => {
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
