/** Passwords against the lines that Debian's htpasswd writes for them; what is never good enough, and what costs too much. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { htpasswdMissing } from '../../../native-fixtures/debian.mjs'
import { htpasswdLine } from '../../../native-fixtures/htpasswd.mjs'
import { type PasswordHash, readHash, verifyHash } from '../../../src/login/authenticators/password-hash.js'

const skip = htpasswdMissing() ?? false
const SCHEMES = ['apr1', 'bcrypt', 'bcrypt, cost 10', 'sha256', 'sha512', 'sha512, 10000 rounds', 'sha1'] as const
const PASSWORDS = ['secret', 'with: a colon and $signs$', 'пароль и юникод', '💚'.repeat(15), 'x'.repeat(32), ' y ']

function hashOf(line: string): PasswordHash {
  const hash = readHash(line.slice(line.indexOf(':') + 1), 'allow')
  if (typeof hash === 'string') throw new Error(hash)
  return hash
}

for (const scheme of SCHEMES) {
  t.test(scheme, { skip }, async (t) => {
    for (const password of PASSWORDS) {
      const hash = hashOf(htpasswdLine('u', password, scheme))
      t.ok(await verifyHash(password, hash), 'the password')
      const wrong = [`${password.slice(0, -1)}q`, `X${password}`, '', `${password}\0`, password + 'y'.repeat(600)]
      for (const other of wrong) t.notOk(await verifyHash(other, hash), `${other.length} other chars`)
    }
  })
}

t.test('a long bcrypt password fits by its first 72 bytes, as it does for Apache', { skip }, async (t) => {
  const hash = hashOf(htpasswdLine('u', 'x'.repeat(80), 'bcrypt'))
  t.ok(await verifyHash('x'.repeat(80), hash))
  t.ok(await verifyHash('x'.repeat(72), hash))
  t.notOk(await verifyHash('x'.repeat(71), hash))
})

t.test('the prefixes of bcrypt', { skip }, async (t) => {
  const { text } = hashOf(htpasswdLine('u', 'secret', 'bcrypt'))
  for (const prefix of ['$2a$', '$2b$', '$2y$']) {
    t.ok(await verifyHash('secret', hashOf(`u:${text.replace('$2y$', prefix)}`)), prefix)
  }
  t.equal(readHash(text.replace('$2y$', '$2x$'), 'allow'), 'unknown', 'made by a faulty program of 2011')
})

const TAIL = 'a'.repeat(53)
const TROUBLES: readonly (readonly [name: string, text: string, trouble: string])[] = [
  ['nothing', '', 'unknown'],
  ['plain text', 'secret', 'unknown'],
  ['DES', 'rqXexS6ZhobKA', 'unknown'],
  ['crypt(3)-MD5', '$1$saltsalt$2vnaRpHa6Jxjz5n83ok8Z0', 'unknown'],
  ['{SHA}', '{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', 'weak'],
  ['{SHA}, cut off', '{SHA}5en6G6MezRroT3XKqkdPOmY/Bf', 'unknown'],
  ['bcrypt that takes an hour', `$2y$31$${TAIL}`, 'costly'],
  ['bcrypt that takes seconds', `$2y$16$${TAIL}`, 'costly'],
  ['bcrypt of no cost', `$2y$03$${TAIL}`, 'unknown'],
  ['bcrypt beyond all cost', `$2y$32$${TAIL}`, 'unknown'],
  ['bcrypt, cut off', `$2y$05$${TAIL.slice(1)}`, 'unknown'],
  ['SHA-crypt that takes minutes', `$6$rounds=999999999$salt$${'a'.repeat(86)}`, 'costly'],
  ['SHA-crypt of few rounds', `$5$rounds=999$salt$${'a'.repeat(43)}`, 'unknown'],
  ['SHA-crypt with the other digest', `$5$salt$${'a'.repeat(86)}`, 'unknown'],
  ['apr1 with a long salt', `$apr1$saltsalts$${'a'.repeat(22)}`, 'unknown'],
]

for (const [name, text, trouble] of TROUBLES) {
  t.test(name, async (t) => {
    t.equal(readHash(text, 'refuse'), trouble)
    if (trouble !== 'weak') t.equal(readHash(text, 'allow'), trouble)
  })
}

t.test('what takes long is still taken', async (t) => {
  t.match(readHash(`$2b$15$${TAIL}`, 'refuse'), { scheme: 'bcrypt', cost: 15 })
  t.match(readHash(`$6$rounds=500000$salt$${'a'.repeat(86)}`, 'refuse'), { scheme: 'sha512', cost: 500_000 })
})

t.test('no comparison ends at the first other char', async (t) => {
  const source = readFileSync('src/login/authenticators/password-hash.ts', 'utf8')
  t.match(source, 'timingSafeEqual')
  t.notMatch(source, /===? hash\.text/)
})
