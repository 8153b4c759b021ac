/**
 * Requests written by hand, sent to Apache with mod_auth_tkt and to `authtkt serve`, both with the configuration of
 * upstream's test suite and the same clock: status, Location, Set-Cookie, the link of a redirect's page and what a let-in
 * client reads are the same bytes, but for the differences that are meant.
 */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { startSuiteApache } from '../../native-fixtures/upstream-servers.mjs'
import { prepareSuite, type Suite } from '../../native-fixtures/upstream-suite.mjs'
import { bytesOf, exchange, type WireAnswer } from '../../native-fixtures/wire.mjs'
import { type Headers, type Row, rowsFor, type Secrets, type Seen } from '../helpers/gateway-rows.js'
import { withoutChance } from '../helpers/outcome.js'
import { startOurs, suiteSource } from '../helpers/upstream.js'

const { source, skip } = await suiteSource()

function seen(answer: WireAnswer): Seen {
  const all = (name: string) => answer?.headers.flatMap(([each, value]) => (each === name ? [value] : [])) ?? []
  const status = answer?.status ?? 0
  const link = /<a href="([^"]*)">/i.exec(answer?.body ?? '')?.[1]?.replace(/&#?(\w+);/g, named) ?? ''
  const { setCookies } = withoutChance({ status, location: null, setCookies: all('set-cookie'), identity: null })
  return {
    status,
    location: all('location')[0] ?? null,
    setCookies,
    text: status === 200 ? (answer?.body ?? '') : link,
  }
}

/** Both write `&`, quotes and angle brackets of a link as entities; which of their names is all the same. */
function named(_: string, name: string): string {
  const known: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }
  return known[name] ?? String.fromCharCode(Number(name))
}

async function ask(suite: Suite, { method = 'GET', target, host, headers = [], body, site }: Row): Promise<Seen> {
  const port = suite.sites[site ?? 0]?.port ?? 0
  const asked = host ?? (site === undefined ? 'www.example.com' : `localhost.localdomain:${port}`)
  const lines: Headers = host === null ? headers : [['Host', asked], ...headers]
  const version = host === null ? '1.0' : '1.1'
  const bytes = bytesOf({ method, target, version, headers: lines, ...(body !== undefined && { body }) })
  return seen(await exchange({ host: '127.0.0.1', port }, bytes))
}

/** The secrets of the suite's configuration. */
function secretsIn(configFile: string): Secrets {
  const text = readFileSync(configFile.replace('httpd.conf', 'extra.conf'), 'latin1')
  const after = (start: RegExp) => new RegExp(`${start.source}\\s+"(.*)"$`, 'm').exec(text)?.[1] ?? ''
  return { main: after(/^TKTAuthSecret/), old: after(/^TKTAuthSecretOld/), host: after(/^\s+TKTAuthSecret/) }
}

t.test('row by row', { skip }, async (t) => {
  const suites = [await prepareSuite(source, 'md5'), await prepareSuite(source, 'md5')] as const
  t.teardown(() => Promise.all(suites.map((suite) => suite.remove())))
  const [apache, ours] = suites
  t.teardown(await startSuiteApache(apache))
  t.teardown(await startOurs(ours))
  for (const row of rowsFor(secretsIn(ours.configFile))) {
    const [theirs, own] = [await ask(apache, row), await ask(ours, row)]
    t.strictSame(own, row.meant ? row.meant.ours(theirs) : theirs, `${row.name}: ${row.meant?.row ?? own.status}`)
    if (row.meant) t.strictNotSame(own, theirs, `${row.name}: still a difference`)
  }
})
