/** Signing in with a password, seen from the wire: the ticket, the way on, and every way not to get in. */

import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { createVerifier } from '../../src/index.js'
import { FIELD } from '../../src/login/forms.js'
import { deriveSecrets } from '../../src/login/secrets.js'
import { desk, NOW, onePerson, PASSWORD, plain, SECRET, UID } from './desk.js'

const verifier = createVerifier({ keys: [{ secret: SECRET, digest: 'sha256' }] })

function ticketIn(setCookies: readonly string[]): string | undefined {
  return setCookies.map((line) => /^auth_tkt=([^;]+)/.exec(line)?.[1]).find((value) => value !== undefined)
}

t.test('user and password give a ticket, and the way on', async (t) => {
  const { browser, origin, events } = await desk(t)
  const ada = browser()
  const answer = await ada.signIn({}, `/login?back=${encodeURIComponent(`${origin}/app/x?a=b&c=d%20e`)}`)
  t.equal(answer.status, 303)
  const ticket = ticketIn(answer.setCookies)
  t.match(verifier.verify(ticket, { ip: '127.0.0.1', now: NOW }), {
    ok: true,
    ticket: { uid: UID, tokens: ['staff'], userData: 'Ada L', issuedAt: NOW },
  })
  t.match(
    answer.setCookies.find((line) => line.startsWith('auth_tkt=')),
    /; path=\/; HttpOnly; SameSite=Lax$/,
  )
  const done = await ada.ask(answer.location as string)
  t.match(done, { status: 303, location: `${origin}/app/x?a=b&c=d%20e` })
  t.strictSame(events, [{ kind: 'signed-in', by: 'one-person', uid: UID, ip: '127.0.0.1' }])
})

t.test('a lighttpd ticket gets no user data, which could be shifted into its tokens', async (t) => {
  const keys = [{ secret: SECRET, digest: 'md5', dialect: 'lighttpd' }] as const
  const { browser } = await desk(t, { guard: { keys: [...keys], allowShiftableFields: true } })
  const ticket = ticketIn((await browser().signIn()).setCookies)
  t.match(createVerifier({ keys }).verify(ticket, { ip: '127.0.0.1', now: NOW }), {
    ok: true,
    ticket: { uid: UID, tokens: ['staff'], userData: '' },
  })
})

t.test('without a way back it leads home', async (t) => {
  const { browser, origin } = await desk(t, { login: { home: '/login-help' } })
  const ada = browser()
  const answer = await ada.signIn()
  t.equal((await ada.ask(answer.location as string)).location, `${origin}/login-help`)
})

t.test('to another host the last step is a page, not a redirect', async (t) => {
  const { browser } = await desk(t, { login: { backHosts: ['app.example.com'] } })
  const ada = browser()
  const page = await ada.ask('/login?back=https%3a//app.example.com/x')
  t.match(plain(page.body), 'to go on to app.example.com')
  const answer = await ada.send(page, { uid: UID, password: PASSWORD })
  const done = await ada.ask(answer.location as string)
  t.match(done, { status: 200, headers: { refresh: '0; url=https://app.example.com/x' } })
  t.match(plain(done.body), '<a class="button" href="https://app.example.com/x">')
})

