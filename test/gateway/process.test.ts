/** `authtkt serve` from start to end: health, metrics, reloads, workers, and a stop that cuts nobody off. */

import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { request } from 'undici'
import { cookie, headOf, httpUpstream, rawUpstream, statusOf, talk, until, Wire, wire } from './gateways.js'
import { CONFIG, type Serving, serving } from './serving.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const CLOSE = 'Connection: close'

async function ask(url: string) {
  const { statusCode, body } = await request(url, { reset: true })
  return { status: statusCode, text: await body.text() }
}

const statusAt = async (t: Parameters<typeof talk>[0], { port }: Serving, path: string, ...lines: string[]) =>
  statusOf(await talk(t, port, headOf(path, [...lines, CLOSE])))

t.test('health and metrics', async (t) => {
  const upstream = await rawUpstream(t, OK)
  const gate = await serving(t, upstream.url)
  t.equal(await statusAt(t, gate, '/admin'), 307)
  t.equal(await statusAt(t, gate, '/admin', `Cookie: ${cookie()}`), 200)
  t.strictSame(await ask(`${gate.admin}/-/healthz`), { status: 200, text: 'ok\n' })
  t.strictSame(await ask(`${gate.admin}/-/readyz`), { status: 200, text: 'ready\n' })
  const { text } = await ask(`${gate.admin}/metrics`)
  t.match(text, /^authtkt_decisions_total\{kind="redirect",reason="absent"\} 1$/m)
  t.match(text, /^authtkt_decisions_total\{kind="allow",reason=""\} 1$/m)
  t.match(text, /^authtkt_key_hits_total\{host="",key="0"\} 1$/m)
  t.match(text, /^authtkt_request_duration_seconds_count 2$/m)
  t.match(text, /^authtkt_upstream_active_requests\{upstream="[^"]+"\} 0$/m)
  t.equal((await ask(`${gate.admin}/admin`)).status, 404)
  t.equal(await statusAt(t, gate, '/metrics'), 200, 'the public gets what the upstream has there')
  t.notMatch(gate.log(), /auth_tkt=/)
})

t.test('SIGTERM: what is under way is finished, and nothing new begins', async (t) => {
  const url = await httpUpstream(t, (message, response) => {
    response.write('begin ')
    if (message.url === '/slow') setTimeout(() => response.end('end'), 1500)
    else response.end()
  })
  const gate = await serving(t, url)
  const download = await wire(t, gate.port).send(headOf('/slow')).until(/begin/)
  gate.child.kill('SIGTERM')
  await until(() => gate.log().includes('stopping'), 'it stops')
  const ready = await ask(`${gate.admin}/-/readyz`)
  t.strictSame(ready, { status: 503, text: 'draining\n' })
  const late = new Wire(gate.port)
  await late.all()
  t.ok(late.reset && late.text === '', 'new connections are refused')
  t.match(await download.all(), /begin \r\n3\r\nend\r\n0\r\n\r\n$/)
  t.equal(await gate.exit, 0)
})

t.test('SIGTERM ends WebSockets', async (t) => {
  const upstream = await rawUpstream(
    t,
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  )
  const gate = await serving(t, upstream.url)
  const client = wire(t, gate.port).send(headOf('/', ['Connection: Upgrade', 'Upgrade: websocket']))
  await client.until(/\r\n\r\n$/)
  gate.child.kill('SIGTERM')
  await client.all()
  t.equal(await gate.exit, 0)
})

t.test('SIGHUP and changed files', async (t) => {
  const upstream = await rawUpstream(t, OK)
  const gate = await serving(t, upstream.url)
  t.equal(await statusAt(t, gate, '/more'), 200)
  const more = `${CONFIG}${CONFIG.slice(CONFIG.indexOf('<Location /admin>')).replace('/admin', '/more')}`
  const kept = await wire(t, gate.port).send(headOf('/more')).until(/ok$/)
  writeFileSync(gate.config, more)
  await until(() => gate.log().includes('configuration reloaded'), 'it is read again by itself')
  t.equal(await statusAt(t, gate, '/more'), 307)
  kept.send(headOf('/more'))
  await kept.until(/ok[\s\S]*HTTP\/1\.1 307 /)
  writeFileSync(gate.config, CONFIG.replace('Require valid-user', 'Reqire valid-user'))
  gate.child.kill('SIGHUP')
  await until(() => gate.log().includes('configuration refused'), 'it is refused')
  t.match(gate.log(), /site\.conf:\d+/, 'with file and line')
  t.equal(await statusAt(t, gate, '/more'), 307, 'the one before it goes on')
  t.match((await ask(`${gate.admin}/metrics`)).text, /^authtkt_reloads_total\{outcome="refused"\} [12]$/m)
  writeFileSync(gate.config, CONFIG)
  gate.child.kill('SIGHUP')
  await until(() => gate.log().split('configuration reloaded').length > 2, 'it is read again')
  t.equal(await statusAt(t, gate, '/more'), 200)
  t.notMatch(gate.log(), /a secret of the gateway/)
})

t.test('two workers', async (t) => {
  const upstream = await rawUpstream(t, OK)
  const gate = await serving(t, upstream.url, ['--workers', '2'])
  const workers = () =>
    readFileSync(`/proc/${gate.pid}/task/${gate.pid}/children`, 'latin1').trim().split(' ').map(Number)
  const metric = async (pattern: RegExp) => Number(pattern.exec((await ask(`${gate.admin}/metrics`)).text)?.[1])
  for (let i = 0; i < 10; i++) t.equal(await statusAt(t, gate, '/admin'), 307)
  t.equal(await metric(/^authtkt_decisions_total\{kind="redirect",reason="absent"\} (\d+)$/m), 10, 'counted together')
  t.equal(workers().length, 2)

  const more = `${CONFIG}${CONFIG.slice(CONFIG.indexOf('<Location /admin>')).replace('/admin', '/more')}`
  writeFileSync(gate.config, more)
  gate.child.kill('SIGHUP')
  await until(() => gate.log().includes('configuration reloaded'), 'all have it')
  for (let i = 0; i < 10; i++) t.equal(await statusAt(t, gate, '/more'), 307, 'all workers have it')
  writeFileSync(gate.config, CONFIG.replace('Require valid-user', 'Reqire valid-user'))
  gate.child.kill('SIGHUP')
  await until(() => gate.log().includes('configuration refused'), 'it is refused')
  for (let i = 0; i < 4; i++) t.equal(await statusAt(t, gate, '/more'), 307, 'none has it')
  writeFileSync(gate.config, more)

  const [first = 0] = workers()
  process.kill(first, 'SIGKILL')
  await until(() => !workers().includes(first) && workers().length === 2, 'another one is there')
  for (let i = 0; i < 10; i++) t.equal(await statusAt(t, gate, '/more'), 307)
  // What reaches all processes of a group or a service: the first process tells the others when to end.
  for (const pid of workers()) process.kill(pid, 'SIGTERM')
  for (let i = 0; i < 4; i++) t.equal(await statusAt(t, gate, '/more'), 307, 'workers end when they are told to')
  gate.child.kill('SIGTERM')
  t.equal(await gate.exit, 0)
})
