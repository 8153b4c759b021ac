/** auth.method.tkt.opts as settings and keys, converted and read back. */

import t from 'tap'
import { hardeningLeftOff } from '../../src/config/hardening.js'
import { readConfig } from '../../src/config/json.js'
import { toJson } from '../../src/config/write.js'
import { createGuard } from '../../src/policy/guard.js'
import { lighttpdConfigOf } from '../helpers/lighttpd-config.js'
import { vectorsOf } from '../helpers/recorded.js'
import type { Vector } from '../helpers/recorded-lighttpd.js'
import { filesOf, trouble } from './config-helpers.js'
import { notes, read, require, settings, wrong } from './lighttpd-helpers.js'

const SETTINGS: [line: string, settings: object][] = [
  [
    '"login-url" => "/login", "timeout-url" => "/t", "post-timeout-url" => "/p", "unauth-url" => "/u"',
    { loginUrl: '/login', timeoutUrl: '/t', postTimeoutUrl: '/p', unauthUrl: '/u' },
  ],
  ['"timeout" => "2h"', { timeout: 7200 }],
  ['"timeout" => "60"', { timeout: 60 }],
  ['"timeout" => ""', {}],
  ['"timeout" => "60", "timeout-refresh" => ".5"', { timeout: 60, refreshWithin: 30 }],
  ['"timeout-refresh" => "0.33"', { refreshWithin: 2376 }],
  ['"cookie-expires" => "1y"', { cookieExpires: 31536000 }],
  [
    '"ignore-ip" => "enable", "require-ssl" => "TRUE", "cookie-secure" => 0',
    { ignoreIp: true, requireSsl: true, cookieSecure: false },
  ],
  ['"ignore-ip" => "Enabled", "cookie-secure" => "disabled"', { ignoreIp: true, cookieSecure: false }],
  ['"timeout-url" => " /t?a=1 "', { timeoutUrl: '/t?a=1' }],
  [
    '"guest-login" => 1, "guest-cookie" => "1", "guest-fallback" => "disable", "guest-user" => "g%8U"',
    { guestLogin: true, guestCookie: true, guestFallback: false, guestUser: 'g%8U' },
  ],
  [
    '"cookie-name" => "c", "cookie-domain" => ".x.test", "back-cookie-name" => "b", "back-arg-name" => "to"',
    { cookieName: 'c', cookieDomain: '.x.test', backCookieName: 'b', backArgName: 'to' },
  ],
  [
    '"tokens" => ( "/a" => ( "x", "y" ), "/" => ( ) )',
    {
      tokenPaths: [
        { path: '/a', tokens: ['x', 'y'] },
        { path: '/', tokens: [] },
      ],
    },
  ],
  ['"tokens" => ( )', {}],
]

t.test('settings', async (t) => {
  for (const [line, wanted] of SETTINGS) t.same(settings(`"secret" => "s", ${line}`), wanted, line)
  const hardened = read('auth.method.tkt.opts = ( "secret" => "0123456789abcdef-x" )', { compat: 'hardened' })
  t.match(hardened.options, { compat: 'hardened', allowShiftableFields: true })
  t.match(notes('auth.method.tkt.opts = ( "secret" => "0123456789abcdef-x" )', { compat: 'hardened' }), [
    /allowShiftableFields: is set/,
  ])
})

const ERRORS: [line: string, message: RegExp][] = [
  ['"timeout" => "86400"', /:2: timeout: has a number above 65535.*such as 24h/],
  ['"timeout" => "86401"', /such as 24h or 30d/],
  ['"timeout" => "65535y"', /longer than 68 years/],
  ['"timeout" => "h"', /is no length of time/],
  ['"timeout" => 60', /timeout: is no text/],
  ['"timeout-refresh" => "2"', /is no part of the timeout/],
  ['"timeout-refresh" => "x"', /is no part of the timeout/],
  ['"ignore-ip" => "yes"', /neither "enable" nor "disable"/],
  ['"ignore-ip" => ( )', /neither "enable" nor "disable"/],
  ['"digest-type" => "SHA1"', /digest-type: is none of/],
  ['"cookie-name" => ""', /cookie-name: is empty/],
  ['"cookie-name" => "a b"', /cookie-name: cannot be used/],
  ['"login-urll" => "x"', /has no option 'login-urll'; did you mean 'login-url'\?/],
  ['"hunter2!" => "x"', /has something that is none of its options/],
  ['"x"', /has something that is none of its options/],
  [`"secret-old" => "${'x'.repeat(1025)}"`, /longer than 1024 bytes/],
  ['"tokens" => "x"', /needs paths with lists of labels/],
  ['"tokens" => ( "x" )', /needs paths with lists of labels/],
  ['"tokens" => ( "/" => ( 1 ) )', /needs paths with lists of labels/],
  ['"tokens" => ( "/" => ( "a b" ) )', /tokens: cannot be used/],
]

t.test('errors', async (t) => {
  for (const [line, message] of ERRORS) {
    const text = wrong(`auth.method.tkt.opts = (\n${line} )`)
    t.match(text, message, line.slice(0, 50))
    t.notMatch(text, /hunter2/)
  }
  t.match(wrong('auth.method.tkt.opts = "x"'), /is no list/)
})

