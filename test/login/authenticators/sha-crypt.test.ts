/** SHA-crypt against Debian's htpasswd, for every length of password up to two digests and more. */

import t from 'tap'
import { htpasswdMissing } from '../../../native-fixtures/debian.mjs'
import { htpasswdLine } from '../../../native-fixtures/htpasswd.mjs'
import { shaCrypt } from '../../../src/login/authenticators/sha-crypt.js'

const ALGORITHMS = [
  ['sha256', '5'],
  ['sha512', '6'],
] as const

for (const [algorithm, id] of ALGORITHMS) {
  t.test(`${algorithm}: every length`, { skip: htpasswdMissing() ?? false }, async (t) => {
    for (let length = 1; length <= 140; length++) {
      const password = `${'x'.repeat(length - 1)}y`
      const [, hash] = htpasswdLine('u', password, algorithm).split(':') as [string, string]
      const [, , salt, expected] = hash.split('$') as [string, string, string, string]
      t.equal(hash, `$${id}$${salt}$${expected}`)
      t.equal(await shaCrypt(algorithm, Buffer.from(password), Buffer.from(salt), 5000), expected, `${length} bytes`)
    }
  })
}

// The specification's own examples.
const SPECIFIED: readonly (readonly ['sha256' | 'sha512', string, string, number, string])[] = [
  ['sha256', 'Hello world!', 'saltstring', 5000, '5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  [
    'sha512',
    'we have a short salt string but not a short password',
    'short',
    77777,
    'WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0',
  ],
  [
    'sha256',
    'a very much longer text to encrypt.  This one even stretches over morethan one line.',
    'anotherlongsalts',
    1400,
    'Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1',
  ],
]

t.test('the specification', async (t) => {
  for (const [algorithm, password, salt, rounds, expected] of SPECIFIED) {
    t.equal(await shaCrypt(algorithm, Buffer.from(password), Buffer.from(salt), rounds), expected)
  }
})

t.test('other work gets its turn', async (t) => {
  let turns = 0
  const counting = setInterval(() => turns++, 0)
  t.teardown(() => clearInterval(counting))
  await shaCrypt('sha512', Buffer.from('a password'), Buffer.from('salt'), 100_000)
  t.ok(turns > 20, `${turns} turns`)
})
