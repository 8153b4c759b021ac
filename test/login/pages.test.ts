/** The pages themselves: what each says to whom, and the headers that all have. */

import t from 'tap'
import { createIssuer } from '../../src/index.js'
import { FIELD } from '../../src/login/forms.js'
import { ENGLISH } from '../../src/login/messages.js'
import { type Browser, desk, NOW, onePerson, plain, UID } from './desk.js'

t.test('all pages have the headers that keep others out', async (t) => {
  const { browser } = await desk(t)
  const ada = browser()
  for (const path of ['/login', '/login/', '/login/logout', '/login/none', '/login/done', '/login?unauth=1']) {
    const { headers } = await ada.ask(path)
    t.match(
      headers,
      {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy':
          /^default-src 'none'; style-src 'self'; .*form-action 'self'.*frame-ancestors 'none'$/,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
        'cache-control': 'private, no-cache',
      },
      path,
    )
  }
})

t.test('the stylesheet is where the pages say, for ever, and small', async (t) => {
  const { browser } = await desk(t)
  const { body } = await browser().ask('/login')
  const [, href = ''] = /<link rel="stylesheet" href="([^"]+)">/.exec(body) ?? []
  const style = await browser().ask(href)
  t.match(style, {
    status: 200,
    headers: { 'content-type': /^text\/css/, 'cache-control': /immutable/ },
    setCookies: [],
  })
  t.ok(style.body.length < 4000, `${style.body.length} bytes`)
})

const WORDS: [query: string, words: string | undefined, role?: string][] = [
  ['', undefined],
  ['?timeout=1', ENGLISH.timeout, 'status'],
  ['?timeout', ENGLISH.timeout, 'status'],
  ['?timeout=0', undefined],
  ['?timeout=1&post=1', ENGLISH.postTimeout, 'alert'],
  ['?timeout=1;post=1;back=%2fx', ENGLISH.postTimeout, 'alert'],
  ['?post=1', ENGLISH.postTimeout, 'alert'],
  ['?posttimeout=1', ENGLISH.postTimeout, 'alert'],
  ['?unauth=1', ENGLISH.unauth, 'alert'],
  ['?back=http%3a%2f%2fevil.example', ENGLISH.foreignBack, 'alert'],
  ['?back=javascript:alert(1)', ENGLISH.foreignBack, 'alert'],
]

for (const [query, words, role] of WORDS) {
  t.test(`what the page says to ${query || 'nobody in particular'}`, async (t) => {
    const { browser } = await desk(t)
    const { status, body } = await browser().ask(`/login${query}`)
    t.equal(status, 200)
    const said = [...body.matchAll(/<p class="note" role="(\w+)">([^<]+)<\/p>/g)].map(([, role, text]) => [
      role,
      plain(text as string),
    ])
    t.strictSame(said, words === undefined ? [] : [[role, words]])
    t.notMatch(body, 'evil.example')
    t.notMatch(body, 'alert(1)')
  })
}

t.test('a way back outside of the site is told and left out', async (t) => {
  const { browser, origin } = await desk(t)
  const ada = browser()
  const page = await ada.ask('/login?back=%2f%2fevil.example')
  t.notMatch(page.body, 'name="back"')
  const answer = await ada.send(page, { uid: UID, password: 'open sesame & <more>', back: 'https://evil.example/' })
  t.equal(answer.location, '/login/done')
  t.equal((await ada.ask('/login/done?back=https://evil.example/')).location, `${origin}/`)
})

t.test('the back argument by another name, and the back cookie', async (t) => {
  const named = await desk(t, { guard: { backArgName: 'return' } })
  t.match(plain((await named.browser().ask('/login?return=%2fx')).body), `name="back" value="${named.origin}/x"`)
  t.match(plain((await named.browser().ask('/login?back=%2fx')).body), `name="back" value="${named.origin}/x"`)

  const { browser, origin } = await desk(t, { guard: { backCookieName: 'way', cookieDomain: null } })
  const ada = browser()
  await ada.jar.setCookie(`way=${encodeURIComponent(`${origin}/x?y=1`)}; path=/`, origin)
  const page = await ada.ask('/login')
  t.match(plain(page.body), `name="back" value="${origin}/x?y=1"`)
  const answer = await ada.send(page, { uid: UID, password: 'open sesame & <more>' })
  t.match(
    answer.setCookies.find((line) => line.startsWith('way=')),
    /^way=; path=\/; expires=Thu, 01 Jan 1970/,
  )
})

