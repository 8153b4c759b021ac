/** Which tickets open the protected page, on real sockets. */

import t from 'tap'
import { available, demo, NOW, raw, signIn, ticket, ticketOf } from './demo.js'

const good = ticket('alice')
/** Another char in the middle of the digest. */
const spoilt = good.slice(0, 20) + (good[20] === 'A' ? 'B' : 'A') + good.slice(21)

const COOKIES: [name: string, cookie: string, uid: string | undefined][] = [
  ['a good ticket', `auth_tkt=${good}`, 'alice'],
  ['a good ticket in quotes', `auth_tkt="${good}"`, 'alice'],
  ['a good ticket, escaped', `auth_tkt=${encodeURIComponent(good)}`, 'alice'],
  ['a good ticket among other cookies', `a=b; auth_tkt=${good}; c=d`, 'alice'],
  ['a spoilt ticket', `auth_tkt=${spoilt}`, undefined],
  ['half a ticket', `auth_tkt=${good.slice(0, 60)}`, undefined],
  ['no ticket', 'auth_tkt=alice', undefined],
  ['an empty cookie', 'auth_tkt=', undefined],
  ['another name', `auth_tk=${good}; xauth_tkt=${good}; AUTH_TKT=${good}`, undefined],
  ["someone else's secret", `auth_tkt=${ticket('alice', { secret: Buffer.from('another secret') })}`, undefined],
  ["someone else's address", `auth_tkt=${ticket('alice', { ip: '127.0.0.2' })}`, undefined],
  ['two, the first is good', `auth_tkt=${good}; auth_tkt=${spoilt}`, 'alice'],
  ['two, the second is good', `auth_tkt=${spoilt}; auth_tkt=${good}`, undefined],
  ['two, the first is empty', `auth_tkt=; auth_tkt=${good}`, 'alice'],
  ['a line of eight thousand bytes', `auth_tkt=${'A'.repeat(8000)}`, undefined],
]

for (const [name, cookie, uid] of COOKIES) {
  t.test(name, async (t) => {
    const { ask } = await demo(t)
    const answer = await ask('/', { headers: { cookie } })
    if (uid === undefined) t.match(answer, { status: 303, headers: { location: '/login' }, body: '' })
    else t.match(answer, { status: 200, body: `<dt>User</dt><dd>${uid}</dd>` })
  })
}

t.test('Cookie in two headers', async (t) => {
  const { port } = await demo(t)
  const get = (...cookies: string[]) =>
    raw(
      port,
      `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${cookies.map((each) => `Cookie: ${each}\r\n`).join('')}\r\n`,
    )
  t.match(await get('a=b', `auth_tkt=${good}`), /^HTTP\/1\.1 200 [\s\S]*<dd>alice<\/dd>/)
  t.match(await get(`auth_tkt=${good}`, 'a=b'), /^HTTP\/1\.1 200 [\s\S]*<dd>alice<\/dd>/)
  t.match(await get(`auth_tkt=${spoilt}`, `auth_tkt=${good}`), /^HTTP\/1\.1 303 /)
})

t.test('a ticket opens the page up to and with its last second', async (t) => {
  const { ask, clock } = await demo(t)
  const own = ticketOf(await ask('/login', signIn()))
  for (const [now, status] of [
    [NOW, 200],
    [NOW + 7200, 200],
    [NOW + 7201, 303],
    [NOW, 200],
  ] as const) {
    clock.now = now
    t.equal((await ask('/', { ticket: own })).status, status, `${now - NOW} seconds later`)
  }
})

t.test('what a ticket says is shown as text', async (t) => {
  const { ask } = await demo(t)
  const { body } = await ask('/', { ticket: ticket('<b>"bob"</b>', { tokens: ['<i>', '&amp;'] }) })
  t.match(body, '<dt>User</dt><dd>&#60;b&#62;&#34;bob&#34;&#60;/b&#62;</dd>')
  t.match(body, '<dt>Tokens</dt><dd>&#60;i&#62;, &#38;amp;</dd>')
  t.match(await ask('/', { ticket: ticket('bob', { tokens: [] }) }), { body: '<dt>Tokens</dt><dd>none</dd>' })
})

// All of 127.0.0.0/8 is this machine on Linux, not everywhere.
if (await available('127.0.0.2')) {
  t.test('a ticket is good for the address that signed in', async (t) => {
    const { ask } = await demo(t)
    const own = ticketOf(await ask('/login', { ...signIn(), from: '127.0.0.2' }))
    t.equal((await ask('/', { ticket: own, from: '127.0.0.2' })).status, 200)
    t.equal((await ask('/', { ticket: own, from: '127.0.0.1' })).status, 303)
    t.equal(
      (await ask('/', { ticket: own, from: '127.0.0.1', headers: { 'x-forwarded-for': '127.0.0.2' } })).status,
      303,
    )
  })
}

if (await available('::')) {
  t.test('on a server for both families an IPv4 client binds its IPv4 address', async (t) => {
    const { ask } = await demo(t, {}, '::')
    t.equal((await ask('/', { ticket: ticketOf(await ask('/login', signIn())) })).status, 200)
    t.equal((await ask('/', { ticket: ticket('alice') })).status, 200)
  })
}
