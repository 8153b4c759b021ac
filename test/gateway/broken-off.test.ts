/** A client that breaks off with its request has no address any more: it is taken for nobody else. */

import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { LIMITS, TIMEOUTS } from '../../src/config/serving.js'
import { addressOf } from '../../src/gateway/connection.js'
import { openListener } from '../../src/gateway/listener.js'
import { headOf } from './gateways.js'

t.test('not for this machine', async (t) => {
  const seen: string[] = []
  const listener = await openListener(
    { endpoint: { host: '127.0.0.1', port: 0 }, tls: undefined, at: 'test' },
    undefined,
    {
      handle(request, response) {
        seen.push(addressOf(request))
        response.end()
      },
      upgrade(request, socket) {
        seen.push(addressOf(request))
        socket.destroy()
      },
    },
    LIMITS,
    TIMEOUTS,
  )
  t.teardown(() => listener.drain(0))
  const port = Number(new URL(listener.url).port)

  async function send(bytes: string, isBroken: boolean): Promise<void> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' })
    socket.on('error', () => {})
    await once(socket, 'connect')
    // So that it has been accepted: its request and its end are then read in one go.
    await sleep(10)
    socket.write(bytes)
    if (isBroken) socket.resetAndDestroy()
    else socket.end()
    socket.resume()
    await once(socket, 'close')
  }

  const upgrade = headOf('/', ['Connection: Upgrade', 'Upgrade: websocket'])
  for (const bytes of [headOf('/'), upgrade]) {
    await send(bytes, false)
    for (let i = 0; i < 20; i++) await send(bytes, true)
  }
  await sleep(50)
  t.ok(seen.length >= 2)
  t.strictSame([...new Set(seen)], ['127.0.0.2'])
})
