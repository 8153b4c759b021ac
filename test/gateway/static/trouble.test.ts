/** Files that shrink or vanish while they are sent, clients that leave or wait: no crash, no hang, nothing left open. */

import { once } from 'node:events'
import {
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readlinkSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ask, bytesOf, folderFor, parse, rest, serve } from './site.js'

/** More than sockets hold, in hardly any blocks: bytes at its end and in its middle tell where one is. */
const LARGE = 48 * 1024 * 1024

function largeFile(folder: string): void {
  const file = openSync(join(folder, 'large.bin'), 'w')
  ftruncateSync(file, LARGE)
  writeSync(file, 'middle', LARGE / 2)
  writeSync(file, 'the end', LARGE - 7)
  closeSync(file)
}

const linux = { skip: process.platform === 'linux' ? false : 'skipped: open files are told by /proc' }

function openFiles(folder: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const file = readlinkSync(`/proc/self/fd/${fd}`)
      return file.startsWith(folder) ? [file] : []
    } catch {
      return []
    }
  })
}

/** Waits as long as it takes; the test itself has an end. */
async function allClosed(t: Test, folder: string): Promise<void> {
  while (openFiles(folder).length > 0) await sleep(10)
  t.pass('all files are closed')
}

/** A client that has read the beginning of the large file and then stops reading. */
async function halfway(port: number, target = '/large.bin') {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytesOf(port, target))
  const [first] = (await once(socket, 'data')) as [Buffer]
  socket.pause()
  return { socket, first: first.toString('latin1') }
}

t.test('a large file, whole and in parts', async (t) => {
  const folder = folderFor(t)
  largeFile(folder)
  const { ask, errors } = await serve(t, folder)
  const whole = await ask('/large.bin')
  t.strictSame([whole.status, whole.headers['content-length']], [200, String(LARGE)])
  t.strictSame(
    [whole.body.length, whole.body.slice(-7), whole.body.slice(LARGE / 2, LARGE / 2 + 6)],
    [LARGE, 'the end', 'middle'],
  )
  const part = await ask('/large.bin', { headers: [`Range: bytes=${LARGE / 2}-`] })
  t.strictSame([part.status, part.body.length], [206, LARGE / 2])
  t.strictSame([part.body.slice(0, 6), part.body.slice(-7)], ['middle', 'the end'])
  const small = await ask('/large.bin', { headers: ['Range: bytes=-7'] })
  t.match(small, { status: 206, body: 'the end' })
  const head = await ask('/large.bin', { method: 'HEAD' })
  t.match(head, { status: 200, body: '', headers: { 'content-length': String(LARGE) } })
  t.strictSame(errors, [])
})

t.test('a client that leaves', linux, async (t) => {
  const folder = folderFor(t)
  largeFile(folder)
  const { port, errors } = await serve(t, folder)
  const clients = await Promise.all([halfway(port), halfway(port), halfway(port)])
  t.equal(openFiles(folder).length, 3, 'files are open while they are sent')
  for (const { socket } of clients) socket.destroy()
  await allClosed(t, folder)
  for (let i = 0; i < 5; i++) {
    const socket = connect(port, '127.0.0.1')
    await new Promise((resolve) => socket.write(bytesOf(port, '/large.bin'), resolve))
    socket.destroy()
  }
  await sleep(100)
  await allClosed(t, folder)
  t.match(await ask(port, '/large.bin', { headers: ['Range: bytes=-7'] }), { status: 206, body: 'the end' })
  t.strictSame(errors, [])
})

t.test('a file that shrinks: the connection ends, so nobody takes it for the whole', linux, async (t) => {
  const folder = folderFor(t)
  largeFile(folder)
  const { port, errors } = await serve(t, folder)
  const { socket, first } = await halfway(port)
  truncateSync(join(folder, 'large.bin'), 10)
  const answer = parse(first + (await rest(socket.resume())))
  t.equal(answer.headers['content-length'], String(LARGE))
  t.ok(answer.body.length < LARGE, `${answer.body.length} bytes came`)
  await allClosed(t, folder)
  t.match(await ask(port, '/large.bin'), { status: 200, body: '\0'.repeat(10) })
  t.strictSame(errors, [])
})

t.test('a file that vanishes is sent to its end', linux, async (t) => {
  const folder = folderFor(t)
  largeFile(folder)
  const { port } = await serve(t, folder)
  const { socket, first } = await halfway(port)
  unlinkSync(join(folder, 'large.bin'))
  const { body } = parse(first + (await rest(socket.resume())))
  t.strictSame([body.length, body.slice(-7)], [LARGE, 'the end'])
  await allClosed(t, folder)
  t.match(await ask(port, '/large.bin'), { status: 404 })
})

t.test('a file that has fewer bytes than it says', linux, async (t) => {
  const { port, errors } = await serve(t, '/sys/kernel')
  const socket = connect(port, '127.0.0.1')
  socket.write(bytesOf(port, '/uevent_seqnum'))
  t.equal(await rest(socket), '', 'the connection ends')
  t.strictSame(errors, [])
})
