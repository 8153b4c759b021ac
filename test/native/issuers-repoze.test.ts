/** A live round with Debian's repoze.who: its plugin's cookies at ours, our tickets at it, spoilt ones at both. */

import t from 'tap'
import { repozeMissing } from '../../native-fixtures/debian.mjs'
import { startRepoze } from '../../native-fixtures/issuers/python.mjs'
import { DIGEST_LENGTH } from '../../native-fixtures/mutations.mjs'
import { createRandom, randomAddress } from '../../native-fixtures/random.mjs'
import { randomTextFields, randomTextSecret, randomTime } from '../../native-fixtures/random-fields.mjs'
import * as issuers from '../helpers/issuers.js'
import { cookieQuoted } from '../helpers/reference.js'

const { ROUNDS, seed, unless, wire, fieldsOf, textOf, ourReading, ourTicket, twinTicket, spoilt } = issuers
const random = createRandom(seed)

/** Tokens and user data in ASCII: it signs UTF-8 and sends latin-1. Every second one has no address. */
function randomTicket(limits = {}): issuers.Made & { type: 'int' | 'str' } {
  const fields = randomTextFields(random, { uidBangs: true, ascii: true, ...limits })
  const type = random.pick(['int', 'str', 'str'] as const)
  return {
    dialect: 'repoze',
    digest: 'md5',
    secret: randomTextSecret(random),
    ip: random.pick([() => '', () => randomAddress(random)])(),
    issuedAt: randomTime(random),
    ...fields,
    type,
    ...(type === 'int' && { uid: `${random.int(2 ** 31)}`, userData: 'userid_type:int' }),
  }
}

t.test(`repoze.who, seed ${seed}`, unless(repozeMissing()), async (t) => {
  const repoze = startRepoze()
  t.teardown(repoze.stop)

  await t.test('its cookies are read here', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      // It escapes nothing inside of its quotes.
      const made = randomTicket({ without: '"\\;' })
      const value = await repoze.remember({ ...wire(made), type: made.type })
      t.equal(value, `"${twinTicket(made)}"`, 'the twin writes the same')
      t.strictSame(ourReading(made, value), fieldsOf(made))
    }
  })

  await t.test('our tickets are read there', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = randomTicket({ uidBangs: false })
      const read = await repoze.identify(wire(made), ourTicket(made, random.pick([undefined, 'quoted'] as const)))
      t.strictSame(textOf(read), fieldsOf(made))
      t.equal(read?.type, made.type)
    }
  })

  await t.test('spoilt tickets are refused by both', async (t) => {
    for (let i = 0; i < ROUNDS / 10; i++) {
      const made = randomTicket()
      const ticket = twinTicket(made)
      const refused = async (name: string, text: string, at = made) => {
        t.equal(ourReading(at, cookieQuoted(text)), undefined, `${name}: here`)
        t.equal(await repoze.identify(wire(at), cookieQuoted(text)), undefined, `${name}: there`)
      }
      for (const [name, text] of Object.entries(spoilt(ticket, DIGEST_LENGTH.md5, random))) await refused(name, text)
      await refused('another secret', ticket, { ...made, secret: `${made.secret}x` })
      await refused('another address', ticket, {
        ...made,
        ip: made.ip === '' ? '10.0.0.1' : made.ip.replace('10.', '11.'),
      })
    }
  })

  await t.test('the value that it logs out with is no ticket', async (t) => {
    const value = await repoze.forget()
    t.equal(value, '"INVALID"')
    t.equal(ourReading(randomTicket(), value), undefined)
  })
})
