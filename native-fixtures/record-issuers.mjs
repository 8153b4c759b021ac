/**
 * The second half of `npm run record`: has the issuers of other dialects make tickets and writes them to live/, with what
 * is to be read in them. All but versions and date is the same on every run.
 */
import { installMissing, versions } from './debian.mjs'
import { startPhp, startRuby, startTcl } from './issuers/contrib.mjs'
import { draftsFor } from './issuers/drafts.mjs'
import { startPassport, VERSION } from './issuers/passport.mjs'
import { startPaste, startPyramid, startPython2Issuer, startRepoze } from './issuers/python.mjs'
import { createRandom } from './random.mjs'
import { today, writeRecording } from './recording.mjs'

/** @import { Wishes } from './issuers/drafts.mjs' */
/** @import { DigestDraft } from './issuers/python.mjs' */
/** @import { Random } from './random.mjs' */

/** `cookie` is what the issuer made of the rest; `note` says what is odd about it. `refused`: nobody reads it. */
/** @typedef {DigestDraft & { cookie: string | undefined, note?: string, refused?: true }} Row */
/** @typedef {{ name: string, dialect: string, what: string, packages: readonly string[], rows: (random: Random) => Promise<Row[]> }} Recording */

const SEED = 20261126
const COUNT = 30
const IPV4 = /** @type {const} */ (['none', 'IPv4'])
const CONTRIB = ['libapache2-mod-auth-tkt']
const TYPES = /** @type {const} */ ([
  ['int', 'int'],
  ['str', 'b64unicode'],
  ['bytes', 'b64str'],
])

/** Rows of one driver. @template Driver @param {Driver & { stop: () => Promise<unknown> }} driver @param {(driver: Driver) => Promise<Row[]>} rows */
async function using(driver, rows) {
  try {
    return await rows(driver)
  } finally {
    await driver.stop()
  }
}

/** @template {DigestDraft} Draft @param {readonly Draft[]} drafts @param {(draft: Draft, at: number) => Promise<string | undefined>} make @returns {Promise<(Draft & Row)[]>} */
async function rowsOf(drafts, make) {
  const rows = []
  for (const [at, draft] of drafts.entries()) rows.push({ ...draft, cookie: await make(draft, at) })
  return rows
}

/** @param {string | undefined} ticket */
const base64 = (ticket) => ticket && Buffer.from(ticket, 'latin1').toString('base64')

/** A draft that an issuer signs in a way that nobody can read. @param {Partial<DigestDraft>} part @returns {DigestDraft} */
const odd = (part) => ({
  ...{ digest: 'md5', secret: 'a secret of the odd ones', ip: '192.0.2.10', issuedAt: 1700000000 },
  ...{ uid: 'alice', tokens: '', userData: '' },
  ...part,
})

/** @param {Random} random */
const paste = (random) =>
  using(startPaste(), async (driver) => {
    /** @type {Wishes} */
    const wishes = { digests: ['md5', 'sha256', 'sha512'], addresses: ['IPv4'], limits: { uidBangs: true } }
    const cookies = await rowsOf(draftsFor(random, COUNT, wishes), driver.cookie)
    const tickets = await rowsOf(draftsFor(random, 10, wishes), async (draft) => base64(await driver.value(draft)))
    /** @type {Wishes} */
    const simple = { digests: ['md5'], addresses: ['IPv4'], limits: { ascii: true, without: '\'"\\' } }
    const middleware = await rowsOf(draftsFor(random, 10, simple), driver.middleware)
    const bare = odd({ userData: 'a!b' })
    const wide = odd({ userData: '\xc3\xa9' })
    return [
      ...cookies.map((row) => ({ ...row, note: "b'base64'" })),
      ...tickets,
      ...middleware.map((row) => ({ ...row, note: "of the middleware: b'ticket'" })),
      { ...bare, cookie: await driver.cookie(bare), refused: true, note: 'no tokens, and a `!` in the data' },
      { ...wide, cookie: await driver.middleware(wide), refused: true, note: 'of the middleware: escaped by repr()' },
    ]
  })

/** @param {Random} random */
const pyramid = (random) =>
  using(startPyramid(), async (driver) => {
    /** @type {Wishes} */
    const wishes = {
      digests: ['sha512', 'sha512', 'md5', 'sha256', 'sha1'],
      addresses: ['none', 'IPv4', 'IPv6'],
      limits: { ascii: true, plainTokens: true },
    }
    const drafts = draftsFor(random, COUNT + 10, wishes).map((draft, at) => {
      const [type, name] = /** @type {(typeof TYPES)[number]} */ (TYPES[at % TYPES.length])
      const uid = type === 'int' ? `${at * 1009}` : draft.uid
      return { ...draft, type, uid, userData: `userid_type:${name}` }
    })
    const helper = await rowsOf(drafts, driver.remember)
    const bytes = {
      ...odd({ uid: '\xff\xfe\xe9', userData: 'userid_type:b64str' }),
      type: /** @type {const} */ ('bytes'),
    }
    /** @type {Wishes} */
    const plain = { ...wishes, addresses: ['IPv4', 'IPv6'], limits: { uidBangs: true, ascii: true, without: '"\\;, ' } }
    const tickets = await rowsOf(draftsFor(random, 10, plain), driver.value)
    return [
      ...helper.map(({ type, ...row }) => ({ ...row, note: `remember(${type})` })),
      { ...odd(bytes), cookie: await driver.remember(bytes), note: 'remember(bytes), no UTF-8' },
      ...tickets.map((row) => ({ ...row, note: 'AuthTicket, raw' })),
    ]
  })