t.test('a wrong password and an unknown user get the same page', async (t) => {
  const { browser, events } = await desk(t)
  const pages = []
  for (const fields of [{ password: 'nope' }, { uid: 'nobody' }]) {
    const answer = await browser().signIn(fields)
    t.equal(answer.status, 403)
    t.equal(ticketIn(answer.setCookies), undefined)
    pages.push(answer.body.replace(/value="[^"]*"/g, '').replaceAll(' autofocus', ''))
  }
  t.equal(pages[0], pages[1])
  t.match(pages[0], 'This user and password do not go together.')
  t.strictSame(
    events.map(({ kind }) => kind),
    ['refused', 'refused'],
  )
  t.notMatch(JSON.stringify(events), 'nobody', 'a name that was only typed is not told')
})

t.test('what is typed comes back as text, never as HTML', async (t) => {
  const { browser } = await desk(t)
  const answer = await browser().signIn({ uid: '"><script>alert(1)</script>\u00fc' })
  t.notMatch(answer.body, '<script')
  t.match(plain(answer.body), 'value=""><script>alert(1)</script>\u00fc"')
})

t.test('spaces around a name do not count, and those in a password do', async (t) => {
  const { browser } = await desk(t)
  t.equal((await browser().signIn({ uid: ` ${UID} ` })).status, 303)
  t.equal((await browser().signIn({ password: ` ${PASSWORD}` })).status, 403)
})

for (const [name, fields, words] of [
  ['no user', { uid: ' ' }, 'Give a user and a password.'],
  ['no password', { password: '' }, 'Give a user and a password.'],
  ['a long user', { uid: 'a'.repeat(256) }, 'too long'],
  ['a long password', { password: 'a'.repeat(1025) }, 'too long'],
] as const) {
  t.test(`${name}: nobody is asked`, async (t) => {
    const person = onePerson()
    const { browser } = await desk(t, { login: { authenticators: [person] } })
    const answer = await browser().signIn(fields)
    t.equal(answer.status, 403)
    t.match(answer.body, words)
    t.strictSame(person.asked, [])
  })
}

t.test('forms that are not ours', async (t) => {
  const person = onePerson()
  const { browser, clock } = await desk(t, { login: { authenticators: [person] } })
  const fields = { uid: UID, password: PASSWORD }

  await t.test("another browser's token", async (t) => {
    const theirs = await browser().ask('/login')
    const ours = browser()
    await ours.ask('/login')
    t.match(await ours.send(theirs, fields), { status: 403, body: 'came from another site' })
  })
  await t.test('a token of another purpose, or made up', async (t) => {
    const ours = browser()
    const page = await ours.ask('/login')
    for (const form of ['', 'x', `${NOW.toString(36)}.AAAA`, `${NOW.toString(36)}.${'A'.repeat(24)}`]) {
      t.match(
        await ours.send(page, { ...fields, [FIELD]: form }),
        { status: 403, body: 'came from another site' },
        form,
      )
    }
  })
  await t.test('a form that another site has sent, whatever it knows', async (t) => {
    const ours = browser()
    const page = await ours.ask('/login')
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
    ] as Record<string, string>[]) {
      t.match(await ours.send(page, fields, headers), { status: 403, body: 'came from another site' })
    }
    t.equal((await ours.send(page, fields, { 'sec-fetch-site': 'same-origin' })).status, 303)
  })
  await t.test('a form that was open for too long, and comes back with what was typed', async (t) => {
    const ours = browser()
    const page = await ours.ask('/login')
    clock.now += 3601
    const answer = await ours.send(page, fields)
    t.match(answer, { status: 403, body: 'open for too long' })
    t.match(answer.body, `name="uid" value="${UID}"`)
    t.notMatch(answer.body, 'sesame')
    t.equal((await ours.send(answer, fields)).status, 303)
  })
  await t.test('a form of a machine whose clock was ahead', async (t) => {
    const ours = browser()
    const page = await ours.ask('/login')
    clock.now -= 10
    t.match(await ours.send(page, fields), { status: 403, body: 'open for too long' })
  })
  await t.test('a browser that keeps no cookies', async (t) => {
    const page = await browser().ask('/login')
    const answer = await browser().send(page, fields)
    t.match(answer, { status: 403, body: 'Cookies are blocked' })
    t.equal(ticketIn(answer.setCookies), undefined)
  })
  t.equal(person.asked.length, 2, 'those of our own forms, and no other')
})

t.test('a ticket cookie that does not come back is told, and nobody is sent round', async (t) => {
  const { browser, origin } = await desk(t)
  const back = `${origin}/app`
  const answer = await browser().ask(`/login/done?back=${encodeURIComponent(back)}`)
  t.match(answer, { status: 403, location: undefined, body: 'Cookies are blocked' })
  t.match(answer.body, `href="/login?back=${encodeURIComponent(back)}"`)
})

t.test('forms in two tabs, and one that is sent twice', async (t) => {
  const { browser } = await desk(t)
  const ours = browser()
  const first = await ours.ask('/login?back=%2fone')
  const second = await ours.ask('/login?back=%2ftwo')
  t.strictSame(second.setCookies, [], 'the cookie of the first is kept')
  for (const page of [first, second, first])
    t.equal((await ours.send(page, { uid: UID, password: PASSWORD })).status, 303)
})

