/** Attempts counted in memory: what they cost, when they are forgotten, and that no flood washes them out. */

import fc from 'fast-check'
import t from 'tap'
import type { Counted } from '../../src/state/attempts.js'
import { createMemoryAttempts, type MemoryAttempts } from '../../src/state/memory-attempts.js'

const T0 = 1_700_000_000
const of = (key: string, free = 5, longest = 60): Counted => ({ key, free, longest })
const begin = (attempts: MemoryAttempts, now: number, ...counted: Counted[]) => attempts.begin({ counted, now })

/** Has `times` attempts counted, each as soon as it may be; gives when the last of them was. */
async function fail(attempts: MemoryAttempts, one: Counted, times: number, from = T0): Promise<number> {
  let now = from
  for (let i = 0; i < times; i++) {
    const wait = await begin(attempts, now, one)
    if (wait === 0) continue
    now += wait
    await begin(attempts, now, one)
  }
  return now
}

/** Attempts that can be counted for one key within `seconds`, ends included, from nothing on and without a pause. */
function burst({ free, longest }: Counted, seconds: number): number {
  let passed = free
  for (let sum = 1; sum <= seconds; sum += Math.min(longest, 2 ** (passed - free))) passed++
  return passed
}

t.test('some are free, then the wait doubles up to the longest', async (t) => {
  const attempts = createMemoryAttempts()
  const waits: number[] = []
  let now = T0
  for (let i = 0; i < 14; i++) {
    const wait = await begin(attempts, now, of('a'))
    waits.push(wait)
    now += wait
    if (wait > 0) t.equal(await begin(attempts, now, of('a')), 0, 'and after it one passes')
  }
  t.strictSame(waits, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60])
})

t.test('attempts while waiting are not counted, and do not make it longer', async (t) => {
  const attempts = createMemoryAttempts()
  const now = await fail(attempts, of('a'), 9)
  for (const [later, wait] of [0, 1, 5, 15].map((after) => [now + after, 16 - after] as const)) {
    for (let i = 0; i < 20; i++) t.equal(await begin(attempts, later, of('a')), wait)
  }
  t.equal(await begin(attempts, now + 16, of('a')), 0)
  t.equal(await begin(attempts, now + 16, of('a')), 32)
})

t.test('a hundred at once do not all pass', async (t) => {
  const attempts = createMemoryAttempts()
  const waits = await Promise.all(Array.from({ length: 100 }, () => begin(attempts, T0, of('a'), of('b', 20))))
  t.equal(waits.filter((wait) => wait === 0).length, 5)
  t.ok(waits.slice(5).every((wait) => wait === 1))
})

t.test('all of an attempt are counted, or none', async (t) => {
  const attempts = createMemoryAttempts()
  await fail(attempts, of('account', 1), 3)
  for (let i = 0; i < 50; i++) t.equal(await begin(attempts, T0 + 3, of('address', 2), of('account', 1)), 4)
  t.equal(attempts.size, 1, 'nothing is known of the address')
  t.equal(await begin(attempts, T0, of('address', 2), of('longer', 1)), 0)
})

t.test('the longest of the waits is told', async (t) => {
  const attempts = createMemoryAttempts()
  const now = await fail(attempts, of('short', 1), 3)
  await fail(attempts, of('long', 1), 5, now - 11)
  for (const both of [
    [of('short'), of('long')],
    [of('long'), of('short')],
  ]) {
    t.equal(await attempts.begin({ counted: both.map(({ key }) => of(key, 1)), now: now + 4 }), 16)
  }
})

const KEPT: readonly [free: number, longest: number, times: number, kept: number][] = [
  [5, 60, 1, 900],
  [5, 60, 30, 900],
  [5, 900, 13, 900],
  [5, 900, 14, 1024],
  [5, 900, 30, 1800],
  [1, 86_400, 18, 172_800],
]

for (const [free, longest, times, kept] of KEPT) {
  t.test(`${times} of ${free} free, at most ${longest} s: forgotten after ${kept} s`, async (t) => {
    for (const [after, size] of [
      [kept - 1, 1],
      [kept, 0],
    ] as const) {
      const attempts = createMemoryAttempts()
      const last = await fail(attempts, of('a', free, longest), times)
      await attempts.begin({ counted: [], now: last + after })
      t.equal(attempts.size, size, `${after} s later`)
    }
  })
}

