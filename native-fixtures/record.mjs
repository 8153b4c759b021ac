/**
 * `npm run record`: has the real Perl issuer make tickets, shows them (whole and spoilt) and the recorded ones of other
 * issuers to the real Apache, and writes what it answered to live/. All but versions and date is the same on every run.
 */
import { startApache } from './apache.mjs'
import { ask } from './ask.mjs'
import { misplacedCases, spoiltCases, wholeCases } from './cases.mjs'
import { installMissing, versions } from './debian.mjs'
import { startPerlIssuer } from './perl-issuer.mjs'
import { createRandom, randomSecret } from './random.mjs'
import { today, writeRecording } from './recording.mjs'
import { replay } from './replay.mjs'

/** @import { Apache } from './apache.mjs' */
/** @import { Case, Key, Tools } from './cases.mjs' */

const SETTINGS = 'AuthType None, Require valid-user, TKTAuthTimeout 0 (for ever), a TKTAuthLoginURL: 307 means refused'
const SEED = 20231114
const BLOCKS = /** @type {const} */ ([
  ['md5', 64],
  ['sha256', 64],
  ['sha512', 128],
])
/** The place in `secretLengths` of the secret that the bad tickets meet; one is enough. */
const USUAL = 1
/** Secret lengths: tiny, usual, round the block size, far beyond it. @param {number} block */
const secretLengths = (block) => [1, 16, block - 1, block, block + 1, 300]

/** @param {Tools} tools @param {Key} key @param {number} turn */
async function observeAll(tools, key, turn) {
  const cases = await wholeCases(tools, key, turn)
  if (turn === USUAL) cases.push(...(await spoiltCases(tools, key)), ...(await misplacedCases(tools, key)))
  const apache = await startApache(key)
  try {
    const vectors = []
    for (const [i, each] of cases.entries())
      vectors.push(await observe(apache, each, `apache/${key.digest}/${turn}/${i}`))
    return vectors
  } finally {
    await apache.stop()
  }
}

/** @param {Apache} apache @param {Case} each @param {string} id */
async function observe(apache, { ticket, cookie, note }, id) {
  const { digest, secret, ip, issuedAt, uid, tokens, userData } = ticket
  const { status, identity } = await ask(apache, cookie, { ip })
  const made = { digest, secret, ip, issuedAt, uid, tokens, userData, cookie }
  return { id, dialect: 'apache', ...(note && { note }), ...made, expect: { status, ...identity } }
}

async function record() {
  installMissing()
  const tools = { perl: startPerlIssuer(), random: createRandom(SEED) }
  const vectors = []
  try {
    for (const [digest, block] of BLOCKS) {
      for (const [turn, length] of secretLengths(block).entries()) {
        const secret = randomSecret(tools.random, length)
        vectors.push(...(await observeAll(tools, { digest, secret }, turn)))
      }
    }
  } finally {
    await tools.perl.stop()
  }
  return vectors
}

/** @param {readonly { expect: { status: number } }[]} vectors */
function answersOf(vectors) {
  /** @param {number} status */
  const count = (status) => vectors.filter(({ expect }) => expect.status === status).length
  return { 200: count(200), 307: count(307), other: vectors.length - count(200) - count(307) }
}

/** @param {string} name @param {object} meta @param {readonly { expect: { status: number } }[]} vectors */
async function write(name, meta, vectors) {
  const answers = answersOf(vectors)
  await writeRecording(name, { ...meta, recorded: today(), packages: versions(), settings: SETTINGS, answers }, vectors)
  console.log(answers)
}

await write(
  'vectors',
  { what: 'Tickets made by Apache::AuthTkt, whole and spoilt, and what Apache answered.', seed: SEED },
  await record(),
)
for (const name of /** @type {const} */ (['issuers', 'dialects'])) {
  const what = `The tickets of recorded/${name}.json (row: place in that file) and what Apache answered to them.`
  await write(name, { what }, await replay(name))
}
