/** Trusted proxies: who the client is, over which scheme, under which host; and what clients make up. */

import t from 'tap'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import { backOf } from './flips.js'
import { decideIn, IP, inShort, type Lines, ticketOf } from './guards.js'

const PROXY = '10.1.2.3'
const CLIENT = '198.51.100.9'
const trustedProxies = ['10.0.0.0/8', 'fd00::/8']

/** Who the guard takes for the client: the one whose ticket is good. */
function clientOf(headers: Lines, options: GuardOptions = {}, ip = PROXY): string {
  const candidates = [PROXY, CLIENT, IP, '10.9.9.9', '1.2.3.4', '2001:db8::7', '::1']
  const known = candidates.filter((one) => {
    const ticket = ticketOf({ ip: one })
    return decideIn({}, { ip, ticket, headers }, { trustedProxies, ...options }).kind === 'allow'
  })
  return known.join(' ') || 'nobody'
}

const forwardedFor = (...lines: string[]): Lines => lines.map((value) => ['X-Forwarded-For', value])
const forwarded = (...lines: string[]): Lines => lines.map((value) => ['Forwarded', value])
const STANDARD: GuardOptions = { forwardedHeaders: 'forwarded' }

t.test('X-Forwarded-For is read from the right, as far as hops are trusted', async (t) => {
  const cases: [Lines, string][] = [
    [[], PROXY],
    [forwardedFor(CLIENT), CLIENT],
    [forwardedFor(`1.2.3.4, ${CLIENT}`), CLIENT],
    [forwardedFor(`1.2.3.4, ${CLIENT}, 10.9.9.9`), CLIENT],
    [forwardedFor('1.2.3.4', `${CLIENT},10.9.9.9`), CLIENT],
    [forwardedFor('10.9.9.9, 10.9.9.9'), '10.9.9.9'],
    [forwardedFor(`${CLIENT}:4711`), CLIENT],
    [forwardedFor('[2001:db8::7]:4711'), '2001:db8::7'],
    [forwardedFor('[2001:db8::7]'), '2001:db8::7'],
    [forwardedFor('2001:DB8::7'), '2001:db8::7'],
    [forwardedFor(`${CLIENT}, fd00::1`), CLIENT],
    [forwardedFor(`${CLIENT}, unknown`), 'nobody'],
    [forwardedFor(`${CLIENT},`), 'nobody'],
    [forwardedFor(''), 'nobody'],
    [forwardedFor(`${CLIENT}, _hidden`), 'nobody'],
    [forwardedFor(`${CLIENT}, 1.2.3.999`), 'nobody'],
    [forwardedFor(`"${CLIENT}"`), 'nobody'],
    [forwarded(`for=${CLIENT}`), PROXY],
  ]
  for (const [headers, client] of cases) t.equal(clientOf(headers), client, JSON.stringify(headers))
})

t.test('Forwarded is read in the same way, quotes and all', async (t) => {
  const cases: [Lines, string][] = [
    [[], PROXY],
    [forwardedFor(CLIENT), PROXY],
    [forwarded(`for=${CLIENT}`), CLIENT],
    [forwarded(`For="${CLIENT}:80";proto=https;by=${PROXY}`), CLIENT],
    [forwarded('for="[2001:db8::7]:4711"'), '2001:db8::7'],
    [forwarded(`for=1.2.3.4, for=${CLIENT};x="a,b;c", for=10.9.9.9`), CLIENT],
    [forwarded('for=1.2.3.4', `for=${CLIENT}`), CLIENT],
    [forwarded(`proto=https; for = ${CLIENT} `), CLIENT],
    [forwarded('for=unknown'), 'nobody'],
    [forwarded('for="_hidden"'), 'nobody'],
    [forwarded('proto=https'), 'nobody'],
    [forwarded(''), 'nobody'],
    [forwarded(`for=1.2.3.4;x="a\\"b", for=${CLIENT}`), CLIENT],
  ]
  for (const [headers, client] of cases) t.equal(clientOf(headers, STANDARD), client, JSON.stringify(headers))
})

t.test('a quote that a client leaves open hides nothing that proxies append', async (t) => {
  const appended = [`for=${CLIENT}`, `for="${CLIENT}"`, `for=${CLIENT};host="h:1";proto=https`, 'for="[2001:db8::7]:1"']
  for (const made of [
    'for=1.2.3.4;x="',
    'for="',
    'for="1.2.3.4',
    'for=1.2.3.4;x="\\',
    'for=1.2.3.4;x="a\\"',
    '"',
    'for=1.2.3.4;"',
  ]) {
    for (const proxy of appended) {
      const names = [clientOf(forwarded(`${made}, ${proxy}`), STANDARD), clientOf(forwarded(made, proxy), STANDARD)]
      for (const name of names) t.notMatch(name, /1\.2\.3\.4/, `${made}, ${proxy}`)
    }
  }
})

