/** What travels beside a request's head behind a proxy: bodies, connections that are upgraded, and TLS. */

import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { makeCertificate } from '../../native-fixtures/apache-site.mjs'
import { cookie, siteGuard } from '../adapters/site.js'
import { requestBytes, type Start, seenByApp, sendBytes, startProxied, valuesOf } from './proxied.js'

export async function bodies(t: Test, start: Start) {
  const site = await startProxied(t, start, siteGuard())
  const lines = [`Cookie: ${cookie('alice', { age: 5000 })}`, 'Content-Type: text/plain']
  for (const [what, body] of Object.entries({ short: 'a=b', empty: '', long: 'all of it, '.repeat(60_000) })) {
    const answer = await sendBytes(site.port, requestBytes({ method: 'POST', target: '/admin', lines, body }))
    t.equal(answer.status, 200, what)
    t.ok(seenByApp(answer).body === body, `${what} body arrives as it was`)
    const refused = await sendBytes(
      site.port,
      requestBytes({ method: 'POST', target: '/admin', body: body.slice(0, 99) }),
    )
    t.equal(refused.status, 307, `${what}: refused with the same status`)
  }
  const chunked = requestBytes({ method: 'POST', target: '/admin', lines: [...lines, 'Transfer-Encoding: chunked'] })
  const answer = await sendBytes(site.port, `${chunked}3\r\na=b\r\n0\r\n\r\n`)
  t.equal(seenByApp(answer).body, 'a=b', 'in chunks')
}

/** What is sent back behind an upgrade, or the answer without one. */
function upgrade(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1')
    socket.setTimeout(5000, () => socket.destroy())
    socket.setEncoding('latin1').on('error', () => socket.destroy())
    socket.on('close', () => resolve(text))
    socket.on('data', (chunk) => {
      const before = text
      text += chunk
      if (text.includes('\r\n\r\n') && !before.includes('\r\n\r\n') && text.includes(' 101 ')) socket.write('and more')
      if (text.includes('and more') || / (?:30\d|40\d) /.test(text)) socket.end()
    })
    const all = [
      'GET /admin HTTP/1.1',
      ...['Host: www.example.com', 'Upgrade: websocket', 'Connection: Upgrade'],
      ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-Fetch-Mode: websocket'],
      ...lines,
    ]
    socket.write(`${all.join('\r\n')}\r\n\r\n`)
  })
}

export async function upgrades(t: Test, start: Start) {
  const site = await startProxied(t, start, siteGuard())
  const good = await upgrade(site.port, [`Cookie: ${cookie('alice')}`, 'Remote-User: root'])
  t.match(good, /^HTTP\/1\.1 101 .*\nx-user: alice\r\n(?:.*\r\n)?\r\nand more$/is, 'a good ticket opens a connection')
  t.strictSame(site.runs, ['UPGRADE /admin'])
  t.match(await upgrade(site.port, []), /^HTTP\/1\.1 401 /, 'none opens nothing, and a program is told so')
  t.strictSame(site.runs, ['UPGRADE /admin'])
}

/** The scheme is the connection's, whatever the client says of it. */
export async function overTls(t: Test, start: Start) {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const certificate = makeCertificate(folder)
  if (typeof certificate === 'string') throw new Error(certificate)
  const guard = siteGuard({ requireSsl: true })
  const lines = [`Cookie: ${cookie('alice', { age: 5000 })}`]
  const lies = (scheme: string) => [
    `X-Forwarded-Proto: ${scheme}`,
    `X-Original-URL: ${scheme}://www.example.com/admin`,
    `Forwarded: proto=${scheme}`,
  ]

  const secure = await startProxied(t, start, guard, { certificate })
  const page = await sendBytes(
    secure.port,
    requestBytes({ target: '/admin', lines: [...lines, ...lies('http')] }),
    true,
  )
  t.equal(page.status, 200)
  t.match(valuesOf(page.headers, 'set-cookie').join('\n'), /auth_tkt=.*; secure/i, 'a cookie for TLS alone')
  const out = await sendBytes(secure.port, requestBytes({ target: '/admin' }), true)
  t.match(valuesOf(out.headers, 'location')[0], /back=https%3a%2f%2fwww\.example\.com%2fadmin$/)

  const plain = await startProxied(t, start, guard)
  const refused = await sendBytes(plain.port, requestBytes({ target: '/admin', lines: [...lines, ...lies('https')] }))
  t.equal(refused.status, 307, 'without TLS nobody is let in')
  t.match(valuesOf(refused.headers, 'location')[0], /back=http%3a%2f%2fwww\.example\.com%2fadmin$/)
  t.strictSame(plain.runs, [])
}
