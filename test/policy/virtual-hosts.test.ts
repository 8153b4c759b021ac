/** Which host a request is for, and that no host takes what belongs to another. */

import t from 'tap'
import type { GuardOptions } from '../../src/policy/options.js'
import { type Asked, decide, FOREIGN_KEY, guardOf, inShort, KEY, requestOf, ticketOf } from './guards.js'

const names = ['main', 'one', 'wild', 'tls', 'bound'] as const
const areas = (name: string) => [{ path: '/', name }]
const options: GuardOptions = {
  unknownHost: 'main',
  areas: areas('main'),
  hosts: [
    { names: ['one.example.com', 'UNO.example.com', '[2001:db8::7]'], areas: areas('one') },
    { names: ['*.wild.example.com'], areas: areas('wild') },
    { names: ['tls.example.com'], port: 443, areas: areas('tls') },
    { names: ['bound.example.com'], address: '192.0.2.1', areas: areas('bound') },
  ],
}
const at = (asked: Asked, more: GuardOptions = {}) =>
  guardOf({ ...options, ...more }).areaOf(requestOf(asked))?.name ?? 'none'

t.test('by name, in any case, with or without a port or a last dot', async (t) => {
  const cases: [host: string, site: string][] = [
    ['one.example.com', 'one'],
    ['ONE.example.com', 'one'],
    ['uno.example.com.', 'one'],
    ['one.example.com:8080', 'one'],
    ['[2001:DB8::7]:80', 'one'],
    ['a.wild.example.com', 'wild'],
    ['a.b.wild.example.com', 'wild'],
    ['wild.example.com', 'main'],
    ['evilwild.example.com', 'main'],
    ['one.example.com.evil.example', 'main'],
    ['other.example.com', 'main'],
    ['tls.example.com', 'main'],
  ]
  for (const [host, site] of cases) t.equal(at({ host }), site, host)
  const guard = guardOf(options)
  for (const [host, site] of [...cases, ...cases])
    t.equal(guard.areaOf(requestOf({ host }))?.name, site, `${host}, one guard`)
  t.equal(names.length, 5)
})

t.test('by port and by the address of the server', async (t) => {
  const host = 'tls.example.com'
  t.equal(at({ host, tls: true }), 'tls')
  t.equal(at({ host, port: 443 }), 'tls')
  t.equal(at({ host, tls: true, port: 8443 }), 'main')
  const bound = 'bound.example.com'
  t.equal(at({ host: bound }), 'bound', 'an address that nobody tells is any')
  t.equal(at({ host: bound, localAddress: '192.0.2.1' }), 'bound')
  t.equal(at({ host: bound, localAddress: '::ffff:192.0.2.1' }), 'bound', 'as sockets of both families say it')
  t.equal(at({ host: bound, localAddress: '192.0.2.2' }), 'main')
  t.equal(at({ host: 'one.example.com', localAddress: '192.0.2.1' }), 'main', "an address' own hosts go first")
  t.equal(at({ host: 'one.example.com', localAddress: '192.0.2.2' }), 'one')
  t.equal(at({ host: 'one.example.com', localAddress: 'no address' }), 'one')
})

t.test('a host that nobody names, or that no entry is for', async (t) => {
  const host = 'other.example.com'
  t.equal(at({ host }, { unknownHost: 'main' }), 'main')
  t.equal(at({ host }, { unknownHost: 'first' }), 'one')
  t.equal(at({ host }, { unknownHost: 'refuse' }), 'none')
  t.match(guardOf({ ...options, unknownHost: 'refuse' }).decide(requestOf({ host })), { kind: 'error', status: 400 })
  const only: GuardOptions = { hosts: [{ names: ['tls.example.com'], port: 443, areas: areas('tls') }] }
  for (const unknownHost of ['main', 'first', 'refuse'] as const) {
    const here = { ...only, unknownHost }
    t.equal(at({ host: 'tls.example.com', port: 8080 }, here), 'tls', 'no entry for a port: by name, whatever port')
    const answers = { main: 'main', first: 'tls', refuse: 'none' }
    t.equal(at({ host, port: 8080 }, here), answers[unknownHost])
  }
  t.equal(at({ host }, { unknownHost: undefined }), 'none', 'refused where nothing is said')
  t.equal(at({ host: null, httpVersion: '1.0', serverName: 'one.example.com' }), 'one')
  t.equal(at({ host: null, httpVersion: '1.0' }), 'main')
})

