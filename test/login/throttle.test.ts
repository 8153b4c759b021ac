/** Who has to wait before the next sign-in, and who does not. */

import t from 'tap'
import { createThrottle, type SignIn, type Throttle, type ThrottleOptions } from '../../src/login/throttle.js'
import type { Attempt } from '../../src/state/attempts.js'
import { createMemoryAttempts } from '../../src/state/memory-attempts.js'

const NOW = 1_700_000_000
const throttleOf = (options: Partial<ThrottleOptions> = {}) =>
  createThrottle({ attempts: createMemoryAttempts(), ...options })

/** 0 where the attempt goes on (and fails). */
async function fail(throttle: Throttle, who: SignIn, now = NOW): Promise<number> {
  const admission = await throttle.begin(who, now)
  return admission.ok ? 0 : admission.wait
}

async function failOften(throttle: Throttle, times: number, whoIs: (i: number) => SignIn, now = NOW): Promise<number> {
  let passed = 0
  for (let i = 0; i < times; i++) if ((await fail(throttle, whoIs(i), now)) === 0) passed++
  return passed
}

async function succeed(throttle: Throttle, who: SignIn, now = NOW): Promise<void> {
  const admission = await throttle.begin(who, now)
  if (!admission.ok) throw new Error(`has to wait for ${admission.wait} s`)
  await admission.succeed()
  // Said twice, it counts once.
  await admission.succeed()
}

