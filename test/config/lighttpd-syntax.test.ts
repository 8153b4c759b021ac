/** lighttpd's syntax: words, values, variables, blocks and included files, and errors with their lines. */

import t from 'tap'
import { createContext } from '../../src/config/context.js'
import { parseLighttpd } from '../../src/config/lighttpd-parser.js'
import type { Value } from '../../src/config/lighttpd-values.js'
import { filesOf, trouble } from './config-helpers.js'

const FILES = filesOf({
  '/etc/l/in.conf': 'c.d = "in"\n',
  '/etc/l/sub/deep.conf': 'include "in.conf"\n',
  '/etc/l/d/1.conf': 'd.a = 1\n',
  '/etc/l/d/2.conf': 'd.b = 2\n',
  '/etc/l/loop.conf': 'include "loop.conf"\n',
  '/etc/l/bad.conf': '\n\na.b = (',
})

function blocks(text: string) {
  const context = createContext({ file: '/etc/l/main.conf', files: FILES, environment: { NAME: 'env' } })
  return parseLighttpd(context, text)
}

function plain(value: Value): unknown {
  if (value.kind === 'text') return value.text
  return value.kind === 'integer' ? value.number : value.entries.map((one) => [one.key ?? null, plain(one.value)])
}

const VALUES: [text: string, value: unknown][] = [
  ['a.b = "x"', 'x'],
  ['a.b = "x\\"y\\\\z\\n"', 'x"y\\\\z\\n'],
  ['a.b = "x\ny"', 'x\ny'],
  ['a.b = 010', 10],
  ['a.b = 1 + 2 + "x" + 3', '3x3'],
  ['a.b = env.NAME + "!"', 'env!'],
  ['a.b = var.CWD', '.'],
  ['v = "q"\na.b = v + var.v', 'qq'],
  ['a.b = ( )', []],
  [
    'a.b = ( "x", "k" => 1, "l" => ( "m" ), )',
    [
      [null, 'x'],
      ['k', 1],
      ['l', [[null, 'm']]],
    ],
  ],
  ['a.b = ( # comment\r\n "x" + "y" => "z" # more\n)', [['xy', 'z']]],
  [
    'a.b = ( "x" )\na.b += ( "y" ) a.c = 1',
    [
      [null, 'x'],
      [null, 'y'],
    ],
  ],
  ['a.b = "x"\na.b := "y"', 'y'],
  ['a.b += "x"', 'x'],
  ['a.b = "x" + \n "y", \xc2\xa0 c.d = 1', 'xy'],
  ['global { a.b = 2 }', 2],
]

t.test('values', async (t) => {
  for (const [text, value] of VALUES) t.same(plain(blocks(text)[0]?.settings.get('a.b')?.value as Value), value, text)
})

t.test('conditional blocks', async (t) => {
  const conditions = (text: string) =>
    blocks(text).map(({ condition }) => condition && Object.values(condition).join(' '))
  t.same(conditions('$HTTP["url"] =~ "^/x" { a.b = 1 }\n$HTTP["url"] =^ "/x" { a.c = 1 }'), [
    undefined,
    'HTTP["url"] =^ /x',
  ])
  t.same(conditions('$HTTP["url"] =~ "^/x$" { }\n$HTTP["url"] =~ "\\.php$" { } $HTTP["url"] =~ "a.b" { }'), [
    undefined,
    'HTTP["url"] == /x',
    'HTTP["url"] =$ .php',
    'HTTP["url"] =~ a.b',
  ])
  t.same(
    conditions('if $HTTP["url"] == "/a" { }\nelse if $HTTP["url"] == "/b" { } elsif $HTTP["url"] != "/c" { } else { }')
      .length,
    5,
  )
  const [, first, inner, other] = blocks('$HTTP["url"] == "/a" { $HTTP["host"] == "h" { } } else { a.b = 1 }')
  t.equal(inner?.parent, first)
  t.equal(other?.prev, first)
  const shared = blocks(
    '$HTTP["url"] == "/a" { } else { $HTTP["host"] == "h" { a.b = 1 } } $HTTP["url"] == "/b" { } else { $HTTP["host"] == "h" { a.c = 1 } }',
  )
  t.equal(shared.length, 6, 'lighttpd takes them for one')
})