t.test("another page's POST that a guard has sent here with a 307 is answered with the form", async (t) => {
  const person = onePerson()
  const { browser } = await desk(t, { login: { authenticators: [person] } })
  for (const [type, body] of [
    ['application/x-www-form-urlencoded', 'uid=ada&password=x&comment=hello'],
    ['application/x-www-form-urlencoded', 'form=an+order&back=later&uid=ada&password=x'],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/json', '{}'],
    ['application/x-www-form-urlencoded', `comment=${'a'.repeat(100_000)}`],
  ] as const) {
    const answer = await browser().ask('/login?timeout=1&post=1&back=%2fapp', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    t.equal(answer.status, 200)
    t.match(answer.body, 'what you sent was not taken')
    t.match(plain(answer.body), /name="back" value="http:\/\/127\.0\.0\.1:\d+\/app"/)
  }
  t.strictSame(person.asked, [])
})

t.test('an upload that a guard has sent here is read to its end, and then answered', async (t) => {
  const { port } = await desk(t)
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const socket = connect(port, '127.0.0.1')
    const answer = text(socket)
    const length = 40 * 65_536
    socket.write(
      `POST /login?timeout=1&post=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`,
    )
    for (let part = 0; part < 40; part++) {
      if (!socket.write(Buffer.alloc(65_536, 'x'))) await Promise.race([once(socket, 'drain'), once(socket, 'close')])
      await delay(2)
    }
    socket.end('GET /login/none HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
    t.match(await answer, /^HTTP\/1\.1 200 [\s\S]*what you sent was not taken[\s\S]*HTTP\/1\.1 404 /, type)
  }
})

t.test('too many tries wait, and the owner in a known browser does not', async (t) => {
  const { browser, clock, events } = await desk(t)
  const owner = browser()
  t.equal((await owner.signIn()).status, 303)
  const thief = browser()
  let answer = await thief.signIn({ password: 'guess' })
  for (let i = 0; i < 10 && answer.status === 403; i++) answer = await thief.signIn({ password: 'guess' })
  t.match(answer, { status: 429, headers: { 'retry-after': /^\d+$/ }, body: 'Too many tries' })
  t.match(await thief.signIn(), { status: 429 }, 'the right one is not looked at, either')
  t.equal((await owner.signIn()).status, 303)
  t.match(events.at(-2), { kind: 'refused', by: 'throttle', reason: 'throttled' })
  clock.now += Number(answer.headers['retry-after'])
  t.equal((await thief.signIn()).status, 303, 'after that it counts')
})

t.test('several authenticators: the first who knows them; one that cannot be asked', async (t) => {
  const down = {
    name: 'down',
    check: async () => ({ ok: false, reason: 'unavailable', cause: 'ECONNREFUSED' }) as const,
  }
  const { browser, events } = await desk(t, { login: { authenticators: [down, onePerson()] } })
  t.equal((await browser().signIn()).status, 303)
  t.match(await browser().signIn({ password: 'x' }), { status: 503, body: 'Nobody can check passwords' })
  t.match(events, [
    { kind: 'unavailable', by: 'down', cause: 'ECONNREFUSED' },
    { kind: 'signed-in' },
    { kind: 'unavailable' },
  ])
})

t.test('an account whose name a ticket cannot carry, or that belongs to a provider', async (t) => {
  const odd = (uid: string) => ({
    name: 'odd',
    check: async () => ({ ok: true, account: { uid, tokens: [], userData: '' } }) as const,
  })
  const provider = {
    name: 'gitlab',
    label: 'GitLab',
    begin: async () => ({ ok: false, cause: 'x' }) as const,
    finish: async () => ({ ok: false, reason: 'stale' }) as const,
  }
  for (const uid of ['a!b', '\u20ac', '']) {
    const { browser, events } = await desk(t, { login: { authenticators: [odd(uid)] } })
    t.match(await browser().signIn(), { status: 500, body: 'fits into no ticket. Ask the administrator' }, uid)
    t.match(events, [{ kind: 'unavailable', by: 'odd', cause: /^issue: / }])
  }
  const { browser } = await desk(t, { login: { authenticators: [odd('gitlab:17')], providers: [provider] } })
  t.match(await browser().signIn(), { status: 403, body: 'do not go together' })
})

t.test('tokens in a form are made with the newest secret and good with the others', async (t) => {
  const old = deriveSecrets(['an old one'])
  const both = deriveSecrets(['a new one', 'an old one'])
  t.ok(both.isSigned('form', 'x', old.sign('form', 'x')))
  t.notOk(old.isSigned('form', 'x', both.sign('form', 'x')))
  t.notOk(both.isSigned('other', 'x', old.sign('form', 'x')))
  t.equal(both.open('flow', old.seal('flow', 'text')), 'text')
  t.equal(both.open('other', old.seal('flow', 'text')), undefined)
  const sealed = old.seal('flow', 'text')
  for (let i = 0; i < sealed.length - 1; i++) {
    const spoilt = sealed.slice(0, i) + (sealed[i] === 'A' ? 'B' : 'A') + sealed.slice(i + 1)
    t.equal(old.open('flow', spoilt), undefined)
  }
  t.equal(old.open('flow', ''), undefined)
  t.throws(() => deriveSecrets([]), { code: 'ERR_TKT_OPTIONS' })
})

t.test('a ticket that browsers would drop without a word, and a network that none can be bound to', async (t) => {
  const tokens = Array.from({ length: 400 }, (_, i) => `group-${i}`)
  const many = { name: 'many', check: async () => ({ ok: true, account: { uid: UID, tokens, userData: '' } }) as const }
  const long = await desk(t, { login: { authenticators: [many] } })
  const answer = await long.browser().signIn()
  t.match(answer, { status: 500, body: 'fits into no ticket' })
  t.equal(ticketIn(answer.setCookies), undefined)
  t.match(long.events, [{ kind: 'unavailable', by: 'many', cause: /longer than browsers keep/ }])

  const ipv4 = await desk(t, { guard: { trustedProxies: ['127.0.0.1'], ipv6: 'refuse' } })
  const ada = ipv4.browser()
  const headers = { 'x-forwarded-for': '2001:db8::7', 'x-forwarded-host': `127.0.0.1:${ipv4.port}` }
  const page = await ada.ask('/login', { headers })
  const refused = await ada.send(page, { uid: UID, password: PASSWORD }, headers)
  t.match(refused, { status: 500, body: 'cannot sign in from this network' })
  t.match(ipv4.events, [{ kind: 'unavailable', cause: /ipv6/ }])
})

t.test('keys that have ended, and those of other hosts, sign nothing', async (t) => {
  const old = 'a secret that has ended'
  const theirs = 'a secret of another host'
  const keys = (host: number | undefined) =>
    host === undefined ? [{ secret: SECRET }, { secret: old, acceptUntil: NOW + 10 }] : [{ secret: theirs }]
  const { browser, clock, origin } = await desk(t, { login: { keys } })
  const forged = (secret: string) => {
    const value = 'A'.repeat(22)
    const time = NOW.toString(36)
    return { value, form: `${time}.${deriveSecrets([secret]).sign('form', `${value}.${time}`)}` }
  }
  const send = async (secret: string) => {
    const ada = browser()
    const { value, form } = forged(secret)
    await ada.jar.setCookie(`authtkt_form=${value}; path=/login`, origin)
    return ada.send(await ada.ask('/login'), { uid: UID, password: PASSWORD, [FIELD]: form })
  }
  t.equal((await send(SECRET)).status, 303)
  t.equal((await send(old)).status, 303, 'until it ends')
  t.equal((await send(theirs)).status, 403)
  clock.now += 11
  t.equal((await send(old)).status, 403)
  const device = `${'A'.repeat(16)}.${deriveSecrets([old]).sign('device', `${'A'.repeat(16)} ${UID}`)}`
  const statuses = new Set<number>()
  for (let i = 0; i < 8; i++) {
    const thief = browser()
    await thief.jar.setCookie(`authtkt_device=${device}; path=/login`, origin)
    statuses.add((await thief.signIn({ password: 'guess' })).status)
  }
  t.ok(statuses.has(429), 'nor is a browser known by it')
})

t.test('cookies that a neighbouring site has put before ours do not keep anybody out', async (t) => {
  const { browser } = await desk(t)
  const ada = browser()
  t.equal((await ada.signIn()).status, 303)
  const page = await ada.ask('/login?other=1')
  const [, form = ''] = /name="authtkt_form" value="([^"]+)"/.exec(page.body) ?? []
  const ours = await ada.jar.getCookieString(`${page.url}`)
  const answer = await browser().ask('/login', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: `authtkt_form=garbage; authtkt_form=${'B'.repeat(22)}; authtkt_device=x; ${ours}`,
    },
    body: new URLSearchParams({ [FIELD]: form, uid: UID, password: PASSWORD }).toString(),
  })
  t.equal(answer.status, 303)
})
