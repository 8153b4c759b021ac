/** A reload while a worker is being replaced: it comes to an end, and so does the process. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { request } from 'undici'
import { startServe } from '../helpers/serve-process.js'
import { startApp } from '../helpers/served.js'

const childrenOf = (pid: number) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
const linux = process.platform === 'linux' ? false : 'skipped: children are looked up in /proc'

t.test('two workers, one killed', { skip: linux }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-workers-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const config = join(folder, 'site.conf')
  writeFileSync(config, 'ServerName www.example.com\n')
  const app = await startApp(t)
  const args = ['--config', config, '--upstream', app.url, '--listen', '127.0.0.1:0', '--workers', '2', '--no-watch']
  const serve = await startServe(t, args)
  const pid = serve.child.pid as number
  const [first] = childrenOf(pid)
  process.kill(Number(first), 'SIGKILL')
  await serve.says('a worker has died')
  // The new one is there and does not listen yet.
  while (childrenOf(pid).length < 2) await delay(10)
  serve.child.kill('SIGHUP')
  await serve.says('configuration reloaded')
  serve.child.kill('SIGHUP')
  await serve.says('configuration reloaded', 2)
  const { statusCode, body } = await request(serve.urls.gateway as string)
  await body.dump()
  t.equal(statusCode, 200)
  t.equal(await serve.end(), 0)
})