t.test('included files', async (t) => {
  const names = (text: string) => [...(blocks(text)[0]?.settings.keys() ?? [])]
  t.same(names('include "in.conf"'), ['c.d'])
  t.same(names('include "/etc/l/sub/deep.conf"'), ['c.d'], 'from the folder of the main file')
  t.same(names('include "d/*.conf"\ninclude "none/*.conf"'), ['d.a', 'd.b'])
  t.equal(blocks('\ninclude "in.conf"')[0]?.settings.get('c.d')?.file, '/etc/l/in.conf')
})

const ERRORS: [text: string, message: RegExp][] = [
  ['a.b = "x', /main.conf:1: string: has no end/],
  ["\na.b = 'x'", /main.conf:2: configuration: has a character that begins no word \('''\)/],
  ['a.b = \x01', /byte 1/],
  ['a.b = nothing', /:1: configuration: has a word for a value that is no variable/],
  ['a.b = env.NONE', /env.NONE: is not in the environment/],
  ['env.x = 1', /env.x: is of the environment/],
  ['a.b = 1\na.b = 2', /:2: a.b: is set on line 1 already/],
  ['a.b = ( "k" => 1,\n"k" => 2 )', /:2: a.b: has one key twice/],
  ['a.b = ( 1 ) + 2', /adds a list to what is none/],
  ['a.b = ( "a" "b" )', /a.b: has a string in a list where , or \) belongs/],
  ['a.b = ( , )', /a.b: has , where a value belongs/],
  ['a.b = ( ( 1 ) => 2 )', /has a list where a text belongs/],
  ['a.b = ', /has the end of a line where a value belongs/],
  ['a.b "x"', /has a word that no = follows/],
  ['"x" = 1', /has a string where an option belongs/],
  ['}', /has } where an option belongs/],
  ['$HTTP["url"] == "/a" a.b = 1', /has a key where { belongs/],
  ['$HTTP["url"] == "/a" {\na.b = 1', /:1: configuration: has a \{ without its }/],
  ['$HTTP["url"] == 1 { }', /compares with what is no text/],
  ['$HTTP["url"] = "x" { }', /condition: is none/],
  ['$HTTP "url"', /has a string where \[ belongs/],
  ['$1', /has a integer|condition|where/],
  ['$HTTP["url"] == "/b" { } $HTTP["url"] == "/a" { } else $HTTP["url"] == "/b" { }', /else: is never reached/],
  ['$HTTP["url"] == "/a" { } else { } else { }', /else: is never reached/],
  ['$HTTP["url"] != "/a" { } $HTTP["url"] == "/a" { } else { }', /else: is never reached/],
  ['include "none.conf"', /include: names a file that does not exist/],
  ['include "loop.conf"', /loop.conf:1: include: goes round in a circle/],
  ['include "{in,out}.conf"', /braces/],
  ['include "bad.conf"', /bad.conf:3: a.b: has the end/],
  [`a.b = ${'('.repeat(80)}`, /nested too deep/],
  [`v = "${'x'.repeat(1000)}"\n${'v += v\n'.repeat(9)}`, /longer than 64 KiB/],
  [`v = ( 1, 2 )\n${'v += v\n'.repeat(19)}`, /longer than 10000 entries/],
  ['include_shell "echo auth.require"', /include_shell: is not run here.*; or --allow-skipped/],
]

t.test('errors', async (t) => {
  for (const [text, message] of ERRORS)
    t.match(
      trouble(() => blocks(text)),
      message,
      text.slice(0, 60),
    )
  const alone = () => parseLighttpd(createContext({ file: 'x.conf' }), 'include "y"')
  t.match(trouble(alone), /x.conf:1: include: names another file, and no file access was given/)
})