async function signedIn(ada: Browser) {
  t.equal((await ada.signIn()).status, 303)
}

t.test('who is signed in sees as whom, since when and until when', async (t) => {
  const { browser, origin, clock } = await desk(t, { guard: { timeout: '1h', maxAge: '30m' } })
  const ada = browser()
  await signedIn(ada)
  clock.now += 60
  const body = plain((await ada.ask('/login?back=%2fapp&timeout=1')).body)
  t.match(body, `<h1>You are signed in as ${UID}</h1>`)
  t.match(body, '<dd>staff</dd>')
  t.match(body, '<time datetime="2023-11-14T22:13:20Z">2023-11-14 22:13:20 UTC</time>')
  t.match(body, '2023-11-14 22:43:20 UTC', 'maxAge ends first')
  t.match(body, `<a class="button" href="${origin}/app">`)
  t.match(plain((await ada.ask('/login?back=//evil')).body), ENGLISH.foreignBack)
  t.match(plain((await ada.ask('/login')).body), `<a class="button" href="${origin}/">`)
  clock.now += 3600
  t.match((await ada.ask('/login')).body, '<input id="password"')
})

t.test('tickets that are good for ever', async (t) => {
  const { browser } = await desk(t, { guard: { timeout: 0 } })
  const ada = browser()
  await signedIn(ada)
  t.match((await ada.ask('/login')).body, `<dd>${ENGLISH.forEver}</dd>`)
})

t.test('a ticket that does not open the page asked for', async (t) => {
  const { browser } = await desk(t)
  const ada = browser()
  await signedIn(ada)
  const page = await ada.ask('/login?unauth=1&back=%2fadmin')
  t.match(page, { status: 403, body: `You are signed in as ${UID}, and that does not open` })
  t.match(page.body, '<input id="password"')
})

t.test('tickets of others are nobody here', async (t) => {
  const { browser, origin } = await desk(t)
  const theirs = createIssuer({ keys: [{ secret: 'another secret', digest: 'sha256' }] })
  for (const ticket of ['x', theirs.issue({ uid: UID }, { ip: '127.0.0.1', now: NOW })]) {
    const ada = browser()
    await ada.jar.setCookie(`auth_tkt=${ticket}; path=/`, origin)
    t.match((await ada.ask('/login')).body, '<h1>Sign in</h1>')
  }
})

t.test('signing out', async (t) => {
  const { browser, events, clock } = await desk(t, {
    guard: {
      areas: [
        { path: '/' },
        { path: '/login', require: 'granted' },
        { path: '/x', cookieName: 'other', cookieDomain: '.example.com' },
      ],
    },
  })
  const ada = browser()
  await signedIn(ada)
  await t.test('a link alone only asks', async (t) => {
    for (const path of ['/login/logout', '/login/logout?done']) {
      const page = await ada.ask(path)
      t.match(page, { status: 200, body: ENGLISH.askSignOut })
      t.notOk(page.setCookies.some((line) => line.startsWith('auth_tkt')))
    }
  })
  await t.test('other sites cannot', async (t) => {
    const page = await ada.ask('/login/logout')
    t.match(await ada.send(page, {}, { 'sec-fetch-site': 'cross-site' }), { status: 403 })
    t.match(await ada.send(page, { [FIELD]: 'x' }), { status: 403 })
    t.match(await browser().send(page, {}), { status: 403, body: ENGLISH.noCookiesTitle })
    t.match((await ada.ask('/login')).body, 'You are signed in as')
  })
  const page = await ada.ask('/login/logout')
  clock.now += 4000
  const answer = await ada.send(page, {}, { host: 'login.example.com' })
  t.match(answer, { status: 303, location: '/login/logout?done' }, 'who wants to leave may, however old the form')
  t.equal(answer.headers['clear-site-data'], '"cache"', 'the back button brings nothing back')
  const deleted = answer.setCookies.map((line) => line.replace(/; expires.*/, ''))
  t.strictSame(deleted.sort(), [
    'auth_tkt=; path=/',
    'auth_tkt=; path=/; domain=.example.com',
    'other=; path=/',
    'other=; path=/; domain=.example.com',
  ])
  t.match((await ada.ask(answer.location as string)).body, ENGLISH.signedOutText)
  t.match((await ada.ask('/login')).body, '<h1>Sign in</h1>')
  t.match(events.at(-1), { kind: 'signed-out', ip: '127.0.0.1' })
})

