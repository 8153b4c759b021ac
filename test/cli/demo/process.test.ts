/** `npm start` as a process: signals, and the port afterwards. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { request } from 'undici'

const MAIN = 'dist/cli/demo/main.js'

/** Starts the built server and waits until it listens. It ends with the test. */
async function started(t: Test, listen: string): Promise<{ child: ChildProcess; url: string; password: string }> {
  const child = spawn(process.execPath, [MAIN, '--listen', listen], { stdio: ['ignore', 'pipe', 'inherit'], env: {} })
  t.teardown(() => child.kill('SIGKILL'))
  let printed = ''
  for await (const piece of child.stdout) {
    printed += piece
    if (printed.includes('Stop with Ctrl-C.\n')) break
  }
  const [, url = '', password = ''] = /^Open +(\S+)\nUser +ada +Password +(\S+)/m.exec(printed) ?? []
  return { child, url, password }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} ends it with exit code 0, with clients on the line, and the port is free`, async (t) => {
    const { child, url } = await started(t, '127.0.0.1:0')
    t.equal((await request(`${url}login`)).statusCode, 200)
    const { host, port } = new URL(url)
    const idle = connect(Number(port), '127.0.0.1')
    idle.on('error', () => {})
    await once(idle, 'connect')
    idle.write('POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n')
    child.kill(signal)
    t.strictSame(await once(child, 'exit'), [0, null])
    idle.destroy()
    t.equal((await started(t, host)).url, url, 'a new one takes its place')
  })
}

t.test('after SIGKILL a new one takes its place, with another password', async (t) => {
  const first = await started(t, '127.0.0.1:0')
  t.equal((await request(`${first.url}login`)).statusCode, 200)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const second = await started(t, new URL(first.url).host)
  t.equal(second.url, first.url)
  t.not(second.password, first.password)
  t.equal((await request(`${second.url}login`)).statusCode, 200)
})

t.test('trouble is one line and an exit code', async (t) => {
  const { url } = await started(t, '127.0.0.1:0')
  for (const [listen, code] of [
    [new URL(url).host, 1],
    ['nowhere', 2],
  ] as const) {
    const child = spawn(process.execPath, [MAIN, '--listen', listen], { env: {} })
    const [out, err, exit] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    t.strictSame({ out, exit }, { out: '', exit: [code, null] })
    t.match(err, /^authtkt: [^\n]+\n$/)
  }
})
