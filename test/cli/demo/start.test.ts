/** Starting the demo: what it prints, what it says when it cannot listen, and that it stops when asked. */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import t, { type Test } from 'tap'
import { CookieJar } from 'tough-cookie'
import { request } from 'undici'
import { start } from '../../../src/cli/demo/start.js'

interface Started {
  readonly lines: string[]
  readonly url: string
  /** Passwords by user. */
  readonly people: ReadonlyMap<string, string>
  stop(): void
  readonly exit: Promise<number>
}

/** Starts it in this process and waits for its lines. */
async function started(t: Test, ...argv: string[]): Promise<Started> {
  const stop = new AbortController()
  t.teardown(async () => {
    stop.abort()
    await exit
  })
  const { promise, resolve } = withResolver<string>()
  const exit = start(argv, { log: resolve, error: (text: string) => resolve(`error: ${text}`) }, stop.signal)
  const printed = await promise
  const people = [...printed.matchAll(/^User +(\w+) +Password +(\S+)/gm)]
  return {
    lines: printed.split('\n'),
    url: /^Open +(.+)$/m.exec(printed)?.[1] ?? '',
    people: new Map(people.map(([, uid = '', password = '']) => [uid, password])),
    stop: () => stop.abort(),
    exit,
  }
}

/** Runs it where it is to end by itself. */
async function refused(...argv: string[]): Promise<{ code: number; out: string; err: string[] }> {
  const out: string[] = []
  const err: string[] = []
  const output = { log: (text: string) => out.push(text), error: (text: string) => err.push(text) }
  const code = await start(argv, output, AbortSignal.abort())
  return { code, out: out.join('\n'), err }
}

interface Page {
  readonly status: number
  readonly location: string
  readonly body: string
}

/** A browser's cookies for the length of a test. */
function browser(origin: string) {
  const jar = new CookieJar()
  async function ask(path: string, fields?: Record<string, string>): Promise<Page> {
    const url = new URL(path, origin).href
    const { statusCode, headers, body } = await request(url, {
      method: fields ? 'POST' : 'GET',
      headers: {
        cookie: await jar.getCookieString(url),
        ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: fields ? `${new URLSearchParams(fields)}` : null,
    })
    for (const cookie of [headers['set-cookie'] ?? []].flat()) await jar.setCookie(cookie, url)
    return { status: statusCode, location: String(headers.location ?? ''), body: await body.text() }
  }
  return {
    ask,
    /** Sends the form of a page. */
    async send(path: string, fields: Record<string, string>): Promise<Page> {
      const { body } = await ask(path)
      const [, action = ''] = /<form method="post" action="([^"]+)"/.exec(body) ?? []
      const hidden = [...body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)]
      return ask(action, { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...fields })
    },
  }
}

