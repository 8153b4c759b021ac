/** Our own configuration: what it can say, and one line for every mistake. */

import t from 'tap'
import { type ConfigOptions, readConfig } from '../../src/config/json.js'
import { parsePositioned } from '../../src/config/positions.js'
import { filesOf, trouble } from './config-helpers.js'

const files = filesOf({
  '/etc/tkt/key': 'sixteen bytes or more\r\n',
  '/etc/tkt/latin': 'sixteen bytes \xe9\xe9 or\n\n',
  '/etc/tkt/open': 'open: sixteen bytes or more',
  '/etc/tkt/empty': '\n',
  '/etc/tkt/long': 'x'.repeat(1025),
  '/etc/tkt/groups': 'staff: alice',
  '/etc/tkt/site.conf':
    'Define TAIL "or so"\nListen 80\nTKTAuthSecret "sixteen \\"bytes\\" ${TAIL}"\n<X>\ntktauthsecretold sixteen-bytes-${ENV}\nTKTAuthSecret sixteen-bytes-${NONE}\nTKTAuthSecret ""',
})
const environment = { KEY: 'sixteen bytes or more \u00e9', EMPTY: '', ENV: '\u00e9' }
const options: ConfigOptions = { file: '/etc/tkt/authtkt.json', files, environment }
const read = (text: string) => readConfig(text, options)
const withSecret = (secret: unknown) =>
  `{\n "keys": [\n  { "digest": "md5",\n    "secret": ${JSON.stringify(secret)} }\n ]\n}`
const bytes = (text: string, encoding: BufferEncoding = 'latin1') => new Uint8Array(Buffer.from(text, encoding))

t.test('secrets come from files, the environment and Apache configurations', async (t) => {
  const rows: [secret: unknown, value: unknown][] = [
    [{ file: 'key' }, bytes('sixteen bytes or more')],
    [{ file: '/etc/tkt/latin' }, bytes('sixteen bytes \xe9\xe9 or\n')],
    [{ env: 'KEY' }, bytes('sixteen bytes or more \u00e9', 'utf8')],
    [{ apacheFile: 'site.conf', line: 3 }, bytes('sixteen "bytes" or so')],
    [{ apacheFile: 'site.conf', line: 5 }, bytes('sixteen-bytes-\u00e9', 'utf8')],
    ['sixteen bytes or more', 'sixteen bytes or more'],
  ]
  for (const [secret, value] of rows) {
    t.same(read(withSecret(secret)).options.keys?.[0]?.secret, value, JSON.stringify(secret))
    const inHost = `{ "hosts": [{ "names": ["a"], "keys": ${JSON.stringify([{ secret, digest: 'md5' }])} }] }`
    t.same(read(inHost).options.hosts?.[0]?.keys?.[0]?.secret, value)
  }
})

t.test('secrets that anybody can read are warned of', async (t) => {
  t.match(read(withSecret({ file: 'open' })).notes, [
    { severity: 'warning', line: 4, message: /others than its owner can read '\/etc\/tkt\/open'/ },
  ])
  t.match(read(withSecret('sixteen bytes or more')).notes, [{ line: 4, message: /stands in the configuration itself/ }])
  t.same(read(withSecret({ file: 'key' })).notes, [])
})

t.test('what is not defined in a secret stays as it is, and is not told', async (t) => {
  const { options, notes } = read(withSecret({ apacheFile: 'site.conf', line: 6 }))
  t.match(Buffer.from(options.keys?.[0]?.secret as Uint8Array).toString(), /\$\{NONE\}/)
  t.match(notes, [{ line: 4, message: /is not defined and stands as it is/ }])
  t.notMatch(JSON.stringify(notes), /NONE/)
})

t.test('secrets that are not there', async (t) => {
  const rows: [secret: unknown, message: RegExp][] = [
    [{ file: 'none' }, /^\/etc\/tkt\/authtkt\.json:4: keys\[0\]\.secret: 'none' cannot be read; check/],
    [{ file: 'empty' }, /is empty; a secret has/],
    [{ file: 'long' }, /is too long/],
    [{ env: 'NONE' }, /the environment has no NONE; set it/],
    [{ env: 'EMPTY' }, /is empty/],
    [{ env: '__proto__' }, /the environment has no __proto__/],
    [{ env: 'toString' }, /the environment has no toString/],
    [{ apacheFile: 'site.conf', line: 2 }, /'site\.conf' has no TKTAuthSecret on line 2/],
    [{ apacheFile: 'site.conf', line: 99 }, /has no TKTAuthSecret on line 99/],
    [{ apacheFile: 'site.conf', line: 7 }, /is empty/],
    [{ apacheFile: 'none', line: 7 }, /cannot be read/],
    [{ apacheFile: 'site.conf' }, /must be \{ "file": "\.\.\." \}/],
    [{ file: 'key', env: 'KEY' }, /must be/],
    [{ file: 7 }, /must be/],
    [{ env: 7 }, /must be/],
    [{ apacheFile: 7, line: 7 }, /must be/],
    [7, /must be/],
    [null, /must be/],
    ['', /is empty/],
  ]
  for (const [secret, message] of rows)
    t.match(
      trouble(() => read(withSecret(secret))),
      message,
      JSON.stringify(secret),
    )
  t.match(
    trouble(() => readConfig(withSecret({ file: 'key' }))),
    /^authtkt\.json:4: .*no file access was given/,
  )
})

