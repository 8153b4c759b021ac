/** A live round with Debian's Pyramid: its tickets and its helper's cookies at ours, ours at it, spoilt ones at both. */

import t from 'tap'
import { pyramidMissing } from '../../native-fixtures/debian.mjs'
import { startPyramid } from '../../native-fixtures/issuers/python.mjs'
import { DIGEST_LENGTH } from '../../native-fixtures/mutations.mjs'
import { createRandom, randomAddress } from '../../native-fixtures/random.mjs'
import { randomIPv6, randomTextFields, randomTextSecret, randomTime } from '../../native-fixtures/random-fields.mjs'
import * as issuers from '../helpers/issuers.js'
import { cookieQuoted } from '../helpers/reference.js'

const { ROUNDS, seed, unless, wire, fieldsOf, textOf, ourReading, ourTicket, twinTicket, spoilt } = issuers
const random = createRandom(seed)

interface Ticket extends issuers.Made {
  digest: 'md5' | 'sha256' | 'sha512'
}

/** Every third one has an IPv6 client, every third none. */
function randomTicket(limits = {}): Ticket {
  return {
    dialect: 'pyramid',
    digest: random.pick(['md5', 'sha256', 'sha512', 'sha512'] as const),
    secret: randomTextSecret(random),
    ip: random.pick([() => '', () => randomAddress(random), () => randomIPv6(random)])(),
    issuedAt: randomTime(random),
    ...randomTextFields(random, { uidBangs: true, ...limits }),
  }
}

/** AuthTicket takes no empty address. */
const addressed = (made: Ticket) => ({ ...made, ip: made.ip || '0.0.0.0' })

/** What the helper remembers: a uid of a Python type, plain tokens, and no user data but the type's name. */
function randomRemembered() {
  const made = randomTicket({ ascii: true, plainTokens: true })
  const type = random.pick(['int', 'str', 'bytes'] as const)
  const uid = type === 'int' ? `${random.int(2 ** 31)}` : made.uid
  return { ...made, type, uid, userData: `userid_type:${{ int: 'int', str: 'b64unicode', bytes: 'b64str' }[type]}` }
}

t.test(`Pyramid, seed ${seed}`, unless(pyramidMissing()), async (t) => {
  const pyramid = startPyramid()
  t.teardown(pyramid.stop)

  await t.test('its tickets are read here', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = addressed(randomTicket())
      const ticket = `${await pyramid.value(wire(made))}`
      t.equal(ticket, twinTicket(made), 'the twin writes the same')
      t.strictSame(ourReading(made, cookieQuoted(ticket)), fieldsOf(made))
    }
  })

  await t.test("its helper's cookies are read here", async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = randomRemembered()
      const value = await pyramid.remember({ ...wire(made), type: made.type })
      t.strictSame(ourReading(made, value), fieldsOf(made), `${made.type} ${made.ip}`)
    }
  })

  await t.test('our tickets are read there', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = randomTicket({ uidBangs: false })
      const read = await pyramid.identify(wire(made), ourTicket(made, random.pick([undefined, 'quoted'] as const)))
      t.strictSame(textOf(read), fieldsOf(made), made.ip)
      t.equal(read?.type, 'str')
    }
  })

  await t.test('our tickets with a userid type are read there as that type', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = randomRemembered()
      // A `!` ends a uid in our issuer's fields.
      const issued = { ...made, uid: made.uid.replaceAll('!', '.') }
      const read = await pyramid.identify(wire(made), ourTicket(issued))
      t.strictSame(textOf(read), fieldsOf(issued))
      t.equal(read?.type, made.type)
    }
  })

  await t.test('spoilt tickets are refused by both', async (t) => {
    for (let i = 0; i < ROUNDS / 10; i++) {
      const made = randomTicket()
      const ticket = `${await pyramid.value(wire(addressed(made)))}`
      const refused = async (name: string, text: string, at = made) => {
        t.equal(ourReading(at, cookieQuoted(text)), undefined, `${name}: here`)
        t.equal(await pyramid.identify(wire(at), cookieQuoted(text)), undefined, `${name}: there`)
      }
      for (const [name, text] of Object.entries(spoilt(ticket, DIGEST_LENGTH[made.digest], random))) {
        await refused(name, text)
      }
      await refused('another secret', ticket, { ...made, secret: `${made.secret}x` })
      await refused('another address', ticket, {
        ...made,
        ip: made.ip === '' ? '10.0.0.1' : `${made.ip.slice(0, -1)}x`,
      })
    }
  })

  await t.test('a uid of bytes that are no UTF-8 goes both ways', async (t) => {
    for (const uid of ['\xff\xfe', 'J\xfcrgen', '\xe9?>\xff']) {
      const made = { ...randomRemembered(), secret: 'a plain secret', uid, userData: 'userid_type:b64str' }
      const value = await pyramid.remember({ ...wire(made), uid, type: 'bytes' })
      t.strictSame(ourReading(made, value, 'latin1'), fieldsOf(made), 'read here')
      const read = await pyramid.identify(wire(made), ourTicket(made, undefined, 'latin1'))
      t.match(read, { uid, type: 'bytes' }, 'read there')
    }
  })
})
