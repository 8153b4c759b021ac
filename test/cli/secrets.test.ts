/** Where secrets come from, the ring that several files make, and who else may read them. */

import { chmodSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createIssuer } from '../../src/index.js'
import { cli, folder, OLD_SECRET, rows, SECRET } from './command.js'

const VERIFY = ['verify', '--digest', 'md5', '--ignore-ip']

const cookieOf = (secret: string | Uint8Array) =>
  createIssuer({ keys: [{ secret, digest: 'md5' }], ignoreIp: true }).issue({ uid: 'alice' }, { now: 1 })

function setEnvironment(t: Test, secret: string) {
  process.env.AUTHTKT_SECRET = secret
  t.teardown(() => delete process.env.AUTHTKT_SECRET)
}

t.test('the first file issues, all of them verify, the place says which', async (t) => {
  const file = folder(t, { cookies: `${cookieOf(SECRET)}\n${cookieOf(OLD_SECRET)}\n${cookieOf('neither')}\n` })
  const ring = ['--secret-file', file('secret'), '--secret-file', file('old')]
  t.match(rows(await cli(...VERIFY, ...ring, file('cookies'))), [
    { ok: true, keyIndex: 0 },
    { ok: true, keyIndex: 1 },
    { ok: false, reason: 'digest' },
  ])
  const issued = await cli('issue', '--digest', 'md5', '--ignore-ip', ...ring, '--uid', 'alice', '--time', '1')
  t.equal(issued.out, `${cookieOf(SECRET)}\n`)
})

t.test('AUTHTKT_SECRET', async (t) => {
  setEnvironment(t, SECRET)
  const file = folder(t, { cookies: cookieOf(SECRET), older: cookieOf(OLD_SECRET) })
  t.match(rows(await cli(...VERIFY, file('cookies'))), [{ ok: true, keyIndex: 0 }])
  t.match(
    rows(await cli(...VERIFY, '--secret-file', file('old'), file('older'), file('cookies'))),
    [{ ok: true }, { ok: false }],
    'a file is used instead of it',
  )
})

t.test('AUTHTKT_SECRET is UTF-8', async (t) => {
  setEnvironment(t, 'geheimnis-für-zoë')
  const file = folder(t, { cookies: cookieOf(Buffer.from('geheimnis-für-zoë')) })
  t.match(rows(await cli(...VERIFY, file('cookies'))), [{ ok: true }])
})

const FILES: [name: string, content: Buffer, secret: Buffer][] = [
  ['no line end', Buffer.from('top'), Buffer.from('top')],
  ['LF', Buffer.from('top\n'), Buffer.from('top')],
  ['CRLF', Buffer.from('top\r\n'), Buffer.from('top')],
  ['only the last line end goes', Buffer.from('top\n\n'), Buffer.from('top\n')],
  ['a lone CR belongs to it', Buffer.from('top\r'), Buffer.from('top\r')],
  ['white space belongs to it', Buffer.from(' top \n'), Buffer.from(' top ')],
  ['any bytes', Buffer.from([0, 255, 10, 128, 13, 10]), Buffer.from([0, 255, 10, 128])],
  ['the longest', Buffer.alloc(1024, 'x'), Buffer.alloc(1024, 'x')],
  ['the longest and its line end', Buffer.from(`${'x'.repeat(1024)}\r\n`), Buffer.alloc(1024, 'x')],
]

for (const [name, content, secret] of FILES) {
  t.test(`a secret file: ${name}`, async (t) => {
    const file = folder(t, { own: content, cookies: cookieOf(secret) })
    chmodSync(file('own'), 0o600)
    t.match(await cli(...VERIFY, '--secret-file', file('own'), file('cookies')), { code: 0, err: '' })
  })
}

for (const mode of [0o644, 0o640, 0o660, 0o666, 0o604]) {
  t.test(`a secret file of mode ${mode.toString(8)} is used, with a warning`, async (t) => {
    const file = folder(t, { cookies: cookieOf(SECRET) })
    chmodSync(file('secret'), mode)
    const { code, err } = await cli(...VERIFY, '--secret-file', file('secret'), file('cookies'))
    t.equal(code, 0)
    const name = file('secret')
    t.equal(err, `authtkt: warning: ${name}: others than its owner can read this secret; chmod 600 ${name}\n`)
  })
}

for (const mode of [0o600, 0o400, 0o700]) {
  t.test(`a secret file of mode ${mode.toString(8)} needs none`, async (t) => {
    const file = folder(t, { cookies: cookieOf(SECRET) })
    chmodSync(file('secret'), mode)
    t.match(await cli(...VERIFY, '--secret-file', file('secret'), file('cookies')), { code: 0, err: '' })
  })
}
