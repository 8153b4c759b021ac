/** The secret is exchanged ten times while browsers go on asking: nobody is refused, nobody is signed out. */

import { randomBytes } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { Pool } from 'undici'
import { createIssuer } from '../../src/index.js'
import { startServe } from '../helpers/serve-process.js'
import { startApp } from '../helpers/served.js'

/** AUTHTKT_SECONDS makes it longer or shorter. */
const SECONDS = Number(process.env.AUTHTKT_SECONDS ?? 30)
const RELOADS = 10
const BROWSERS = 16

t.test(`${SECONDS} s of load, ${RELOADS} reloads of the secret`, { timeout: (SECONDS + 60) * 1000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-reload-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, `${name}.new`), text, { mode: 0o600 })
    renameSync(join(folder, `${name}.new`), join(folder, name))
  }
  let secret = randomBytes(24).toString('hex')
  put('secret', secret)
  put('old', secret)
  put(
    'site.json',
    JSON.stringify({
      keys: [
        { secret: { file: 'secret' }, digest: 'sha256' },
        { secret: { file: 'old' }, digest: 'sha256' },
      ],
      loginUrl: 'https://login.example.com/',
      timeout: '2h',
      areas: [{ path: '/' }],
    }),
  )
  const app = await startApp(t, (_, response) => response.end('hello'))
  const config = join(folder, 'site.json')
  const serve = await startServe(t, ['--config', config, '--upstream', app.url, '--listen', '127.0.0.1:0'])
  const pool = new Pool(serve.urls.gateway as string, { connections: BROWSERS })
  t.teardown(() => pool.destroy())

  const seen = { asked: 0, renewed: 0, failed: 0, signedOut: 0 }
  let going = true
  async function browse(i: number): Promise<void> {
    const fields = { uid: `user${i}` }
    const now = Math.floor(Date.now() / 1000)
    let ticket = createIssuer({ keys: [{ secret, digest: 'sha256' }] }).issue(fields, { ip: '127.0.0.1', now })
    while (going) {
      try {
        const headers = { cookie: `auth_tkt=${ticket}` }
        const { statusCode, headers: answer, body } = await pool.request({ path: '/', method: 'GET', headers })
        const text = await body.text()
        seen.asked++
        if (statusCode === 307) seen.signedOut++
        else if (statusCode !== 200 || text !== 'hello') seen.failed++
        const [line] = [answer['set-cookie'] ?? []].flat()
        const [, renewed] = /^auth_tkt=([^;]+)/.exec(line ?? '') ?? []
        if (renewed !== undefined) {
          ticket = renewed
          seen.renewed++
        }
      } catch {
        seen.failed++
      }
      await delay(5)
    }
  }

  const browsers = Array.from({ length: BROWSERS }, (_, i) => browse(i))
  for (let reload = 1; reload <= RELOADS; reload++) {
    await delay((SECONDS * 1000) / (RELOADS + 1))
    // The secret of now becomes the old one first: at no moment is one missing that tickets were made with.
    put('old', secret)
    secret = randomBytes(24).toString('hex')
    put('secret', secret)
    // Half of them are noticed by themselves.
    if (reload % 2 === 0) serve.child.kill('SIGHUP')
    await serve.says('configuration reloaded', reload)
  }
  await delay((SECONDS * 1000) / (RELOADS + 1))
  going = false
  await Promise.all(browsers)
  t.comment(`${seen.asked} requests, ${seen.renewed} tickets renewed`)
  t.match(seen, { failed: 0, signedOut: 0 })
  t.ok(seen.asked > 100 * SECONDS)
  t.ok(seen.renewed >= RELOADS * BROWSERS, 'every browser has had a ticket of every secret')
  t.notOk(serve.messages().includes(secret))
  t.equal(await serve.end(), 0)
})
