/** `issue` and `verify` with the keys of signed tickets, as real users have them: in files, in the environment, configured. */

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { pairOf } from '../helpers/signing-keys.js'
import { cli, rows, SECRET, spawned } from './command.js'
import { isClean, keys } from './signed-files.js'

const NOW = 1_700_000_000

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
