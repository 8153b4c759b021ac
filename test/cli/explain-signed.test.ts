/** `explain --human` where signed tickets are asked for: what it says of each way not to get in, and what it does not. */

import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { createIssuer, createPubtktIssuer } from '../../src/index.js'
import { pairOf, signingKeyOf } from '../helpers/signing-keys.js'
import { cli, folder } from './command.js'

const NOW = 1_700_000_000
const ip = '192.0.2.7'
const LOGIN = '  TKTAuthLoginURL https://login.example.com/login\n'
const KEY = '  TKTAuthPublicKey rsa.pub\n  TKTAuthDigest SHA256\n'
const place = (path: string, lines: string) => `<Location ${path}>\n  Require valid-user\n${lines}${LOGIN}</Location>\n`
const SIGNED = '  AuthType mod_auth_pubtkt\n'
const SITE = [
  place('/app', SIGNED + KEY),
  place('/no-type', KEY),
  place('/basic', `  AuthType Basic\n${KEY}`),
  place('/no-key', SIGNED),
  `<Location /no-rule>\n${SIGNED}${KEY}</Location>\n`,
].join('')
const OURS = {
  module: 'mod_auth_pubtkt',
  publicKeys: [{ publicKey: { file: 'rsa.pub' }, digest: 'sha256' }],
  loginUrl: 'https://login.example.com/login',
  areas: [{ path: '/app' }],
}

type Fields = Parameters<ReturnType<typeof createPubtktIssuer>['issue']>[0]
const issued = (
  fields: Partial<Fields> = {},
  [name, digest]: Parameters<typeof signingKeyOf> = ['rsa', 'sha256'],
  encoding: 'percent' | 'raw' = 'percent',
) =>
  createPubtktIssuer({ key: signingKeyOf(name, digest) }).issue(
    { uid: 'alice', validUntil: NOW + 60, ...fields },
    { encoding },
  )
const good = issued()
const keyed = createIssuer({ keys: [{ secret: 'a secret of the other module', digest: 'sha256' }], selfTest: false })
const request = (value?: string, more: object = {}) => ({
  url: '/app/x',
  headers: [['Host', 'www.example.com'], ...(value === undefined ? [] : [['Cookie', `auth_pubtkt=${value}`]])],
  ip,
  now: NOW,
  ...more,
})

async function told(t: Test, one: object, config: 'site.conf' | 'authtkt.json' = 'site.conf'): Promise<string> {
  const at = folder(t, {
    'site.conf': SITE,
    'authtkt.json': JSON.stringify(OURS),
    'rsa.pub': pairOf('rsa').publicKey,
    'requests.jsonl': JSON.stringify(one),
  })
  const { code, out } = await cli('explain', '--config', at(config), '--human', at('requests.jsonl'))
  t.equal(code, 0)
  return out
}

