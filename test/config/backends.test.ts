/** ProxyPass: which backend answers which path, and that nobody else answers where there is none to ask. */

import t from 'tap'
import { notes, read, wrong } from './config-helpers.js'
import { mainLeadsTo, routeAt } from './serving-helpers.js'

const main = (text: string) => read(text).serving.main
const root = 'DocumentRoot /srv'

t.test('the first line that fits counts, and the rest of the path goes behind its URL', async (t) => {
  const text = `ProxyPass /a/b http://b:1/x\nProxyPass /a/ https://a/y/\nProxyPass / http://c`
  t.same(mainLeadsTo(text, '/a/b/c', '/a/b', '/a/bc', '/a', '/'), [
    'http://b:1/x/c',
    'http://b:1/x',
    'https://a/y/bc',
    'http://c/a',
    'http://c/',
  ])
  t.same(mainLeadsTo('ProxyPass /a http://a\nProxyPass /a/b http://b', '/a/b'), ['http://a/b'], 'in order')
  t.same(main('ProxyPass /a http://a\nProxyPass /a/b http://b').routes.length, 1, 'what is hidden is left out')
  t.match(main('\n\nProxyPass /a http://a').routes, [{ at: 'site.conf:3: ProxyPass', kind: 'upstream', path: '/a' }])
})

t.test('sockets, web sockets and times', async (t) => {
  t.same(mainLeadsTo('ProxyPass /a unix:/run/a.sock|http://h/x', '/a/b'), ['/run/a.sock http://h/x/b'])
  t.same(mainLeadsTo('ProxyPass /a unix:/run/a.sock|ws://h/x', '/a/b'), ['/run/a.sock http://h/x/b'])
  t.same(mainLeadsTo('ProxyPass /a ws://h\nProxyPass /b WSS://h', '/a/b', '/b'), ['http://h/b', 'https://h'])
  const timeout = (lines: string) => main(lines).routes[0]?.timeout
  t.equal(timeout('ProxyPass /a http://a'), undefined)
  t.equal(timeout('ProxyTimeout 7\nProxyPass /a http://a'), 7)
  t.equal(timeout('ProxyTimeout 7\nProxyPass /a http://a timeout=500ms'), 0.5)
  t.equal(timeout('ProxyTimeout 7\nProxyPass /a http://a timeout=x'), 7)
  t.equal(timeout('ProxyTimeout\nProxyPass /a http://a timeout=2min'), 120)
  t.same(notes('ProxyPass /a http://a connectiontimeout=5 timeout=3 nocanon'), [
    '1: ProxyPass: connectiontimeout, nocanon: has no effect here',
  ])
})

t.test('what has no backend after all is what the folders have', async (t) => {
  const text = `${root}\nAlias /a/img /img\nAlias /b /bb\nProxyPass /a/img/x !\nProxyPass /b/c/ !\nProxyPass /a !\nProxyPass / http://c/`
  t.same(mainLeadsTo(text, '/a/img/x/y', '/a/img/y', '/a/z', '/b/c/d', '/b/c', '/q'), [
    '/img/x/y',
    '/img/y',
    '/srv/a/z',
    '/bb/c/d',
    'http://c/b/c',
    'http://c/q',
  ])
  t.same(
    mainLeadsTo('ProxyPass /a !\nProxyPass / http://c/', '/a', '/b'),
    ['nobody', 'http://c/b'],
    'there is no folder',
  )
})

t.test('Locations go before servers, the last one first', async (t) => {
  const place = (path: string, line: string) => `<Location ${path}>\n${line}\n</Location>`
  const text = [
    root,
    'ProxyPass / http://server/',
    place('/a', 'ProxyPass http://gone/\nProxyPass http://a'),
    place('/a/b', 'ProxyPass !'),
    place('/a/b/c', 'ProxyPass unix:/s|http://c'),
    place('/a/b/c/d/', 'Require all granted'),
    place('//never', 'ProxyPass http://never'),
  ].join('\n')
  t.same(mainLeadsTo(text, '/a/x', '/a/b/x', '/a/b/c/d/x', '/x'), [
    'http://a/x',
    '/srv/a/b/x',
    '/s http://c/d/x',
    'http://server/x',
  ])
  t.same(
    mainLeadsTo(`${place('/a/b', 'ProxyPass http://b')}\n${place('/a', 'ProxyPass http://a')}`, '/a/b/c'),
    ['http://a/b/c'],
    'as they are merged',
  )
  t.match(wrong(place('/a', 'ProxyPass')), /^site\.conf:2: ProxyPass: needs an URL/)
})

