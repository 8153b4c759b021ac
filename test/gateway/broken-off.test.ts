/** A client that breaks off with its request has no address any more: it is taken for nobody else. */

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { gateway, headOf, httpUpstream } from './gateways.js'

const THIS_MACHINE = { path: '/admin', require: { ips: ['127.0.0.1'] } }

async function breakOff(port: number, bytes: string): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(bytes, () => socket.resetAndDestroy())
  await once(socket, 'close')
}

t.test('not for this machine', async (t) => {
  const seen: string[] = []
  const upstream = await httpUpstream(t, (request, response) => {
    seen.push(`${request.url} ${request.headers['x-forwarded-for']}`)
    response.end('in')
  })
  const gate = await gateway(t, upstream, { options: { areas: [THIS_MACHINE] } })
  for (let i = 0; i < 40; i++) {
    await Promise.all(Array.from({ length: 10 }, () => breakOff(gate.port, headOf('/admin'))))
    await Promise.all(Array.from({ length: 5 }, () => breakOff(gate.port, headOf('/open'))))
  }
  await sleep(200)
  t.notOk(
    seen.some((line) => line.startsWith('/admin')),
    'it is not let in where this machine is',
  )
  t.strictSame(
    seen.filter((line) => line !== '/open 127.0.0.2'),
    [],
    'nor is it called by another address',
  )
  t.strictSame(gate.broken, [])
})
