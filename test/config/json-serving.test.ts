/** Our own configuration: who serves what, and the gateway's own part; one line for every mistake. */

import t from 'tap'
import { readConfig } from '../../src/config/json.js'
import { PROGRAMS } from '../../src/config/programs.js'
import { IDENTITY_NAMES, LIMITS, NO_SERVING, TIMEOUTS } from '../../src/config/serving.js'
import { createGuard } from '../../src/policy/guard.js'
import { trouble } from './config-helpers.js'
import { leadsTo } from './serving-helpers.js'

const read = (value: unknown) =>
  readConfig(typeof value === 'string' ? value : JSON.stringify(value, null, 1), { file: '/etc/tkt/authtkt.json' })
const serving = (value: unknown) => read(value).serving
const wrong = (value: unknown) => trouble(() => read(value))

t.test('without any of it, nothing is said', async (t) => {
  t.same(serving({}), NO_SERVING)
  t.same(serving({ gateway: {} }), NO_SERVING)
})

t.test('the options are what the guard takes, without the rest', async (t) => {
  const { options } = read({
    gateway: { listen: '80' },
    upstream: 'http://a',
    routes: [],
    areas: [{ path: '/f', require: 'granted', files: 'f' }],
    hosts: [
      {
        names: ['a'],
        files: '.',
        fallback: false,
        reverse: [],
        areas: [{ path: '/b', require: 'granted', upstream: 'http://b' }],
      },
    ],
  })
  t.same(options, {
    areas: [{ path: '/f', require: 'granted' }],
    hosts: [{ names: ['a'], areas: [{ path: '/b', require: 'granted' }] }],
  })
  t.ok(createGuard({ ...options, selfTest: false }))
})

t.test('listeners', async (t) => {
  const listen = (value: unknown) => serving({ gateway: { listen: value } }).listen
  t.same(listen('8080'), [
    { endpoint: { host: '127.0.0.1', port: 8080 }, tls: undefined, at: '/etc/tkt/authtkt.json:3: gateway.listen' },
  ])
  t.match(listen(['*:80', { address: '[::1]:443', tls: { names: ['A.example'], cert: 'c.pem', key: '/k.pem' } }]), [
    { endpoint: { host: '*', port: 80 }, at: '/etc/tkt/authtkt.json:4: gateway.listen[0]' },
    {
      endpoint: { host: '::1', port: 443 },
      tls: [
        {
          names: ['a.example'],
          certFile: '/etc/tkt/c.pem',
          keyFile: '/k.pem',
          at: '/etc/tkt/authtkt.json:7: gateway.listen[1].tls',
        },
      ],
      at: '/etc/tkt/authtkt.json:5: gateway.listen[1]',
    },
  ])
  t.match(listen({ address: 'unix:run/a.sock', tls: [{ cert: 'a', key: 'b' }] }), [
    { endpoint: { unix: '/etc/tkt/run/a.sock' }, tls: [{ names: [], at: /gateway\.listen\.tls\[0\]$/ }] },
  ])
})

t.test('the other parts of the gateway', async (t) => {
  const gateway = {
    admin: '127.0.0.1:9',
    forwardAuth: { listen: 'unix:/run/f.sock' },
    identity: { uid: 'X-User', tokens: ['X-A', 'X-B'] },
    forwardTicket: true,
    timeouts: { idle: '2m', connect: 0.5 },
    limits: { bodyBytes: 10, waiting: 0 },
    workers: 2,
  }
  t.match(serving({ gateway }), {
    admin: { endpoint: { host: '127.0.0.1', port: 9 }, at: /gateway\.admin$/ },
    forwardAuth: { listen: { endpoint: { unix: '/run/f.sock' } }, peers: ['127.0.0.0/8', '::1'] },
    forwardTicket: true,
    workers: 2,
  })
  const { identity, timeouts, limits } = serving({ gateway })
  t.same(identity, { uid: ['X-User'], tokens: ['X-A', 'X-B'], userData: IDENTITY_NAMES.userData })
  t.same(timeouts, { ...TIMEOUTS, idle: 120, connect: 0.5 })
  t.same(limits, { ...LIMITS, bodyBytes: 10, waiting: 0 })
  const peers = ['10.0.0.0/8']
  t.same(serving({ gateway: { forwardAuth: { listen: '1', peers } } }).forwardAuth?.peers, peers)
})

