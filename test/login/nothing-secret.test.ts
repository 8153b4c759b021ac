/** Everything that a gateway with a login writes, at its most talkative, whatever is done to it: nothing secret is in it. */

import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { htpasswdMissing } from '../../native-fixtures/debian.mjs'
import { CLIENTS, PASSWORD as PASSWORD_THERE } from '../../native-fixtures/oidc-provider.mjs'
import { createIssuer, peekTicket } from '../../src/index.js'
import { FIELD } from '../../src/login/forms.js'
import type { Answer, Browser } from './desk.js'
import { browser as abroad } from './oidc-browser.js'
import { PASSWORD, SECRET, type Site, startLogin } from './serving.js'

const missing = htpasswdMissing()
const TYPED = 'hunter2 typed as a name'
const WRONG = 'a wrong guess at it'
const DESCRIBED = 'what a provider describes'
const REVEALED = 'what a module says when it throws'
const NEW_SECRET = 'the secret that comes after a reload'

/** Throws what it was given, over several lines, in every place that an error has. */
const MODULE = `export default {
  name: 'own',
  async check({ uid, password }) {
    const text = uid + '\\n    at ' + password + ' (${REVEALED}:1:1)\\n' + password
    throw Object.assign(new Error(text), { name: password, code: password, cause: new Error(password), uid, password })
  },
}
`
const FACTORY = `export default () => { throw new TypeError('${REVEALED}\\n${REVEALED}') }\n`

/** Texts that must stay here, by what they are; each also as it is written in URLs and in base64. */
type Kept = Map<string, string>

function leaks(written: string, kept: Kept): string[] {
  const spelt = (text: string) => {
    const bytes = Buffer.from(text)
    const cut = (base64: string) => base64.replace(/.{0,3}=*$/, '')
    return [text, encodeURIComponent(text), new URLSearchParams({ '': text }).toString().slice(1)].concat(
      text.length < 12 ? [] : [cut(bytes.toString('base64')), JSON.stringify(text).slice(1, -1)],
    )
  }
  return [...kept].filter(([text]) => spelt(text).some((one) => written.includes(one))).map(([, what]) => what)
}

/** Cookie values, and what is in them, of everything that the login sets. */
function keep(kept: Kept, answer: Answer): Answer {
  for (const line of answer.setCookies) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    if (value.length < 8) continue
    kept.set(value, `cookie ${name}`)
    if (name === 'authtkt_device') for (const part of value.split('.')) kept.set(part, 'device')
    const ticket = name === 'auth_tkt' ? Buffer.from(value, 'base64').toString('latin1') : ''
    if (peekTicket(value)) kept.set(ticket, 'ticket').set(ticket.slice(0, 64), 'digest')
  }
  for (const [, token = ''] of answer.body.matchAll(/name="form" value="([^"]+)"/g)) {
    kept.set(token, 'token of a form').set(token.split('.')[1] ?? token, 'signature of a form')
  }
  if (answer.location?.startsWith('http')) keepQuery(kept, answer.location)
  return answer
}

function keepQuery(kept: Kept, url: string): void {
  for (const [name, value] of new URL(url).searchParams) {
    if (['code', 'state', 'nonce', 'code_challenge'].includes(name)) kept.set(value, name)
  }
}

/** A browser all of whose answers are looked through. */
function keeping(kept: Kept, browser: Browser): Browser {
  const { ask, send, signIn, ...rest } = browser
  return {
    ...rest,
    ask: async (...all) => keep(kept, await ask(...all)),
    send: async (...all) => keep(kept, await send(...all)),
    signIn: async (...all) => keep(kept, await signIn(...all)),
  }
}

async function atProvider(kept: Kept, begun: Answer, site: Site, button = /^Sign in/): Promise<string> {
  const browser = abroad(site.there.issuer)
  const form = await browser.open(begun.location as string)
  const { url } = await browser.submit(form, button, { account: 'alice', password: PASSWORD_THERE })
  keepQuery(kept, url)
  return url
}

async function passwords(t: Test, site: Site, kept: Kept): Promise<Browser> {
  const browser = () => keeping(kept, site.browser())
  const ada = browser()
  t.equal((await ada.signIn({ password: PASSWORD }, '/login?back=%2fapp%3fauth_tkt=x')).status, 303)
  t.equal((await ada.ask('/login/done')).status, 303)
  t.equal((await ada.ask('/login')).status, 200)
  t.equal((await browser().signIn({ uid: TYPED, password: WRONG })).status, 503, 'the module cannot say')
  t.equal((await browser().signIn({ uid: PASSWORD, password: PASSWORD })).status, 503)
  t.equal((await browser().signIn({ uid: TYPED, password: '' })).status, 403)
  t.equal((await browser().signIn({ uid: TYPED, password: WRONG.repeat(99) })).status, 403)
  const thief = browser()
  let last = await thief.signIn({ uid: TYPED, password: WRONG })
  for (let i = 0; i < 12 && last.status !== 429; i++) last = await thief.send(last, { uid: TYPED, password: WRONG })
  t.equal(last.status, 429)
  return ada
}

