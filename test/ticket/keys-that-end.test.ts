import t from 'tap'
import { createIssuer, createVerifier, type Key } from '../../src/index.js'

const now = 1700000000
const ip = '192.0.2.7'
const current: Key = { secret: 'the current secret of this ring', digest: 'sha256' }
const retiring: Key = { secret: 'the retiring secret of this ring', digest: 'md5', acceptUntil: now + 100 }
const issue = (key: Key) => createIssuer({ keys: [key] }).issue({ uid: 'alice' }, { ip, now })

t.test('a key is good up to its last second, and its tickets are as wrong as any afterwards', async (t) => {
  const verifier = createVerifier({ keys: [current, retiring] })
  const value = issue(retiring)
  t.match(verifier.verify(value, { ip, now: now + 100 }), { ok: true, keyIndex: 1 })
  t.same(verifier.verify(value, { ip, now: now + 101 }), { ok: false, reason: 'digest' })
  t.match(verifier.verify(issue(current), { ip, now: now + 101 }), { ok: true, keyIndex: 0 }, 'the others stay')
  t.match(createVerifier({ keys: [retiring], lazyTicket: true }).verify(value, { ip, now: now + 101 }), { ok: false })
  t.same(createVerifier({ keys: [retiring], timeout: 10 }).verify(value, { ip, now: now + 101 }), {
    ok: false,
    reason: 'digest',
  })
})

t.test('with such a key verify needs the time', async (t) => {
  const verifier = createVerifier({ keys: [current, retiring] })
  for (const bad of [undefined, -1, 1.5, Number.NaN, 2 ** 32]) {
    t.throws(() => verifier.verify(issue(current), { ip, now: bad }), {
      code: 'ERR_TKT_OPTIONS',
      message: /verify: now/,
    })
  }
  t.match(createVerifier({ keys: [current] }).verify(issue(current), { ip }), { ok: true }, 'without one it does not')
})

t.test('an end is unix time in whole seconds', async (t) => {
  for (const acceptUntil of [-1, 1.5, 2 ** 32, '2024-01-01', null, Number.NaN, Number.POSITIVE_INFINITY]) {
    const keys = [current, { ...current, acceptUntil } as Key]
    t.throws(() => createVerifier({ keys }), {
      code: 'ERR_TKT_OPTIONS',
      message: /keys\[1\]\.acceptUntil must be unix time/,
    })
  }
  t.doesNotThrow(() =>
    createVerifier({
      keys: [
        { ...current, acceptUntil: 0 },
        { ...current, acceptUntil: undefined },
      ],
    }),
  )
})
