/** `peek` at signed tickets: what they were made with, and what is never shown. */

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { createPubtktIssuer, plainBauth } from '../../src/index.js'
import { signingKeyOf } from '../helpers/signing-keys.js'
import { cli, rows } from './command.js'
import { keys } from './signed-files.js'

const NOW = 1_700_000_000

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
