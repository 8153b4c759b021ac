/** Exchanges with Traefik and Envoy as their documentation has them, replayed at the endpoint. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { cookie, siteGuard } from '../../adapters/site.js'
import { sendBytes, startAuth, valuesOf } from '../../helpers/proxied.js'

interface Exchange {
  readonly name: string
  readonly check: {
    readonly method: string
    readonly target: string
    readonly headers: readonly (readonly [string, string])[]
  }
  readonly answer: {
    readonly status: number
    readonly location?: string
    readonly identity?: Readonly<Record<string, string>>
    readonly cookie?: string
    readonly body?: string
  }
}

const ip = '192.0.2.7'
const TICKETS: Readonly<Record<string, string>> = {
  good: cookie('alice', { ip, tokens: ['staff', 'b'], userData: '50% of it' }),
  stale: cookie('alice', { ip, age: 5000 }),
}

for (const proxy of ['traefik', 'envoy']) {
  const { meta, exchanges } = JSON.parse(readFileSync(`native-fixtures/proxies/${proxy}.json`, 'utf8'))
  t.test(`${proxy} as documented`, async (t) => {
    t.ok(meta.follows.length > 0)
    const { port } = await startAuth(t, siteGuard())
    for (const { name, check, answer } of exchanges as Exchange[]) {
      const lines = check.headers.map(
        ([name, value]) =>
          `${name}: ${value.replace(/\{(\w+)\}/, (_, ticket: string) => TICKETS[ticket] as string)}\r\n`,
      )
      const bytes = `${check.method} ${check.target} HTTP/1.1\r\n${lines.join('')}Connection: close\r\n\r\n`
      const { status, headers, body } = await sendBytes(port, bytes)
      t.equal(status, answer.status, name)
      t.strictSame(valuesOf(headers, 'location'), answer.location === undefined ? [] : [answer.location], name)
      t.ok(body.includes(answer.body ?? ''), `${name}: ${body}`)
      const identity = headers.filter(([name]) => name.startsWith('remote-user'))
      const wanted = Object.entries(answer.identity ?? {}).map(([name, value]) => [name.toLowerCase(), value])
      t.strictSame(identity, wanted, `${name}: identity`)
      const cookies = valuesOf(headers, 'set-cookie')
      t.equal(cookies.length, answer.cookie === undefined ? 0 : 1, `${name}: cookies`)
      t.ok((cookies[0] ?? '').startsWith(answer.cookie ?? ''), name)
    }
  })
}