t.test('nobody but trusted proxies is believed', async (t) => {
  for (const [headers, options] of [
    [forwardedFor(CLIENT), {}],
    [forwarded(`for=${CLIENT}`), STANDARD],
    [[...forwardedFor(CLIENT), ...forwarded(`for=${CLIENT}`)], { forwardedHeaders: 'both' }],
    [forwardedFor(CLIENT), { trustedProxies: [] }],
    [forwardedFor(CLIENT), { trustedProxies: 'any' }],
  ] as [Lines, GuardOptions][]) {
    t.equal(clientOf(headers, options, IP), IP, 'an untrusted peer')
  }
  t.equal(clientOf(forwardedFor(CLIENT), { trustedProxies: [] }), PROXY)
  t.equal(
    decideIn({}, { ip: undefined, headers: forwardedFor(CLIENT), ticket: ticketOf({ ip: CLIENT }) }, { trustedProxies })
      .kind,
    'redirect',
  )
  const both = { forwardedHeaders: 'both' } as const
  const contrary = [...forwardedFor(IP), ...forwarded(`for=${CLIENT}`)]
  const decided = decideIn({}, { ip: PROXY, headers: contrary }, { trustedProxies, ...both })
  t.match(decided, { kind: 'error', status: 400 }, 'one of the two is made up')
  t.equal(clientOf([...forwardedFor(CLIENT), ...forwarded(`for=${CLIENT}`)], both), CLIENT)
  t.equal(clientOf(forwarded(`for=${CLIENT}`), both), CLIENT)
  t.equal(clientOf(forwardedFor(CLIENT), both), CLIENT)
})

t.test('the scheme: requireSsl, Secure and the back URL go by what the first proxy saw', async (t) => {
  const area: AreaOptions = { requireSsl: true }
  const ticket = ticketOf({ ip: CLIENT })
  const short = (proto: string, ip = PROXY, tls = false) => {
    const headers: Lines = [...forwardedFor(CLIENT), ['X-Forwarded-Proto', proto]]
    return inShort(decideIn(area, { ip, ticket, headers, tls }, { trustedProxies }))
  }
  t.equal(short('https'), 'allow')
  t.equal(short('HTTPS'), 'allow')
  t.equal(short('wss'), 'allow')
  t.equal(short('http'), 'redirect insecure')
  t.equal(short('ws', PROXY, true), 'redirect insecure')
  t.equal(short('https, http'), 'redirect insecure', 'what stands left, a client may have made up')
  t.equal(short('gopher'), 'redirect insecure')
  t.equal(short('gopher', PROXY, true), 'allow', "the connection's own where the proxy says nothing known")
  t.equal(short('https', IP), 'redirect insecure', 'untrusted')
  const standard = (value: string) =>
    inShort(decideIn(area, { ip: PROXY, ticket, headers: forwarded(value) }, { trustedProxies, ...STANDARD }))
  t.equal(standard(`for=${CLIENT};proto=https`), 'allow')
  t.equal(standard(`for=1.2.3.4;proto=https, for=${CLIENT};proto=http`), 'redirect insecure')
})

t.test('the host: the last entry of a shorter list goes furthest, a bad one is refused', async (t) => {
  const back = (lines: Lines) => backOf(decideIn({}, { ip: PROXY, headers: lines }, { trustedProxies }))
  const withHost = (...hosts: string[]): Lines => [
    ...forwardedFor(`${CLIENT}, 10.9.9.9`),
    ...hosts.map((host) => ['X-Forwarded-Host', host] as const),
  ]
  t.equal(back(withHost('shop.example.com:8443')), 'http://shop.example.com:8443/')
  t.equal(back(withHost('evil.example, shop.example.com, inner.example')), 'http://shop.example.com/')
  t.equal(back(withHost()), 'http://www.example.com/')
  t.equal(back(withHost('a b')), 'error')
  t.equal(
    back([...forwardedFor(CLIENT), ['X-Forwarded-Host', 'evil.example, shop.example.com']]),
    'http://shop.example.com/',
  )
  const standard = decideIn(
    {},
    { ip: PROXY, headers: forwarded(`for=${CLIENT};host="shop.example.com:81"`) },
    { trustedProxies, ...STANDARD },
  )
  t.equal(backOf(standard), 'http://shop.example.com:81/')
})

t.test('rules on addresses go by the client, too', async (t) => {
  const require = { ips: ['198.51.100.0/24'] }
  t.equal(inShort(decideIn({ require }, { ip: PROXY, headers: forwardedFor(CLIENT) }, { trustedProxies })), 'pass')
  t.equal(
    inShort(decideIn({ require }, { ip: IP, headers: forwardedFor(CLIENT) }, { trustedProxies })),
    'deny 403 user',
  )
  t.equal(
    inShort(decideIn({ require }, { ip: PROXY, headers: forwardedFor('unknown') }, { trustedProxies })),
    'deny 403 user',
  )
  t.equal(inShort(decideIn({ require }, { ip: undefined })), 'deny 403 user')
})
