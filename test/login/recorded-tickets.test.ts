/** Tickets that the module's own issuers made and the real Apache took open the demo's page; spoilt ones do not. */

import t from 'tap'
import { escapeHtml } from '../../src/login/page.js'
import { latin1, type Shown, vectorsOf } from '../helpers/recorded.js'
import { demo } from './demo.js'

interface Issued {
  readonly secret: string
  readonly digest: string
  readonly ip: string | null
  readonly ts: number
}

const issued = vectorsOf<Issued>('recorded/issuers')
const shown = vectorsOf<Shown & { row: number }>('live/issuers').filter(
  ({ row }) => issued[row]?.digest.toLowerCase() === 'sha256' && issued[row]?.ip === '127.0.0.1',
)
const hex = /^(?:[0-9a-f]{64})/

t.equal(shown.length, 13)

for (const { row, cookie, expect } of shown) {
  const { secret } = issued[row] as Issued
  const text = hex.test(cookie) ? cookie : Buffer.from(cookie, 'base64').toString('latin1')
  const options = { secret: latin1(secret), timeout: 60, now: () => Number.parseInt(text.slice(64, 72), 16) + 60 }

  t.test(`row ${row}, ${text === cookie ? 'raw' : 'base64'}: ${expect.status}`, async (t) => {
    const { ask } = await demo(t, options)
    const answer = await ask('/', { ticket: cookie })
    if (expect.status !== 200) return t.match(answer, { status: 303, headers: { location: '/login' } })
    t.equal(answer.status, 200)
    t.match(answer.body, `<dt>User</dt><dd>${escapeHtml(expect.uid ?? '')}</dd>`)
    const labels = escapeHtml(expect.tokens?.replaceAll(',', ', ') ?? '')
    t.match(answer.body, `<dt>Tokens</dt><dd>${labels || 'none'}</dd>`)
  })

  t.test(`row ${row}, spoilt`, async (t) => {
    const { ask } = await demo(t, options)
    for (const at of [0, 63, 71, 72]) {
      const other = String.fromCharCode(text.charCodeAt(at) ^ 1)
      const ticket = Buffer.from(text.slice(0, at) + other + text.slice(at + 1), 'latin1').toString('base64')
      t.match(await ask('/', { ticket }), { status: 303, headers: { location: '/login' } }, `char ${at}`)
    }
  })

  t.test(`row ${row}, a second too late`, async (t) => {
    const { ask } = await demo(t, { ...options, now: () => options.now() + 1 })
    t.match(await ask('/', { ticket: cookie }), { status: 303 })
  })
}
