import { createHash, randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { createTicketCache } from '../../src/ticket/cache.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Bytes in use, after all garbage has gone. */
function inUse(): number {
  // The first may only finish a marking that began while what is garbage now was in use.
  gc()
  gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

t.test('it answers for the value and bound that were set, and for no other', async (t) => {
  const cache = createTicketCache<string>(16)
  const value = 'v'.repeat(300)
  cache.set(value, '192.0.2.1', 'one')
  t.equal(cache.get(value, '192.0.2.1'), 'one')
  for (const bound of [undefined, '', '192.0.2.10', '192.0.2.']) t.equal(cache.get(value, bound), undefined)
  for (let i = 0; i < value.length; i++) {
    if (cache.get(`${value.slice(0, i)}w${value.slice(i + 1)}`, '192.0.2.1') !== undefined) t.fail(`another at ${i}`)
  }
  for (const other of [value.slice(1), `${value}v`, '', value.toUpperCase()])
    t.equal(cache.get(other, '192.0.2.1'), undefined)
  cache.set(value, undefined, 'two')
  t.equal(cache.get(value, undefined), 'two')
  t.equal(cache.get(value, '192.0.2.1'), 'one', 'the other bound stands beside it')
  cache.set(value, '192.0.2.1', 'three')
  t.equal(cache.get(value, '192.0.2.1'), 'three', 'set once more, the newer counts')
  t.equal(cache.stats.evictions, 0)
})

t.test('of two in a place, the one used less lately makes room', async (t) => {
  const cache = createTicketCache<number>(2)
  cache.set('a', undefined, 1)
  cache.set('b', undefined, 2)
  t.equal(cache.get('a', undefined), 1)
  cache.set('c', undefined, 3)
  t.equal(cache.get('b', undefined), undefined)
  t.equal(cache.get('a', undefined), 1)
  cache.set('d', undefined, 4)
  t.equal(cache.get('c', undefined), undefined)
  cache.set('a', undefined, 5)
  cache.set('e', undefined, 6)
  t.equal(cache.get('a', undefined), 5)
  t.same(cache.stats, { hits: 3, misses: 2, evictions: 3 })
})

t.test('it is a map that forgets: never more than its entries, never anything else', async () => {
  // Of one length and alike where it looks; and shorter than what it looks at.
  const unlike = fc
    .integer({ min: 0, max: 40 })
    .map((n) => `${'x'.repeat(n)}${String.fromCharCode(97 + (n % 3))}${'x'.repeat(120 - n)}`)
  const value = fc.oneof(unlike, fc.string({ maxLength: 60 }), fc.constantFrom('', 'a', 'b'))
  const bound = fc.constantFrom(undefined, '', '192.0.2.1', '2001:db8::1')
  const step = fc.record({ value, bound, set: fc.boolean() })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 33 }), fc.array(step, { maxLength: 150 }), (entries, steps) => {
      const cache = createTicketCache<number>(entries)
      const model = new Map<string, { value: string; bound: string | undefined; entry: number }>()
      let [hits, inserted] = [0, 0]
      for (const [entry, { value, bound, set }] of steps.entries()) {
        const name = JSON.stringify([value, bound ?? null])
        const found = cache.get(value, bound)
        if (found !== undefined && found !== model.get(name)?.entry) return false
        if (found !== undefined) hits++
        if (!set) continue
        if (found === undefined) inserted++
        cache.set(value, bound, entry)
        model.set(name, { value, bound, entry })
        if (cache.get(value, bound) !== entry) return false
        hits++
      }
      const held = [...model.values()].filter(({ value, bound, entry }) => cache.get(value, bound) === entry).length
      const { stats } = cache
      const most = Math.max(2, 2 ** Math.ceil(Math.log2(entries)))
      return held <= most && held === inserted - stats.evictions && stats.hits === hits + held
    }),
    { numRuns: 500 },
  )
})

const at = (n: number) => (1_700_000_000 + n).toString(16)
const md5 = (n: number) => `${createHash('md5').update(String(n)).digest('hex')}${at(n)}alice!finance!hello world`
/** The same person's tickets, one a second. */
const TICKETS: Readonly<Record<string, (n: number) => string>> = {
  'MD5, raw': md5,
  'MD5, base64': (n) => Buffer.from(md5(n)).toString('base64'),
  'MD5, in escapes': (n) => encodeURIComponent(md5(n)),
  'SHA-512, base64': (n) => Buffer.from(createHash('sha512').update(md5(n)).digest('hex') + md5(n)).toString('base64'),
  'RSA-2048, in escapes': (n) =>
    encodeURIComponent(`uid=alice;validuntil=${n};sig=${randomBytes(256).toString('base64')}`),
  'DSA, raw': (n) => `uid=alice;validuntil=${n};sig=${randomBytes(62).toString('base64')}`,
}

t.test('tickets spread over the places as chance has it', async (t) => {
  for (const [name, make] of Object.entries(TICKETS)) {
    const cache = createTicketCache<number>(4096)
    for (let n = 0; n < 2048; n++) cache.set(make(n), undefined, n)
    // 2048 balls into as many boxes with room for two: 212 find no room, give or take 15.
    const { evictions } = cache.stats
    t.ok(evictions < 300, `${name}: ${evictions}`)
  }
})

t.test('which tickets share a place is drawn anew for each cache', async (t) => {
  const outcomes = new Set<number>()
  for (let i = 0; i < 100; i++) {
    const cache = createTicketCache<number>(4)
    for (const value of ['a', 'b', 'c']) cache.set(value.repeat(200), undefined, 0)
    outcomes.add(cache.stats.evictions)
  }
  t.same([...outcomes].sort(), [0, 1])
})

t.test('a cookie value keeps no header alive', async (t) => {
  const cache = createTicketCache<number>(256)
  const before = inUse()
  for (let n = 0; n < 100; n++) {
    const header = Buffer.alloc(400_000, `${n};auth_tkt=`).toString('latin1')
    cache.set(header.slice(1000, 1500), header.slice(2000, 2045), n)
  }
  const kept = inUse() - before
  t.ok(kept < 10_000_000, `${kept} bytes of 40 MB of headers`)
  t.ok(cache.stats.evictions < 100)
})

t.test('values of any length come back', async (t) => {
  const cache = createTicketCache<number>(64)
  for (const length of [0, 1, 40, 41, 42, 43, 44, 4095, 4096, 4097, 8192]) {
    const value = randomBytes(length).toString('latin1')
    cache.set(value, undefined, length)
    t.equal(cache.get(Buffer.from(value, 'latin1').toString('latin1'), undefined), length)
  }
})

t.test('there is no table until something is set', async (t) => {
  const before = inUse()
  const caches = Array.from({ length: 20 }, () => createTicketCache<number>(1 << 20))
  for (const cache of caches) t.equal(cache.get('v'.repeat(100), undefined), undefined)
  t.ok(inUse() - before < 4_000_000)
  caches[0]?.set('v'.repeat(100), undefined, 1)
  t.ok(inUse() - before > 4_000_000, 'and it would be seen')
  t.equal(caches[0]?.get('v'.repeat(100), undefined), 1)
})
