/** What `issue` prints, `verify` accepts and `peek` reads. */

import t from 'tap'
import { cli, folder, rows } from './command.js'

const FIELDS = ['--uid', 'alice', '--tokens', 'a,b', '--data', 'x!y', '--time', '1700000000']
const TICKET = { uid: 'alice', tokens: ['a', 'b'], userData: 'x!y', issuedAt: 1700000000 }

/** lighttpd reads base64 in cookies, and nothing else. */
const ENCODINGS = { apache: ['base64', 'raw', 'percent'], lighttpd: ['base64'] }

for (const digest of ['md5', 'sha1', 'sha256', 'sha512']) {
  for (const [dialect, encodings] of Object.entries(ENCODINGS)) {
    for (const encoding of encodings) {
      t.test(`${digest}, ${dialect}, ${encoding}`, async (t) => {
        const file = folder(t)
        const keys = ['--secret-file', file('secret'), '--digest', digest, '--dialect', dialect, '--ip', '192.0.2.7']
        const issued = await cli('issue', ...keys, ...FIELDS, '--encoding', encoding)
        const err = dialect === 'lighttpd' ? /^authtkt: warning: fields of lighttpd tickets can be shifted/ : ''
        t.match(issued, { code: 0, out: /^[^\n]+\n$/, err })
        const cookies = folder(t, { cookies: issued.out })('cookies')

        const verified = await cli('verify', ...keys, cookies)
        t.match(verified, { code: 0, err })
        t.strictSame(rows(verified), [{ line: 1, ok: true, ...TICKET, keyIndex: 0 }])

        // SHA-1 is too rare to be guessed.
        if (digest === 'sha1') return
        const peeked = await cli('peek', cookies)
        t.match(peeked, { code: 0, err: '' })
        t.strictSame(rows(peeked), [{ line: 1, verified: false, digest, ...TICKET }])
      })
    }
  }
}

const ADDRESSES = [
  { name: 'an IPv6 address', issue: ['--ip', '2001:db8::7'], verify: ['--ip', '2001:DB8:0:0::0:7'], ok: true },
  { name: 'another IPv6 address', issue: ['--ip', '2001:db8::7'], verify: ['--ip', '2001:db8::8'], ok: false },
  { name: 'another IPv4 address', issue: ['--ip', '192.0.2.7'], verify: ['--ip', '192.0.2.8'], ok: false },
  { name: 'no address', issue: ['--ignore-ip'], verify: ['--ignore-ip'], ok: true },
  { name: 'no address where one is bound', issue: ['--ip', '192.0.2.7'], verify: ['--ignore-ip'], ok: false },
]

for (const dialect of Object.keys(ENCODINGS)) {
  for (const { name, issue, verify, ok } of ADDRESSES) {
    t.test(`${dialect}: ${name}`, async (t) => {
      const keys = ['--secret-file', folder(t)('secret'), '--digest', 'sha256', '--dialect', dialect]
      const { out } = await cli('issue', ...keys, ...issue, ...FIELDS)
      const verified = await cli('verify', ...keys, ...verify, folder(t, { cookies: out })('cookies'))
      t.match(verified, { code: ok ? 0 : 1 })
      t.match(rows(verified), [ok ? { ok, uid: 'alice' } : { ok, reason: 'digest' }])
    })
  }
}

t.test('text beyond ASCII travels as UTF-8 and is shown as the ticket has it, one char a byte', async (t) => {
  const keys = ['--secret-file', folder(t)('secret'), '--digest', 'md5', '--ignore-ip']
  const { out } = await cli('issue', ...keys, '--uid', 'zoë', '--tokens', '日本', '--data', '€')
  const cookies = folder(t, { cookies: out })('cookies')
  const bytes = (text: string) => Buffer.from(text).toString('latin1')
  const ticket = { uid: bytes('zoë'), tokens: [bytes('日本')], userData: bytes('€') }
  t.match(rows(await cli('verify', ...keys, cookies)), [{ ok: true, ...ticket }])
  t.match(rows(await cli('peek', cookies)), [ticket])
})

t.test('the least of fields, and the time of the clock', async (t) => {
  const keys = ['--secret-file', folder(t)('secret'), '--digest', 'sha512', '--ignore-ip']
  const before = Math.floor(Date.now() / 1000)
  const { out } = await cli('issue', ...keys, '--uid', 'a b', '--tokens', '')
  const verified = await cli('verify', ...keys, '--timeout', '1m', folder(t, { cookies: out })('cookies'))
  const [row] = rows(verified)
  t.match(row, { ok: true, uid: 'a b', tokens: [], userData: '' })
  t.ok(row.issuedAt >= before && row.issuedAt <= Date.now() / 1000)
})
