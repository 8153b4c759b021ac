/** Virtual hosts: names, addresses, areas and keys. */

import t from 'tap'
import { notes, read, wrong } from './config-helpers.js'

const host = (lines: string, address = '*:80') => `<VirtualHost ${address}>\n${lines}\n</VirtualHost>`
const hosts = (text: string, options = {}) => read(text, options).options.hosts ?? []

t.test('a host has names and an entry for each address', async (t) => {
  const found = hosts(
    host('ServerAlias *.b.example [::1]:80\nServerName HTTPS://A.example:443', '*:80 192.0.2.1:443 [::1] _default_:*'),
  )
  const names = ['a.example', '*.b.example', '[::1]']
  t.same(
    found.map(({ areas: _, ...own }) => own),
    [{ names, port: 80 }, { names, port: 443, address: '192.0.2.1' }, { names, address: '::1' }, { names }],
  )
  t.equal(read(host('')).options.unknownHost, 'first')
  t.notOk('unknownHost' in read('').options)
})

t.test('names and addresses that cannot be known are errors', async (t) => {
  const rows: [text: string, message: RegExp][] = [
    [host('', ''), /needs at least one argument/],
    [host('', 'www.example.com:80'), /names are not looked up here/],
    [host('', '*:0'), /'0' is no port/],
    [host('', '*:http'), /is no address/],
    [host('ServerAlias *'), /a wildcard can only be/],
    [host('ServerAlias www.?.example'), /a wildcard can only be/],
    [host('ServerName'), /takes one argument/],
    [host('Alias /x'), /takes an URL path and a folder/],
  ]
  for (const [text, message] of rows) t.match(wrong(text), message, text)
  t.match(notes(host('ServerName "a b"')), [/is no host name/])
})

t.test('a host without a ServerName has the one of the main server', async (t) => {
  const rows: [text: string, names: string[]][] = [
    [`${host('')}\nServerName m`, ['m']],
    [`ServerName m\n${host('ServerAlias a')}`, ['m', 'a']],
    [`ServerName m\n${host('ServerName h')}`, ['h']],
    [`ServerName m\n${host('ServerName h\nServerAlias a\nServerName i')}`, ['i', 'a']],
    [`ServerName m\n${host('ServerName "a b"')}`, []],
    [host('ServerAlias a'), ['a']],
  ]
  for (const [text, names] of rows) t.same(hosts(text)[0]?.names, names, text)
})

t.test('areas of the main server come first within each kind', async (t) => {
  const place = (path: string) => `<Location ${path}>\nRequire valid-user\n</Location>`
  const folder = (path: string) => `<Directory ${path}>\nRequire valid-user\n</Directory>`
  const text = `TKTAuthSecret x\nDocumentRoot /a\n${place('/m')}\n${folder('/a/b')}\n${host(`DocumentRoot /a/b\n${place('/h')}\n${folder('/a')}\n${folder('/a/b/c')}`)}`
  const { areas, hosts } = read(text).options
  t.same(
    areas?.map(({ path }) => path),
    ['/b', '/m'],
  )
  t.same(
    hosts?.[0]?.areas?.map(({ path }) => path),
    ['/', '/', '/c', '/m', '/h'],
  )
})

t.test('settings of a host stay its own', async (t) => {
  t.match(hosts(host('TKTAuthLoginURL /l'))[0], { loginUrl: '/l' })
  t.equal(hosts(host('TKTAuthTokn x'), { allowSkipped: ['TKTAuthTokn'] })[0]?.require, 'denied')
})

t.test('secret, old secret and digest are inherited each on its own', async (t) => {
  const main = 'TKTAuthSecret m\nTKTAuthSecretOld o\nTKTAuthDigestType SHA256'
  const ring = (text: string, options = {}) =>
    hosts(text, options)[0]?.keys?.map(({ secret, digest }) => [
      Buffer.from(secret as Uint8Array).toString('latin1'),
      digest,
    ])
  t.same(ring(`${main}\n${host('')}`), [
    ['m', 'sha256'],
    ['o', 'sha256'],
  ])
  t.same(ring(`${main}\n${host('TKTAuthSecret v')}`), [
    ['v', 'sha256'],
    ['o', 'sha256'],
  ])
  t.same(ring(`${main}\n${host('TKTAuthSecret v\nTKTAuthSecretOld w\nTKTAuthDigestType SHA512')}`), [
    ['v', 'sha512'],
    ['w', 'sha512'],
  ])
  t.same(ring(`${main}\n${host('TKTAuthSecretOld w')}`), [
    ['m', 'sha256'],
    ['w', 'sha256'],
  ])
  t.match(notes(`${main}\n${host('TKTAuthSecret v')}`), [/4: <VirtualHost>: has a secret of its own and still accepts/])
  t.same(ring(`${main}\n${host('TKTAuthSecret v')}`, { inheritOldSecret: false }), [['v', 'sha256']])
  t.same(
    ring(
      `${main}\n${host('TKTAuthSecret vvvvvvvvvvvvvvvvvvvv\nServerName a')}`
        .replace(' m\n', ' mmmmmmmmmmmmmmmmmmmm\n')
        .replace(' o\n', ' oooooooooooooooooooo\n'),
      { compat: 'hardened' },
    ),
    [['vvvvvvvvvvvvvvvvvvvv', 'sha256']],
  )
  t.same(ring(host('TKTAuthSecretOld w')), undefined, 'an old secret alone is none')
})

t.test('keys are bytes, MD5 unless said otherwise, and remember their line', async (t) => {
  const { options, keySources } = read('\nTKTAuthSecret "\xe9\\"x"\nTKTAuthSecret later\nTKTAuthSecret "\xe9\\"x"')
  t.same(options.keys, [{ secret: Uint8Array.from([0xe9, 0x22, 0x78]), digest: 'md5' }])
  t.same([...keySources.values()], [{ file: 'site.conf', line: 4 }])
  t.match(wrong('TKTAuthDigestType md5'), /must be MD5, SHA256 or SHA512/)
  t.match(wrong(`TKTAuthSecret ${'x'.repeat(1025)}`), /is too long/)
})

t.test('ports that Apache listens on and that no host has are those of the main server', async (t) => {
  const listen = 'Listen 80\nListen [::1]:8080 http\nlisten "0.0.0.0:443" https\nListen 80'
  const rows: [text: string, ports: number[] | undefined][] = [
    [`${listen}\n${host('', '*:443')}`, [80, 8080]],
    [`${listen}\n${host('', '192.0.2.1:443 [::1]:8080')}`, [80]],
    [`${listen}\n${host('', '*')}`, undefined],
    [listen, undefined],
    [host(''), undefined],
  ]
  for (const [text, ports] of rows) t.same(read(text).options.mainPorts, ports, text)
})