t.test('groups may stand in a file', async (t) => {
  const text =
    '{ "groups": { "file": "groups" }, "areas": [{ "path": "/a", "require": "granted", "groups": { "file": "groups" } }] }'
  t.match(read(text).options, { groups: { staff: ['alice'] }, areas: [{ groups: { staff: ['alice'] } }] })
  t.match(read('{ "groups": { "file": ["alice"] } }').options, { groups: { file: ['alice'] } })
  t.match(
    trouble(() => read('{ "groups": { "file": "none" } }')),
    /groups: 'none' cannot be read/,
  )
  t.match(
    trouble(() => read('{ "groups": { "file": "groups", "a": [] } }')),
    /groups: has more than "file"/,
  )
  t.match(
    trouble(() => readConfig('{ "groups": { "file": "groups" } }', {})),
    /no file access/,
  )
  t.match(
    readConfig('{ "groups": { "file": "groups" } }', {
      files: { ...files, readText: (path) => `${path}:x` },
      file: 'a.json',
    }).options,
    { groups: { groups: ['x'] } },
  )
})

t.test('every mistake has its line and its place', async (t) => {
  const rows: [text: string, message: RegExp][] = [
    [
      '{\n "compat": "exact",\n "areas": [\n  { "path": "/a",\n    "loginUrll": "/l" }\n ]\n}',
      /json:5: areas\[0\]\.loginUrll: there is no option 'loginUrll' here; did you mean 'loginUrl'\?/,
    ],
    ['{\n // a comment\n "timeout": true }', /json:3: timeout: /],
    ['{ "keys": 7 }', /json:1: keys: /],
    ['{ "keys": [7] }', /json:1: keys\[0\]: /],
    ['{\n "areas": [\n  {} ]\n}', /json:3: areas\[0\]: an area has exactly one of/],
    ['{\n "a": 1,\n "a": 2 }', /json:3: a: stands here for the second time/],
    [
      '{\n "areas": [{\n "path": "/a",\n "path": "/b" }] }',
      /json:4: areas\[0\]\.path: stands here for the second time/,
    ],
    ['{\n "a" 1 }', /json:2: JSON: cannot be read at column/],
    ['', /json:1: JSON: cannot be read/],
    ['[]', /json:1: JSON: must be an object/],
    ['null', /must be an object/],
    ['{ "$schema": 7 }', /\$schema: must be/],
    ['{ "hosts": [{\n "keys": [] }] }', /json:\d: hosts\[0\]\.names: /],
    ['['.repeat(200000), /json:1: JSON: cannot be read/],
  ]
  for (const [text, message] of rows)
    t.match(
      trouble(() => read(text)),
      message,
      text.slice(0, 60),
    )
})

t.test('a broken text does not show what is in it', async (t) => {
  t.notMatch(
    trouble(() => read('{ "keys": [{ "secret": "Xq9" "digest": "md5" }] }')),
    /Xq9/,
  )
  t.notMatch(
    trouble(() => read('{ "keys": [{ "secret": Xq9 }] }')),
    /Xq9/,
  )
  t.notMatch(
    trouble(() => read(withSecret({ Xq9: 'Xq9' }))),
    /Xq9/,
  )
})

t.test('the schema of an editor is no option; strange names stay names', async (t) => {
  t.same(read('/* c */ { "$schema": "x" }').options, {})
  t.same(readConfig('{}').options, {})
  t.match(
    trouble(() => read('{ "__proto__": 1 }')),
    /__proto__/,
  )
})

t.test('lines of what is not there are those of what is around it', async (t) => {
  const { lineOf, value } = parsePositioned('{\n "a": [\n  1, null, true, "x"] }', 'f')
  t.same(value, { a: [1, null, true, 'x'] })
  t.same([lineOf(['a', 0, 'b', 'c']), lineOf(['b']), lineOf([])], [3, 1, 1])
})
