/** Which request a check stands for, in each convention; and what a client cannot make it stand for. */

import t from 'tap'
import { isMisuse, type Original } from '../../../src/gateway/forward-auth/convention.js'
import { CONVENTIONS, type ConventionName } from '../../../src/gateway/forward-auth/server.js'

type Pairs = readonly (readonly [name: string, value: string])[]

const original: Pairs = [
  ['Host', '127.0.0.1:9000'],
  ['X-Original-URL', 'https://www.example.com:8443/a%20b?c=d;e'],
  ['X-Original-Method', 'POST'],
  ['X-Original-IP', '192.0.2.7'],
  ['X-Original-Host', 'www.example.com'],
]
const forwarded: Pairs = [
  ['Host', '127.0.0.1:9000'],
  ['X-Forwarded-Method', 'POST'],
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Host', 'www.example.com:8443'],
  ['X-Forwarded-Uri', '/a%20b?c=d;e'],
  ['X-Forwarded-For', '192.0.2.7'],
]
const enveloped: Pairs = [
  ['Host', 'www.example.com:8443'],
  ['X-Original-IP', '192.0.2.7'],
  ['X-Forwarded-Proto', 'https'],
]
const WHOLE: Readonly<Record<ConventionName, Pairs>> = {
  nginx: original,
  haproxy: original,
  caddy: forwarded,
  traefik: forwarded,
  envoy: enveloped,
}
/** Headers that mean nothing in a convention, whoever sends them. */
const MEANINGLESS: Readonly<Record<ConventionName, Pairs>> = {
  nginx: [
    ['X-Forwarded-Uri', '/public'],
    ['X-Forwarded-Method', 'GET'],
    ['X-Real-IP', '198.51.100.1'],
    ['X-Original-Uri', '/public'],
  ],
  haproxy: [
    ['X-Forwarded-Uri', '/public'],
    ['X-Forwarded-Method', 'GET'],
    ['X-Auth-Redirect', 'https://evil.example/'],
  ],
  caddy: [
    ['X-Original-URL', 'http://evil.example/public'],
    ['X-Original-Method', 'GET'],
    ['X-Original-IP', '198.51.100.1'],
    ['X-Real-IP', '198.51.100.1'],
  ],
  traefik: [
    ['X-Original-URL', 'http://evil.example/public'],
    ['X-Forwarded-Port', '80'],
    ['X-Forwarded-Server', 'evil'],
  ],
  envoy: [
    ['X-Forwarded-Uri', '/public'],
    ['X-Forwarded-Method', 'GET'],
    ['X-Original-URL', 'http://evil.example/public'],
    ['X-Envoy-External-Address', '198.51.100.1'],
  ],
}

const names = Object.keys(CONVENTIONS) as ConventionName[]
const find = (headers: readonly string[], wanted: string) =>
  headers.flatMap((text, i) => (i % 2 === 1 && headers[i - 1]?.toLowerCase() === wanted ? [text] : []))

function read(name: ConventionName, headers: Pairs, query = '?auth_tkt=x&back=y', method = 'GET') {
  const rest = name === 'envoy' ? '/a%20b?c=d;e' : query
  return CONVENTIONS[name].read({ method: name === 'envoy' ? 'POST' : method, rest, headers: headers.flat() })
}

function good(name: ConventionName, headers: Pairs): Original {
  const result = read(name, headers)
  if (isMisuse(result)) throw new Error(result.misuse)
  return result
}

function misuse(name: ConventionName, headers: Pairs): string {
  const result = read(name, headers)
  return isMisuse(result) ? result.misuse : 'none'
}

for (const name of names) {
  const whole = WHOLE[name]
  t.test(name, async (t) => {
    const cookie = ['Cookie', 'a=\xe9; auth_tkt=x'] as const
    const request = good(name, [...whole, cookie, ['Accept', 'text/html']])
    const { method, url, tls, ip, headers } = request
    t.strictSame({ method, url, tls, ip }, { method: 'POST', url: '/a%20b?c=d;e', tls: true, ip: '192.0.2.7' })
    t.strictSame(find(headers, 'host'), ['www.example.com:8443'], 'one host, the public one')
    t.strictSame(find(headers, 'cookie'), [cookie[1]], 'cookies byte for byte')
    t.strictSame(find(headers, 'accept'), ['text/html'])

    for (const extra of MEANINGLESS[name]) {
      const spoofed = good(name, [extra, ...whole, extra])
      t.match(spoofed, { method, url, tls, ip }, `${extra[0]} changes nothing`)
      t.strictSame(find(spoofed.headers, 'host'), find(headers, 'host'))
    }
    t.match(
      good(
        name,
        whole.map(([name, value]) => [name.toLowerCase(), ` ${value}\t`] as const),
      ),
      { url, ip },
      'case, space',
    )

    for (const [header, value] of whole.slice(1)) {
      const without = whole.filter(([one]) => one !== header)
      const where =
        header === 'X-Forwarded-For' ? /X-Forwarded-For is missing: .*\.$/ : new RegExp(`${header} is missing: .*\\.$`)
      t.match(misuse(name, without), where, `${header} must be there`)
      t.match(misuse(name, [...without, [header, ' ']]), where, `and not empty`)
      if (header === 'X-Forwarded-For') continue
      t.match(misuse(name, [...whole, [header, value]]), new RegExp(`${header} came more than once`), 'nor twice')
    }
  })
}

