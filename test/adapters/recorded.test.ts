/** What the real mod_auth_tkt was sent and answered, over sockets: each request with the clock of its recording. */

import { createServer } from 'node:http'
import t from 'tap'
import { protect } from '../../src/adapters/node.js'
import { createGuard } from '../../src/policy/guard.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { directive, directives, type Exchange, ringOf, vectorsOf } from '../helpers/recorded.js'
import { raw, statusOf } from './client.js'
import { listen } from './servers.js'

/** Rows that need nothing but these: the policy's own tests have the rest. */
const SIMPLE =
  /^(?:AuthType None|Require valid-user|TKTAuth(?:LoginURL|Timeout|TimeoutRefresh|IgnoreIP|CookieName) \S+)$/

/** Rows that are answered in another way on purpose. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'tkt/back-query-8bit': "Node's parser takes no 8-bit bytes in a target",
  'tkt/bad-x30000': "Node's limit of 16 KiB on a head",
  'tkt/back-absuri': 'two names for one host',
  'tkt/back-path-crlf': 'A13',
  'tkt/bad-ts-nonhex': 'A6',
  'tkt/future-ffffffff': 'A17',
  'tkt/future-t60-ffffffff': 'A17',
}

interface Recorded extends Exchange {
  readonly request: Exchange['request'] & {
    readonly method: string
    readonly version: string
    readonly host: string | null
    readonly headers: readonly (readonly [string, string])[]
    readonly body: string
  }
  readonly response: Exchange['response'] & { readonly location: string | null; readonly set_cookie: readonly string[] }
}

function guardFor(row: Recorded): GuardOptions {
  const loginUrl = directive(row, 'TKTAuthLoginURL')
  const timeout = directive(row, 'TKTAuthTimeout')
  const refresh = directive(row, 'TKTAuthTimeoutRefresh')
  const cookieName = directive(row, 'TKTAuthCookieName')
  return {
    compat: 'exact',
    keys: ringOf(row, 'apache') as GuardOptions['keys'],
    areas: [{ path: '/' }],
    trustedProxies: 'any',
    ignoreIp: directive(row, 'TKTAuthIgnoreIP') === 'on',
    ...(loginUrl ? { loginUrl } : {}),
    ...(timeout ? { timeout: Number(timeout) } : {}),
    ...(refresh ? { timeoutRefresh: Number(refresh) } : {}),
    ...(cookieName ? { cookieName } : {}),
  }
}

const rows = vectorsOf<Recorded>('recorded/mod_auth_tkt').filter(
  (row) =>
    row.secret &&
    !row.tls &&
    directives(row).every((line) => SIMPLE.test(line)) &&
    directives(row).includes('Require valid-user') &&
    [200, 307].includes(row.response.status) &&
    row.request.host !== null &&
    row.client_ip.includes('.') &&
    // A2: the module sets tickets of URLs before it has looked at them.
    !/[?&;]auth_tkt=/.test(row.request.url) &&
    !(row.id in OTHERWISE),
)

t.ok(rows.length >= 60, `${rows.length} rows`)

for (const row of rows) {
  t.test(row.id, async (t) => {
    const { request, response } = row
    const options = { now: () => row.now, ip: () => row.client_ip }
    const handler = protect(
      createGuard(guardFor(row)),
      ({ identity }, answer) => answer.end(identity?.uid, 'latin1'),
      options,
    )
    const port = await listen(t, createServer(handler))
    const lines = [
      `${request.method} ${request.url} ${request.version}`,
      `Host: ${request.host}`,
      ...request.headers.map(([name, value]) => `${name}: ${value}`),
      ...request.cookie.map((value) => `Cookie: ${value}`),
      `Content-Length: ${request.body.length}`,
      'Connection: close',
    ]
    const answer = await raw(port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n${request.body}`, 'latin1'))
    const all = (name: string) =>
      Array.from(answer.matchAll(new RegExp(`^${name}: (.*)\\r$`, 'gim')), ([, value]) => value)
    t.equal(statusOf(answer), response.status)
    t.strictSame(all('location'), [response.location ?? []].flat())
    t.strictSame(all('set-cookie'), response.set_cookie)
    if (response.env && request.method !== 'HEAD') {
      const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toString()
      if (/^[ -~]*$/.test(body)) t.equal(body, response.env.REMOTE_USER ?? '')
    }
  })
}