const address = (i: number) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`

t.test('one account, guessed from everywhere: 24 guesses in 15 minutes', async (t) => {
  const throttle = throttleOf()
  let [passed, i] = [0, 0]
  for (let second = 0; second < 900; second++) {
    while ((await fail(throttle, { uid: 'alice', ip: address(i++) }, NOW + second)) === 0) passed++
  }
  t.equal(passed, 24)
})

t.test('many accounts, guessed from one address: 29 guesses in 15 minutes', async (t) => {
  const throttle = throttleOf()
  let [passed, i] = [0, 0]
  for (let second = 0; second < 900; second++) {
    while ((await fail(throttle, { uid: `user ${i++}`, ip: '192.0.2.7' }, NOW + second)) === 0) passed++
  }
  t.equal(passed, 29)
})

t.test('an owner with a known browser is not locked out', async (t) => {
  const throttle = throttleOf()
  const owner = { uid: 'alice', ip: '192.0.2.7', device: 'd1' }
  t.equal(await failOften(throttle, 1000, (i) => ({ uid: 'alice', ip: address(i) })), 5, 'the account waits')
  t.equal(await failOften(throttle, 1000, (i) => ({ uid: `user ${i}`, ip: '192.0.2.7' })), 20, 'the address waits')
  t.equal(await fail(throttle, { uid: 'alice', ip: '192.0.2.7' }), 1)
  t.equal(await failOften(throttle, 10, () => owner), 10, 'the owner may even mistype')
  t.equal(await fail(throttle, owner), 1)
  t.equal(await fail(throttle, { ...owner, device: 'd2' }), 0, 'another browser of hers has its own count')
  t.equal(await fail(throttle, { ...owner, uid: 'bob' }), 0, 'and so has another account in it')
})

t.test('failing in a known browser costs nobody else anything', async (t) => {
  const throttle = throttleOf()
  await failOften(throttle, 100, () => ({ uid: 'alice', ip: '192.0.2.7', device: 'd1' }))
  t.equal(await failOften(throttle, 100, () => ({ uid: 'alice', ip: '192.0.2.7' })), 5)
  t.equal(await failOften(throttle, 100, (i) => ({ uid: `user ${i}`, ip: '192.0.2.7' })), 15)
})

t.test('a good sign-in forgets the account, and leaves the address as it was', async (t) => {
  const throttle = throttleOf()
  const alice = { uid: 'alice', ip: '192.0.2.7' }
  await failOften(throttle, 4, () => alice)
  await succeed(throttle, alice)
  t.equal(await failOften(throttle, 100, () => ({ ...alice, ip: '192.0.2.8' })), 5)
  t.equal(await failOften(throttle, 100, (i) => ({ uid: `user ${i}`, ip: '192.0.2.7' })), 16)
})

t.test("a good sign-in in a known browser forgets the account's count and its own", async (t) => {
  const throttle = throttleOf()
  const owner = { uid: 'alice', ip: '192.0.2.7', device: 'd1' }
  await failOften(throttle, 100, () => ({ uid: 'alice', ip: '192.0.2.7' }))
  await failOften(throttle, 9, () => owner)
  await succeed(throttle, owner)
  t.equal(await failOften(throttle, 100, () => owner), 10)
  t.equal(await failOften(throttle, 100, () => ({ uid: 'alice', ip: '192.0.2.8' })), 5)
  t.equal(await failOften(throttle, 100, (i) => ({ uid: `user ${i}`, ip: '192.0.2.7' })), 15, 'five are counted')
})

t.test("an account of one's own buys no guesses", async (t) => {
  const throttle = throttleOf()
  let passed = 0
  for (let i = 0; i < 1000; i++) {
    const own = await throttle.begin({ uid: 'mallory', ip: '192.0.2.7' }, NOW)
    if (own.ok) await own.succeed()
    passed += await failOften(throttle, 1, () => ({ uid: `user ${i}`, ip: '192.0.2.7' }))
  }
  t.equal(passed, 20)
})

const SAME_ADDRESS: readonly (readonly [one: string | undefined, other: string | undefined, same: boolean])[] = [
  ['192.0.2.7', '::ffff:192.0.2.7', true],
  ['192.0.2.7', '::FFFF:c000:207', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['2001:db8:0:1::1', '2001:DB8:0:1:ffff:ffff:ffff:ffff', true],
  ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
  ['fe80::1%eth0', 'fe80::2', true],
  ['::1', '127.0.0.1', false],
  [undefined, '', true],
  [undefined, 'unix:', true],
  [undefined, '0.0.0.0', false],
]

for (const [one, other, same] of SAME_ADDRESS) {
  t.test(`${one} and ${JSON.stringify(other)} ${same ? 'are one' : 'are two'}`, async (t) => {
    const throttle = throttleOf()
    await failOften(throttle, 100, (i) => ({ uid: `user ${i}`, ip: one }))
    t.equal(await fail(throttle, { uid: 'bob', ip: other }), same ? 1 : 0)
  })
}

const SAME_NAME: readonly (readonly [one: string, other: string, same: boolean])[] = [
  ['alice', ' \tAlice\u00a0', true],
  ['alice', '\uff41lice', true],
  ['alice', 'a\u0301lice', true],
  ['alice', 'ali\u200bce', true],
  ['alice', 'ali\u00adce\u0000', true],
  ['alice smith', 'Alice  Smith', true],
  ['\u00c9mile', 'e\u0301mile', true],
  ['stra\u00dfe', 'STRASSE', true],
  ['stra\u00dfe', 'STRA\u1e9eE', true],
  ['\u03a3\u03a3', '\u03c3\u03c2', true],
  ['\u0130stanbul', 'istanbul', true],
  ['alice', 'alice2', false],
  ['\u0930\u093e\u092e', '\u0930\u092e\u093e', false],
  ['', '', true],
]

for (const [one, other, same] of SAME_NAME) {
  t.test(`${JSON.stringify(one)} and ${JSON.stringify(other)} ${same ? 'are one' : 'are two'}`, async (t) => {
    const throttle = throttleOf()
    await failOften(throttle, 100, (i) => ({ uid: one, ip: address(i) }))
    t.equal(await fail(throttle, { uid: other, ip: '192.0.2.7' }), same ? 1 : 0)
  })
}

t.test('kinds do not mix, and neither do the parts of a device', async (t) => {
  const keys = new Set<string>()
  const throttle = createThrottle({ attempts: recording((key) => keys.add(key)) })
  await fail(throttle, { uid: '10.0.0.1', ip: '10.0.0.1' })
  await fail(throttle, { uid: 'ab', ip: undefined, device: 'c' })
  await fail(throttle, { uid: 'a', ip: undefined, device: 'bc' })
  t.equal(keys.size, 4)
})

t.test('keys tell no names', async (t) => {
  const seen: string[] = []
  const throttle = createThrottle({ attempts: recording((key) => seen.push(key)) })
  await fail(throttle, { uid: 'alice', ip: '192.0.2.7' })
  await fail(throttle, { uid: 'alice', ip: '192.0.2.7', device: 'd1' })
  for (const key of seen) t.match(key, /^[\w-]{22}$/)
  t.equal(new Set(seen).size, 3)
})

/** A store that counts nothing. */
function recording(see: (key: string) => void) {
  return {
    async begin({ counted }: Attempt) {
      for (const { key } of counted) see(key)
      return 0
    },
    async succeed() {},
  }
}

t.test('the numbers can be others', async (t) => {
  const throttle = throttleOf({
    account: { free: 1 },
    address: { free: 3, longest: 2 },
    device: { free: 2, longest: 1 },
  })
  t.equal(await failOften(throttle, 100, (i) => ({ uid: 'alice', ip: address(i) })), 1)
  t.equal(await failOften(throttle, 100, (i) => ({ uid: `user ${i}`, ip: '192.0.2.7' })), 3)
  t.equal(await failOften(throttle, 100, () => ({ uid: 'alice', ip: '192.0.2.7', device: 'd1' })), 2)
})

t.test('numbers that are none are refused when it is made', async (t) => {
  const wrong: readonly [Partial<ThrottleOptions>, string][] = [
    [{ account: { free: 0 } }, 'throttle: account.free'],
    [{ account: { longest: 1.5 } }, 'throttle: account.longest'],
    [{ address: { free: -1 } }, 'throttle: address.free'],
    [{ device: { longest: Number.POSITIVE_INFINITY } }, 'throttle: device.longest'],
  ]
  for (const [options, message] of wrong) {
    t.throws(() => throttleOf(options), { code: 'ERR_TKT_OPTIONS', message: new RegExp(`^${message}: `) })
  }
})
