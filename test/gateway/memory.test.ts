/** What goes through is never kept: memory while 100 MB stream to somebody slow, and while many wait. */

import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import t from 'tap'
import { headOf, httpUpstream, rawUpstream, statusOf, talk, until, wire } from './gateways.js'
import { memoryOf, serving } from './serving.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const MB = 1024 * 1024
const PIECE = Buffer.alloc(MB, 'x')
const noProc = memoryOf(process.pid) === undefined && 'this system has no /proc'

/** Takes 4 MB, rests a while, and takes what is left. */
function restful(stream: Readable): (chunk: Buffer) => void {
  let taken = 0
  let rested = false
  return (chunk) => {
    taken += chunk.length
    if (rested || taken < 4 * MB) return
    rested = true
    stream.pause()
    setTimeout(() => stream.resume(), 700)
  }
}

t.test('100 MB to a slow reader, and to a slow upstream', { skip: noProc }, async (t) => {
  const size = 100 * MB
  const url = await httpUpstream(t, (message, response) => {
    if (message.method === 'POST') {
      message.on('data', restful(message))
      message.on('end', () => response.end('ok'))
      return
    }
    response.setHeader('Content-Length', size)
    let sent = 0
    const more = () => {
      while (sent < size) {
        sent += MB
        if (!response.write(PIECE)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  })
  const gate = await serving(t, url)
  for (let i = 0; i < 5; i++) t.equal(statusOf(await talk(t, gate.port, headOf('/admin', ['Connection: close']))), 307)
  const before = memoryOf(gate.pid)?.most as number

  const reader = connect(gate.port, '127.0.0.1')
  t.teardown(() => reader.destroy())
  let read = 0
  reader.on('data', restful(reader))
  reader.on('data', (chunk) => {
    read += chunk.length
  })
  reader.write(headOf('/'))
  await until(() => read > size, 'all is read', 60)
  const afterDownload = memoryOf(gate.pid)?.most as number
  t.ok(afterDownload - before < 150, `to a slow reader: ${before} MB before, at most ${afterDownload} MB`)

  const writer = wire(t, gate.port).send(headOf('/', [`Content-Length: ${size}`], 'POST'))
  let written = 0
  const more = () => {
    while (written < size) {
      written += MB
      if (!writer.socket.write(PIECE)) return void writer.socket.once('drain', more)
    }
  }
  more()
  await until(() => /ok\r\n0\r\n|ok$/.test(writer.text), 'all is sent', 60)
  const afterUpload = memoryOf(gate.pid)?.most as number
  t.ok(afterUpload - before < 150, `to a slow upstream: at most ${afterUpload} MB`)
  t.comment(
    `RSS: ${before} MB idle, ${afterDownload} MB at most with a slow reader, ${afterUpload} MB with a slow upstream`,
  )
})

t.test('10 000 idle connections, and a request among them', { skip: noProc }, async (t) => {
  const upstream = await rawUpstream(t, OK)
  const gate = await serving(t, upstream.url)
  const before = memoryOf(gate.pid)?.now as number
  // Another process holds them, with a limit of its own.
  const program = `const { connect } = require('node:net')
    let open = 0, failed = 0
    const next = (left) => {
      if (left === 0) return
      const socket = connect(${gate.port}, '127.0.0.1', () => socket.write(${JSON.stringify(headOf('/'))}))
      socket.once('data', () => { open++; next(left - 1); if (open + failed === 10000) console.log(open) })
      socket.once('error', (error) => { failed++; next(left - 1); if (open + failed === 10000) console.log(open, error.code) })
    }
    for (let i = 0; i < 100; i++) next(100)`
  const child = spawn('sh', ['-c', 'ulimit -n 16384 && exec "$0" -e "$1"', process.execPath, program])
  t.teardown(() => child.kill('SIGKILL'))
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
  await until(() => printed.includes('\n'), 'all are open', 60)
  if (/ulimit/.test(printed))
    return void t.pass('ok', { skip: `the limit of open files cannot be raised: ${printed.trim()}` })
  t.equal(printed, '10000\n')
  t.equal(statusOf(await talk(t, gate.port, headOf('/', ['Connection: close']))), 200)
  const after = memoryOf(gate.pid)?.now as number
  t.comment(`RSS: ${before} MB without connections, ${after} MB with 10 000`)
  t.ok(after - before < 500, `${after - before} MB`)
})
