/** Tickets that the module's own issuers made, through the executable: its verdicts are those of the real Apache. */

import t from 'tap'
import { type Shown, vectorsOf } from '../helpers/recorded.js'
import { folder, rows, spawned } from './command.js'

interface Issued {
  readonly secret: string
  readonly digest: string
  readonly ip: string | null
}

const IP = '127.0.0.1'
const issued = vectorsOf<Issued>('recorded/issuers')
const shown = vectorsOf<Shown & { row: number }>('live/issuers')

for (const digest of ['md5', 'sha256', 'sha512']) {
  t.test(digest, async (t) => {
    const ours = shown.filter(({ row }) => issued[row]?.digest.toLowerCase() === digest && issued[row]?.ip === IP)
    const [secret = '', ...others] = new Set(ours.map(({ row }) => issued[row]?.secret))
    t.strictSame(others, [], 'one secret for all')
    t.ok(ours.length >= 10)
    t.ok(new Set(ours.map(({ expect }) => expect.status)).size > 1, 'good ones and bad ones')

    // As received: a raw `;` ends a cookie.
    const cookies = ours.map(({ cookie }) => `${(cookie.split(';')[0] as string).trim()}\n`).join('')
    const file = folder(t, { own: Buffer.from(secret, 'latin1'), cookies: Buffer.from(cookies, 'latin1') })
    const argv = ['verify', '--secret-file', file('own'), '--digest', digest, '--ip', IP, file('cookies')]
    const answer = await spawned(argv)
    t.equal(answer.code, 1)

    const verdicts = rows(answer)
    t.equal(verdicts.length, ours.length)
    for (const [index, { row, expect }] of ours.entries()) {
      const { ok, uid, tokens, userData } = verdicts[index]
      const fields = expect.status === 200 ? [true, expect.uid, expect.tokens, expect.userData] : [false]
      t.strictSame(ok ? [ok, uid, tokens.join(','), userData] : [ok], fields, `row ${row}`)
    }
  })
}
