/** Whose configuration a text is; and that nothing is told of what is nobody's. */

import t from 'tap'
import { loadConfig } from '../../src/config/load.js'
import { notes, read, trouble, wrong } from './config-helpers.js'
import { notes as lighttpdNotes, wrong as lighttpdWrong } from './lighttpd-helpers.js'

const SECRET = 'Zq81topsecret0123456789'
const keeps = '<Location /x>\nRequire valid-user\n</Location>'

t.test('lighttpd is known by its own forms', async (t) => {
  const rows: [format: string, text: string][] = [
    ['lighttpd', 'include "x.conf"'],
    ['lighttpd', '# c\ninclude_shell "cat x"\ninclude "x.conf"'],
    ['lighttpd', 'var.a = "x"\ninclude "x.conf"'],
    ['lighttpd', 'name += ( "x" )'],
    ['lighttpd', '$HTTP["host"] == "a" {\n}'],
    ['lighttpd', '\xef\xbb\xbfserver.port = 80'],
    ['apache', `include "x.conf"\n${keeps}`],
    ['apache', 'include "x.conf"\nTKTAuthSecret x'],
    ['apache', 'Include "x.conf"'],
    ['apache', `<If "%{HTTP_HOST} == 'a'">\nx = "y"\n</If>`],
    ['apache', ''],
    ['authtkt', '\xef\xbb\xbf{}'],
    ['authtkt', '// c\n{}'],
  ]
  for (const [index, [format, text]] of rows.entries()) {
    const dir = t.testdir({ [`c${index}`]: Buffer.from(text, 'latin1'), 'x.conf': '' })
    const found = () => loadConfig(`${dir}/c${index}`).format
    const message = trouble(found)
    if (message === 'no error') t.equal(found(), format, text)
    else t.not(format, 'authtkt', `${text}: ${message}`)
  }
})

t.test('a file that includes one of lighttpd is never one that guards nothing', async (t) => {
  const inner = 'auth.require = ( "/app" => ( "method" => "authn_tkt", "realm" => "a", "require" => "valid-user" ) )\n'
  const dir = t.testdir({ 'a.conf': 'include "b.conf"\n', 'b.conf': inner, 'c.conf': 'include_shell "x"\n' })
  t.match(loadConfig(`${dir}/a.conf`), { format: 'lighttpd', options: { areas: [{ pattern: '^/app' }] } })
  for (const file of ['a', 'b', 'c']) {
    const message = trouble(() => loadConfig(`${dir}/${file}.conf`, { format: 'apache' }))
    t.match(message, /[bc]\.conf:1: configuration: is no line of Apache's.*--format lighttpd/, file)
  }
})

t.test('what can be no line of Apache is an error that repeats nothing', async (t) => {
  const lines = [
    `"${SECRET}",`,
    `"secret" => "${SECRET}"`,
    `$HTTP["${SECRET}"] == "x" {`,
    `a.${SECRET} on`,
    `${SECRET} = x`,
    `${SECRET} += x`,
    `${SECRET}=x`,
    '}',
    ')',
    '\x00\x01\xff',
    '<!-- x -->',
    'include_shell "x"',
    'else {',
  ]
  for (const line of lines) {
    for (const text of [line, `${keeps}\n${line}`]) {
      const message = wrong(text)
      t.match(message, /^site\.conf:\d: configuration: is no line of Apache's/, text)
      t.notMatch(message, SECRET)
    }
  }
})

t.test('a word alone is not repeated', async (t) => {
  for (const text of [SECRET, `# c\n${SECRET}`, `${SECRET}\nmore words`, 'correct horse battery']) {
    const message = wrong(text)
    t.match(message, /^site\.conf:\d: configuration: has no directive that is known here/)
    t.notMatch(message, /Zq81|horse|correct horse/)
  }
  t.same(notes(`${keeps.replace('Require valid-user', 'Require all granted')}\n${SECRET}`), [
    '4: (one word): left out; it is not read here',
  ])
  t.notMatch(wrong(`<Location /x>\nRequire valid-user\n${SECRET}\n</Location>`), SECRET)
  t.same(notes('Foo a\nServerName a'), ['1: Foo: left out; it is not read here'])
  t.same(read('').notes, [])
})

t.test('lighttpd: nothing, and a string without its end', async (t) => {
  t.match(lighttpdNotes(''), [/^1: configuration: sets nothing; every request passes/])
  const text = `a.b = (\n  "x" => "${SECRET},\n  "y" => "https://a",\n)\n`
  const message = lighttpdWrong(text)
  t.match(message, /^site\.conf:2: string: runs over the end of its line, and line 3 .*; close it with "/)
  t.notMatch(message, SECRET)
})

t.test('the way round is named as the option takes it', async (t) => {
  t.match(wrong('TKTAuthTokn a'), /did you mean TKTAuthToken\? Or --allow-skipped TKTAuthTokn$/)
  t.match(wrong('<Foo>\nRequire valid-user\n</Foo>'), /; or --allow-skipped Foo$/)
  const condition =
    '$HTTP["cookie"] == "x" {\nauth.require = ( "/a" => ( "method" => "authn_tkt", "realm" => "a", "require" => "valid-user" ) )\n}'
  t.match(lighttpdWrong(condition), /--allow-skipped 'HTTP\["cookie"\]'$/)
})

t.test('lighttpd reads no folder', async (t) => {
  const dir = t.testdir({
    d: { 'a.conf': 'a.b = 1\n', sub: { 'c.conf': '' } },
    e: {},
    'one.conf': 'include "d"\n',
    'two.conf': 'include "d/*"\n',
    'three.conf': 'include "e"\n',
    'good.conf': 'include "d/*.conf"\n',
    'gone.conf': 'include "d/none.conf"\n',
  })
  for (const name of ['one', 'two', 'three']) {
    const message = trouble(() => loadConfig(`${dir}/${name}.conf`))
    t.match(message, /:1: include: '.*' is or matches a folder, which lighttpd does not read; add \/\*\.conf$/, name)
  }
  t.equal(
    trouble(() => loadConfig(`${dir}/good.conf`)),
    'no error',
  )
  t.match(
    trouble(() => loadConfig(`${dir}/gone.conf`)),
    /include: names a file that does not exist: '.*\/d\/none\.conf'; correct/,
  )
})