/** @param {Random} random */
const repoze = (random) =>
  using(startRepoze(), (driver) => {
    const limits = { uidBangs: true, ascii: true, without: '"\\;' }
    const drafts = draftsFor(random, COUNT, { digests: ['md5'], addresses: IPV4, limits }).map((draft, at) => {
      const int = at % 5 === 4 && { uid: `${at * 1009}`, userData: 'userid_type:int' }
      return { ...draft, ...int }
    })
    return rowsOf(drafts, (draft) => {
      const type = draft.userData === 'userid_type:int' ? 'int' : 'str'
      return driver.remember({ ...draft, type })
    })
  })

/** @param {boolean} encrypt @returns {(random: Random) => Promise<Row[]>} */
const php = (encrypt) => (random) =>
  using(startPhp({ encrypt }), async (driver) => {
    const drafts = draftsFor(random, 40, { digests: ['md5'], addresses: ['IPv4'], secretLimits: { without: '"' } })
    const rows = await rowsOf(drafts, (draft) => driver.issue(draft, 'base64'))
    const zero = odd({ tokens: '0' })
    const cookie = await driver.issue(zero, 'base64')
    return [...rows, { ...zero, cookie, refused: true, note: 'tokens `0`, which PHP signs but leaves out' }]
  })

/** @param {Random} random */
const ruby = (random) =>
  using(startRuby(), async (driver) => {
    const drafts = draftsFor(random, COUNT, {
      digests: ['md5'],
      addresses: ['IPv4'],
      secretLimits: { without: '"', ascii: true },
      least: 0x10000000,
    })
    const rows = await rowsOf(drafts, async (draft) => base64(await driver.issue(draft, 'bytes')))
    const early = odd({ issuedAt: 0x0fffffff })
    const cookie = base64(await driver.issue(early, 'bytes'))
    return [...rows, { ...early, cookie, refused: true, note: 'a time of seven digits' }]
  })

/** @param {Random} random */
const tcl = (random) =>
  using(startTcl(), (driver) => {
    const drafts = draftsFor(random, COUNT, { digests: ['sha256'], addresses: ['none'] })
    return rowsOf(drafts, async (draft) => base64(await driver.issue(draft)))
  })

/** @param {Random} random */
const python2 = (random) =>
  using(startPython2Issuer(), (driver) =>
    rowsOf(draftsFor(random, COUNT, { digests: ['md5'], addresses: ['IPv4'] }), driver.cookie),
  )

/** @param {Random} random */
const passport = (random) =>
  using(startPassport(), (driver) =>
    rowsOf(draftsFor(random, COUNT, { digests: ['md5'], addresses: IPV4 }), driver.cookie),
  )

/** @type {readonly Recording[]} */
const RECORDINGS = [
  { name: 'paste', dialect: 'paste', what: 'paste.auth.auth_tkt', packages: ['python3-paste'], rows: paste },
  { name: 'pyramid', dialect: 'pyramid', what: 'pyramid.authentication', packages: ['python3-pyramid'], rows: pyramid },
  { name: 'repoze', dialect: 'repoze', what: "repoze.who's plugin", packages: ['python3-repoze.who'], rows: repoze },
  {
    ...{ name: 'php-contrib', dialect: 'php-contrib', what: 'auth_ticket.inc.php with $ENCRYPT_COOKIE' },
    ...{ packages: [...CONTRIB, 'php-cli'], rows: php(true) },
  },
  {
    ...{ name: 'php-plain', dialect: 'apache', what: 'auth_ticket.inc.php without $ENCRYPT_COOKIE' },
    ...{ packages: [...CONTRIB, 'php-cli'], rows: php(false) },
  },
  { name: 'ruby', dialect: 'apache', what: 'auth_tkt.rb', packages: [...CONTRIB, 'ruby'], rows: ruby },
  { name: 'tcl', dialect: 'apache', what: 'auth_tkt.tcl', packages: [...CONTRIB, 'tcl', 'tcllib'], rows: tcl },
  { name: 'python2', dialect: 'apache', what: 'auth_ticket.py', packages: [...CONTRIB, 'python3'], rows: python2 },
  { name: 'passport-authtkt', dialect: 'passport-authtkt', what: `npm's ${VERSION}`, packages: [], rows: passport },
]

installMissing()
for (const { name, dialect, what, packages, rows } of RECORDINGS) {
  const made = await rows(createRandom(SEED))
  const missing = made.findIndex(({ cookie }) => cookie === undefined)
  if (missing !== -1) throw new Error(`${name}: row ${missing} was refused by the issuer`)
  const meta = {
    what: `Tickets made by ${what}.`,
    dialect,
    seed: SEED,
    recorded: today(),
    packages: versions(packages),
  }
  await writeRecording(name, meta, made)
}
