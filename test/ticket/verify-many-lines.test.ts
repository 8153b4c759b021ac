import fc from 'fast-check'
import t from 'tap'
import { createIssuer } from '../../src/ticket/issue.js'
import { createVerifier } from '../../src/ticket/verify.js'

const key = { secret: 'secret of the lines', digest: 'md5' } as const
const issuer = createIssuer({ keys: [key] })
const verifier = createVerifier({ keys: [key] })
const ip = '192.0.2.7'
const cookie = (uid: string, userData = '') =>
  issuer.issue({ uid, tokens: ['a'], userData }, { ip, now: 1_700_000_000 })

/** The lines of a text, one char a byte, the way `verifyMany` counts them. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
}

t.test('lines of bytes are as good as strings, whatever ends them', async (t) => {
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('alice', 'bob', 'x'.repeat(300)).map((uid) => cookie(uid)) },
    fc.constantFrom('', 'nonsense', '"', '\r', cookie('late').slice(0, 60), `${cookie('caf')}\u00e9\u00ff`),
  )
  fc.assert(
    fc.property(
      fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\n\n', '\r\r\n')), { maxLength: 60 }),
      line,
      (list, rest) => {
        const text = list.map((pair) => pair.join('')).join('') + rest
        const lines = linesOf(text)
        const wanted = lines.map((value) => verifier.verify(value, { ip }))
        const batch = verifier.verifyMany(Buffer.from(text, 'latin1'), { ip })
        t.equal(batch.size, lines.length)
        t.same(
          lines.map((_, i) => batch.result(i)),
          wanted,
        )
      },
    ),
    { numRuns: 100 },
  )
})

t.test('more than the module has room for, in lines and in strings', async (t) => {
  const values = Array.from({ length: 3000 }, (_, i) => {
    if (i % 7 === 0) return 'malformed'.repeat(i % 50)
    if (i === 1000) return cookie('long', 'd'.repeat(5900))
    return cookie(`user${i}`, 'd'.repeat(i % 900))
  })
  const wanted = values.map((value) => verifier.verify(value, { ip }))
  const accepted = wanted.filter(({ ok }) => ok).length
  for (const given of [values, Buffer.from(values.join('\n'))]) {
    const batch = verifier.verifyMany(given, { ip })
    t.same([batch.size, batch.accepted], [3000, accepted])
    t.same(
      values.map((_, i) => batch.result(i)),
      wanted,
    )
    const refused = wanted.flatMap((one) => (one.ok ? [] : [one.reason]))
    t.same(batch.counts(), {
      ok: accepted,
      absent: refused.filter((reason) => reason === 'absent').length,
      malformed: refused.filter((reason) => reason === 'malformed').length,
    })
  }
})

t.test('a line longer than all room is one refused ticket, and those beside it are what they are', async (t) => {
  const good = cookie('alice')
  for (const [size, begins, reason] of [
    [70_000, 'M', 'too-long'],
    [70_000, 'x', 'malformed'],
    [65_536, 'M', 'too-long'],
    [65_537, 'M', 'too-long'],
    [200_000, 'M', 'too-long'],
    [8193, 'M', 'too-long'],
    [8192, 'M', 'malformed'],
  ] as const) {
    const long = begins + 'A'.repeat(size - 1)
    for (const text of [`${good}\n${long}\n${good}\n`, `${long}\n${good}`, `${good}\n${long}`]) {
      const batch = verifier.verifyMany(Buffer.from(text), { ip })
      const found = linesOf(text).map((_, i) => batch.reason(i) ?? 'ok')
      t.same(
        found,
        linesOf(text).map((line) => (line === good ? 'ok' : reason)),
        `${size} ${begins}`,
      )
    }
  }
})

t.test('strings that only half fit wait for the next call of the module', async (t) => {
  const big = cookie('big', 'd'.repeat(6000))
  const values = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? big : cookie(`u${i}`)))
  t.equal(verifier.verifyMany(values, { ip }).accepted, 40)
})

t.test('each line its own address', async (t) => {
  const lines = Buffer.from(`${cookie('a')}\n${cookie('b')}\n\n`)
  const batch = verifier.verifyMany(lines, { ips: [ip, '10.0.0.1', undefined] })
  t.same([batch.ok(0), batch.reason(1), batch.reason(2)], [true, 'digest', 'absent'])
  for (const ips of [[ip], [ip, ip], [ip, ip, ip, ip]]) {
    t.throws(() => verifier.verifyMany(lines, { ips }), { code: 'ERR_TKT_OPTIONS', message: /3 tickets/ })
  }
})

t.test('nothing at all', async (t) => {
  for (const none of [[], new Uint8Array(0)]) {
    const batch = verifier.verifyMany(none, { ip })
    t.same([batch.size, batch.accepted, batch.counts()], [0, 0, {}])
  }
})

t.test('without Buffer the same, also where a call is full of chars that UTF-8 writes in two bytes', async (t) => {
  const good = cookie('alice')
  const wide = (size: number) => 'M'.repeat(50) + '\u00e9'.repeat(size - 50)
  for (const size of [8000, 8192]) {
    const values = [good, 'M'.repeat(good.length), ...Array.from({ length: 7 }, () => wide(size)), good, wide(100)]
    const wanted = values.map((value) => verifier.verify(value, { ip }))
    const own = Object.getOwnPropertyDescriptor(globalThis, 'Buffer') as PropertyDescriptor
    const bare = createVerifier({ keys: [key] })
    try {
      Object.defineProperty(globalThis, 'Buffer', { value: undefined, configurable: true })
      bare.verifyMany([], { ip })
    } finally {
      Object.defineProperty(globalThis, 'Buffer', own)
    }
    for (let again = 0; again < 2; again++) {
      const batch = bare.verifyMany(values, { ip })
      t.same(
        values.map((_, i) => batch.result(i)),
        wanted,
      )
    }
  }
})
