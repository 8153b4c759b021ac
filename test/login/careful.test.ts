/** Authenticators and providers of one's own that break: a page for the person, and nothing of what they say in a log. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { request } from 'undici'
import { createGuard } from '../../src/index.js'
import type { Flow, PasswordAuthenticator, Provider } from '../../src/login/authenticators/authenticator.js'
import { createLogin } from '../../src/login/login.js'
import { ENGLISH } from '../../src/login/messages.js'
import { loginHandler } from '../../src/login/node.js'
import { createMemoryAttempts } from '../../src/state/memory-attempts.js'
import { desk, onePerson, PASSWORD, SECRET, UID } from './desk.js'

class DirectoryError extends Error {
  override name = 'DirectoryError'
  code = 'ELDAP_DOWN'
}

const broken = (check: (password: string) => unknown): PasswordAuthenticator => ({
  name: 'own',
  check: ({ password }) => check(password) as ReturnType<PasswordAuthenticator['check']>,
})

const NO_ANSWER = 'no answer that can be used'
const ROWS: [name: string, check: (password: string) => unknown, cause: string][] = [
  ['throws at once', (password) => raise(new Error(`bad: ${password}`)), 'Error'],
  ['rejects', async (password) => raise(new DirectoryError(password)), 'DirectoryError ELDAP_DOWN'],
  ['throws a text', async (password) => raise(password), 'string'],
  ['throws nothing', async () => raise(undefined), 'undefined'],
  [
    'throws with a name and a code of its own',
    async (password) => raise(Object.assign(new Error('x'), { name: password, code: password })),
    'Error',
  ],
  ['says nothing', async () => undefined, NO_ANSWER],
  ['says yes and not to whom', async () => ({ ok: true }), NO_ANSWER],
  ['says yes to a number', async () => ({ ok: true, account: { uid: 17, tokens: [], userData: '' } }), NO_ANSWER],
  ['has tokens that are none', async () => ({ ok: true, account: { uid: UID, tokens: [1], userData: '' } }), NO_ANSWER],
  ['says no in words of its own', async (password) => ({ ok: false, reason: password }), NO_ANSWER],
  ['says true', async () => true, NO_ANSWER],
]

function raise(error: unknown): never {
  throw error
}

for (const [name, check, cause] of ROWS) {
  t.test(`an authenticator that ${name}`, async (t) => {
    const alone = await desk(t, { login: { authenticators: [broken(check)] } })
    const answer = await alone.browser().signIn()
    t.match(answer, { status: 503, body: ENGLISH.unavailable })
    t.strictSame(alone.events, [{ kind: 'unavailable', by: 'own', cause }])
    const first = await desk(t, { login: { authenticators: [broken(check), onePerson()] } })
    t.equal((await first.browser().signIn()).status, 303, 'the next one is asked')
  })
}

const provider = (parts: Partial<Provider>): Provider => ({
  name: 'own',
  label: 'Own',
  begin: async () => ({ ok: true, url: 'http://127.0.0.1/', flow: { state: 'a state', nonce: '', verifier: '' } }),
  finish: async () => raise(new DirectoryError('a code')),
  signOutUrl: () => raise(new Error('a name')),
  ...parts,
})

t.test('a provider that throws', async (t) => {
  const begin = () => raise(new Error('a state'))
  for (const part of [{}, { begin }]) {
    const { browser, events } = await desk(t, { login: { providers: [provider(part)] } })
    const ada = browser()
    const begun = await ada.ask('/login/own')
    const answer = 'begin' in part ? begun : await ada.ask('/login/own/callback?state=a%20state&code=x')
    t.match(answer, { status: 503, headers: { 'retry-after': '60' }, body: 'Own cannot be reached' })
    t.strictSame(events, [
      { kind: 'unavailable', by: 'own', cause: 'begin' in part ? 'Error' : 'DirectoryError ELDAP_DOWN' },
    ])
  }
})

t.test('a provider that throws, or has nothing, where to sign out', async (t) => {
  const account = { uid: 'own:1', tokens: [], userData: '' }
  const finish = async (_: URL, flow: Flow) =>
    flow.state === 'a state' ? ({ ok: true, account } as const) : ({ ok: false, reason: 'stale' } as const)
  const { signOutUrl: _, ...without } = provider({ finish })
  for (const one of [provider({ finish }), without]) {
    const { browser } = await desk(t, { login: { providers: [one] } })
    const ada = browser()
    await ada.ask('/login/own')
    t.equal((await ada.ask('/login/own/callback?state=a%20state&code=x')).status, 303)
    await ada.send(await ada.ask('/login/logout'), {})
    const page = await ada.ask('/login/logout?done')
    t.match(page, { status: 200, body: 'You may still be signed in at Own.' })
    t.notMatch(page.body, ENGLISH.signOutAtProvider)
  }
})

t.test('whoever is told throws; whoever lets go throws', async (t) => {
  const told = await desk(t, { login: { onEvent: () => raise(new Error('a log')) } })
  t.equal((await told.browser().signIn()).status, 303)
  const close = () => raise(new Error('a connection'))
  const login = createLogin({
    keys: [{ secret: SECRET }],
    authenticators: [{ ...onePerson(), close }],
    attempts: createMemoryAttempts(),
  })
  await t.resolves(login.close())
})

t.test('in a server of node:http', async (t) => {
  const login = createLogin({
    keys: [{ secret: SECRET }],
    authenticators: [onePerson()],
    attempts: createMemoryAttempts(),
  })
  const guard = createGuard({
    keys: [{ secret: SECRET, digest: 'sha256' }],
    loginUrl: '/login',
    areas: [{ path: '/login', require: 'granted' }],
  })
  const pages = loginHandler(login, guard)
  const server = createServer((message, response) => void pages(message, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close().closeAllConnections())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const page = await request(`${origin}/login`)
  const [, form = ''] = /name="authtkt_form" value="([^"]+)"/.exec(await page.body.text()) ?? []
  const answer = await request(`${origin}/login`, {
    method: 'POST',
    headers: {
      cookie: String(page.headers['set-cookie']).replace(/;.*/, ''),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `${new URLSearchParams({ authtkt_form: form, uid: UID, password: PASSWORD })}`,
  })
  t.equal(answer.statusCode, 303)
  t.equal((await request(`${origin}/elsewhere`)).statusCode, 400, 'where no area of the guard is')
})

t.test('in a server of node:http, nothing that a client or an adapter does ends the process', async (t) => {
  const told: unknown[] = []
  const broken = {
    ...createLogin({ keys: [{ secret: SECRET }], authenticators: [onePerson()], attempts: createMemoryAttempts() }),
  }
  const guard = createGuard({
    keys: [{ secret: SECRET, digest: 'sha256' }],
    areas: [{ path: '/login', require: 'granted' }],
  })
  const pages = loginHandler(broken, guard, { onError: (error) => told.push(error) })
  const server = createServer((message, response) => void pages(message, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const head =
    'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n'
  socket.write(`${head}uid=ada`)
  await once(server, 'request')
  socket.resetAndDestroy()
  t.equal((await request(`http://127.0.0.1:${port}/login`)).statusCode, 200)
  t.strictSame(told, [], "a client that goes is nobody's mistake")
  broken.answer = async () => Promise.reject(new Error('x'))
  const answer = await request(`http://127.0.0.1:${port}/login`)
  t.match({ status: answer.statusCode, body: await answer.body.text() }, { status: 500, body: /^Something is wrong/ })
  t.match(told, [{ message: 'x' }])
})