t.test('by the port that the Host names', async (t) => {
  const names = ['a.example.com']
  const hosts: GuardOptions['hosts'] = [
    { names: ['b.example.com'], namedPort: 'none', areas: areas('b') },
    { names, areas: areas('one') },
    { names, namedPort: 'any', areas: areas('wild') },
    { names, namedPort: 81, areas: areas('tls') },
    { names: ['*.a.example.com'], port: 443, namedPort: 'any', areas: areas('bound') },
  ]
  const cases: [host: string, site: string, first: string][] = [
    ['a.example.com', 'one', 'one'],
    ['a.example.com:80', 'wild', 'wild'],
    ['a.example.com:81', 'tls', 'tls'],
    ['b.example.com', 'b', 'b'],
    ['b.example.com:81', 'main', 'tls'],
    ['b.example.com:82', 'main', 'wild'],
    ['w.a.example.com:82', 'main', 'wild'],
    ['w.a.example.com', 'main', 'b'],
  ]
  for (const [host, site, first] of cases) {
    t.equal(at({ host, port: 80 }, { hosts }), site, host)
    t.equal(at({ host, port: 80 }, { hosts, unknownHost: 'first' }), first, `${host}, first`)
    t.equal(at({ host, port: 80 }, { hosts, unknownHost: 'refuse' }), site.replace('main', 'none'), `${host}, refused`)
  }
  const only: GuardOptions = { hosts: [{ names, port: 443, namedPort: 81, areas: areas('tls') }] }
  t.equal(at({ host: 'a.example.com:81', port: 8080 }, only), 'tls', 'no entry for a port of the server: by name')
  t.equal(at({ host: 'a.example.com:82', port: 8080 }, only), 'main', 'never for another port in the Host')
  t.equal(at({ host: 'a.example.com', port: 8080 }, only), 'main')
  t.equal(at({ host: 'a.example.com' }, { hosts: [{ names, namedPort: 'any' }], unknownHost: 'first' }), 'main')
  t.equal(at({ host: null, httpVersion: '1.0', serverName: 'b.example.com' }, { hosts }), 'b')
})

t.test('many made-up hosts change nothing', async (t) => {
  const guard = guardOf(options)
  for (let i = 0; i < 1500; i++) guard.areaOf(requestOf({ host: `h${i}.example.com` }))
  t.equal(guard.areaOf(requestOf({ host: 'one.example.com' }))?.name, 'one')
  t.equal(guard.areaOf(requestOf({ host: 'h1499.example.com' }))?.name, 'main')
})

t.test("a host's own keys are its only keys", async (t) => {
  const own: GuardOptions = {
    ...options,
    hosts: [
      { names: ['own.example.com'], keys: [FOREIGN_KEY] },
      { names: ['none.example.com'], keys: [] },
      { names: ['shared.example.com'] },
    ],
  }
  const table: [host: string, main: string, foreign: string][] = [
    ['www.example.com', 'allow', 'redirect digest'],
    ['own.example.com', 'redirect digest', 'allow'],
    ['none.example.com', 'error 500 config', 'error 500 config'],
    ['shared.example.com', 'allow', 'redirect digest'],
  ]
  for (const [host, main, foreign] of table) {
    for (const compat of ['exact', 'hardened'] as const) {
      t.equal(inShort(decide({ ...own, compat }, { host, ticket: ticketOf() })), main, host)
      t.equal(inShort(decide({ ...own, compat }, { host, ticket: ticketOf({ key: FOREIGN_KEY }) })), foreign, host)
    }
  }
  t.equal(KEY.digest, FOREIGN_KEY.digest)
})