t.test('a backend that is not asked here answers with nobody, and never with a file', async (t) => {
  const rows: [lines: string, nobody: string, why: RegExp][] = [
    ['ProxyPass /a ajp://h:8009/', '/a/b', /a backend by ajp: is not asked here/],
    ['ProxyPass /a fcgi://h:9000/srv', '/a', /fcgi:/],
    ['ProxyPass /a balancer://pool/', '/a', /balancer:/],
    ['ProxyPass /a unix:/run/php.sock|fcgi://h/', '/a', /unix:/],
    ['ProxyPass /a unix:/run/a.sock', '/a', /unix:/],
    ['ProxyPass /a unix:a.sock|http://h/', '/a', /unix:/],
    ['ProxyPass /a http://user:Xq9@h/', '/a', /a backend by http: is not/],
    ['ProxyPass /a http://h/?q=1', '/a', /http:/],
    ['ProxyPass /a h', '/a', /of this kind/],
    ['ProxyPassMatch ^/a/(.*)\\.do$ http://h/$1', '/a/x.do', /regular expressions/],
    ['ProxyPassMatch ^/a !', '/a', /regular expressions/],
    ['ProxyPassMatch (?<n>a)(?R)? http://h/$1', '/a', /regular expressions|not asked/],
    ['<LocationMatch ^/a>\nProxyPass http://h\n</LocationMatch>', '/ab', /regular expressions/],
    ['<Location /a*>\nProxyPass !\n</Location>', '/ab', /regular expressions/],
  ]
  for (const [lines, path, why] of rows) {
    const text = `${root}\n${lines}`
    t.match(routeAt(main(text), path), { kind: 'nobody', why }, lines)
    const told = notes(text).join('\n')
    t.match(told, /^\d: ProxyPass(?:Match)?: .*requests there are answered 501/m, lines)
    t.notMatch(told, /left out|Xq9/, lines)
  }
  t.same(mainLeadsTo(`${root}\nProxyPassMatch \\.do$ http://h/`, '/a.do', '/a.html'), ['nobody', '/srv/a.html'])
  const before = `ProxyPass /a http://a\nProxyPassMatch \\.do$ http://h/\n${root}`
  t.same(mainLeadsTo(before, '/a/b.do', '/b.do', '/b'), ['http://a/b.do', 'nobody', '/srv/b'], 'only what is left')
})

t.test('lines without an effect are told', async (t) => {
  for (const line of ['ProxyPass', 'ProxyPass http://h', 'ProxyPass a http://h', 'ProxyPassMatch x']) {
    t.match(notes(line), [/needs a path that begins with \/ and an URL here, and has no effect/], line)
    t.same(main(line).routes, [])
  }
  t.match(notes('ProxyPass /a/ http://h/x'), [/only one of the path and the URL ends with a slash.*as in Apache/])
})

t.test('Host is passed on where the configuration says so', async (t) => {
  const keeps = (text: string, path = '/a') => {
    const { hosts, main } = read(text).serving
    const route = routeAt(hosts[0] ?? main, path)
    return route?.kind === 'upstream' && route.preserveHost
  }
  const host = (lines: string) => `<VirtualHost *>\n${lines}\n</VirtualHost>`
  const pass = 'ProxyPass /a http://a'
  const place = (line: string, path = '/a') => `<Location ${path}>\n${line}\n</Location>`
  t.notOk(keeps(pass))
  t.ok(keeps(`${pass}\nProxyPreserveHost On`))
  t.ok(keeps(`ProxyPreserveHost on\n${host(pass)}`))
  t.notOk(keeps(`ProxyPreserveHost On\n${host(`${pass}\nProxyPreserveHost Off`)}`))
  t.ok(keeps(`${pass}\n${place('ProxyPreserveHost On')}`))
  t.ok(keeps(`${pass}\n${place('ProxyPreserveHost On', '/')}\n${place('Require all granted')}`))
  t.notOk(keeps(`ProxyPreserveHost On\n${place('ProxyPass http://a\nProxyPreserveHost Off')}`))
  t.notOk(keeps(`${pass}\n${place('ProxyPreserveHost On', '/a/b')}`))
  t.match(notes(`${pass}\n${place('ProxyPreserveHost On', '/a/b')}`), [/<Location>: ProxyPreserveHost counts for/])
  t.match(notes(`${pass}\n${place('ProxyPreserveHost On', '/a*')}`), [/<Location>: ProxyPreserveHost counts for/])
  t.same(notes(`${pass}\n${place('ProxyPreserveHost On')}`), [])
  t.match(wrong(`${pass}\nProxyPreserveHost maybe`), /^site\.conf:2: ProxyPreserveHost: must be On or Off/)
})

t.test('URLs in answers are turned as the configuration says', async (t) => {
  const text = `ProxyPassReverse /a http://a/x\nProxyPassReverse /b balancer://b\nProxyPassReverse /c\nProxyPassReverse /u unix:/s|http://u/
<Location /l>\nProxyPassReverse ws://l\n</Location>\n<LocationMatch ^/m>\nProxyPassReverse http://m\n</LocationMatch>
<VirtualHost *>\nProxyPassReverse /h https://h\n</VirtualHost>`
  const { main, hosts } = read(text).serving
  const own = [
    { path: '/a', url: 'http://a/x' },
    { path: '/u', url: 'http://u/' },
  ]
  t.same(main.reverse, [...own, { path: '/l', url: 'http://l' }])
  t.same(hosts[0]?.reverse, [...own, { path: '/h', url: 'https://h' }, { path: '/l', url: 'http://l' }])
})

t.test('a host has its own lines first, and one content for each of its addresses', async (t) => {
  const text = `${root}\nProxyPass /m http://m\nProxyPass /x http://main\nAlias /i /main/i
<VirtualHost *:80 [::1]:81>\nServerName a\nProxyPass /x http://own\nAlias /i /own/i\nDocumentRoot /own\n</VirtualHost>
<VirtualHost *:80>\nServerName b\n</VirtualHost>`
  const { options, serving } = read(text)
  t.equal(serving.hosts.length, options.hosts?.length)
  t.same(serving.hosts[0], serving.hosts[1])
  const [own, , bare] = serving.hosts as [never, never, never]
  t.same(
    [routeAt(own, '/x'), routeAt(own, '/m')].map((route) => route?.kind === 'upstream' && route.url),
    ['http://own', 'http://m'],
  )
  t.match(
    [routeAt(own, '/i'), routeAt(own, '/q'), routeAt(bare, '/i'), routeAt(bare, '/q')],
    [{ folder: '/own/i' }, { folder: '/own' }, { folder: '/main/i' }, { folder: '/srv' }],
  )
})
