/** Bodies of all sizes go through unchanged, both ways, with and without a length. */

import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { request } from 'undici'
import { gateway, httpUpstream, settled } from './gateways.js'

const MB = 1024 * 1024

const NOISE = randomBytes(MB + 7)

/** The same bytes each time, in pieces of many sizes. */
function* bytes(size: number): Generator<Buffer> {
  let from = 0
  for (let left = size; left > 0; ) {
    const piece = NOISE.subarray(from, from + Math.min(left, 1 + ((from * 31) % 200_003)))
    from = (from + piece.length) % NOISE.length
    left -= piece.length
    yield piece
  }
}

async function hashOf(source: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of source) hash.update(piece)
  return hash.digest('hex')
}

t.test('0 B, 1 B and 100 MB', async (t) => {
  const framings: [framing: string | undefined, length: string | undefined][] = []
  const url = await httpUpstream(t, async (message, response) => {
    const { 'transfer-encoding': framing, 'content-length': length } = message.headers
    framings.push([framing, length])
    const size = Number(message.headers['x-size'])
    response.setHeader('X-Hash', await hashOf(message))
    if (message.headers['x-length']) response.setHeader('Content-Length', size)
    await pipeline(Readable.from(bytes(size)), response)
  })
  const gate = await gateway(t, url)
  for (const size of [0, 1, 100 * MB]) {
    const hash = await hashOf(bytes(size))
    for (const withLength of [true, false]) {
      const body = Readable.from(bytes(size))
      const headers = { 'x-size': `${size}`, ...(withLength && { 'content-length': `${size}`, 'x-length': '1' }) }
      const answer = await request(`http://127.0.0.1:${gate.port}/`, { method: 'POST', headers, body })
      const name = `${size} bytes, ${withLength ? 'with a length' : 'chunked'}`
      t.equal(answer.headers['x-hash'], hash, `${name}, to the upstream`)
      t.equal(await hashOf(answer.body), hash, `${name}, to the client`)
      if (withLength) t.equal(answer.headers['content-length'], `${size}`)
      const [framing, length] = framings.pop() ?? []
      if (size > 1) t.strictSame([framing, length], withLength ? [undefined, `${size}`] : ['chunked', undefined], name)
    }
  }
  await settled(t, gate)
})

t.test('what is compressed stays so', async (t) => {
  const packed = gzipSync('some text, some text, some text')
  const url = await httpUpstream(t, async (message, response) => {
    const got = Buffer.concat(await message.toArray())
    response
      .writeHead(200, { 'Content-Encoding': 'gzip', ETag: '"1"', 'X-Same': String(got.equals(packed)) })
      .end(packed)
  })
  const gate = await gateway(t, url)
  const headers = { 'accept-encoding': 'gzip', 'content-encoding': 'gzip' }
  const answer = await request(`http://127.0.0.1:${gate.port}/`, { method: 'PUT', headers, body: packed })
  t.match(answer.headers, { 'content-encoding': 'gzip', etag: '"1"', 'x-same': 'true' })
  const body = Buffer.from(await answer.body.arrayBuffer())
  t.ok(body.equals(packed))
  t.equal(`${gunzipSync(body)}`, 'some text, some text, some text')
})
