/** The list of conformance.ts on every server. */

import t from 'tap'
import { ask, seenIn } from './client.js'
import { CASES } from './conformance.js'
import { SERVERS, start } from './servers.js'
import { siteGuard } from './site.js'

const guard = siteGuard()

for (const name of Object.keys(SERVERS)) {
  t.test(name, async (t) => {
    const site = await start(t, name, guard)
    for (const one of CASES) {
      const ran = site.log.runs.length
      const answer = await ask(site.port, one.path, one.asking)
      t.equal(answer.status, one.status, one.name)
      for (const [header, expected] of Object.entries(one.headers ?? {})) {
        const value = answer.headers[header]
        if (expected === null) t.equal(value, undefined, `${one.name}: no ${header}`)
        else t.match(String(value), expected, `${one.name}: ${header}`)
      }
      if (one.body !== undefined) t.match(answer.body, one.body, `${one.name}: body`)
      if (one.body === '') t.equal(answer.body, '')
      if (one.saw) t.match(seenIn(answer), one.saw, `${one.name}: what the handler saw`)
      if (one.cookies)
        t.strictSame(
          answer.cookies.map((cookie) => cookie.split('=')[0]),
          one.cookies,
          `${one.name}: cookies`,
        )
      if (answer.status !== 200 && answer.status !== 404 && one.path !== '/admin/throws') {
        t.equal(site.log.runs.length, ran, `${one.name}: no handler ran`)
        t.notMatch(answer.body, /absent|malformed|digest|auth_tkt|secret/, `${one.name}: the body tells nothing`)
      }
    }
    t.equal(site.log.errors.length, 1, 'the error of the handler that fails, and no other')
  })
}
