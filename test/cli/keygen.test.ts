/** `authtkt keygen`: a pair in two files, never over others, and the lines that name them. */

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import t from 'tap'
import { cli, folder, spawned } from './command.js'

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8)

interface Row {
  readonly args: readonly string[]
  readonly kind: string
  readonly bits?: number
  readonly apache: boolean
  readonly says: RegExp
}

const ROWS: Row[] = [
  { args: [], kind: 'rsa', bits: 2048, apache: true, says: /^$/ },
  { args: ['--bits', '3072'], kind: 'rsa', bits: 3072, apache: true, says: /^$/ },
  { args: ['--type', 'ed25519'], kind: 'ed25519', apache: false, says: /does not understand ed25519 keys/ },
  { args: ['--type', 'ecdsa'], kind: 'ec', apache: false, says: /does not understand ecdsa keys/ },
  { args: ['--type', 'dsa', '--allow-weak'], kind: 'dsa', bits: 2048, apache: true, says: /dsa is weak/ },
]

for (const { args, kind, bits, apache, says } of ROWS) {
  t.test(`keygen ${args.join(' ')}`, async (t) => {
    const at = folder(t)
    const file = at('site.key')
    const { code, out, err } = await cli('keygen', ...args, '--out', file)
    t.equal(code, 0)
    t.match(err, says)
    t.strictSame([modeOf(file), modeOf(`${file}.pub`)], ['600', '644'])
    const [secret, open] = [readFileSync(file, 'utf8'), readFileSync(`${file}.pub`, 'utf8')]
    t.match(secret, /^-----BEGIN PRIVATE KEY-----\n/)
    t.match(open, /^-----BEGIN PUBLIC KEY-----\n/)
    const [privateKey, publicKey] = [createPrivateKey(secret), createPublicKey(open)]
    t.equal(publicKey.asymmetricKeyType, kind)
    if (bits !== undefined) t.equal(publicKey.asymmetricKeyDetails?.modulusLength, bits)
    const digest = kind === 'ed25519' ? null : 'sha256'
    t.ok(verify(digest, Buffer.from('uid=alice'), publicKey, sign(digest, Buffer.from('uid=alice'), privateKey)))

    const lines = out.split('\n')
    t.equal(lines.includes(`  TKTAuthPublicKey ${file}.pub`), apache)
    t.equal(lines.indexOf('  TKTAuthDigest SHA256') > lines.indexOf(`  TKTAuthPublicKey ${file}.pub`), apache)
    const json = JSON.parse(`{${lines.filter((line) => line.startsWith('  "')).join()}}`)
    const more = { ...(digest && { digest }), ...(kind === 'dsa' && { allow: ['dsa'] }) }
    t.strictSame(json, {
      publicKeys: [{ publicKey: { file: `${file}.pub` }, ...more }],
      signingKey: { privateKey: { file }, ...more },
    })
    const inside = secret.split('\n')[1] as string
    t.notOk((out + err).includes(inside), 'nothing of the private key is printed')
  })
}

t.test('keys are never written over: neither half is touched, and no half is left', async (t) => {
  for (const taken of ['site.key', 'site.key.pub']) {
    const at = folder(t, { [taken]: 'in use' })
    const { code, out, err } = await cli('keygen', '--out', at('site.key'))
    t.strictSame({ code, out }, { code: 2, out: '' })
    t.equal(
      err,
      `authtkt: ${at(taken)} is there already, and keys are never written over; move it away, or give another --out\n`,
    )
    t.equal(readFileSync(at(taken), 'utf8'), 'in use')
    t.equal(existsSync(at('site.key')) && existsSync(at('site.key.pub')), false)
  }
})

const WRONG: [args: string[], says: RegExp][] = [
  [[], /give --out FILE/],
  [['--out', 'x', '--type', 'dsa'], /--type dsa is weak: take rsa, or give --allow-weak/],
  [['--out', 'x', '--type', 'dsa', '--allow-weak', '--bits', '4096'], /dsa has 2048 or 3072/],
  [['--out', 'x', '--type', 'rsaa'], /Allowed choices are rsa, ed25519, ecdsa, dsa/],
  [['--out', 'x', '--bits', '1024'], /Allowed choices are 2048, 3072, 4096/],
  [['--out', 'x', '--type', 'ed25519', '--bits', '2048'], /ed25519 has one size only; leave it out/],
  [['--ouf', 'x'], /unknown option '--ouf'.*Did you mean --out\?/],
  [['--out', 'no/such/folder/x'], /no\/such\/folder\/x: there is no such folder; make it/],
  [['--out', '-----BEGIN PRIVATE KEY-----'], /an argument is a key in PEM: write it into a file/],
]

t.test('misuse is told in one line with the way out', async (t) => {
  for (const [args, says] of WRONG) {
    const { code, out, err } = await cli('keygen', ...args)
    t.strictSame({ code, out, lines: err.trimEnd().split('\n').length }, { code: 2, out: '', lines: 1 }, args.join(' '))
    t.match(err, says)
  }
})

t.test('as a process, with a strict umask and a name with spaces', async (t) => {
  const at = folder(t)
  const before = process.umask(0o077)
  t.teardown(() => process.umask(before))
  const { code, out } = await spawned(['keygen', '--out', at('my key')])
  t.equal(code, 0)
  t.equal(modeOf(at('my key.pub')), '644')
  t.match(out, `  TKTAuthPublicKey "${at('my key.pub')}"`)
})
