/** A request is served by the host, and in the scheme, that it was judged by; whatever else it says. */

import t from 'tap'
import { request } from 'undici'
import { exchange } from '../../native-fixtures/wire.mjs'
import { startApp, startServed } from '../helpers/served.js'

const SITE = `
TKTAuthSecret "a secret of these tests"
<VirtualHost *>
  ServerName private.example.com
  <Location />
    AuthType None
    Require valid-user
    TKTAuthLoginURL https://login.example.com/
  </Location>
</VirtualHost>
<VirtualHost *>
  ServerName public.example.com
</VirtualHost>`

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n'

t.test('absolute targets', async (t) => {
  const app = await startApp(t)
  const { port } = await startServed(t, SITE, { upstream: app.url })
  const ask = (target: string, host: string, more = 'Connection: close\r\n') =>
    exchange({ host: '127.0.0.1', port }, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`)
  const rows: [target: string, host: string, status: number, seen: string | undefined][] = [
    ['http://private.example.com/', 'public.example.com', 307, undefined],
    ['http://public.example.com/', 'private.example.com', 200, 'public.example.com'],
    ['https://private.example.com/', 'public.example.com', 200, 'public.example.com'],
    ['https://public.example.com/', 'private.example.com', 307, undefined],
    ['HTTP://PRIVATE.example.com/', 'public.example.com', 307, undefined],
  ]
  for (const [target, host, status, seen] of rows) {
    const answer = await ask(target, host)
    t.equal(answer?.status, status, `${target} with Host ${host}`)
    if (seen) t.match(JSON.parse(`${answer?.body}`).headers, { host: seen, 'x-forwarded-host': seen })
  }
  t.equal((await ask('http://private.example.com/', 'public.example.com', UPGRADE))?.status, 401)
  t.not((await ask('https://public.example.com/', 'private.example.com', UPGRADE))?.status, 101)
})

t.test('in shadow mode every host is asked what is its own', async (t) => {
  const one = await startApp(t, (_, response) => response.end('main'))
  const other = await startApp(t, (_, response) => response.end('private'))
  const text = SITE.replace(
    'private.example.com',
    `private.example.com\nProxyPreserveHost On\nProxyPass / ${other.url}/`,
  )
  const { port } = await startServed(t, text, { upstream: one.url, shadow: true })
  for (const [host, body] of [
    ['private.example.com', 'private'],
    ['public.example.com', 'main'],
  ] as const) {
    const answer = await request(`http://127.0.0.1:${port}/x`, { headers: { host } })
    t.equal(await answer.body.text(), body, host)
  }
})

t.test('URLs in answers have the scheme that the client sees', async (t) => {
  const app = await startApp(t, (message, response) => {
    response.writeHead(302, { Location: `http://${message.headers.host}/next` }).end()
  })
  const text = `ServerName x\nProxyPass /x ${app.url}/x\nProxyPassReverse / ${app.url}/\nRedirect /a /b`
  const locationOf = async (port: number, path: string, headers: Record<string, string>) => {
    const answer = await request(`http://127.0.0.1:${port}${path}`, {
      headers: { host: 'www.example.com', ...headers },
    })
    await answer.body.dump()
    return answer.headers.location
  }
  const tls = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' }
  const behind = await startServed(t, text, { trustedProxy: ['127.0.0.1'] })
  t.equal(await locationOf(behind.port, '/x', tls), 'https://www.example.com/next')
  t.equal(await locationOf(behind.port, '/a/c', tls), 'https://www.example.com/b/c')
  t.equal(await locationOf(behind.port, '/x', {}), 'http://www.example.com/next')
  const alone = await startServed(t, text)
  t.equal(await locationOf(alone.port, '/x', tls), 'http://www.example.com/next', 'nobody else is believed')
})