t.test('notes', async (t) => {
  const of = (line: string) => notes(`auth.method.tkt.opts = ( ${line} )`)
  t.match(of('"secret" => "s", "timeout" => "1h30m"'), [/only its first number and unit count/])
  t.match(of('"secret" => "s", "timeout" => "60"'), [/timeout-refresh: is left out/])
  t.match(of('"login-url" => "/"'), [/secret: is missing/])
  t.match(of('"secret" => "s", "login-url" => "/ "'), [/login-url: has spaces around it, which are left out/])
  t.match(notes('server.modules = ( "mod_auth", 1 )\nurl.access-deny = ( )\nfoo.a = 1\nfoo.a := 2'), [
    /is kept here/,
    /mod_authn_tkt is not among them/,
    /foo.a: left out/,
  ])
  t.match(notes('include_shell "/usr/share/lighttpd/create-mime.conf.pl"'), [/sets nothing/, /include_shell: left out/])
  t.same(
    notes('server.http-parseopts = ( "url-ctrls-reject" => "enable" )\nauth.require = ( )\nauth.method.tkt.opts = ( )')
      .length,
    0,
  )
})

t.test('one map takes the place of another', async (t) => {
  const inner = '$HTTP["url"] =^ "/x" { auth.method.tkt.opts = ( "secret" => "s", "require-ssl" => "enable" ) }'
  const outer = 'auth.method.tkt.opts = ( "secret" => "s", "cookie-name" => "c", "cookie-secure" => "enable" )'
  const { options } = read(`server.name = "n.test"\n${outer}\n${inner}`)
  t.match(options.areas, [
    { path: '/', cookieDomain: 'n.test' },
    { pattern: '^/x', cookieName: 'auth_tkt', cookieSecure: true, requireSsl: true, cookieDomain: 'n.test' },
  ])
  t.notOk(options.areas?.[1]?.keys, 'the keys agree')
  const differ = read(`${outer}\n${inner.replace('"s"', '"t", "secret-old" => "u"')}`).options
  t.equal(differ.areas?.[0]?.keys?.length, 2)
  const alone = read(`${inner}\n${require('/')}`).options
  t.match(alone.areas?.[0], { path: '/', keys: [] }, 'outside of /x nobody is known')
  t.equal(
    read(`$HTTP["url"] =^ "/x" { auth.method.tkt.opts = ( "secret" => "s" ) ${require('/x')} }`).options.keys?.length,
    1,
  )
  t.match(notes('$HTTP["url"] == "/" { server.name = "n.test" }'), [/server.name: depends on more/])
})

const FILES = {
  '/c/main.conf': `var.s = "a" + "b"\nauth.method.tkt.opts = ( "secret" => s, "secret-old" => "old", "digest-type" => "SHA256" )\ninclude "more.conf"\n`,
  '/c/more.conf': `\n$HTTP["url"] =^ "/x" { auth.method.tkt.opts = ( "secret" => var.s + "c" ) ${require('/x')} }\n`,
}

t.test('written, secrets are references to their lines', async (t) => {
  const files = filesOf(FILES)
  const { options, serving, keySources } = read(FILES['/c/main.conf'], { file: '/c/main.conf', files })
  const text = toJson(options, { keySources, serving })
  t.match(text, /"lighttpdFile": "\/c\/main.conf"/)
  t.match(text, /"included": "\/c\/more.conf",\s+"line": 2/)
  const back = readConfig(text, { file: '/c/x.json', files, environment: {} })
  t.same(JSON.parse(JSON.stringify(back.options.keys)), JSON.parse(JSON.stringify(options.keys)))
  t.same(JSON.parse(JSON.stringify(back.options.areas)), JSON.parse(JSON.stringify(options.areas)))
  const wrongly = (secret: object) =>
    trouble(() =>
      readConfig(JSON.stringify({ keys: [{ digest: 'md5', secret }] }), { file: '/c/x.json', files, environment: {} }),
    )
  t.match(wrongly({ lighttpdFile: 'main.conf', line: 1 }), /has no secret on line 1/)
  t.match(wrongly({ lighttpdFile: 'main.conf', line: 2, option: 'x' }), /must be/)
  const twice = filesOf({
    '/c/t.conf':
      '$HTTP["url"] == "/" { auth.method.tkt.opts = ( "secret" => "a" ) } auth.method.tkt.opts = ( "secret" => "b" ) $HTTP["url"] == "/q" { auth.method.tkt.opts = () }',
  })
  t.match(
    trouble(() =>
      readConfig('{"keys":[{"digest":"md5","secret":{"lighttpdFile":"t.conf","line":1}}]}', {
        file: '/c/x.json',
        files: twice,
        environment: {},
      }),
    ),
    /has several on line 1/,
  )
  t.ok(hardeningLeftOff(options).some((line) => line.startsWith('urlTicketWins: true')))
})

t.test('the recorded configurations are read', async (t) => {
  for (const row of vectorsOf<Vector>('recorded/mod_authn_tkt'))
    t.doesNotThrow(() => createGuard(read(lighttpdConfigOf(row)).options), row.id)
})

t.test('what the guard would refuse', async (t) => {
  const short = 'auth.method.tkt.opts = ( "secret" => "s" )'
  const long = 'auth.method.tkt.opts = ( "secret" => "0123456789abcdef-x", "login-url" => "ftp:x" )'
  t.match(wrong(short, { compat: 'hardened' }), /site.conf:1: configuration: cannot be used: keys\[0\]/)
  t.match(
    wrong(`\n$HTTP["url"] =^ "/x" { ${long} }`, { compat: 'hardened' }),
    /:2: auth.method.tkt.opts.*areas\[0\].loginUrl/,
  )
  const inHost = `$HTTP["host"] == "h.test" {\n$HTTP["url"] =^ "/x" { ${long} } }`
  t.match(wrong(inHost, { compat: 'hardened' }), /:2: auth.method.tkt.opts.*hosts\[0\].areas\[0\].loginUrl/)
})
