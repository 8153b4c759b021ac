/** `authtkt serve` in this process: from its options to its end. */

import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { request } from 'undici'
import { run } from '../../src/cli/main.js'
import { cli, folder, SECRET } from './command.js'

const SITE = JSON.stringify({
  keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
  areas: [{ path: '/' }],
  loginUrl: 'https://login.example.com/',
})
const UPSTREAM = ['--upstream', 'http://127.0.0.1:3000']

t.test('--check', async (t) => {
  const open = JSON.stringify({ keys: [{ secret: { file: 'secret' }, digest: 'md5' }], default: 'pass' })
  const at = folder(t, { 'site.json': SITE, 'bad.json': '{ "upstreem": "x" }', 'open.json': open })
  t.same(await cli('serve', '--config', at('site.json'), ...UPSTREAM, '--check'), { code: 0, out: 'ok\n', err: '' })
  t.match(await cli('serve', '--config', at('open.json'), ...UPSTREAM, '--check'), {
    code: 0,
    err: /^authtkt: warning: /,
  })
  t.match(await cli('serve', '--config', at('bad.json'), ...UPSTREAM, '--check'), {
    code: 2,
    err: /bad\.json:1: upstreem/,
  })
})

t.test('serves, reloads and ends', async (t) => {
  const at = folder(t, { 'site.json': SITE })
  let err = ''
  const says = async (text: string) => {
    while (!err.includes(text)) await delay(10)
  }
  const output = {
    out() {},
    flush() {},
    err(text: string) {
      err += text
    },
  }
  const args = [
    '--listen',
    '127.0.0.1:0',
    '--admin',
    '127.0.0.1:0',
    '--forward-auth',
    '127.0.0.1:0',
    '--log-level',
    'silent',
  ]
  const ended = run(['serve', '--config', at('site.json'), ...UPSTREAM, ...args], output)
  await says('(forward-auth)')
  const [, gateway = ''] = /listening on (\S+)\n/.exec(err) ?? []
  const [, admin = ''] = /listening on (\S+) \(admin\)/.exec(err) ?? []
  const { statusCode, body } = await request(gateway)
  await body.dump()
  t.equal(statusCode, 307)
  process.emit('SIGHUP')
  const metrics = async () => (await request(`${admin}/metrics`)).body.text()
  while (!(await metrics()).includes('authtkt_reloads_total{outcome="done"} 1')) await delay(20)
  process.emit('SIGTERM')
  t.equal(await ended, 0)
  t.notOk(err.includes(SECRET))
})
