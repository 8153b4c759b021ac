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
import { createRandom } from '../../native-fixtures/random.mjs'
import { randomConfig } from '../../native-fixtures/random-config.mjs'
import { randomRequest } from '../../native-fixtures/random-request.mjs'
import { judge, shrink, tell } from '../helpers/differential.js'
import { startPair } from '../helpers/pair.js'

const SEED = 20261122
/** Put the number of a failed run into AUTHTKT_SEED to see it again; AUTHTKT_ROUNDS makes a run longer. */
const seed = Number(process.env.AUTHTKT_SEED ?? SEED)
const rounds = Number(process.env.AUTHTKT_ROUNDS ?? 24)
const REQUESTS = 110
/** One in so many comes over TLS. */
const TLS_SHARE = 8
/** Time to cut a difference down. */
const PATIENCE = 30_000
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
      const [first] = differences
      if (!first) return t.pass(`${REQUESTS} requests, nothing that was not meant`)
      t.comment(tell(await shrink(first, Date.now() + PATIENCE)))
      t.fail(`${differences.length} differences that nobody meant; seed ${seed}`)
    })
  }

  t.comment(Object.fromEntries(seen))
  if (seed !== SEED || process.env.AUTHTKT_ROUNDS) return
  t.ok(asked >= 2000, `${asked} requests`)
  for (const { id } of DELIBERATE) t.ok(seen.has(id), `${id} still is a difference`)
})
