/**
 * The same generated requests to the real Apache with mod_auth_pubtkt and to us, on the same generated configurations:
 * all that differs is in native-fixtures/deliberate-signed.mjs, and all that is there is seen.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../../native-fixtures/apache-site.mjs'
import { fakeTimeMissing, pubtktMissing } from '../../native-fixtures/debian.mjs'
import { DELIBERATE_SIGNED } from '../../native-fixtures/deliberate-signed.mjs'
import { createRandom } from '../../native-fixtures/random.mjs'
import type { RandomRequest } from '../../native-fixtures/random-request.mjs'
import { randomSignedConfig } from '../../native-fixtures/random-signed-config.mjs'
import { askedAgain, randomSignedRequest } from '../../native-fixtures/random-signed-request.mjs'
import { type Kind, makeKeyPair } from '../../native-fixtures/signing-keys.mjs'
import { type Found, judge, kindOf, type Round, shrink, tell } from '../helpers/differential.js'
import { startPair } from '../helpers/pair.js'

const SEED = 7000
/** Put the number of a failed run into AUTHTKT_SEED to see it again; AUTHTKT_ROUNDS makes a run longer. */
const seed = Number(process.env.AUTHTKT_SEED ?? SEED)
const rounds = Number(process.env.AUTHTKT_ROUNDS ?? 24)
const REQUESTS = 110
/** One in so many comes over TLS. */
const TLS_SHARE = 8
/** One in so many is the one before, by somebody else: both know its ticket by then. */
const AGAIN = 6
/** Differences are cut down for so long; later ones are shown as they are. */
const PATIENCE = 60_000
/** In 2001, in 2033 and behind 2^31: the time of a ticket has 32 bits. */
const CLOCKS = [1000003599, 2000003600, 2200000000, undefined]
const KINDS: readonly Kind[] = ['rsa', 'rsa', 'rsa1024', 'dsa', 'dsa1024']

const missing = pubtktMissing() ?? fakeTimeMissing()
const nowSeconds = () => Math.floor(Date.now() / 1000)

t.test(`the real Apache and we, seed ${seed}`, { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-signed-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const made = makeCertificate(folder)
  const certificate = typeof made === 'string' ? undefined : made
  if (typeof made === 'string') t.comment(`nothing over TLS: ${made}`)
  const pairs = KINDS.map((kind, i) => makeKeyPair(folder, kind, `${kind}-${i}`))
  const seen = new Map<string, number>()
  const statuses = new Map<number, number>()
  const patienceEnds = Date.now() + PATIENCE

  for (let i = 0; i < rounds; i++) {
    const random = createRandom(seed + i)
    const config = randomSignedConfig(random, pairs, certificate !== undefined)
    const clock = CLOCKS[i % CLOCKS.length]
    const round: Round = {
      nodes: config.nodes,
      clock,
      certificate,
      anyProxy: i % 2 === 0,
      module: 'auth_pubtkt',
      deliberate: DELIBERATE_SIGNED,
    }
    await t.test(`configuration ${i}, clock ${clock ?? 'real'}`, async (t) => {
      const pair = await startPair(round.nodes, round)
      const differences: Found[] = []
      let last: RandomRequest | undefined
      try {
        for (let n = 0; n < REQUESTS; n++) {
          const tls = certificate !== undefined && n % TLS_SHARE === TLS_SHARE - 1
          const again = last && n % AGAIN === 0 ? askedAgain(random, last) : undefined
          const request = again ?? randomSignedRequest(random, config, clock ?? nowSeconds(), tls)
          last = request
          const outcomes = await pair.ask(request)
          const { found, ids } = judge(round, request, outcomes)
          differences.push(...found)
          for (const id of ids) seen.set(id, (seen.get(id) ?? 0) + 1)
          statuses.set(outcomes.apache.status, (statuses.get(outcomes.apache.status) ?? 0) + 1)
        }
      } finally {
        await pair.stop()
      }
      const kinds = new Map(differences.map((each) => [kindOf(each), each]))
      for (const each of kinds.values()) t.comment(tell(await shrink(each, patienceEnds)))
      t.equal(differences.length, 0, `${REQUESTS} requests, nothing that nobody meant; seed ${seed}`)
    })
  }

  t.comment({ meant: Object.fromEntries(seen), statuses: Object.fromEntries(statuses) })
  if (seed !== SEED || process.env.AUTHTKT_ROUNDS) return
  t.ok((statuses.get(200) ?? 0) >= 400, `${statuses.get(200)} were let in`)
  t.ok((statuses.get(307) ?? 0) >= 400, `${statuses.get(307)} were sent away`)
  for (const { id } of DELIBERATE_SIGNED) t.ok(seen.has(id), `${id} still is a difference`)
})
