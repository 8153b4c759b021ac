/** Ports and upstreams of lighttpd's configuration; files in either syntax are told apart. */

import { writeFileSync } from 'node:fs'
import t from 'tap'
import { run } from '../../src/cli/main.js'
import { loadConfig } from '../../src/config/load.js'
import { notes, read, require, wrong } from './lighttpd-helpers.js'

const upstream = '( ( "host" => "127.0.0.1", "port" => 81 ) )'

t.test('ports', async (t) => {
  const listen = (text: string) => read(text).serving.listen.map(({ endpoint, tls }) => [endpoint, tls?.[0]?.keyFile])
  t.same(listen(''), [])
  t.same(listen('server.port = 8080'), [[{ host: '*', port: 8080 }, undefined]])
  t.same(listen('server.bind = "127.0.0.1"\nserver.port = "81"\n$SERVER["socket"] == "127.0.0.1:81" { }'), [
    [{ host: '127.0.0.1', port: 81 }, undefined],
  ])
  const secure = '$SERVER["socket"] == "[::]:443" { ssl.engine = "enable" ssl.pemfile = "/p" }'
  t.same(listen(secure), [[{ host: '*', port: 443 }, '/p']])
  t.same(listen(secure.replace('"/p"', '"/p" ssl.privkey = "/k"')), [[{ host: '*', port: 443 }, '/k']])
  t.same(listen('$SERVER["socket"] == "/sock" { }'), [])
  t.match(wrong('server.port = 0'), /server.port: is no port/)
  t.match(wrong('server.port = 1\nssl.engine = "enable"'), /there is no certificate/)
})

t.test('upstreams', async (t) => {
  const routes = (text: string) =>
    read(text).serving.main.routes.map((one) => [one.path, one.kind === 'upstream' && (one.unix ?? one.url)])
  t.same(routes(`proxy.server = ( "" => ${upstream} )`), [['/', 'http://127.0.0.1:81']])
  t.same(routes(`proxy.server = ( "/a b" => ${upstream} )`), [['/a b', 'http://127.0.0.1:81/a%20b']])
  t.same(routes('proxy.server = ( "" => ( "host" => "::1" ) )'), [['/', 'http://[::1]:80']])
  t.same(routes('proxy.server = ( "" => ( ( "socket" => "/s" ) ) )'), [['/', '/s']])
  const two = `proxy.server = ( "" => ${upstream} )\n$HTTP["url"] =^ "/x" { proxy.server = ( "" => ( ( "host" => "h" ) ) ) }`
  t.same(routes(two), [
    ['/x', 'http://h:80/x'],
    ['/', 'http://127.0.0.1:81'],
  ])
  t.match(notes(`$HTTP["url"] =~ "a.b" { proxy.server = ( "" => ${upstream} ) }`), [/stands in a condition/])
  for (const entry of [
    '".php" => ( "host" => "h" )',
    '"" => "h"',
    '"" => ( "port" => 1 )',
    '"" => ( "host" => ( ) )',
  ]) {
    t.match(notes(`proxy.server = ( ${entry} )`), [/an entry is left out/], entry)
  }
  t.match(wrong('proxy.server = "x"'), /is no list/)
  const hosts = read(`$HTTP["host"] == "h.test" { proxy.server = ( "" => ${upstream} ) }`).serving.hosts
  t.equal(hosts[0]?.routes.length, 1)
})

t.test('files', async (t) => {
  const folder = t.testdir({})
  const file = `${folder}/lighttpd.conf`
  const text = `server.modules = ( "mod_auth", "mod_authn_tkt" )\nauth.method.tkt.opts = ( "secret" => "some-secret-text" )\n${require('/')}\n`
  writeFileSync(file, text, { mode: 0o600 })
  t.equal(loadConfig(file).format, 'lighttpd')
  t.equal(loadConfig(file, { format: 'lighttpd' }).format, 'lighttpd')
  let out = ''
  let err = ''
  const output = {
    out: (some: string) => {
      out += some
    },
    err: (some: string) => {
      err += some
    },
    flush: () => undefined,
  }
  t.equal(await run(['convert', '--from', 'lighttpd', file], output), 0, err)
  t.match(out, /"lighttpdFile": ".*lighttpd.conf"/)
  t.notMatch(out + err, /some-secret-text/)
  writeFileSync(`${folder}/x.json`, out)
  t.same(loadConfig(`${folder}/x.json`).options.areas, loadConfig(file).options.areas)
})
