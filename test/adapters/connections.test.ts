/** Many requests, few connections: identities stay where they belong, and clients may leave at any time. */

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { Pool } from 'undici'
import { ask, raw, seenIn } from './client.js'
import { SERVERS, start } from './servers.js'
import { cookie, type Seen, siteGuard } from './site.js'

const guard = siteGuard()

for (const name of Object.keys(SERVERS)) {
  t.test(`${name}: a pipeline of two users`, async (t) => {
    const site = await start(t, name, guard)
    const users = Array.from({ length: 20 }, (_, i) => ['alice', 'bob', 'carol', undefined][i % 4])
    const requests = users.map((uid, i) => {
      const lines = [
        `GET ${uid ? '/admin' : '/public'}?n=${i} HTTP/1.1`,
        'Host: a',
        ...(uid ? [`Cookie: ${cookie(uid)}`] : []),
      ]
      return `${[...lines, ...(i === 19 ? ['Connection: close'] : [])].join('\r\n')}\r\n\r\n`
    })
    const answers = await raw(site.port, requests.join(''))
    const seen = Array.from(answers.matchAll(/\{"route".*?"body":""\}/g), ([json]) => JSON.parse(json) as Seen)
    t.strictSame(
      seen.map(({ identity, url }) => [identity?.uid, url.replace(/.*=/, '')]),
      users.map((uid, i) => [uid, String(i)]),
    )
  })

  t.test(`${name}: 200 requests at once over few connections`, async (t) => {
    const site = await start(t, name, guard)
    const pool = new Pool(`http://127.0.0.1:${site.port}`, { connections: 4, pipelining: 5 })
    t.teardown(() => pool.close())
    await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        const uid = i % 3 === 0 ? undefined : `user${i}`
        const headers = uid ? { cookie: cookie(uid, { age: i % 2 === 0 ? 4000 : 0 }) } : {}
        const answer = await pool.request({ path: `/admin?n=${i}`, method: 'GET', headers })
        const body = await answer.body.text()
        t.equal(answer.statusCode, uid ? 200 : 307)
        t.equal(Boolean(answer.headers['set-cookie']), uid !== undefined && i % 2 === 0, 'renewed or not')
        if (uid) t.match(JSON.parse(body), { url: `/admin?n=${i}`, identity: { uid } })
      }),
    )
    t.equal(site.log.runs.length, 133)
  })

  t.test(`${name}: clients that leave`, async (t) => {
    const site = await start(t, name, guard)
    const whole = `POST /admin/echo HTTP/1.1\r\nHost: a\r\nCookie: ${cookie('alice')}\r\nContent-Length: 100\r\n\r\nhalf a body`
    for (const at of [10, 60, whole.length]) {
      for (const way of ['destroy', 'resetAndDestroy', 'end'] as const) {
        const socket = connect(site.port, '127.0.0.1')
        socket.on('error', () => {})
        await once(socket, 'connect')
        socket.write(whole.slice(0, at))
        await sleep(5)
        socket[way]()
        if (way === 'end') socket.resume()
        await once(socket, 'close')
      }
    }
    const answer = await ask(site.port, '/admin', { headers: { cookie: cookie('bob') } })
    t.match(seenIn(answer), { identity: { uid: 'bob' } })
  })

  t.test(`${name}: a body that comes in pieces`, async (t) => {
    const site = await start(t, name, guard)
    const socket = connect(site.port, '127.0.0.1')
    socket.write(`POST /admin/echo HTTP/1.1\r\nHost: a\r\nCookie: ${cookie('alice')}\r\nContent-Type: text/x\r\n`)
    socket.write('Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n')
    for (const piece of ['one', 'two', 'three']) {
      await sleep(5)
      socket.write(`${piece.length}\r\n${piece}\r\n`)
    }
    socket.end('0\r\n\r\n')
    let answer = ''
    for await (const part of socket) answer += part
    t.match(answer, /"body":"onetwothree"/)
  })
}