t.test('the longest path counts; areas and the whole have answers, too', async (t) => {
  const { main } = serving({
    upstream: 'http://all/base',
    routes: [
      { path: '/a', upstream: 'http://a', preserveHost: false, timeout: '3s' },
      { path: '/a/b/', files: 'b', index: ['i.htm'], programs: [] },
      { path: '/n', nobody: 'not here', pattern: '\\.n$' },
    ],
    areas: [
      { path: '/a/c', require: 'granted', upstream: 'unix:c.sock' },
      { path: '/f', require: 'granted', files: '/srv/f' },
    ],
  })
  const answers = ['/', '/x', '/a/x', '/a/b', '/a/b/x', '/a/c/x', '/f/x', '/n/x.n', '/n/x'].map((path) =>
    leadsTo(main, path),
  )
  t.same(answers, [
    'http://all/base/',
    'http://all/base/x',
    'http://a/x',
    'http://a/b',
    '/etc/tkt/b/x',
    '/etc/tkt/c.sock http://localhost/x',
    '/srv/f/x',
    'nobody',
    'http://all/base/n/x',
  ])
  t.match(
    main.routes.find(({ path }) => path === '/a'),
    { preserveHost: false, timeout: 3, at: /: routes\[0\]$/ },
  )
  t.match(
    main.routes.find(({ path }) => path === '/a/b/'),
    { index: ['i.htm'], programs: [] },
  )
  t.match(
    main.routes.find(({ path }) => path === '/f'),
    { index: ['index.html'], programs: PROGRAMS, at: /: areas\[1\]\.files$/ },
  )
  t.match(
    main.routes.find(({ path }) => path === '/'),
    { preserveHost: true, at: '/etc/tkt/authtkt.json:2: upstream' },
  )
  t.match(main.reverse, [
    { path: '/a/c', url: 'http://localhost' },
    { path: '/a', url: 'http://a' },
    { path: '/', url: 'http://all/base/' },
  ])
})

t.test('hosts have their own, and go on with the main server’s', async (t) => {
  const { hosts } = serving({
    upstream: 'http://main',
    routes: [{ path: '/m', files: '/m' }],
    hosts: [
      {
        names: ['a'],
        routes: [
          { path: '/a', upstream: 'http://a' },
          { path: '/m', files: '/own' },
        ],
      },
      { names: ['b'], files: '/b' },
      { names: ['c'], fallback: false },
      { names: ['d'] },
      { names: ['e'], reverse: [{ path: '/', url: 'http://e' }], routes: [{ path: '/m/x', nobody: 'none' }] },
    ],
  })
  const ask = (index: number, ...paths: string[]) => paths.map((path) => leadsTo(hosts[index] as never, path))
  t.same(ask(0, '/a', '/m/x', '/x'), ['http://a', '/own/x', 'http://main/x'])
  t.same(hosts[0]?.reverse, [
    { path: '/a', url: 'http://a' },
    { path: '/', url: 'http://main/' },
  ])
  t.same(ask(1, '/m/x'), ['/b/m/x'])
  t.same(ask(2, '/m/x', '/'), ['nowhere', 'nowhere'])
  t.same(ask(3, '/m/x', '/x'), ['/m/x', 'http://main/x'])
  t.same(ask(4, '/m/x', '/m'), ['nobody', '/m/'])
  t.same(hosts[4]?.reverse, [{ path: '/', url: 'http://e' }])
})

t.test('slashes that do not fit are told', async (t) => {
  const { notes } = read({
    routes: [
      { path: '/a', upstream: 'http://a/' },
      { path: '/b', upstream: 'http://b/c' },
    ],
  })
  t.match(notes, [{ line: 3, message: /^routes\[0\]: only one of the path and the URL ends with a slash/ }])
})