t.test('methods, paths and hosts', async (t) => {
  const { browser, origin } = await desk(t)
  const ada = browser()
  for (const [path, allow] of [
    ['/login', 'GET, HEAD, POST'],
    ['/login/logout', 'GET, HEAD, POST'],
    ['/login/done', 'GET, HEAD'],
    ['/login/style.css', 'GET, HEAD'],
  ] as const) {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const) {
      t.match(await ada.ask(path, { method }), { status: 405, headers: { allow } }, `${method} ${path}`)
    }
    const head = await ada.ask(path, { method: 'HEAD' })
    const get = await ada.ask(path)
    t.match(head, { status: get.status, body: '' })
  }
  t.equal((await ada.ask('/login/done', { method: 'POST' })).status, 405)
  for (const path of [
    '/login/x',
    '/login/x/callback',
    '/login/style.css/x',
    '/login//x',
    '/login/__proto__',
    '/login/constructor',
  ]) {
    t.equal((await ada.ask(path)).status, 404, path)
  }
  for (const host of ['a b', 'a:0', '256.1.1.1', 'evil.example/x']) {
    t.equal((await ada.ask(`${origin}/login`, { headers: { host } })).status, 400, host)
  }
})

t.test('where TLS is asked for, no password is taken without it', async (t) => {
  const { browser } = await desk(t, { guard: { requireSsl: true } })
  t.match(await browser().ask('/login'), { status: 403, body: 'over HTTPS only' })
  t.equal((await browser().ask('/login', { method: 'POST' })).status, 403)
  t.equal((await browser().ask('/login/style.css')).status, 200)
})

t.test('another path, another language', async (t) => {
  const { browser } = await desk(t, {
    guard: { areas: [{ path: '/auth/in', require: 'granted' }] },
    login: { path: '/auth/in', messages: { lang: 'de', signIn: 'Anmelden', wrong: 'Das passt nicht \u2026' } },
  })
  const ada = browser()
  const page = await ada.ask('/auth/in')
  t.match(page.body, '<html lang="de">')
  t.match(page.body, '<h1>Anmelden</h1>')
  t.match(page.body, '<form method="post" action="/auth/in">')
  t.match((await ada.signIn({ password: 'x' })).body, 'Das passt nicht &#8230;', 'ASCII, whatever the language')
})

t.test('behind a proxy that is trusted, forms and links are the public ones', async (t) => {
  const { browser } = await desk(t, { guard: { trustedProxies: ['127.0.0.1'] } })
  const headers = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'login.example.com',
    'x-forwarded-for': '192.0.2.7',
  }
  const ada = browser()
  const page = await ada.ask('/login?back=%2fx', { headers })
  t.match(plain(page.body), 'name="back" value="https://login.example.com/x"')
  t.match(page.setCookies[0], '; secure; HttpOnly')
})

t.test('options that make no sense', async (t) => {
  const good = { authenticators: [onePerson()] }
  for (const [login, words] of [
    [{ authenticators: [] }, /nobody could sign in/],
    [{ ...good, path: 'login' }, /path/],
    [{ ...good, path: '/login/' }, /path/],
    [{ ...good, path: '/' }, /path/],
    [{ ...good, home: 'http://' }, /home/],
    [{ ...good, url: 'login.example.com' }, /url/],
    [{ ...good, secrets: [] }, /keys/],
    [{ providers: [fakeProvider('logout')] }, /'logout' is taken/],
    [{ providers: [fakeProvider('Git Lab')] }, /'Git Lab'/],
    [{ providers: [fakeProvider('a'), fakeProvider('a')] }, /'a' is taken/],
  ] as const) {
    await t.rejects(desk(t, { login: login as object }), { code: 'ERR_TKT_OPTIONS', message: words })
  }
})

function fakeProvider(name: string) {
  return {
    name,
    label: name,
    begin: async () => ({ ok: false, cause: '' }) as const,
    finish: async () => ({ ok: false, reason: 'stale' }) as const,
  }
}