for (const name of ['nginx', 'haproxy'] as const) {
  t.test(`${name}: X-Original-URL and the host`, async (t) => {
    const at = (url: string, host = 'www.example.com', more: Pairs = []) =>
      read(name, [
        ...original.filter(([one]) => one !== 'X-Original-URL' && one !== 'X-Original-Host'),
        ...more,
        ['X-Original-URL', url],
        ['X-Original-Host', host],
      ])
    const hosts = (...args: Parameters<typeof at>) => find((at(...args) as Original).headers, 'host')
    t.match(at('http://www.example.com/'), { url: '/', tls: false })
    t.match(at('http://www.example.com'), { url: '' }, 'which no guard takes')
    t.match(at('http://www.example.com?x'), { url: '?x' })
    t.match(at(`http://www.example.com/\xe9${'x'.repeat(8000)}`), { url: `/\xe9${'x'.repeat(8000)}` })
    for (const url of [
      '/a',
      'www.example.com/a',
      'ftp://www.example.com/',
      ':///a',
      '$scheme://$http_host$request_uri',
    ])
      t.match(at(url), { misuse: /X-Original-URL has no http:/ }, url)
    t.strictSame(hosts('http:///a'), [], 'a client without Host has none')
    t.strictSame(hosts('http://WWW.example.com.:81/a'), ['WWW.example.com.:81'], 'the same name in other letters')
    t.strictSame(hosts('http://[2001:db8::1]:81/a', '[2001:db8::1]'), ['[2001:db8::1]:81'])
    t.strictSame(hosts('http://open.example.com/a'), ['open.example.com', 'www.example.com'], 'two are two')
    const trusted = at('http://www.example.com/', 'www.example.com', [
      ['X-Forwarded-For', '198.51.100.1'],
      ['Forwarded', 'for=198.51.100.1'],
    ])
    t.strictSame(
      find((trusted as Original).headers, 'x-forwarded-for'),
      ['198.51.100.1'],
      'for guards that trust the client',
    )
    t.strictSame(find((trusted as Original).headers, 'forwarded'), ['for=198.51.100.1'])
  })
}

for (const name of ['caddy', 'traefik'] as const) {
  t.test(`${name}: the client is at the end of X-Forwarded-For`, async (t) => {
    const at = (...lines: string[]) =>
      good(name, [
        ...forwarded.filter(([one]) => one !== 'X-Forwarded-For'),
        ['Forwarded', 'for=198.51.100.1'],
        ...lines.map((line) => ['X-Forwarded-For', line] as const),
      ])
    for (const [lines, ip, before] of [
      [['192.0.2.7'], '192.0.2.7', []],
      [['198.51.100.1, 192.0.2.7'], '192.0.2.7', ['198.51.100.1']],
      [['198.51.100.1', '203.0.113.5,192.0.2.7'], '192.0.2.7', ['198.51.100.1, 203.0.113.5']],
      [['evil" , 2001:db8::1'], '2001:db8::1', ['evil"']],
    ] as const) {
      const request = at(...lines)
      t.equal(request.ip, ip)
      t.strictSame(find(request.headers, 'x-forwarded-for'), before, 'what the proxy vouches for stays')
      t.strictSame(find(request.headers, 'forwarded'), [], 'what nobody vouches for goes')
    }
    t.match(misuse(name, [...forwarded, ['X-Forwarded-For', '']]), /X-Forwarded-For is missing/, 'nothing at the end')
  })
}

t.test('schemes', async (t) => {
  for (const name of ['caddy', 'traefik', 'envoy'] as const) {
    const at = (scheme: string) =>
      WHOLE[name].map(([one, value]) => [one, one === 'X-Forwarded-Proto' ? scheme : value] as const)
    for (const [scheme, tls] of [
      ['http', false],
      ['HTTPS', true],
      ['ws', false],
      ['wss', true],
    ] as const)
      t.equal(good(name, at(scheme)).tls, tls, `${name}: ${scheme}`)
    for (const scheme of ['https, http', 'ftp', 'https://'])
      t.match(misuse(name, at(scheme)), /X-Forwarded-Proto is not http or https/, `${name}: ${scheme}`)
  }
})

t.test('envoy has a path of its own', async (t) => {
  for (const rest of ['', '?x']) {
    const result = CONVENTIONS.envoy.read({ method: 'GET', rest, headers: enveloped.flat() })
    t.match(result, { misuse: /set path_prefix: \/auth\/envoy/ })
  }
  t.ok(CONVENTIONS.envoy.takesPath)
})
