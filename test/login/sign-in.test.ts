/** From the first visit to the sign-out. */

import t from 'tap'
import { createVerifier } from '../../src/index.js'
import { demo, form, NOW, PASSWORD, SECRET, signIn, ticketOf, USER } from './demo.js'

t.test('the way of a visitor', async (t) => {
  const { ask, clock } = await demo(t)

  const first = await ask('/')
  t.match(first, { status: 303, headers: { location: '/login' }, body: '' })
  t.notOk(first.headers['set-cookie'])

  const page = await ask('/login')
  t.match(page, { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
  t.match(page.body, /<form method="post" action="\/login">[\s\S]*name="uid"[\s\S]*name="password" type="password"/)
  t.notMatch(page.body, /role="alert"/)

  const signedIn = await ask('/login', signIn())
  t.match(signedIn, { status: 303, headers: { location: '/' }, body: '' })
  t.match(signedIn.headers['set-cookie'], /^auth_tkt=[A-Za-z0-9+/=]+; Path=\/; HttpOnly; SameSite=Lax$/)

  const ticket = ticketOf(signedIn)
  clock.now += 60
  const home = await ask('/', { ticket })
  t.equal(home.status, 200)
  t.match(home.body, /<dt>User<\/dt><dd>demo<\/dd>\n<dt>Tokens<\/dt><dd>demo<\/dd>/)
  t.match(home.body, /<time datetime="2023-11-14T22:13:20Z">2023-11-14 22:13:20 UTC<\/time>/, 'signed in')
  t.match(home.body, /<time datetime="2023-11-15T00:13:20Z">2023-11-15 00:13:20 UTC<\/time>/, 'good until')

  const signedOut = await ask('/logout', { method: 'POST', ticket })
  t.match(signedOut, { status: 303, headers: { location: '/login' } })
  t.equal(signedOut.headers['set-cookie'], 'auth_tkt=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
})

t.test('the ticket is one that any verifier with the secret takes', async (t) => {
  const { ask } = await demo(t)
  const verifier = createVerifier({ keys: [{ secret: SECRET, digest: 'sha256' }] })
  t.strictSame(verifier.verify(ticketOf(await ask('/login', signIn())), { ip: '127.0.0.1' }), {
    ok: true,
    ticket: { uid: USER, tokens: ['demo'], userData: '', issuedAt: NOW },
    keyIndex: 0,
  })
})

const WRONG: [name: string, fields: Record<string, string>][] = [
  ['wrong password', { uid: USER, password: `${PASSWORD}!` }],
  ['empty password', { uid: USER, password: '' }],
  ['no password', { uid: USER }],
  ['wrong user', { uid: 'root', password: PASSWORD }],
  ['empty user', { uid: '', password: PASSWORD }],
  ['no user', { password: PASSWORD }],
  ['nothing', {}],
  ['both the other way round', { uid: PASSWORD, password: USER }],
  ['names in capitals', { UID: USER, Password: PASSWORD }],
]

for (const [name, fields] of WRONG) {
  t.test(`no ticket for ${name}`, async (t) => {
    const { ask } = await demo(t)
    const answer = await ask('/login', form(fields))
    t.equal(answer.status, 403)
    t.notOk(answer.headers['set-cookie'])
    t.match(answer.body, '<p role="alert">This user and password do not go together.</p>')
    t.match(answer.body, '<form method="post" action="/login">')
  })
}

t.test('the form comes back with the user that was typed, as text', async (t) => {
  const { ask } = await demo(t)
  const { body } = await ask('/login', form({ uid: `"><script>alert('1')</script>&`, password: 'secret of mine' }))
  t.match(body, 'value="&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#38;"')
  t.notMatch(body, '<script')
  t.notMatch(body, 'secret of mine')
})

t.test('back to a sign-in that failed must not ask to send the form again', async (t) => {
  const { ask } = await demo(t)
  t.equal((await ask('/login', form({}))).headers['cache-control'], 'private, no-cache')
})

t.test('a body of JSON signs nobody in', async (t) => {
  const { ask } = await demo(t)
  const body = JSON.stringify({ uid: USER, password: PASSWORD })
  t.match(await ask('/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body }), {
    status: 403,
  })
})

const ORIGINS: [name: string, headers: Record<string, string>, ours: boolean][] = [
  ['none said, as curl', {}, true],
  ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin' }, true],
  ['Sec-Fetch-Site: none', { 'sec-fetch-site': 'none' }, true],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }, false],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }, false],
  ['our Origin', { host: 'demo.test:8080', origin: 'http://demo.test:8080' }, true],
  [
    'our Origin, but Sec-Fetch-Site: cross-site',
    { host: 'a', origin: 'http://a', 'sec-fetch-site': 'cross-site' },
    false,
  ],
  ['foreign Origin', { origin: 'http://evil.test' }, false],
  ['our Origin at another port', { host: 'demo.test:8080', origin: 'http://demo.test:8081' }, false],
  ['Origin: null', { origin: 'null' }, false],
]

for (const [name, headers, ours] of ORIGINS) {
  t.test(`a form from: ${name}`, async (t) => {
    const { ask } = await demo(t)
    const fields = { uid: USER, password: PASSWORD }
    for (const answer of [await ask('/login', form(fields, headers)), await ask('/logout', form({}, headers))]) {
      t.equal(answer.status, ours ? 303 : 403)
      t.equal(answer.headers['set-cookie'] !== undefined, ours)
      if (!ours) t.match(answer.body, /came from another site/)
    }
  })
}