t.test('every mistake has its line, its key and its fix', async (t) => {
  const rows: [value: unknown, message: RegExp][] = [
    [{ upstreem: 'http://a' }, /json:2: upstreem: there is no option 'upstreem' here; did you mean 'upstream'\?/],
    [{ gatewya: {} }, /json:2: gatewya: .*did you mean 'gateway'\?/],
    [{ hosts: [{ names: ['a'], rutes: [] }] }, /json:7: hosts\[0\]\.rutes: .*did you mean 'routes'\?/],
    [{ areas: [{ path: '/a', upsteram: 'x' }] }, /json:5: areas\[0\]\.upsteram: .*did you mean 'upstream'\?/],
    [{ areas: [{ path: '/a', zzzzzzzzz: 1 }] }, /known are path, .*upstream, files$/],
    [{ gateway: { lisen: '80' } }, /json:3: gateway\.lisen: .*did you mean 'listen'\?/],
    [{ gateway: { zzzzzzzzzz: 1 } }, /gateway\.zzzzzzzzzz: .*known are listen, admin, /],
    [{ gateway: { listen: { addres: '80' } } }, /json:4: gateway\.listen\.addres: .*did you mean 'address'\?/],
    [{ gateway: { listen: ['80', { address: '80', tsl: 1 }] } }, /gateway\.listen\[1\]\.tsl: .*did you mean 'tls'\?/],
    [
      { gateway: { listen: { address: '80', tls: { crt: 'a', key: 'b' } } } },
      /gateway\.listen\.tls\.crt: .*mean 'cert'/,
    ],
    [{ gateway: { listen: { address: '80', tls: [{ cert: 'a' }] } } }, /gateway\.listen\.tls\[0\]\.key: /],
    [{ gateway: { listen: { address: '80', tls: 7 } } }, /gateway\.listen\.tls: give \{ "cert": \.\.\., "key"/],
    [{ gateway: { listen: 'http://x' } }, /json:3: gateway\.listen: give HOST:PORT, PORT or unix:PATH/],
    [{ gateway: { listen: ['80', 'x'] } }, /json:5: gateway\.listen\[1\]: give HOST:PORT/],
    [{ gateway: { listen: 80 } }, /gateway\.listen: give an address to listen at, or a list of them/],
    [{ gateway: 7 }, /json:2: gateway: /],
    [{ gateway: { identity: { uid: 'Host' } } }, /gateway\.identity\.uid: this is no header name that can say/],
    [{ gateway: { identity: { uid: ['a b'] } } }, /gateway\.identity\.uid\[0\]: this is no header name/],
    [{ gateway: { identity: { uid: 7 } } }, /gateway\.identity\.uid: give a header name/],
    [{ gateway: { timeouts: { idle: '2 weeks' } } }, /gateway\.timeouts\.idle: must be more than 0/],
    [{ gateway: { timeouts: { idel: 2 } } }, /gateway\.timeouts\.idel: .*did you mean 'idle'\?/],
    [{ gateway: { limits: { headers: 0 } } }, /gateway\.limits\.headers: /],
    [
      { gateway: { forwardAuth: { listen: '1', peers: ['x'] } } },
      /gateway\.forwardAuth\.peers\[0\]: this is no address/,
    ],
    [{ upstream: 'ftp://x' }, /json:2: upstream: give http:\/\/HOST:PORT/],
    [{ upstream: 'http://a', files: 'b' }, /json:3: files: give upstream or files, one of them/],
    [{ routes: [{ path: '/a' }] }, /routes\[0\]: give upstream, files, redirect or nobody, one of them/],
    [{ routes: [{ path: '/a', files: 'a', nobody: 'b' }] }, /routes\[0\]: give upstream, files, redirect or nobody/],
    [{ routes: [{ path: '/a', files: 'a', pattern: 'b' }] }, /routes\[0\]: a pattern goes with nobody only/],
    [{ routes: [{ path: '/a', nobody: 'a', pattern: '(' }] }, /routes\[0\]\.pattern: this is no regular expression/],
    [{ routes: [{ path: 'a', files: 'a' }] }, /routes\[0\]\.path: a path begins with \//],
    [{ routes: [{ path: '/a', file: 'a' }] }, /routes\[0\]\.file: .*did you mean 'files'\?/],
    [{ routes: {} }, /json:2: routes: /],
    [
      { upstream: 'http://a', routes: [{ path: '/', files: 'a' }] },
      /json:1: .*'\/' has two answers, at .*: routes\[0\] and .*: upstream; take one out/,
    ],
    [
      { hosts: [{ names: ['a'], files: 'a', routes: [{ path: '/', files: 'a' }] }] },
      /hosts\[0\]: '\/' has two answers/,
    ],
    [
      { areas: [{ path: '/a', require: 'granted', files: 'a', upstream: 'http://b' }] },
      /areas\[0\]\.files: give upstream or files/,
    ],
    [
      { areas: [{ pattern: '^/a', require: 'granted', upstream: 'http://b' }] },
      /json:6: areas\[0\]\.upstream: an area without a path has no answers of its own; write a path for them into routes/,
    ],
    [{ areas: [{ exactPath: '/a', require: 'granted', files: 'b' }] }, /areas\[0\]\.files: an area without a path/],
    [{ areas: [{ path: '/a', require: 'granted', files: 7 }] }, /areas\[0\]\.files: /],
    [
      { hosts: [{ names: ['a'], areas: [{ file: 'a', require: 'granted', files: 'b' }] }] },
      /hosts\[0\]\.areas\[0\]\.files: an area without/,
    ],
    [{ hosts: [{ names: ['a'], gateway: {} }] }, /hosts\[0\]\.gateway: there is no option 'gateway' here/],
    [{ fallback: true }, /json:2: fallback: there is no option 'fallback' here/],
  ]
  for (const [value, message] of rows) t.match(wrong(value), message, JSON.stringify(value))
  t.notMatch(wrong({ upstream: 'http://bob:Xq9@h/' }), /Xq9/)
})