const ROWS: [name: string, one: object, says: RegExp[], not?: RegExp][] = [
  ['a good one', request(good), [/allowed as "alice"/, /clock: .*; ticket good until 2023-11-14T22:14:20Z\n/]],
  ['quotes around it', request(`"${good}"`), [/allowed as "alice"/]],
  [
    'another uid',
    request(good.replace('alice', 'malice')),
    [
      /fits none of the public keys here: the ticket or its signature was changed, or another key or digest made it/,
      /ticket says until 2023-11-14T22:14:20Z \(not verified\)/,
    ],
    /good until|try:/,
  ],
  ['another signature', request(good.replace(/.{8}(%3D)*$/, 'AAAAAAAA$1')), [/or its signature was changed/], /try:/],
  ['another key', request(issued({}, ['otherRsa', 'sha256'])), [/or another key or digest made it/], /try:/],
  ['another digest', request(issued({}, ['rsa', 'sha512'])), [/try: the login signs with sha512: set TKTAuthDigest/]],
  [
    'another digest and another address',
    request(issued({ clientIp: '192.0.2.9' }, ['rsa', 'sha512'])),
    [/try: the login signs with sha512: .*; then the ticket is of another client address/],
  ],
  [
    'another address, and too late',
    request(issued({ clientIp: '192.0.2.9', validUntil: NOW - 1 })),
    [
      /of another client address/,
      /ticket ran out at 2023-11-14T22:13:19Z\n/,
      /try: .*\(cip\).*; then the ticket has run out/,
    ],
    /not verified/,
  ],
  [
    'too late',
    request(issued({ validUntil: NOW - 1 })),
    [/has run out/, /ticket ran out at/],
    /not verified|good until/,
  ],
  [
    'a ticket as it is signed, which a cookie cannot hold',
    request(issued({}, ['rsa', 'sha256'], 'raw')),
    [/no signed ticket/, /try: cookie auth_pubtkt ends at the first ; of its ticket: have the login percent-encode it/],
  ],
  [
    'base64',
    request(btoa(issued({}, ['rsa', 'sha256'], 'raw'))),
    [/try: cookie auth_pubtkt has its ticket in base64: have the login percent-encode it/],
  ],
  [
    'base64 of a signature that begins with a plus',
    request(btoa(issued({}, ['rsa', 'sha256'], 'raw').replace(/;sig=./, ';sig=+'))),
    [/try: cookie auth_pubtkt has its ticket in base64: have the login percent-encode it/],
  ],
  [
    'base64 of the percent form, its = percent-encoded',
    request(btoa(`${good}`).replaceAll('=', '%3D')),
    [/has its ticket in base64/],
  ],
  [
    'half a ticket',
    request(good.slice(0, 60)),
    [/no signed ticket/, /try: cookie auth_pubtkt has a ticket that is cut off/],
  ],
  [
    'a ticket of mod_auth_tkt',
    request(keyed.issue({ uid: 'alice' }, { ip, now: NOW })),
    [/try: cookie auth_pubtkt has a ticket of mod_auth_tkt, made with a secret/],
  ],
  ['anything', request('hello'), [/no signed ticket/], /try:/],
  [
    'under another name',
    request(undefined, {
      headers: [
        ['Host', 'h'],
        ['Cookie', `sso=${good}`],
      ],
    }),
    [/there is no ticket/, /cookie sso looks like a ticket/],
  ],
  [
    'no Host',
    request(good, { headers: [] }),
    [/400, because the request has no Host, which HTTP\/1\.1 needs: /, /area: none\n/],
  ],
  ['no Host in HTTP/1.0', request(good, { headers: [], httpVersion: '1.0' }), [/because there is no ticket/]],
  [
    'two Hosts',
    request(good, {
      headers: [
        ['Host', 'a'],
        ['host', 'a'],
      ],
    }),
    [/400, because .*more than one Host/],
  ],
  ['a bad Host', request(good, { headers: [['Host', 'a/b']] }), [/400, because the Host is no name and no address/]],
  [
    'a bad line',
    request(good, { headers: [['Ho st', 'a']] }),
    [/400, because the method or a header line is malformed/],
  ],
  ['a bad method', request(good, { method: 'G T' }), [/400, because the method or a header line is malformed/]],
  ['a hidden slash', request(good, { url: '/app/%2f' }), [/404, because the path is malformed, or hides a slash/]],
  [
    'a path that nobody guards',
    request(good, { url: '/' }),
    [/passes; nobody is asked for\n {2}area: none; default: pass/],
  ],
  [
    'no AuthType',
    request(good, { url: '/no-type' }),
    [/500, because no AuthType is set there: set AuthType mod_auth_pubtkt/, /ticket: none is asked for/],
  ],
  [
    'AuthType Basic',
    request(good, { url: '/basic' }),
    [/500, because AuthType Basic asks nobody for a signed ticket: /],
  ],
  ['no key', request(good, { url: '/no-key' }), [/500, because no public key is configured there \(TKTAuthPublicKey/]],
  [
    'no rule',
    request(good, { url: '/no-rule' }),
    [/500, because AuthType mod_auth_pubtkt asks for a user there, and no Require/],
  ],
]

for (const [name, one, says, not] of ROWS) {
  t.test(name, async (t) => {
    const out = await told(t, one)
    for (const text of says) t.match(out, text)
    if (not) t.notMatch(out, not)
    t.notMatch(out, /sig=|sig%3D|[A-Za-z0-9+/]{120}/, 'nothing of the ticket')
  })
}

const OUR_ROWS: [name: string, one: object, says: RegExp][] = [
  [
    'a path in no area',
    request(good, { url: '/' }),
    /403, because the path lies in no area, and default is 'deny'\n {2}area: none; default: deny/,
  ],
  [
    'an odd path',
    request(good, { url: '/%41pp/x' }),
    /400, because other software may read the path as one of another area/,
  ],
  ['a broken path', request(good, { url: '/app/%zz' }), /400, because the path is malformed/],
  ['a good one', request(good), /allowed as "alice"/],
]

for (const [name, one, says] of OUR_ROWS) {
  t.test(`our own configuration: ${name}`, async (t) => {
    t.match(await told(t, one, 'authtkt.json'), says)
  })
}

t.test('what a server of other tickets says of a signed one, and of itself', async (t) => {
  const rows: [config: object, says: RegExp][] = [
    [{}, /try: cookie auth_tkt has a signed ticket: set AuthType mod_auth_pubtkt/],
    [{ compat: 'exact', keys: undefined }, /500, because no secret is configured there \(TKTAuthSecret, keys\)/],
    [{ compat: 'exact', loginUrl: null }, /500, because no login URL is configured there/],
    [
      { hosts: [{ names: ['a'] }], unknownHost: 'refuse' },
      /400, because .*, or no host of the configuration has this name/,
    ],
    [{ shadow: true }, /passes \(shadow; would be: 30\d to .*, because/],
  ]
  for (const [more, says] of rows) {
    const base = {
      keys: [{ secret: 'a secret of many bytes', digest: 'sha256' }],
      loginUrl: 'https://login.example.com/login',
      cookieName: 'auth_tkt',
      areas: [{ path: '/app', require: 'valid-user' }],
    }
    const at = folder(t, { 'authtkt.json': JSON.stringify({ ...base, ...more }) })
    const headers = [
      ['Host', 'www.example.com'],
      ['Cookie', `auth_tkt=${good}`],
    ]
    writeFileSync(at('requests.jsonl'), JSON.stringify(request(undefined, { headers })))
    const { out } = await cli('explain', '--config', at('authtkt.json'), '--human', at('requests.jsonl'))
    t.match(out, says)
  }
})