t.test('a forgotten count begins anew, also behind one that is kept for longer', async (t) => {
  const attempts = createMemoryAttempts()
  const [kept, a] = [of('kept', 1, 900), of('a', 1, 60)]
  const now = await fail(attempts, kept, 14)
  await fail(attempts, a, 14, now + 300)
  t.equal(await begin(attempts, now + 900, kept), 0)
  t.equal(await begin(attempts, now + 901, a), 0)
  t.equal(await begin(attempts, now + 1801, a), 0)
  t.equal(await begin(attempts, now + 1801, a), 1)
})

t.test('a clock that jumps back: waits begin anew and are no longer than before', async (t) => {
  const attempts = createMemoryAttempts()
  const now = await fail(attempts, of('a'), 9)
  const back = now - 86_400
  t.equal(await begin(attempts, back, of('a')), 16)
  t.equal(await begin(attempts, back + 15, of('a')), 1)
  t.equal(await begin(attempts, back + 16, of('a')), 0)
  await attempts.begin({ counted: [], now: back + 16 + 900 })
  t.equal(attempts.size, 0, 'nothing stays until the old time has come')
})

t.test('a clock that jumps back while somebody signs in', async (t) => {
  const attempts = createMemoryAttempts()
  const attempt = { counted: [of('a', 2)], now: T0 }
  await attempts.begin(attempt)
  for (const now of [T0 + 100, T0 + 200]) t.equal(await begin(attempts, now, of('a', 2)), 0)
  await attempts.begin({ counted: [], now: T0 })
  await attempts.succeed(attempt, [])
  t.equal(await begin(attempts, T0, of('a', 2)), 1)
})

t.test('attempts that come a little late, as from another process, turn no clock back', async (t) => {
  const attempts = createMemoryAttempts()
  const now = await fail(attempts, of('a'), 9)
  for (const late of [0, 1, 5]) t.equal(await begin(attempts, now - late, of('a')), 16)
  t.equal(await begin(attempts, now + 15, of('a')), 1)
  t.equal(await begin(attempts, now + 16, of('a')), 0)
})

t.test('a good attempt: some are forgotten, for the others it has not been', async (t) => {
  const attempts = createMemoryAttempts()
  const [account, address] = [of('account', 20), of('address', 2)]
  await fail(attempts, account, 3)
  const now = await fail(attempts, address, 4)
  const attempt = { counted: [account, address], now: now + 4 }
  t.equal(await attempts.begin(attempt), 0)
  t.equal(await begin(attempts, now + 4, address), 8)
  await attempts.succeed(attempt, [account, of('never counted')])
  t.equal(attempts.size, 1)
  t.equal(await begin(attempts, now + 4, address), 0, 'the wait is what it was, from when it was')
  t.equal(await begin(attempts, now + 4, address), 8)
})

t.test('a good attempt changes no wait that has begun since', async (t) => {
  const attempts = createMemoryAttempts()
  const attempt = { counted: [of('address', 2)], now: T0 }
  await attempts.begin(attempt)
  const now = await fail(attempts, of('address', 2), 3, T0 + 10)
  await attempts.succeed(attempt, [])
  t.equal(await begin(attempts, now, of('address', 2)), 2)
})

t.test('good attempts buy no bad ones', async (t) => {
  const attempts = createMemoryAttempts()
  const address = of('address', 5, 900)
  const last = await fail(attempts, address, 12)
  for (let i = 0; i < 50; i++) {
    const attempt = { counted: [address], now: last + 128 }
    t.equal(await attempts.begin(attempt), 0)
    await attempts.succeed(attempt, [])
  }
  await begin(attempts, last + 128, address)
  t.equal(await begin(attempts, last + 128, address), 256)
})

t.test('taking back ends at nothing', async (t) => {
  const attempts = createMemoryAttempts()
  const attempt = { counted: [of('a', 1)], now: T0 }
  await attempts.begin(attempt)
  await attempts.succeed(attempt, [])
  t.equal(attempts.size, 0)
  await attempts.succeed(attempt, [])
  t.equal(attempts.size, 0)
})

t.test('a flood of names: never more than there is room for, and the counts that matter stay', async (t) => {
  const attempts = createMemoryAttempts({ most: 1000 })
  await fail(attempts, of('four'), 4)
  const now = await fail(attempts, of('waited for'), 11)
  await fail(attempts, of('not waited for', 20), 5, now)
  let largest = 0
  for (let i = 0; i < 20_000; i++) {
    await begin(attempts, now, of(`name ${i}`), of(`address ${i}`, 20))
    largest = Math.max(largest, attempts.size)
  }
  t.equal(largest, 1000)
  t.equal(await begin(attempts, now, of('waited for')), 60)
  t.equal(await begin(attempts, now, of('four')), 0)
  t.equal(await begin(attempts, now, of('four')), 1, 'the four are remembered')
})

