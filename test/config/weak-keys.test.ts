/** Keys of signed tickets that a guard would refuse: told with file and line, as all else that is wrong with a file. */

import t from 'tap'
import { readApacheConfig } from '../../src/config/apache.js'
import { readConfig } from '../../src/config/json.js'
import { createGuard } from '../../src/policy/guard.js'
import { pairOf } from '../helpers/signing-keys.js'

const json = (keys: object) =>
  JSON.stringify({ module: 'mod_auth_pubtkt', loginUrl: '/login', areas: [{ path: '/' }], ...keys }, null, 1)

t.test('in a file of our own', async (t) => {
  const cases: [keys: object, message: RegExp][] = [
    [
      { publicKeys: [{ publicKey: pairOf('rsa').publicKey, digest: 'sha1' }] },
      /^own\.json:11: publicKeys\[0\]\.publicKey: .*allow: \['sha1'\]/,
    ],
    [{ publicKeys: [{ publicKey: pairOf('rsa').publicKey }] }, /^own\.json:\d+: publicKeys\[0\]\.digest: is missing/],
  ]
  for (const [keys, message] of cases) {
    t.throws(() => readConfig(json(keys), { file: 'own.json' }), { code: 'ERR_TKT_CONFIG', message }, String(message))
  }
  t.doesNotThrow(() => readConfig(json({ publicKeys: [{ publicKey: pairOf('ed25519').publicKey }] })))
})

t.test("in Apache's: what the module takes, unless it is to be hardened", async (t) => {
  const text = `<Location /secret>
AuthType mod_auth_pubtkt
Require valid-user
TKTAuthPublicKey key.pem
TKTAuthLoginURL https://login.example.com/
</Location>`
  const files = {
    readText: () => pairOf('rsa').publicKey,
    exists: () => true,
    list: () => [],
    isDirectory: () => false,
  }
  t.doesNotThrow(() => readApacheConfig(text, { files: files as never }))
  t.throws(() => readApacheConfig(text, { files: files as never, compat: 'hardened', file: 'site.conf' }), {
    code: 'ERR_TKT_CONFIG',
    message: /^site\.conf:4: TKTAuthPublicKey: signatures over SHA-1 .*allow: \['sha1'\]; in Apache's syntax/,
  })
  // Read for converting: there `allow` can be said.
  const { options, notes } = readApacheConfig(text, { files: files as never, compat: 'hardened', weakKeys: 'leave' })
  t.match(notes, [{ severity: 'warning', line: 4, message: /^TKTAuthPublicKey: .*until then the output is refused/ }])
  t.throws(() => createGuard(options), { message: /areas\[0\]\.publicKeys\[0\]\.publicKey: .*SHA-1.*allow/ })
})