t.test('in exact the server goes by the Host it was asked by, in hardened by what trusted proxies say', async (t) => {
  const asked: Asked = {
    headers: [
      ['X-Forwarded-Host', 'one.example.com'],
      ['X-Forwarded-For', '198.51.100.9'],
    ],
  }
  const trustedProxies = ['192.0.2.7']
  t.equal(at(asked, { trustedProxies }), 'one', 'nobody is named like the Host')
  t.equal(at({ ...asked, host: 'one.example.com' }, { trustedProxies }), 'one')
  t.equal(
    at({ ...asked, host: 'a.wild.example.com' }, { trustedProxies }),
    'none',
    'two names, and handlers may go by either',
  )
  t.equal(at(asked, { trustedProxies, compat: 'exact' }), 'main')
  t.equal(at(asked), 'main')
})

t.test('where the old server had more than one port or address', async (t) => {
  const same = (port: number | null, address: string | null, name: string) => {
    return { names: ['www.example.com'], port, address, areas: areas(name) }
  }
  const ports: GuardOptions = {
    unknownHost: 'first',
    hosts: [same(null, null, 'any'), same(80, null, 'plain'), same(443, null, 'tls')],
  }
  t.equal(at({ port: 80 }, ports), 'plain', 'a port of its own goes before any')
  t.equal(at({ port: 443, tls: true }, ports), 'tls')
  t.equal(at({ port: 8080 }, ports), 'any')
  const moved: GuardOptions = { ...ports, hosts: [same(80, null, 'plain'), same(443, null, 'tls')] }
  t.equal(at({ port: 8443, tls: true }, moved), 'tls', "this server listens elsewhere: the scheme's port")
  t.equal(at({ port: 8080 }, moved), 'plain')
  const addresses: GuardOptions = {
    unknownHost: 'first',
    hosts: [same(80, '10.0.0.1', 'open'), same(80, '127.0.0.1', 'guarded')],
  }
  t.equal(at({ localAddress: '127.0.0.1' }, addresses), 'guarded')
  t.equal(at({ localAddress: '10.0.0.1' }, addresses), 'open')
  t.equal(at({}, addresses), 'none', 'nobody says which of them was asked')
})

t.test('a port of the main server is that of no host, whatever name is asked for', async (t) => {
  const hosts = [{ names: ['tls.example.com'], port: 443, areas: areas('tls') }]
  const only: GuardOptions = { hosts, areas: areas('main'), unknownHost: 'refuse', mainPorts: [8080, 443] }
  const host = 'tls.example.com'
  for (const compat of ['exact', 'hardened'] as const) {
    const here = { ...only, compat }
    t.equal(at({ host, port: 8080 }, here), 'main')
    t.equal(at({ host: 'other.example.com', port: 8080 }, here), 'main')
    t.equal(at({ host, port: 8081 }, here), 'tls', 'this server listens elsewhere')
    t.equal(at({ host }, here), 'tls', 'nobody knows which port')
    t.equal(at({ host, port: 443, tls: true }, here), 'tls', 'an entry has the port')
    const headers = [['X-Forwarded-Proto', 'https'] as const]
    const behind = { ...here, trustedProxies: ['192.0.2.7'] }
    t.equal(at({ host, port: 8080, headers }, behind), 'tls', 'the client has asked another port')
    t.equal(at({ host, port: 8080, tls: true }, here), 'main')
  }
  const any = { ...only, hosts: [...hosts, { names: ['any.example.com'], areas: areas('any') }] }
  t.equal(at({ host: 'any.example.com', port: 8080 }, any), 'any', 'an entry is for all ports')
  t.equal(at({ host, port: 8080 }, any), 'none')
  t.throws(() => guardOf({ mainPorts: [0] }), /mainPorts/)
})