t.test('a wait is kept rather than more attempts that have none', async (t) => {
  const attempts = createMemoryAttempts({ most: 10 })
  await fail(attempts, of('account'), 6)
  for (let i = 0; i < 50; i++) await fail(attempts, of(`address ${i}`, 20), 15, T0 + 1)
  t.equal(await begin(attempts, T0 + 1, of('account')), 2)
})

const KNOWN: readonly [key: string, times: number][] = [
  ['waits 4 s', 4],
  ['old', 1],
  ['waits 2 s', 3],
  ['young', 1],
]
const LEFT = [
  [0, ['waits 4 s', 'old', 'waits 2 s', 'young']],
  [1, ['waits 4 s', 'waits 2 s', 'young']],
  [2, ['waits 4 s', 'waits 2 s']],
  [3, ['waits 4 s']],
  [4, []],
] as const

for (const [others, left] of LEFT) {
  t.test(`full, and ${others} more: the smallest counts go, of those the oldest`, async (t) => {
    const attempts = createMemoryAttempts({ most: 4 })
    let now = T0
    for (const [key, times] of KNOWN) now = await fail(attempts, of(key, 2), times, now)
    for (let i = 0; i < others; i++) now = await fail(attempts, of(`other ${i}`, 2), 5, now)
    const known: string[] = []
    for (const [key] of KNOWN) {
      const { size } = attempts
      await attempts.succeed({ counted: [], now }, [of(key)])
      if (attempts.size < size) known.push(key)
    }
    t.strictSame(known, left)
  })
}

t.test('after a flood, memory is given back', async (t) => {
  const attempts = createMemoryAttempts()
  for (let i = 0; i < 20_000; i++) await begin(attempts, T0, of(`name ${i}`))
  t.equal(attempts.size, 20_000)
  await begin(attempts, T0 + 900, of('a'))
  t.equal(attempts.size, 1)
})

t.test('what passes is bounded: most for one who never pauses, or pauses to be forgotten', async (t) => {
  const limits = fc.record({ free: fc.integer({ min: 1, max: 30 }), longest: fc.integer({ min: 1, max: 2000 }) })
  const pause = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 3 }),
    fc.integer({ min: 0, max: 2000 }),
    fc.constant(-1),
  )
  await fc.assert(
    fc.asyncProperty(limits, fc.array(pause, { maxLength: 300 }), async ({ free, longest }, pauses) => {
      const attempts = createMemoryAttempts()
      const one = of('a', free, longest)
      let [now, passed] = [T0, 0]
      for (const pause of pauses) {
        const wait = await begin(attempts, now, one)
        if (wait > longest || wait < 0) return false
        if (wait === 0) passed++
        // -1: no sooner and no later than is allowed.
        now += pause === -1 ? wait : pause
      }
      const seconds = now - T0
      return passed <= (Math.floor(seconds / 900) + 1) * burst(one, Math.min(seconds, 899))
    }),
    { numRuns: 500 },
  )
  const attempts = createMemoryAttempts()
  let passed = 0
  for (let now = T0; now < T0 + 900; now++) {
    while ((await begin(attempts, now, of('a'))) === 0) passed++
  }
  t.equal(passed, burst(of('a'), 899))
  t.equal(passed, 24, 'the figure that the throttle tells')
})

t.test('whatever happens: no wait is longer than it may be, and there is room for all that is kept', async () => {
  const keys = fc.subarray(
    [of('a', 1, 7), of('b', 2, 60), of('c', 40, 5), of('d', 1, 900), of('e', 3, 4000), of('f', 5, 1)],
    { minLength: 1 },
  )
  const step = fc.record({ keys, clock: fc.integer({ min: -50, max: 1000 }), good: fc.boolean(), forget: keys })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.array(step, { maxLength: 200 }), async (most, steps) => {
      const attempts = createMemoryAttempts({ most })
      let now = T0
      for (const { keys, clock, good, forget } of steps) {
        now += clock
        const attempt = { counted: keys, now }
        const wait = await attempts.begin(attempt)
        if (wait < 0 || wait > Math.max(...keys.map(({ longest }) => longest)) || attempts.size > most) return false
        if (wait === 0 && good) await attempts.succeed(attempt, forget)
      }
      return true
    }),
    { numRuns: 500 },
  )
})

t.test('what is kept has to be a number', async (t) => {
  for (const most of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => createMemoryAttempts({ most }), { code: 'ERR_TKT_OPTIONS', message: /^most: / })
  }
})
