/** A live round with Debian's Paste: its tickets at ours, our tickets at it, spoilt ones at both. */

import t from 'tap'
import { pasteMissing } from '../../native-fixtures/debian.mjs'
import { startPaste } from '../../native-fixtures/issuers/python.mjs'
import { DIGEST_LENGTH } from '../../native-fixtures/mutations.mjs'
import { createRandom, randomAddress } from '../../native-fixtures/random.mjs'
import { randomTextFields, randomTextSecret, randomTime } from '../../native-fixtures/random-fields.mjs'
import * as issuers from '../helpers/issuers.js'
import { base64 } from '../helpers/reference.js'

const { ROUNDS, seed, unless, utf8, wire, fieldsOf, textOf, ourReading, ourTicket, twinTicket, spoilt } = issuers
const random = createRandom(seed)

function randomTicket(limits = {}): issuers.Made & { digest: 'md5' | 'sha256' | 'sha512' } {
  return {
    dialect: 'paste',
    digest: random.pick(['md5', 'sha256', 'sha512'] as const),
    secret: randomTextSecret(random),
    ip: randomAddress(random),
    issuedAt: randomTime(random),
    ...randomTextFields(random, { uidBangs: true, ...limits }),
  }
}

t.test(`Paste, seed ${seed}`, unless(pasteMissing()), async (t) => {
  const paste = startPaste()
  t.teardown(paste.stop)

  await t.test('its tickets and cookies are read here', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = randomTicket()
      const ticket = await paste.value(wire(made))
      t.equal(ticket, twinTicket(made), 'the twin writes the same')
      t.strictSame(ourReading(made, base64(`${ticket}`)), fieldsOf(made), 'the ticket')
      t.strictSame(ourReading(made, await paste.cookie(wire(made))), fieldsOf(made), "the cookie: b'base64'")
    }
  })

  await t.test("the cookies of its middleware are read here: b'ticket'", async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      // What repr() escapes is lost on everybody.
      const made = { ...randomTicket({ ascii: true, without: '\'"\\' }), digest: 'md5' as const }
      t.strictSame(ourReading(made, await paste.middleware(wire(made))), fieldsOf(made))
    }
  })

  await t.test('our tickets are read there', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = randomTicket({ uidBangs: false })
      const encoding = random.pick([undefined, 'base64', 'quoted'] as const)
      const read = await paste.read(wire(made), ourTicket(made, encoding))
      t.strictSame(textOf(read), fieldsOf(made), `${encoding ?? 'the usual encoding'}`)
    }
  })

  await t.test('spoilt tickets are refused by both', async (t) => {
    for (let i = 0; i < ROUNDS / 10; i++) {
      const made = randomTicket()
      const ticket = `${await paste.value(wire(made))}`
      const refused = async (name: string, value: string, at = made) => {
        t.equal(ourReading(at, value), undefined, `${name}: here`)
        t.equal(await paste.read(wire(at), value), undefined, `${name}: there`)
      }
      for (const [name, text] of Object.entries(spoilt(ticket, DIGEST_LENGTH[made.digest], random))) {
        await refused(name, base64(text))
      }
      await refused('another secret', base64(ticket), { ...made, secret: `${made.secret}x` })
      await refused('another address', base64(ticket), { ...made, ip: made.ip.replace('10.', '11.') })
    }
  })

  await t.test('uids that are no UTF-8 are read here as bytes', async (t) => {
    for (const uid of ['\xe9', '\xff\xfe !', 'J\xfcrgen']) {
      const made = { ...randomTicket({ ascii: true }), secret: 'a plain secret', uid }
      const ticket = await paste.value({ ...wire(made), uid })
      t.strictSame(ourReading(made, base64(`${ticket}`), 'latin1'), fieldsOf(made))
      t.equal(await paste.read(wire(made), base64(`${ticket}`)), undefined, 'which Paste itself does not')
    }
  })

  t.equal(await paste.read(wire(randomTicket()), utf8('b')), undefined, 'no ticket at all')
})
