/**
 * The same generated requests to the real Apache and to us, on the same generated configurations: all that differs is
 * in native-fixtures/deliberate.mjs, and all that is there is seen.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { makeCertificate } from '../../native-fixtures/apache-site.mjs'
import { apacheMissing, fakeTimeMissing } from '../../native-fixtures/debian.mjs'
import { DELIBERATE } from '../../native-fixtures/deliberate.mjs'
import { FRAMINGS } from '../../native-fixtures/framing.mjs'
import { createRandom } from '../../native-fixtures/random.mjs'
import { randomConfig } from '../../native-fixtures/random-config.mjs'
import { randomRequest } from '../../native-fixtures/random-request.mjs'
import { judge, kindOf, shrink, tell } from '../helpers/differential.js'
import { startPair } from '../helpers/pair.js'

const SEED = 3000
/** Put the number of a failed run into AUTHTKT_SEED to see it again; AUTHTKT_ROUNDS makes a run longer. */
const seed = Number(process.env.AUTHTKT_SEED ?? SEED)
const rounds = Number(process.env.AUTHTKT_ROUNDS ?? 24)
const REQUESTS = 110
/** One in so many comes over TLS. */
const TLS_SHARE = 8
/** Differences are cut down for so long; later ones are shown as they are. */
const PATIENCE = 60_000
/** The machine's own clock, and ones that stand: in 2001, in 2033 and behind 2^31; round the steps of the deletion's date. */
const CLOCKS = [undefined, 1000003599, 2000003600, undefined, 1000003600, 2200000000]

const missing = apacheMissing() ?? fakeTimeMissing()
const nowSeconds = () => Math.floor(Date.now() / 1000)

t.test(`the real Apache and we, seed ${seed}`, { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const made = makeCertificate(folder)
  const certificate = typeof made === 'string' ? undefined : made
  if (typeof made === 'string') t.comment(`nothing over TLS: ${made}`)
  const seen = new Map<string, number>()
  const patienceEnds = Date.now() + PATIENCE
  let asked = 0

  for (let i = 0; i < rounds; i++) {
    const random = createRandom(seed + i)
    const { nodes, hosts } = randomConfig(random, certificate !== undefined)
    const clock = CLOCKS[i % CLOCKS.length]
    const round = { nodes, clock, certificate, anyProxy: i % 2 === 0 }
    await t.test(`configuration ${i}, clock ${clock ?? 'real'}`, async (t) => {
      const pair = await startPair(nodes, round)
      const differences = []
      try {
        for (let n = 0; n < REQUESTS; n++) {
          const tls = certificate !== undefined && n % TLS_SHARE === TLS_SHARE - 1
          const request = randomRequest(random, { nodes, hosts }, clock ?? nowSeconds(), tls)
          const { found, ids } = judge(round, request, await pair.ask(request))
          differences.push(...found)
          for (const id of ids) seen.set(id, (seen.get(id) ?? 0) + 1)
          asked++
        }
      } finally {
        await pair.stop()
      }
      const kinds = new Map(differences.map((each) => [kindOf(each), each]))
      for (const each of kinds.values()) t.comment(tell(await shrink(each, patienceEnds)))
      t.equal(differences.length, 0, `${REQUESTS} requests, nothing that nobody meant; seed ${seed}`)
    })
  }

  t.comment(Object.fromEntries(seen))
  if (seed !== SEED || process.env.AUTHTKT_ROUNDS) return
  t.ok(asked >= 2000, `${asked} requests`)
  for (const { id } of DELIBERATE) t.ok(seen.has(id), `${id} still is a difference`)
})

t.test('framing that not everybody takes', { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
  const lines = ['AuthType None', 'Require valid-user', 'TKTAuthLoginURL http://login.invalid/']
  const children = lines.map((line) => ({ line }))
  const nodes = [{ line: 'TKTAuthSecret "any secret"' }, { open: 'Location "/a"', children }]
  const pair = await startPair(nodes, { anyProxy: false })
  t.teardown(pair.stop)
  for (const { id, bytes, apache, node } of FRAMINGS) {
    t.strictSame(await pair.send(bytes), { apache, adapter: node }, id)
  }
})
