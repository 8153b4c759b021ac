import { createHash } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { createEngine, type HostDigest } from '../../src/engine/engine.js'
import { createIssuer } from '../../src/ticket/issue.js'
import { createVerifier, verifierOn } from '../../src/ticket/verify.js'
import type { Key } from '../../src/types.js'
import { ENGINES } from '../helpers/engines.js'

const ip = '192.0.2.7'
const now = 1_700_000_000
const keys: Key[] = [
  { secret: 'first', digest: 'sha256' },
  { secret: `second${'x'.repeat(100)}`, digest: 'sha256' },
  { secret: 'third', digest: 'sha256', dialect: 'lighttpd', strict: { alice: ['a'], bob: [] } },
]

/** A host that digests all, and what it was given. */
function host(): HostDigest & { readonly lengths: number[] } {
  const lengths: number[] = []
  return {
    from: 0,
    lengths,
    sha256(message) {
      lengths.push(message.length)
      return createHash('sha256').update(message).digest()
    },
  }
}

for (const [build, module] of ENGINES) {
  t.test(`with a host's digest every verdict is the same (${build})`, async (t) => {
    const plain = verifierOn(createEngine(module), { keys, hostDigest: false })
    const engine = createEngine(module)
    const hosted = verifierOn(engine, { keys, hostDigest: false })
    const helper = host()
    engine.useHostDigest(helper)
    const memory = Buffer.from(engine.fields.buffer)
    let accepted = 0
    fc.assert(
      fc.property(
        fc.nat(3),
        fc.constantFrom('base64', 'raw', 'percent', 'quoted'),
        fc.string({ unit: fc.constantFrom(...'dD!'), maxLength: 5000 }),
        fc.constantFrom('none', 'none', 'digit', 'cut', 'nul', 'address'),
        (maker, encoding, userData, harm) => {
          const key = keys[maker] ?? { secret: 'nobody', digest: 'sha256' as const }
          const issuer = createIssuer({ keys: [key], selfTest: false })
          const fields = { uid: 'alice', tokens: ['a'], userData: key.strict ? 'd' : userData }
          let value = issuer.issue(fields, { ip, now, encoding: encoding as 'raw' })
          if (harm === 'digit') value = (value[0] === '0' ? '1' : '0') + value.slice(1)
          if (harm === 'cut') value = value.slice(0, value.length >> 1)
          if (harm === 'nul') value += '\0'
          const context = { ip: harm === 'address' ? '10.0.0.1' : ip }
          const [one, other] = [plain.verify(value, context), hosted.verify(value, context)]
          if (one.ok) accepted++
          // Nothing of the ticket is left, in whichever way it was looked at.
          if (userData.length > 20 && memory.includes(userData.slice(0, 20), 0, 'latin1')) return false
          return JSON.stringify(one) === JSON.stringify(other)
        },
      ),
      { numRuns: 150 },
    )
    t.ok(accepted > 20, `${accepted} good tickets among them`)
    t.ok(helper.lengths.length > 100)
  })
}

t.test('only long tickets, and only where all keys are plain SHA-256', async (t) => {
  const long = createIssuer({ keys }).issue({ uid: 'u', userData: 'd'.repeat(3000) }, { ip, now })
  const short = createIssuer({ keys }).issue({ uid: 'u' }, { ip, now })
  for (const [ring, used] of [
    [keys, true],
    [[...keys, { secret: 'x', digest: 'md5' }], false],
    [[...keys, { secret: 'x', digest: 'sha256', dialect: 'paste' }], false],
  ] as const) {
    const engine = createEngine()
    const verifier = verifierOn(engine, { keys: ring, hostDigest: false })
    const helper = { ...host(), from: 1000 }
    engine.useHostDigest(helper)
    t.equal(verifier.verify(short, { ip }).ok, true)
    t.equal(helper.lengths.length, 0)
    t.equal(verifier.verify(long, { ip }).ok, true)
    t.equal(helper.lengths.length > 0, used)
  }
})

t.test('tickets of every length up to the longest, with what this runtime has', async (t) => {
  const [first] = keys as [Key]
  const issuer = createIssuer({ keys: [first] })
  const [verifier, without] = [createVerifier({ keys: [first] }), createVerifier({ keys: [first], hostDigest: false })]
  for (let length = 0; length < 6000; length += 97) {
    const value = issuer.issue({ uid: 'alice', userData: 'd'.repeat(length) }, { ip, now })
    const forged = value.slice(0, 20) + (value[20] === 'M' ? 'N' : 'M') + value.slice(21)
    for (const one of [verifier, without]) {
      const found = one.verify(value, { ip })
      t.equal(found.ok && found.ticket.userData.length, length)
      t.equal(one.verify(forged, { ip }).ok, false)
    }
  }
})

t.test('a host that fails leaves nothing behind', async (t) => {
  const [first] = keys as [Key]
  const engine = createEngine()
  const verifier = verifierOn(engine, { keys: [first], hostDigest: false })
  engine.useHostDigest({
    from: 0,
    sha256() {
      throw new Error('no')
    },
  })
  const value = createIssuer({ keys: [first] }).issue({ uid: 'Zq1Zq2Zq3', userData: 'Yd1Yd2' }, { ip, now })
  t.throws(() => verifier.verify(value, { ip }), { message: 'no' })
  const memory = Buffer.from(engine.fields.buffer)
  for (const text of ['Zq1Zq2', 'Yd1Yd2', value.slice(0, 12)]) t.notOk(memory.includes(text))
  // In the ring, and nowhere else.
  t.equal(memory.indexOf('first'), memory.lastIndexOf('first'))
})
