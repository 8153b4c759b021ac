/** Attempts of several processes: one counts for all, and each for itself where that one does not answer. */

import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Attempts, Counted } from '../../src/state/attempts.js'
import { clusterAttempts, serveAttempts } from '../../src/state/cluster-attempts.js'
import { createMemoryAttempts } from '../../src/state/memory-attempts.js'
import type { Done, Order } from './attempts-worker.js'

const NOW = 1_700_000_000
const of = (key: string, free = 5): Counted => ({ key, free, longest: 60 })
const ACCOUNT = { counted: [of('account')], now: NOW }

cluster.setupPrimary({ exec: 'test/state/attempts-worker.ts' })

async function fork(): Promise<Worker> {
  const worker = cluster.fork()
  const exited = once(worker, 'exit')
  t.teardown(async () => {
    worker.process.kill('SIGKILL')
    await exited
  })
  await once(worker, 'message')
  return worker
}

let orders = 0
type Wanted<T> = T extends { readonly id: number } ? Omit<T, 'id'> : never

/** Has a worker do something; gives what came of it. */
function tell(worker: Worker, order: Wanted<Order>): Promise<Done> {
  const id = ++orders
  return new Promise((resolve) => {
    const listen = (message: unknown) => {
      if ((message as Done).done !== id) return
      worker.off('message', listen)
      resolve(message as Done)
    }
    worker.on('message', listen)
    worker.send({ ...order, id })
  })
}

const begin = async (worker: Worker, times = 1, attempt = ACCOUNT) =>
  (await tell(worker, { order: 'begin', attempt, times })).waits
const passed = (waits: readonly number[]) => waits.filter((wait) => wait === 0).length

// To start one takes longer than all that it does here.
const workers = await Promise.all([fork(), fork()])
const [a, b] = workers

t.beforeEach(async () => {
  for (const worker of workers) if (worker.isConnected()) await tell(worker, { order: 'make' })
})

/** Has `a` wait for so many milliseconds. */
const wait = (patience: number) => tell(a, { order: 'make', patience })

function serve(t: Test, attempts: Attempts): void {
  t.teardown(serveAttempts(attempts))
}

t.test('two workers share one count', async (t) => {
  serve(t, createMemoryAttempts())
  const waits = await Promise.all([begin(a, 50), begin(b, 50)])
  t.equal(passed(waits.flat()), 5)
  t.strictSame(await begin(b), [1])
  const attempt = { ...ACCOUNT, now: NOW + 1 }
  t.strictSame(await begin(a, 1, attempt), [0])
  t.strictSame(await begin(b, 1, attempt), [2])
  t.equal((await tell(a, { order: 'succeed', forget: attempt.counted })).alone, 0)
  t.equal(passed(await begin(b, 50, attempt)), 5, 'what one forgets, the other forgets')
})

t.test("the gateway's messages and others pass by", async (t) => {
  const asked: string[] = []
  const store = createMemoryAttempts()
  serve(t, {
    begin(attempt) {
      asked.push('begin')
      return store.begin(attempt)
    },
    succeed: store.succeed,
  })
  const strangers = [{ authtkt: 'prepare', id: 1 }, { authtkt: 'drain' }, { id: 'x' }, 'text', 7, [], {}]
  for (const message of strangers) {
    // Both ways: what a worker says is what the first process hears.
    a.send(message)
    a.emit('message', message)
    cluster.emit('message', a, message)
  }
  cluster.emit('message', a, null)
  a.send({ authtkt: 'attempt-counted', id: 'nobody waits for it', wait: 60 })
  t.strictSame(await begin(a), [0])
  t.strictSame(asked, ['begin'])
})

t.test('nobody answers: the worker counts for itself after two seconds', async (t) => {
  const began = Date.now()
  t.equal(passed(await begin(a, 100)), 5)
  const took = Date.now() - began
  t.ok(took >= 1900 && took < 6000, `${took} ms`)
})

t.test('nobody answers: what began in the worker ends there', async (t) => {
  await wait(50)
  const both = { counted: [of('account'), of('address', 3)], now: NOW }
  t.strictSame(await begin(a, 3, both), [0, 0, 0])
  const { alone } = await tell(a, { order: 'succeed', forget: [of('account')] })
  t.equal(alone, 3)
  t.strictSame(await begin(a, 1, both), [0], 'one of the address is taken back')
  t.strictSame(await begin(a, 1, both), [1])
})

t.test('one that answers again is asked again; an answer that comes too late does no harm', async (t) => {
  const store = createMemoryAttempts()
  let slow = true
  serve(t, {
    async begin(attempt) {
      const wait = await store.begin(attempt)
      if (slow) await new Promise((resolve) => setTimeout(resolve, 400))
      return wait
    },
    succeed: store.succeed,
  })
  await wait(200)
  t.strictSame(await begin(a, 2), [0, 0])
  slow = false
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { waits, alone } = await tell(a, { order: 'begin', attempt: ACCOUNT, times: 50 })
  t.equal(passed(waits), 3, 'the first process had counted the two')
  t.equal(alone, 2)
})

t.test('a first process that cannot count says so at once', async (t) => {
  const fails = () => Promise.reject(new Error('out of order'))
  serve(t, { begin: fails, succeed: fails })
  await wait(60_000)
  t.equal(passed(await begin(a, 50)), 5)
  await tell(a, { order: 'succeed', forget: ACCOUNT.counted })
  t.equal(passed(await begin(a, 50)), 5)
})

t.test('one that has been stopped asks nobody', async (t) => {
  const store = createMemoryAttempts()
  serve(t, store)
  await wait(60_000)
  await tell(a, { order: 'stop' })
  t.equal(passed(await begin(a, 50)), 5)
  t.equal(store.size, 0)
})

t.test('a process that is no worker counts for itself', async (t) => {
  const attempts = clusterAttempts({ most: 10 })
  t.teardown(() => attempts.stop())
  for (let i = 0; i < 5; i++) t.equal(await attempts.begin(ACCOUNT), 0)
  t.equal(await attempts.begin(ACCOUNT), 1)
  await attempts.succeed(ACCOUNT, ACCOUNT.counted)
  t.equal(await attempts.begin(ACCOUNT), 0)
})

t.test('patience has to be a number', async (t) => {
  for (const patience of [0, 1.5, Number.POSITIVE_INFINITY]) {
    t.throws(() => clusterAttempts({ patience }), { code: 'ERR_TKT_OPTIONS', message: /^patience: / })
  }
})

t.test('a count outlives the worker that began it', async (t) => {
  serve(t, createMemoryAttempts())
  await begin(b, 5)
  b.process.kill('SIGKILL')
  await once(b, 'exit')
  t.strictSame(await begin(a), [1])
})

t.test('a channel that closes: those that wait are answered, and the worker counts for itself', async (t) => {
  const file = join(t.testdir(), 'waits.json')
  await wait(60_000)
  a.send({ order: 'leave', attempt: ACCOUNT, times: 3, file } satisfies Order)
  await once(a, 'exit')
  const { waits, alone } = JSON.parse(readFileSync(file, 'utf8'))
  t.strictSame(waits, [0, 0, 0, 0, 0, 1])
  t.equal(alone, 6)
})
