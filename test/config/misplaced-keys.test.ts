/** The key itself where the name of its file or variable belongs: one line says so, and tells nothing of it. */

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { loadConfig, loadLogin } from '../../src/config/load.js'
import { pairOf } from '../helpers/signing-keys.js'

const { privateKey } = pairOf('rsa')
const FILE = /: names no file; it looks like the key itself: put that into a file, and name it here$/
const VARIABLE = /: names no environment variable; write the name of one, not its value$/
const KEYS: [reference: object, message: RegExp][] = [
  [{ file: privateKey }, FILE],
  [{ file: privateKey.replace(/\n/g, '') }, FILE],
  [{ file: 'Xq9secret\nXq9' }, FILE],
  [{ file: 'Xq9secret\r' }, FILE],
  [{ file: `folder/${'Xq9'.repeat(86)}` }, FILE],
  [{ env: 'Xq9+/secret-16by' }, VARIABLE],
  [{ env: '9Xq9' }, VARIABLE],
  [{ env: '' }, VARIABLE],
  [{ env: privateKey }, VARIABLE],
]
const SECRETS: typeof KEYS = [
  ...KEYS,
  [{ apacheFile: privateKey, line: 1 }, FILE],
  [{ lighttpdFile: privateKey, line: 1 }, FILE],
  [{ lighttpdFile: 'empty', included: privateKey, line: 1 }, FILE],
]
const LDAP = { type: 'ldap', url: 'ldaps://ldap.example.com', searchBase: 'dc=example', bindAs: 'x' }
const GITLAB = { name: 'gitlab', issuer: 'https://gitlab.example.com', clientId: 'x' }
const STAFF = { authenticators: [{ type: 'htpasswd', file: 'users' }] }

type Around = (reference: object) => object
const LOGIN: [place: string, around: Around, rows: typeof KEYS][] = [
  ['signingKey.privateKey', (privateKey) => ({ ...STAFF, signingKey: { privateKey, digest: 'sha256' } }), KEYS],
  ['authenticators[0].password', (password) => ({ authenticators: [{ ...LDAP, password }] }), KEYS],
  ['providers[0].clientSecret', (clientSecret) => ({ providers: [{ ...GITLAB, clientSecret }] }), KEYS],
]
const WHOLE: typeof LOGIN = [
  ['keys[0].secret', (secret) => ({ keys: [{ secret, digest: 'md5' }] }), SECRETS],
  ['publicKeys[0].publicKey', (publicKey) => ({ publicKeys: [{ publicKey, digest: 'sha256' }] }), KEYS],
  ['signingKey.privateKey', (privateKey) => ({ signingKey: { privateKey, digest: 'sha256' } }), KEYS],
  ['passthruKey', (passthruKey) => ({ passthruKey }), KEYS],
  ...LOGIN.map(([place, around, rows]): (typeof LOGIN)[number] => [
    `login.${place}`,
    (reference) => ({ login: around(reference) }),
    rows,
  ]),
]

/** With what it was caused by: a program may print that as well. */
function trouble(load: (file: string) => unknown, file: string): string {
  try {
    load(file)
    return 'none'
  } catch (error) {
    const { message, cause } = error as Error
    return cause === undefined ? message : `${message}, ${cause}`
  }
}

for (const [what, load, cases] of [
  ['in a configuration', loadConfig, WHOLE],
  ["in a login's own file", loadLogin, LOGIN],
] as const) {
  t.test(what, async (t) => {
    const file = `${t.testdir({ empty: '' })}/site.json`
    for (const [place, around, rows] of cases) {
      for (const [reference, message] of rows) {
        writeFileSync(file, JSON.stringify(around(reference), null, 1))
        const says = trouble(load, file)
        t.ok(says.startsWith(`${file}:`) && says.includes(`: ${place}: `), `${place}: ${says}`)
        t.match(says, message)
        t.notMatch(says, /Xq9|BEGIN|MI[A-Za-z0-9]{8}/)
      }
    }
  })
}

t.test('a variable of any name that is there is taken, and one that is missing is told by its name', async (t) => {
  const file = `${t.testdir()}/site.json`
  const secret = (env: string) => JSON.stringify({ keys: [{ secret: { env }, digest: 'md5' }] })
  writeFileSync(file, secret('site-1.key'))
  const { options } = loadConfig(file, { environment: { 'site-1.key': 'sixteen bytes or more' } })
  t.equal(options.keys?.length, 1)
  writeFileSync(file, secret('_Site1'))
  t.match(
    trouble((name) => loadConfig(name, { environment: {} }), file),
    /the environment has no _Site1; set it$/,
  )
})
