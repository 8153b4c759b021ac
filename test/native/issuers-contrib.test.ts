/** A live round with the issuers that mod_auth_tkt brings along: Perl's verdict on our tickets, everyone's tickets here. */

import t from 'tap'
import * as debian from '../../native-fixtures/debian.mjs'
import { startPhp, startRuby, startTcl } from '../../native-fixtures/issuers/contrib.mjs'
import { startPython2Issuer } from '../../native-fixtures/issuers/python.mjs'
import { DIGEST_LENGTH } from '../../native-fixtures/mutations.mjs'
import { startPerlIssuer } from '../../native-fixtures/perl-issuer.mjs'
import { createRandom, randomAddress } from '../../native-fixtures/random.mjs'
import { randomTextFields, randomTextSecret, randomTime } from '../../native-fixtures/random-fields.mjs'
import * as issuers from '../helpers/issuers.js'
import { base64 } from '../helpers/reference.js'

const { ROUNDS, seed, unless, wire, fieldsOf, textOf, ourReading, ourTicket, twinTicket, spoilt } = issuers
const random = createRandom(seed)

function randomTicket({
  dialect = 'apache',
  least = 1,
  ...limits
}: {
  dialect?: issuers.Made['dialect']
  least?: number
  without?: string
  asciiUid?: boolean
  ascii?: boolean
} = {}): issuers.Made & { digest: 'md5' } {
  return {
    dialect,
    digest: 'md5',
    // The secret that PHP's and Ruby's read from a file stands in quotes.
    secret: randomTextSecret(random, { without: '"' }),
    ip: randomAddress(random),
    issuedAt: randomTime(random, least),
    ...randomTextFields(random, limits),
  }
}

t.test(`Perl's Apache::AuthTkt, seed ${seed}`, unless(debian.perlMissing()), async (t) => {
  const perl = startPerlIssuer()
  t.teardown(perl.stop)

  await t.test('our tickets are read there', async (t) => {
    for (let i = 0; i < ROUNDS; i++) {
      const made = randomTicket()
      const read = await perl.validate(wire(made), ourTicket(made))
      t.strictSame(textOf(read), fieldsOf(made))
    }
  })

  await t.test('spoilt tickets are refused by both', async (t) => {
    for (let i = 0; i < ROUNDS / 10; i++) {
      const made = randomTicket()
      const ticket = `${await perl.issue({ ...wire(made), digest: 'md5', form: 'raw' })}`
      t.strictSame(ourReading(made, base64(ticket)), fieldsOf(made), 'this one is good')
      for (const [name, text] of Object.entries(spoilt(ticket, DIGEST_LENGTH.md5, random))) {
        t.equal(ourReading(made, base64(text)), undefined, `${name}: here`)
        t.equal(await perl.validate(wire(made), base64(text)), undefined, `${name}: there`)
      }
    }
  })
})

for (const encrypt of [true, false]) {
  const dialect = encrypt ? 'php-contrib' : 'apache'
  t.test(`PHP's, $ENCRYPT_COOKIE ${encrypt}, seed ${seed}`, unless(debian.phpMissing()), async (t) => {
    const php = startPhp({ encrypt })
    t.teardown(php.stop)

    await t.test('its tickets are read here', async (t) => {
      for (let i = 0; i < ROUNDS; i++) {
        const made = randomTicket({ dialect })
        t.equal(await php.issue(wire(made), 'raw'), twinTicket(made), 'the twin writes the same')
        t.strictSame(ourReading(made, await php.issue(wire(made), 'base64')), fieldsOf(made))
      }
    })

    await t.test('ours are what it writes', async (t) => {
      for (let i = 0; i < ROUNDS; i++) {
        const made = randomTicket({ dialect })
        t.equal(ourTicket(made), base64(twinTicket(made, false)), 'as the twin, which writes as PHP does')
        if (made.tokens.length > 0) t.equal(ourTicket(made), await php.issue(wire(made), 'base64'))
      }
    })

    await t.test('spoilt tickets are refused', async (t) => {
      for (let i = 0; i < ROUNDS / 10; i++) {
        const made = randomTicket({ dialect })
        const ticket = `${await php.issue(wire(made), 'raw')}`
        for (const [name, text] of Object.entries(spoilt(ticket, DIGEST_LENGTH.md5, random))) {
          t.equal(ourReading(made, base64(text)), undefined, name)
        }
      }
    })
  })
}

t.test(`Ruby's, seed ${seed}: its tickets are read here`, unless(debian.rubyMissing()), async (t) => {
  const ruby = startRuby()
  t.teardown(ruby.stop)
  for (let i = 0; i < ROUNDS; i++) {
    // Before 1978 its timestamps are too short for anyone; secrets in UTF-8 meet binary strings, and it dies.
    const secret = randomTextSecret(random, { without: '"', ascii: true })
    const made = { ...randomTicket({ least: 0x10000000 }), secret }
    const ticket = await ruby.issue(wire(made), 'bytes')
    t.equal(ticket, twinTicket(made, false), 'the twin writes the same')
    t.strictSame(ourReading(made, base64(`${ticket}`)), fieldsOf(made))
  }
  const ascii = {
    ...randomTicket({ least: 0x10000000 }),
    secret: 'a plain secret',
    uid: 'alice',
    tokens: [],
    userData: 'a!b',
  }
  t.strictSame(ourReading(ascii, await ruby.issue(wire(ascii), 'text')), fieldsOf(ascii), 'UTF-8 strings in ASCII')
  const wide = { ...ascii, uid: 'J\xfcrgen' }
  t.equal(await ruby.issue({ ...wire(wide), issuedAt: 0x6553f100 }, 'text'), undefined, 'it has none for other ones')
})

t.test(`Tcl's, seed ${seed}: its tickets are read here`, unless(debian.tclMissing()), async (t) => {
  const tcl = startTcl()
  t.teardown(tcl.stop)
  for (let i = 0; i < ROUNDS; i++) {
    const made = { ...randomTicket(), digest: 'sha256' as const, ip: '' }
    const ticket = await tcl.issue(wire(made))
    const time = DIGEST_LENGTH.sha256
    const twin = twinTicket(made, false)
    const upper = twin.slice(0, time) + twin.slice(time, time + 8).toUpperCase() + twin.slice(time + 8)
    t.equal(ticket, upper, 'the twin writes the same, but for the case of the time')
    t.strictSame(ourReading(made, base64(`${ticket}`)), fieldsOf(made))
  }
})

t.test(`Python 2's, seed ${seed}: its cookies are read here`, unless(debian.python2IssuerMissing()), async (t) => {
  const python = startPython2Issuer()
  t.teardown(python.stop)
  for (let i = 0; i < ROUNDS; i++) {
    const made = randomTicket()
    t.equal(await python.value(wire(made)), twinTicket(made), 'the twin writes the same')
    t.strictSame(ourReading(made, await python.cookie(wire(made))), fieldsOf(made), 'base64, wrapped')
  }
})
