/** Random texts: an answer or one line that names a line, and soon. */

import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import type { ApacheConfig } from '../../src/config/apache.js'
import { readConfig } from '../../src/config/json.js'
import { SIGNED_NAMES, TICKET_NAMES } from '../../src/config/known.js'
import { arranged, patternOf } from '../../src/config/routes.js'
import { toJson } from '../../src/config/write.js'
import { createGuard } from '../../src/policy/guard.js'
import { read, trouble } from './config-helpers.js'
import { keyFiles } from './pubtkt-helpers.js'

const LINE = /^[^:]+:\d+: .+$/
const SECTIONS = [
  'Location',
  'LocationMatch',
  'Directory',
  'DirectoryMatch',
  'Files',
  'FilesMatch',
  'VirtualHost',
  'RequireAll',
  'RequireNone',
  'IfModule',
  'IfDefine',
  'IfVersion',
  'If',
  'Limit',
  'Macro',
]
const NAMES = [
  ...TICKET_NAMES,
  ...SIGNED_NAMES,
  'Require',
  'AuthType',
  'Define',
  'Include',
  'Alias',
  'DocumentRoot',
  'ServerName',
  'ServerAlias',
  'AllowOverride',
  'AliasMatch',
  'ProxyPass',
  'ProxyPassMatch',
  'ProxyPassReverse',
  'ProxyPreserveHost',
  'Listen',
  'SSLEngine',
  'SSLCertificateFile',
  'SetHandler',
  'AddHandler',
  'DirectoryIndex',
  'Redirect',
  'RedirectMatch',
  'RewriteEngine',
  'RewriteRule',
  'RequestHeader',
  'LimitRequestBody',
  'TimeOut',
  'Satisfy',
  'AuthGroupFile',
  'Foo',
]
const ARGUMENTS = [
  '',
  '/x',
  '/x*',
  '"a b"',
  '^/x(a|b)',
  '[',
  '~',
  '*:80',
  'on',
  '1h',
  'valid-user',
  'user a',
  'not',
  'all granted',
  'ip 10',
  '${X}',
  '"',
  '!x',
  '/etc/*',
  'None',
  '\\',
  'http://b/',
  'unix:/s|http://b',
  '443',
  'set',
  '%{REMOTE_USER}e',
  'TKT',
  'mod_auth_pubtkt',
  '/k/rsa.pub',
  'SHA256',
  '0123456789abcdef',
]

const argument = fc.oneof(fc.constantFrom(...ARGUMENTS), fc.string({ maxLength: 6 }))
const line = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom(...NAMES), fc.array(argument, { maxLength: 3 }))
      .map(([name, more]) => [name, ...more].join(' ')),
  },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...SECTIONS), argument).map(([name, more]) => `<${name} ${more}>`) },
  { weight: 2, arbitrary: fc.constantFrom(...SECTIONS).map((name) => `</${name}>`) },
  { weight: 1, arbitrary: fc.string() },
)
const nested: fc.Arbitrary<string> = fc.letrec<{ text: string }>((tie) => ({
  text: fc.oneof(
    { depthSize: 'small' },
    fc.array(line, { maxLength: 4 }).map((lines) => lines.join('\n')),
    fc
      .tuple(fc.constantFrom(...SECTIONS), argument, tie('text'))
      .map(([name, more, inner]) => `<${name} ${more}>\n${inner}\n</${name}>`),
  ),
})).text
const files = keyFiles({ '/etc/a': 'Require valid-user', '/x/.htaccess': 'TKTAuthToken a' })
const options = { files, allowSkipped: ['If', 'Limit', 'Require', 'AliasMatch'] }
const signed = { ...options, module: 'mod_auth_pubtkt' } as const

t.test('Apache syntax', async (t) => {
  const check = (text: string) => {
    for (const given of [{}, options, signed, { ...options, compat: 'hardened' as const }]) {
      const message = trouble(() => {
        const config = read(text, given)
        createGuardOrError(config.options)
        checkServing(config)
      })
      if (message !== 'no error' && !LINE.test(message)) throw new Error(message)
    }
  }
  fc.assert(
    fc.property(
      fc.array(nested, { maxLength: 4 }).map((parts) => parts.join('\n')),
      check,
    ),
    { numRuns: 600 },
  )
  fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'binary' }), check), { numRuns: 300 })
  t.pass('no other error')
})

/** What the reader lets through must be what the guard takes. */
function createGuardOrError(given: Parameters<typeof createGuard>[0]): void {
  if (given.compat === 'exact') createGuard({ ...given, selfTest: false })
}

/** A content for each host; what is written is read again; no pattern that is none. */
function checkServing(config: ApacheConfig): void {
  const { options, serving } = config
  if (serving.hosts.length !== (options.hosts?.length ?? 0)) throw new Error('hosts')
  for (const { routes } of [serving.main, ...serving.hosts]) {
    for (const route of routes) new RegExp(patternOf(route) ?? '')
    if (JSON.stringify(arranged(routes)) !== JSON.stringify(routes)) throw new Error('order')
  }
  // What refers to the text itself cannot be read back: it is in no file.
  if (JSON.stringify(options).match(/"(?:keys|passthruKey)":/)) return
  const back = readConfig(toJson(options, config), { files }).serving
  const plain = (one: typeof serving) => JSON.parse(JSON.stringify(one, (key, value) => (key === 'at' ? 0 : value)))
  if (!isDeepStrictEqual(plain(back), plain(serving))) throw new Error(`it is read as ${JSON.stringify(back)}`)
}

t.test('our own syntax', async (t) => {
  const check = (text: string) => {
    const message = trouble(() => readConfig(text, { files }))
    if (message !== 'no error' && !LINE.test(message)) throw new Error(message)
  }
  fc.assert(fc.property(fc.string({ maxLength: 200 }), check), { numRuns: 300 })
  fc.assert(fc.property(fc.json(), check), { numRuns: 300 })
  fc.assert(
    fc.property(
      fc
        .tuple(
          fc.constantFrom(
            'keys',
            'publicKeys',
            'signingKey',
            'passthruKey',
            'signatures',
            'areas',
            'hosts',
            'groups',
            'timeout',
            'routes',
            'upstream',
            'files',
            'gateway',
          ),
          fc.json(),
        )
        .map(([key, json]) => `{ "${key}": [${json}] }`),
      check,
    ),
    { numRuns: 300 },
  )
  t.pass('no other error')
})

t.test('long lines, deep sections and many of them are no trouble', async (t) => {
  const deep = 2000
  t.match(
    trouble(() => read(`${'<IfDefine !A>\n'.repeat(deep)}${'</IfDefine>\n'.repeat(deep)}`)),
    /:101: <IfDefine>: is more than 100 sections deep/,
  )
  t.match(
    trouble(() => read('<A>\n'.repeat(deep))),
    LINE,
  )
  t.match(
    trouble(() => read(`TKTAuthSecret ${'\\'.repeat(200000)}`)),
    LINE,
  )
  t.match(
    trouble(() => read(`${' '.repeat(200000)}x`)),
    /has no directive that is known/,
  )
  t.match(
    trouble(() => read('a\\\n'.repeat(50000))),
    /is no line of Apache's/,
  )
  t.match(
    trouble(() => read('<Location /x>\nRequire valid-user\n</Location>\n'.repeat(2000))),
    'no error',
  )
})
