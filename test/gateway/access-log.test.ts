/** The access log: what was decided of each request and why, in words that are no secret. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { createIssuer } from '../../src/index.js'
import { SECRET, until } from './gateways.js'
import { serving } from './serving.js'

const issuer = createIssuer({ keys: [{ secret: SECRET, digest: 'sha256' }], selfTest: false })
const now = () => Math.floor(Date.now() / 1000)
const ticket = (age: number) => issuer.issue({ uid: 'a-very-secret-name' }, { ip: '127.0.0.1', now: now() - age })
const good = ticket(5)
const other = createIssuer({ keys: [{ secret: 'the secret of somebody else', digest: 'sha256' }], selfTest: false })
const forged = other.issue({ uid: 'a-very-secret-name' }, { ip: '127.0.0.1', now: now() })

/** Requests, and what the log has of each of them. */
const ROWS: [path: string, head: string, logged: object][] = [
  ['/?q=very-secret-query', 'Host: h\r\n', { decision: 'pass', reason: undefined, status: 200 }],
  ['/admin/none', 'Host: h\r\n', { decision: 'redirect', reason: 'absent', status: 307 }],
  ['/admin/good', `Host: h\r\nCookie: auth_tkt=${good}\r\n`, { decision: 'allow', reason: undefined, status: 200 }],
  ['/admin/forged', `Host: h\r\nCookie: auth_tkt=${forged}\r\n`, { decision: 'redirect', reason: 'digest' }],
  ['/admin/late', `Host: h\r\nCookie: auth_tkt=${ticket(90_000)}\r\n`, { decision: 'redirect', reason: 'expired' }],
  ['/admin/%2f', 'Host: h\r\n', { decision: 'error', reason: 'malformed', status: 404 }],
  [`/long?${'-'.repeat(9000)}`, 'Host: h\r\n', { decision: undefined, reason: undefined, status: 414 }],
]

async function lines(
  t: Parameters<typeof serving>[0],
  flags: readonly string[],
): Promise<{ log: string; rows: Row[] }> {
  const upstream = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
  t.teardown(() => upstream.close())
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  const { port: own, log } = await serving(t, `http://127.0.0.1:${port}`, ['--access-log', ...flags])
  for (const [path, head] of ROWS) {
    const socket = connect(own, '127.0.0.1')
    socket.write(`GET ${path} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)
    await text(socket)
  }
  const rows = () =>
    log()
      .split('\n')
      .flatMap((line) => (line.startsWith('{') && line.endsWith('}') ? [JSON.parse(line) as Row] : []))
      .filter(({ msg }) => msg === 'request')
  await until(() => rows().length >= ROWS.length, `all are logged: ${log()}`)
  return { log: log(), rows: rows() }
}
interface Row {
  readonly msg: string
  readonly path: string
}

t.test('each line has the decision, and the reason of a refusal', async (t) => {
  const { log, rows } = await lines(t, [])
  for (const [index, [path, , logged]] of ROWS.entries()) {
    t.match(rows[index], { path: path.replace(/\?.*/, ''), ...logged }, path)
  }
  t.notMatch(log, /very-secret|auth_tkt=|[A-Za-z0-9+/]{60}/, 'nobody, and nothing secret')
  t.notOk(log.includes(SECRET))
})

t.test('in shadow, what would have been decided', async (t) => {
  const { rows } = await lines(t, ['--shadow'])
  t.match(rows[1], { path: '/admin/none', shadow: true, decision: 'redirect', reason: 'absent', status: 200 })
})