async function brokenForms(t: Test, site: Site, kept: Kept): Promise<void> {
  const ada = keeping(kept, site.browser())
  const page = await ada.ask('/login')
  const fields = { uid: TYPED, password: PASSWORD }
  t.equal((await ada.send(page, { ...fields, [FIELD]: PASSWORD })).status, 403)
  t.equal((await site.browser().send(page, fields)).status, 403)
  t.equal((await ada.send(page, fields, { 'sec-fetch-site': 'cross-site' })).status, 403)
  t.equal((await ada.send(page, fields, { 'content-type': 'text/plain' })).status, 200)
  t.equal((await ada.send(page, { ...fields, more: PASSWORD.repeat(4000) })).status, 200)
  const elsewhere = { uid: `${TYPED}, too`, back: `https://evil.example/${PASSWORD}` }
  t.equal((await ada.send(page, { ...fields, ...elsewhere })).status, 503)
  t.equal((await ada.ask(`/login?uid=${TYPED}&password=${PASSWORD}&back=//${PASSWORD}`)).status, 200)
  const cut = connect(Number(new URL(site.origin).port), '127.0.0.1')
  const head = ['POST /login HTTP/1.1', 'Host: x', 'Content-Type: application/x-www-form-urlencoded']
  cut.write(`${[...head, 'Content-Length: 999', 'Expect: 100-continue'].join('\r\n')}\r\n\r\npassword=${PASSWORD}`)
  await new Promise((resolve) => setTimeout(resolve, 100))
  cut.destroy()
  const garbage = connect(Number(new URL(site.origin).port), '127.0.0.1')
  garbage.end(`POST /login HTTP/1.1\r\nHost: x\r\n${PASSWORD}\r\n\r\n`)
  await new Promise((resolve) => garbage.resume().once('close', resolve))
}

async function tickets(t: Test, { origin }: Site, kept: Kept, ada: Browser): Promise<void> {
  const ticket = (await ada.cookies('/')).match(/auth_tkt=([^;]+)/)?.[1] as string
  t.ok(kept.has(ticket))
  const theirs = createIssuer({ keys: [{ secret: 'a secret of somebody else', digest: 'sha256' }] })
  const now = Math.floor(Date.now() / 1000)
  const foreign = theirs.issue({ uid: TYPED, tokens: ['x'] }, { ip: '127.0.0.1', now }) as string
  kept.set(foreign, 'foreign ticket')
  for (const value of [ticket, `${ticket.slice(0, -8)}AAAAAAA=`, foreign, TYPED, `${ticket}${ticket}`]) {
    const query = `auth_tkt=${encodeURIComponent(value)}`
    for (const path of ['/app', '/login', '/login/done', '/login/logout', '/debug/x', '/down']) {
      const inUrl = await request(`${origin}${path}?${query}`, { reset: true })
      await inUrl.body.dump()
      const inCookie = await request(`${origin}${path}`, { headers: { cookie: query }, reset: true })
      await inCookie.body.dump()
    }
  }
  t.equal((await ada.ask('/app')).status, 200)
  t.equal((await ada.ask(`/down?auth_tkt=${ticket}`)).status, 502, 'nobody is there')
  t.equal((await ada.ask('/debug/x')).status, 200)
}