t.test('prints where to go and what to type, and these are true', async (t) => {
  const { lines, url, people, stop, exit } = await started(t, '--listen', '127.0.0.1:0')
  t.match(lines, [
    /^Open {6}http:\/\/127\.0\.0\.1:\d+\/$/,
    /^User {6}ada {2}Password {2}[\w-]{12} {2}\(admin, staff\)$/,
    /^User {6}ben {2}Password {2}[\w-]{12} {2}\(staff\)$/,
    'Stop with Ctrl-C.',
  ])
  const ada = browser(url)
  const away = await ada.ask('/')
  t.match(away, { status: 307, location: `${url}login?back=` })
  const signedIn = await ada.send(away.location, { uid: 'ada', password: people.get('ada') as string })
  t.equal(signedIn.status, 303)
  t.match(await ada.ask(signedIn.location), { status: 303, location: url })
  const home = await ada.ask('/')
  t.match(home, { status: 200, body: /<h1>Hello, ada<\/h1>[\s\S]*<dd>admin, staff<\/dd>[\s\S]*<time datetime="20/ })
  t.match(await ada.ask('/admin'), { status: 200, body: 'Administration' })
  t.match(await ada.ask('/lounge'), { status: 200, body: 'you have signed in' })
  t.match(await ada.ask('/none'), { status: 404, body: 'There is no such page' })
  t.match(await ada.send('/login/logout', {}), { status: 303, location: '/login/logout?done' })
  t.equal((await ada.ask('/')).status, 307)
  stop()
  t.equal(await exit, 0)
  await t.rejects(once(connect(Number(new URL(url).port), '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' })
})

t.test('who may less, guests, and wrong passwords', async (t) => {
  const { url, people } = await started(t, '--listen', '127.0.0.1:0')
  const ben = browser(url)
  t.match(await ben.ask('/lounge'), { status: 200, body: 'you are a guest' })
  const wrong = await ben.send('/login', { uid: 'ben', password: people.get('ada') as string })
  t.match(wrong, { status: 403, body: 'do not go together' })
  t.equal((await ben.send('/login', { uid: 'ben', password: people.get('ben') as string })).status, 303)
  t.match(await ben.ask('/admin'), { status: 307, location: `${url}login?unauth=1&back=` })
})

t.test('everything is made up anew at each start', async (t) => {
  const [one, other] = [await started(t, '--listen', '0'), await started(t, '--listen', '0')]
  t.equal(new Set([...one.people.values(), ...other.people.values()]).size, 4)
  t.not(one.url, other.url)
})

t.test('a signal that came before it listens stops it as well', async (t) => {
  t.match(await refused('--listen', '0'), { code: 0, err: [], out: /^Open/ })
})

if (await hasIpv6()) {
  t.test('IPv6', async (t) => {
    const { url } = await started(t, '--listen', '[::1]:0')
    t.match(url, /^http:\/\/\[::1\]:\d+\/$/)
    t.equal((await request(`${url}login`)).statusCode, 200)
  })
}

t.test('a port in use', async (t) => {
  const { url } = await started(t, '--listen', '0')
  const { host, port } = new URL(url)
  for (const listen of [host, port]) {
    const { code, err } = await refused('--listen', listen)
    t.equal(code, 1)
    t.strictSame(err, [
      `authtkt: cannot listen on 127.0.0.1:${port}: another program listens there; choose another port: npm start -- --listen 127.0.0.1:8081`,
    ])
  }
})

t.test('an address of another machine', async (t) => {
  // 192.0.2.0/24 is for documentation: no machine has it.
  const { code, err } = await refused('--listen', '192.0.2.1:8080')
  t.equal(code, 1)
  t.strictSame(err, [
    'authtkt: cannot listen on 192.0.2.1:8080: this machine has no such address; 127.0.0.1 always works',
  ])
})

// Root may listen everywhere, and so may all others in many containers.
if (process.geteuid?.() !== 0 && firstPort() > 1) {
  t.test('a port for root only', async (t) => {
    t.match(await refused('--listen', '1'), { code: 1, err: [/cannot listen on 127\.0\.0\.1:1: this user may not/] })
  })
}

for (const listen of [
  '',
  'x',
  ':',
  ':8080',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:x',
  '65536',
  '-1',
  '8080:127.0.0.1',
]) {
  t.test(`--listen '${listen}' is misuse`, async (t) => {
    const { code, out, err } = await refused('--listen', listen)
    t.strictSame({ code, out }, { code: 2, out: '' })
    t.match(err, [/^authtkt: option '--listen <host:port>' .*Give HOST:PORT or PORT, such as 127\.0\.0\.1:8080\.$/])
    t.equal(err.length, 1)
  })
}

const MISUSE: [name: string, argv: string[], says: RegExp][] = [
  ['a misspelt option', ['--lisen', '0'], /^authtkt: unknown option '--lisen' \(Did you mean --listen\?\)$/],
  ['a missing value', ['--listen'], /^authtkt: option '--listen <host:port>' argument missing$/],
  ['an argument', ['8080'], /^authtkt: too many arguments\. Expected 0 arguments but got 1\.$/],
]

for (const [name, argv, says] of MISUSE) {
  t.test(`${name} is misuse`, async (t) => {
    const { code, out, err } = await refused(...argv)
    t.strictSame({ code, out }, { code: 2, out: '' })
    t.match(err, [says])
    t.equal(err.length, 1)
  })
}

t.test('--help', async (t) => {
  const { code, out, err } = await refused('--help')
  t.strictSame({ code, err }, { code: 0, err: [] })
  t.match(out, /^Usage: npm start -- [\s\S]*--listen <host:port>[\s\S]*127\.0\.0\.1:8080/)
})

async function hasIpv6(): Promise<boolean> {
  const server = createServer().listen(0, '::1')
  try {
    await once(server, 'listening')
    server.close()
    return true
  } catch {
    return false
  }
}

function firstPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'))
  } catch {
    return 1024
  }
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
