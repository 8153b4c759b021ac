/** Configurations and what they name, on the disk. */

import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import t from 'tap'
import { nodeFiles } from '../../src/config/files.js'
import { loadConfig } from '../../src/config/load.js'
import { toJson } from '../../src/config/write.js'
import { trouble } from './config-helpers.js'

t.test('both formats are known by their first char, or by name', async (t) => {
  const dir = t.testdir({
    'a.conf': '# c\nTKTAuthSecret "s\xe9"\nInclude more/*.conf\n',
    more: { 'b.conf': '<Location /b>\nRequire valid-user\n</Location>', 'a.conf': '', c: 'TKTAuthTokn' },
    'a.json':
      '\ufeff// c\n{ "compat": "exact", "keys": [{ "secret": { "env": "AUTHTKT_TEST" }, "digest": "md5" }], "guestUser": "\u00e9" }',
    'b.txt': ' {}',
    key: 'sixteen bytes or more\n',
  })
  const apache = loadConfig(`${dir}/a.conf`)
  t.match(apache, { format: 'apache', options: { areas: [{ path: '/b' }] } })
  t.same([...apache.keySources.values()], [{ file: `${dir}/a.conf`, line: 2 }])
  const json = loadConfig(`${dir}/a.json`, { environment: { AUTHTKT_TEST: 'secret' } })
  t.match(json, { format: 'authtkt', options: { guestUser: '\u00e9' }, notes: [] })
  t.equal(json.keySources.size, 0)
  t.equal(loadConfig(`${dir}/b.txt`).format, 'authtkt')
  t.match(
    trouble(() => loadConfig(`${dir}/b.txt`, { format: 'apache' })),
    /b\.txt:1: configuration: is no line of Apache's/,
  )
  t.match(
    trouble(() => loadConfig(`${dir}/a.conf`, { format: 'authtkt' })),
    /a\.conf:1: JSON: cannot be read/,
  )
  t.match(
    trouble(() => loadConfig(`${dir}/none`)),
    /none: configuration: cannot be read: there is no such file; correct its name/,
  )
  t.match(
    trouble(() => loadConfig(dir)),
    /^[^:]*: configuration: cannot be read: it is a folder; name a file in it/,
  )
  t.match(
    trouble(() => loadConfig(`${dir}/a.json`, { environment: {} })),
    /no AUTHTKT_TEST/,
  )
})

t.test('a converted configuration works at once', async (t) => {
  const dir = t.testdir({ 'site.conf': 'TKTAuthSecret "a secret of \xe9 \\"bytes\\""\nDocumentRoot www\n' })
  const apache = loadConfig(`${dir}/site.conf`)
  const { writeFileSync } = await import('node:fs')
  writeFileSync(`${dir}/new.json`, toJson(apache.options, apache))
  const json = loadConfig(`${dir}/new.json`)
  t.same(json.options.keys, apache.options.keys)
  t.match(apache.serving.main.routes, [{ kind: 'files', folder: `${dir}/www`, at: `${dir}/site.conf:2: DocumentRoot` }])
  t.match(json.serving.main.routes, [{ kind: 'files', folder: `${dir}/www`, at: `${dir}/new.json:6: routes[0]` }])
})

t.test('files are listed, found and judged', async (t) => {
  const dir = t.testdir({
    a: { '1.conf': '', '2.conf': '', b: { '.htaccess': '', x: '' } },
    ab: { '1.conf': '' },
    f: '',
  })
  mkdirSync(`${dir}/empty`)
  const short = (paths: string[]) => paths.map((path) => path.slice(dir.length))
  t.same(short(nodeFiles.glob(`${dir}/a/*.conf`)), ['/a/1.conf', '/a/2.conf'])
  t.same(short(nodeFiles.glob(`${dir}/a*/1.conf`)), ['/a/1.conf', '/ab/1.conf'])
  t.same(short(nodeFiles.glob(`${dir}/f/*`)), [])
  t.same(short(nodeFiles.glob(`${dir}/nowhere`)), [])
  t.same(short(nodeFiles.glob(`${dir}/ab`)), ['/ab/1.conf'], 'a folder is all that is in it')
  t.same(short(nodeFiles.named(dir, ['.htaccess'])), ['/a/b/.htaccess'])
  symlinkSync(`${dir}/nowhere`, `${dir}/ab/gone`)
  symlinkSync(`${dir}/a`, `${dir}/ab/link`)
  t.same(short(nodeFiles.named(`${dir}/ab`, ['.htaccess', 'gone'])), ['/ab/gone', '/ab/link/b/.htaccess'])
  symlinkSync(`${dir}/empty`, `${dir}/empty/loop`)
  t.same(nodeFiles.named(`${dir}/empty`, ['.htaccess']), [])
  symlinkSync(dir, `${dir}/empty/up`)
  t.throws(() => nodeFiles.named(dir, ['.htaccess']), /leads back to .*; take it away/)
  t.same(nodeFiles.named(`${dir}/nowhere`, ['.htaccess']), [])
  t.ok(nodeFiles.exists(`${dir}/f`))
  chmodSync(`${dir}/f`, 0o600)
  t.notOk(nodeFiles.isOpen(`${dir}/f`))
  chmodSync(`${dir}/f`, 0o640)
  t.ok(nodeFiles.isOpen(`${dir}/f`))
})

t.test('.htaccess files of real folders', async (t) => {
  const dir = t.testdir({ www: { in: { '.htaccess': 'Require valid-user' } } })
  const { writeFileSync } = await import('node:fs')
  writeFileSync(`${dir}/a.conf`, `DocumentRoot ${dir}/www\n<Directory ${dir}/www>\nAllowOverride All\n</Directory>\n`)
  symlinkSync(`${dir}/www/in`, `${dir}/www/link`)
  t.match(loadConfig(`${dir}/a.conf`).options.areas, [
    { path: '/in', require: 'valid-user', name: `${dir}/www/in/.htaccess` },
    { path: '/link', require: 'valid-user', name: `${dir}/www/link/.htaccess` },
  ])
})
