/** `authtkt keygen`: a pair of keys for signed tickets, in two files, and the lines that name them. */

import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'
import { chmodSync, existsSync, unlinkSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { explain, misuse, type Output } from './output.js'

type Type = 'rsa' | 'ed25519' | 'ecdsa' | 'dsa'

interface KeygenOptions {
  type: Type
  bits?: '2048' | '3072' | '4096'
  out?: string
  allowWeak?: boolean
}

/**
 * RSA with 2048 bits: the module takes it, a check costs half of what one with 3072 bits does (31 and 65 us here), and its
 * signature takes a third of the 1024 bytes that the module has for a ticket. Tickets live for hours, so such a key does
 * until there is a next one.
 */
const DEFAULT_BITS = '2048'

export function keygenCommand(output: Output): Command {
  return new Command('keygen')
    .description(
      'Make a pair of keys for signed tickets (mod_auth_pubtkt): FILE, which signs, and FILE.pub, which checks.',
    )
    .addOption(
      new Option(
        '--type <name>',
        'kind of key; the C module knows rsa and dsa only, and dsa is weak: give --allow-weak, too',
      )
        .choices(['rsa', 'ed25519', 'ecdsa', 'dsa'])
        .default('rsa'),
    )
    .addOption(
      new Option(
        '--bits <number>',
        `of rsa or dsa: more is slower to check, and leaves less of a ticket's 1024 bytes (default: ${DEFAULT_BITS})`,
      ).choices(['2048', '3072', '4096']),
    )
    .option('--out <file>', 'file for the private key; the public one goes to FILE.pub')
    .option('--allow-weak', 'make a key of a weak kind all the same')
    .action((options: KeygenOptions) => {
      checkKind(options)
      const { out } = options
      // Not left to the parser, which would miss --out before it tells of an --ouf.
      if (out === undefined) throw misuse('give --out FILE, the file for the private key')
      writePair(out, pair(options))
      output.out(tellFiles(out) + tellLines(options.type, out))
      for (const text of caveats(options.type)) output.err(`authtkt: note: ${text}\n`)
    })
}

function checkKind({ type, bits, allowWeak }: KeygenOptions): void {
  if (type === 'dsa') {
    if (!allowWeak) throw misuse('--type dsa is weak: take rsa, or give --allow-weak')
    if (bits === '4096') throw misuse('--bits 4096: dsa has 2048 or 3072')
  }
  if ((type === 'ed25519' || type === 'ecdsa') && bits !== undefined) {
    throw misuse(`--bits: ${type} has one size only; leave it out`)
  }
}

function pair({ type, bits = DEFAULT_BITS }: KeygenOptions): KeyPairKeyObjectResult {
  const modulusLength = Number(bits)
  switch (type) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength })
    case 'dsa':
      return generateKeyPairSync('dsa', { modulusLength, divisorLength: 256 })
    case 'ecdsa':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'ed25519':
      return generateKeyPairSync('ed25519')
  }
}

/** Both files or none. A key that is there may be in use: it is never written over. */
function writePair(out: string, { privateKey, publicKey }: KeyPairKeyObjectResult): void {
  const open = `${out}.pub`
  const taken = [out, open].find((file) => existsSync(file))
  if (taken !== undefined) throw occupied(taken)
  write(out, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600)
  try {
    write(open, publicKey.export({ type: 'spki', format: 'pem' }), 0o644)
  } catch (error) {
    unlinkSync(out)
    throw error
  }
}

function write(file: string, text: string | Buffer, mode: number): void {
  try {
    writeFileSync(file, text, { mode, flag: 'wx' })
    // However strict the umask is: the public key is for other users, such as Apache's.
    chmodSync(file, mode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw occupied(file)
    if (code === 'ENOENT') throw misuse(`${file}: there is no such folder; make it, or give another --out`)
    throw misuse(`${explain(error)}; give another --out`)
  }
}

function occupied(file: string): Error {
  return misuse(`${file} is there already, and keys are never written over; move it away, or give another --out`)
}

function tellFiles(out: string): string {
  return `${out}: the private key, which makes tickets: for the login alone (mode 600)
${out}.pub: the public key, which checks tickets: for every server that takes them (mode 644)
`
}

/** What to write where. The public key first: TKTAuthPublicKey sets the digest back to SHA-1. */
function tellLines(type: Type, out: string): string {
  const [secret, open] = [resolve(out), resolve(`${out}.pub`)]
  const more = {
    ...(type !== 'ed25519' && { digest: 'sha256' }),
    ...(type === 'dsa' && { allow: ['dsa'] }),
  }
  const apache = `
Apache, mod_auth_pubtkt:
  TKTAuthPublicKey ${/[\s"\\]/.test(open) ? `"${open.replace(/["\\]/g, '\\$&')}"` : open}
  TKTAuthDigest SHA256
`
  return `${isApaches(type) ? apache : ''}
authtkt, where tickets are checked:
  "publicKeys": [${json({ publicKey: { file: open }, ...more })}]

authtkt, where the login makes them:
  "signingKey": ${json({ privateKey: { file: secret }, ...more })}
`
}

function json(value: object): string {
  return JSON.stringify(value, null, 1).replace(/\s*\n\s*/g, ' ')
}

function isApaches(type: Type): boolean {
  return type === 'rsa' || type === 'dsa'
}

function caveats(type: Type): string[] {
  if (type === 'dsa') return ['dsa is weak, and no longer a standard (FIPS 186-5): have rsa in its place soon']
  return isApaches(type)
    ? []
    : [`Apache's mod_auth_pubtkt does not understand ${type} keys, and refuses to start with one: rsa is for that`]
}