async function elsewhere(t: Test, site: Site, kept: Kept): Promise<void> {
  const ada = keeping(kept, site.browser())
  const url = await atProvider(kept, await ada.ask('/login/corp?back=%2fapp'), site)
  t.equal((await site.browser().ask(url)).status, 403, 'in another browser')
  t.equal((await ada.ask(url)).status, 303)
  t.equal((await ada.ask(url)).status, 403, 'twice')
  t.equal((await ada.ask(await atProvider(kept, await ada.ask('/login/corp'), site, /^Cancel/))).status, 403)

  const told = JSON.stringify({ error: 'server_error', error_description: DESCRIBED, error_uri: DESCRIBED })
  const answers: ((text: string) => string)[] = [
    () => told,
    () => DESCRIBED,
    (text) => text.replace(/"id_token":"[^"]+"/, `"id_token":"${DESCRIBED}"`),
  ]
  for (const [i, alter] of answers.entries()) {
    const back = await atProvider(kept, await ada.ask('/login/corp'), site)
    site.there.meddle.alter = (path, text, response) => {
      for (const [, token = ''] of text.matchAll(/"(?:id|access)_token":"([^"]+)"/g)) kept.set(token, 'token of theirs')
      if (path === '/token' && i === 0) response.statusCode = 400
      return path === '/token' ? alter(text) : text
    }
    t.equal((await ada.ask(back)).status, 503)
    delete site.there.meddle.alter
  }
  const begun = await ada.ask('/login/corp')
  const state = new URL(begun.location as string).searchParams.get('state')
  const query = new URLSearchParams({ error: DESCRIBED, error_description: DESCRIBED, state: state as string })
  t.equal((await ada.ask(`/login/corp/callback?${query}`)).status, 503)
  const last = await atProvider(kept, await ada.ask('/login/corp'), site)
  await site.there.stop()
  t.equal((await ada.ask(last)).status, 503)
  await ada.ask('/login/corp')
}

async function reloads(site: Site, ada: Browser): Promise<void> {
  site.put('new-secret', NEW_SECRET)
  site.put('factory.mjs', FACTORY)
  const keys = ['new-secret', 'secret'].map((file) => ({ secret: { file }, digest: 'sha256' }))
  site.configure({ keys })
  await site.reload()
  await ada.ask('/login')
  for (const broken of [
    { login: { authenticators: [{ type: 'module', file: 'factory.mjs' }] } },
    { login: { authenticators: [{ type: 'htpasswd', file: 'users', password: PASSWORD }] } },
    { keys: [{ secret: SECRET, digest: SECRET }] },
  ]) {
    const times = site.messages().split('configuration refused').length
    site.configure(broken)
    site.child.kill('SIGHUP')
    await site.says('configuration refused', times)
  }
  site.put('authtkt.json', `{ "keys": [{ "secret": "${SECRET}" "digest": `)
  site.child.kill('SIGHUP')
  await site.says('configuration refused', 4)
}

/** With a directory that does not answer, where directories can be asked. */
const DIRECTORY = existsSync('dist/login/authenticators/ldap.js')
  ? [{ type: 'ldap', url: 'ldap://127.0.0.1:1', insecure: true, bindDn: 'uid={uid},dc=example,dc=com', timeout: 1 }]
  : []

const parts = {
  areas: [
    { path: '/', urlTickets: true },
    { path: '/debug', debug: 3 },
    { path: '/down', upstream: 'http://127.0.0.1:1' },
  ],
}

t.test('everything at once', { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
  const kept: Kept = new Map([
    [PASSWORD, 'password'],
    [PASSWORD_THERE, 'password there'],
    [WRONG, 'wrong password'],
    [TYPED, 'typed name'],
    [SECRET, 'secret of a key'],
    [NEW_SECRET, 'secret of a key'],
    [CLIENTS.post.secret, 'client secret'],
    [DESCRIBED, 'description of an error'],
    [REVEALED, 'message of an error'],
  ])
  const flags = ['--log-level', 'trace', '--admin', '127.0.0.1:0']
  const site = await startLogin(t, { flags, parts })
  site.put('own.mjs', MODULE)
  site.configureLogin([{ type: 'htpasswd', file: 'users' }, ...DIRECTORY, { type: 'module', file: 'own.mjs' }])
  await site.reload()

  const ada = await passwords(t, site, kept)
  await brokenForms(t, site, kept)
  await tickets(t, site, kept, ada)
  await elsewhere(t, site, kept)
  await ada.send(await ada.ask('/login/logout'), {})
  const metrics = await request(`${site.urls.admin}/metrics`)
  const counted = await metrics.body.text()
  await reloads(site, ada)
  t.equal(await site.end(), 0)

  const written = [site.messages(), site.printed(), counted].join('\n')
  const pids = new Set([...site.messages().matchAll(/"pid":(\d+)[^\n]*"msg":"request"/g)].map(([, pid]) => pid))
  t.equal(pids.size, 2, 'both workers have written')
  for (const line of ['signed in', 'sign-in refused', 'nobody can say', 'upstream failed', 'decision', 'stopping']) {
    t.match(written, `"msg":"${line}`)
  }
  t.ok(kept.size > 60, `${kept.size} secrets`)
  t.strictSame(leaks(written, kept), [], 'nothing secret is written')
  for (const [text, what] of kept) {
    t.ok(leaks(`${written}${text}\n`, new Map([[text, what]])).length === 1, `${what} would be found`)
  }
})
