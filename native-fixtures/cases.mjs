/** The cookies that record.mjs shows to the server: whole tickets, spoilt ones, and ones in the wrong place. */
import { ENCODINGS, encode } from './encode.mjs'
import { COOKIE_MUTATIONS, DIGEST_LENGTH, TICKET_MUTATIONS } from './mutations.mjs'
import { randomFields } from './random.mjs'

/** @import { PerlIssuer, PerlRequest } from './perl-issuer.mjs' */
/** @import { Random } from './random.mjs' */

/** @typedef {Omit<PerlRequest, 'form'>} Ticket what a ticket was made of; `ip` is the client's address as well */
/** @typedef {Pick<Ticket, 'digest' | 'secret'>} Key the server's */
/** @typedef {{ ticket: Ticket, cookie: string, note?: string }} Case */
/** @typedef {{ perl: PerlIssuer, random: Random }} Tools */

const ADDRESSES = ['127.0.0.1', '192.0.2.10', '255.255.255.254', '10.0.0.1']
/** Both ends of the range, leading zeros, letters. */
const TIMES = [1700000000, 1, 0xffffffff, 0x0abcdef0, 0x65abcdef]
const FIELDS = [
  { uid: 'alice', tokens: '', userData: '' },
  { uid: 'bob', tokens: 'admin,staff', userData: '' },
  { uid: 'carol', tokens: '', userData: 'some data' },
  { uid: 'erin', tokens: 'a', userData: 'one!two!!three!' },
  { uid: 'J\xfcrgen', tokens: 't\xe9l\xe9', userData: '\xff\x80 data' },
  { uid: 'al ice@example.org', tokens: 'x,y,z', userData: 'a=1&b=%21 c+d, e' },
]
/** Sets of random fields after those. */
const RANDOM_SETS = 3
/** What the bad tickets are made from; its timestamp has letters. */
const MODEL = { ip: '192.0.2.10', issuedAt: 0x65abcdef, uid: 'alice', tokens: 'admin,staff', userData: 'some data' }

/** @param {PerlIssuer} perl @param {Ticket} ticket @param {PerlRequest['form']} [form] */
async function issue(perl, ticket, form = 'raw') {
  const text = await perl.issue({ ...ticket, form })
  if (text === undefined) throw new Error('the Perl issuer refused')
  return text
}

/**
 * Good tickets. `turn` shifts addresses, times and encodings against the fields, so that they meet in many ways.
 * @param {Tools} tools @param {Key} key @param {number} turn @returns {Promise<Case[]>}
 */
export async function wholeCases({ perl, random }, key, turn) {
  const cases = []
  for (let at = turn; at < turn + FIELDS.length + RANDOM_SETS; at++) {
    const encoding = ENCODINGS[at % ENCODINGS.length]
    const fields = FIELDS[at - turn] ?? fromRandom(random, encoding === 'raw')
    const ticket = { ...key, ...fields, ip: ADDRESSES[at % ADDRESSES.length], issuedAt: TIMES[at % TIMES.length] }
    // Perl knows two of the three forms.
    const percent = encoding === 'percent'
    const cookie = percent ? encode(await issue(perl, ticket), encoding) : await issue(perl, ticket, encoding)
    cases.push({ ticket, cookie })
  }
  return cases
}

/** @param {Random} random @param {boolean} raw */
function fromRandom(random, raw) {
  const { uid, tokens, userData } = randomFields(random, { raw })
  return { uid, tokens: tokens.join(','), userData }
}

/** One ticket, spoilt in every way. @param {Tools} tools @param {Key} key @returns {Promise<Case[]>} */
export async function spoiltCases({ perl, random }, key) {
  const ticket = { ...key, ...MODEL }
  const good = await issue(perl, ticket)
  const digestLength = DIGEST_LENGTH[key.digest]
  return [
    ...Object.entries(TICKET_MUTATIONS).map(([note, mutate]) => {
      return { note, ticket, cookie: encode(mutate(good, random, digestLength), 'base64') }
    }),
    ...Object.entries(COOKIE_MUTATIONS).map(([note, mutate]) => {
      return { note, ticket, cookie: mutate(encode(good, 'base64'), random, digestLength) }
    }),
  ]
}

/** Sound text, but not for this server, client or layout. @param {Tools} tools @param {Key} key @returns {Promise<Case[]>} */
export async function misplacedCases({ perl }, key) {
  const ticket = { ...key, ...MODEL }
  const good = await issue(perl, ticket)
  const made = async (/** @type {string} */ note, /** @type {Partial<Ticket>} */ part) => {
    return { note, ticket: { ...ticket, ...part }, cookie: await issue(perl, { ...ticket, ...part }, 'base64') }
  }
  const signedAs = (/** @type {Partial<Key>} */ part) => issue(perl, { ...ticket, ...part }, 'base64')
  return [
    { note: 'another secret', ticket, cookie: await signedAs({ secret: `${key.secret}x` }) },
    { note: 'another digest', ticket, cookie: await signedAs({ digest: key.digest === 'md5' ? 'sha256' : 'md5' }) },
    { note: "another client's address", ticket: { ...ticket, ip: '192.0.2.11' }, cookie: good },
    { note: 'percent-escaped, with a tail after %00', ticket, cookie: `${encode(good, 'percent')}%00tail` },
    { note: 'an empty value', ticket, cookie: '' },
    await made("the address that is the module's error value", { ip: '255.255.255.255' }),
    await made('the address of tickets without one', { ip: '0.0.0.0' }),
    await made('an empty uid', { uid: '' }),
    await made('no tokens, and a `!` in the data', { tokens: '', userData: 'a!b' }),
    await made('tokens `0`, which Perl signs but leaves out', { tokens: '0' }),
  ]
}
