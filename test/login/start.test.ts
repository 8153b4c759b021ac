/** Starting the demo: what it prints, what it says when it cannot listen, and that it stops when asked. */

import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { start } from '../../src/login/start.js'
import { available, form } from './demo.js'

interface Started {
  readonly lines: string[]
  readonly url: string
  readonly user: string
  readonly password: string
  stop(): void
  readonly exit: Promise<number>
}

/** Starts it in this process and waits for its lines. */
async function started(t: Test, ...argv: string[]): Promise<Started> {
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  const { promise, resolve } = withResolver<string>()
  const exit = start(argv, { log: resolve, error: (text: string) => resolve(`error: ${text}`) }, stop.signal)
  const printed = await promise
  const value = (name: string) => new RegExp(`^${name} +(.+)$`, 'm').exec(printed)?.[1] ?? ''
  return {
    lines: printed.split('\n'),
    url: value('Open'),
    user: value('User'),
    password: value('Password'),
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

t.test('prints where to go and what to type, and these are true', async (t) => {
  const { lines, url, user, password, stop, exit } = await started(t, '--listen', '127.0.0.1:0')
  t.match(lines, [
    /^Open {6}http:\/\/127\.0\.0\.1:\d+\/$/,
    /^User {6}demo$/,
    /^Password {2}[\w-]{16}$/,
    'Stop with Ctrl-C.',
  ])
  const { method = 'POST', headers = {}, body = null } = form({ uid: user, password })
  const signedIn = await request(`${url}login`, { method, headers, body })
  t.match(signedIn, { statusCode: 303, headers: { location: '/' } })
  const cookie = String(signedIn.headers['set-cookie']).split(';')[0] as string
  const home = await request(url, { headers: { cookie } })
  t.equal(home.statusCode, 200)
  t.match(await home.body.text(), '<dd>demo</dd>')
  stop()
  t.equal(await exit, 0)
  await t.rejects(once(connect(Number(new URL(url).port), '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' })
})

t.test('everything is made up anew at each start', async (t) => {
  const [one, other] = [await started(t, '--listen', '0'), await started(t, '--listen', '0')]
  t.not(one.password, other.password)
  t.not(one.url, other.url)
})

t.test('a signal that came before it listens stops it as well', async (t) => {
  t.match(await refused('--listen', '0'), { code: 0, err: [], out: /^Open/ })
})

if (await available('::1')) {
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
