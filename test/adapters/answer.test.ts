/** Answers as data: ASCII bodies whatever is in the decision, and nothing of the reason. */

import t from 'tap'
import { answerTo, MISREAD } from '../../src/adapters/answer.js'
import { protect } from '../../src/adapters/express.js'
import { namesHost, originOf, samePath } from '../../src/adapters/target.js'
import type { Guard, Redirect } from '../../src/policy/decision.js'
import { bytesOf, raw } from './client.js'
import { SERVERS, start } from './servers.js'

const base = { setCookies: [], noStore: false, reason: 'digest' } as const

t.test('a location is escaped in the page, for HTML and for ASCII', async (t) => {
  const redirect: Redirect = { kind: 'redirect', status: 302, location: 'https://l/"><script>\'&\xe9\x00', ...base }
  const { body, headers, status } = answerTo(redirect)
  t.equal(status, 302)
  t.match(body, 'href="https://l/&#34;&#62;&#60;script&#62;&#39;&#38;%E9%00"')
  t.match(headers, [
    ['Location', redirect.location],
    ['Content-Type', 'text/html; charset=utf-8'],
  ])
})

t.test('a problem is ASCII, and plain', async (t) => {
  const problem = { type: 'about:blank', title: 'Caf\xe9', status: 403 }
  const { body, headers } = answerTo({ kind: 'deny', status: 403, problem, ...base })
  t.equal(body, '{"type":"about:blank","title":"Caf\\u00e9","status":403}\n')
  t.strictSame(headers, [['Content-Type', 'application/problem+json']])
})

t.test('statuses without a sentence of their own', async (t) => {
  t.equal(answerTo({ ...MISREAD, status: 418 as 400 }).body, '418\n')
  for (const status of [400, 404, 500] as const) t.match(answerTo({ ...MISREAD, status }).body, /^[A-Z][ -~]+\.\n$/)
})

t.test('every status on every server', async (t) => {
  for (const name of Object.keys(SERVERS)) {
    for (const status of [400, 404, 500] as const) {
      const guard = { decide: () => ({ kind: 'error', status, ...base }) } as object as Guard
      const { port } = await start(t, name, guard)
      t.match(await raw(port, bytesOf('/', ['Host: a'])), new RegExp(`^HTTP/1\\.1 ${status} `), `${name} ${status}`)
    }
  }
})

t.test('targets', async (t) => {
  t.equal(originOf('/a'), '')
  t.equal(originOf('*'), '')
  t.equal(originOf('http://a/b'), 'http://a')
  for (const odd of ['http://a', 'http://a?b/', 'a', '', 'http:///a', 'ftp://a/b'])
    t.equal(originOf(odd), undefined, odd)
  t.ok(namesHost('http://A/b', 'a'))
  t.notOk(namesHost('http://a/b', undefined))
  t.ok(samePath('/%61?x', '/a?y'))
  t.ok(samePath('http://a/%c3%a9', '/%C3%A9'))
  for (const [one, other] of [
    ['/a/', '/a'],
    ['/a//b', '/a/b'],
    ['/%2561', '/a'],
    ['/A', '/a'],
    ['/a;b', '/a'],
  ]) {
    t.notOk(samePath(one as string, other as string), `${one} ${other}`)
  }
})

t.test('a judged target outside of the mount path is never handed on', async (t) => {
  const judged = (url: string) => {
    const guard = { decide: () => ({ kind: 'pass', url }) } as object as Guard
    const request = {
      url: '/x',
      baseUrl: '/admin',
      originalUrl: '/admin/x',
      method: 'GET',
      rawHeaders: [],
      socket: {},
      headers: {},
    }
    const outcome = { status: 0, url: '' }
    const response = {
      setHeader: () => {},
      end: () => Object.assign(outcome, { status: (response as { statusCode?: number }).statusCode }),
    }
    protect(guard, { exactRouting: true, gather: false })(request as never, response as never, () =>
      Object.assign(outcome, { status: 200, url: request.url }),
    )
    return outcome
  }
  t.match(judged('/admin/y'), { status: 200, url: '/y' })
  for (const url of ['/public', '/administrator', '/admin', '/admin?x', '/', ''])
    t.match(judged(url), { status: 400 }, url)
})
