/** What the real lighttpd makes of request targets and Host lines, random and hostile ones, and what we make of them. */

import t from 'tap'
import { lighttpdMissing } from '../../native-fixtures/debian.mjs'
import { startLighttpdEcho } from '../../native-fixtures/lighttpd-echo.mjs'
import { createRandom } from '../../native-fixtures/random.mjs'
import { createReader } from '../../src/policy/facts.js'

const SEED = 1469
const TARGETS = 600
const HOSTS = 300

const missing = lighttpdMissing()
const options = { skip: missing ? `skipped: ${missing}` : false }

const PIECES = [
  ...[
    '/',
    '/',
    '/',
    '.',
    '..',
    '/../',
    '/./',
    '//',
    'a',
    'B',
    '~',
    '-',
    '_',
    '?',
    '?',
    '&',
    '=',
    ';',
    ':',
    '@',
    '!',
    '$',
  ],
  ...[
    "'",
    '(',
    ')',
    '*',
    '+',
    ',',
    '"',
    '<',
    '>',
    '[',
    ']',
    '\\',
    '^',
    '`',
    '{',
    '|',
    '}',
    '#',
    '%',
    '%%',
    '%4',
    '%zz',
  ],
  ...[
    '%2f',
    '%2F',
    '%2e',
    '%2E%2e',
    '%41',
    '%7e',
    '%25',
    '%2541',
    '%3f',
    '%23',
    '%26',
    '%3D',
    '%20',
    '%5c',
    '%22',
    '%27',
  ],
  ...[
    '%c3%a9',
    '\xc3\xa9',
    '%e9',
    '%80',
    '\xff',
    '%ff',
    '%c0%af',
    '%f4',
    '%F5',
    '\x01',
    '\x7f',
    '%00',
    '%0d%0a',
    '%1F',
  ],
]
const USUAL = PIECES.filter((piece) => piece < '\x7f' && piece > '\x01' && !/%(?:[01fF]|c0)/.test(piece))

const HOST_PIECES = [
  ...['a', 'b', 'Z', '1', '2', '-', '.', '.', '..', '_', ':', ':80', ':8080', ':443', ':0', ':08', ':65535', ':65536'],
  ...[
    'www.example.com',
    '1.2.3.4',
    '256.1',
    '[',
    ']',
    '[::1]',
    '[1:2::3]',
    '[::FFFF:1.2.3.4]',
    '[0::0102]',
    '[::1.2.3.4]',
    '%',
    '*',
    '\xe9',
    ',',
  ],
]

const read = createReader(undefined, false, 'x-forwarded', 'lighttpd')

interface Made {
  readonly status: number
  readonly path?: string | undefined
  readonly query?: string | undefined
  readonly host?: string | undefined
  readonly cookies?: string | undefined
}

function ours(url: string, lines: readonly (readonly [string, string])[]): Made {
  const facts = read({ method: 'GET', url, headers: lines, ip: '127.0.0.1', now: 0 })
  if (typeof facts === 'string') return { status: 400 }
  const { target, host, cookies } = facts
  return { status: 200, path: target.path, query: target.query ?? '', host: host?.text, cookies: cookies || undefined }
}

type Server = Awaited<ReturnType<typeof startLighttpdEcho>>

async function theirs(server: Server, url: string, lines: readonly (readonly [string, string])[]): Promise<Made> {
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const { status, variables } = await server.ask(`GET ${url} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`)
  if (variables === undefined) return { status }
  const { SCRIPT_NAME = '', PATH_INFO = '', QUERY_STRING, HTTP_HOST, HTTP_COOKIE } = variables
  return { status, path: SCRIPT_NAME + PATH_INFO, query: QUERY_STRING, host: HTTP_HOST, cookies: HTTP_COOKIE }
}

t.test(`the real lighttpd and we, seed ${SEED}`, options, async (t) => {
  const server = await startLighttpdEcho()
  t.teardown(() => server.stop())
  const random = createRandom(SEED)
  const pieces = (from: readonly string[], most: number) =>
    Array.from({ length: random.int(most) + 1 }, () => random.pick(from)).join('')
  const WWW = [['Host', 'www.example.com']] as const
  let passed = 0

  async function compare(url: string, lines: readonly (readonly [string, string])[]) {
    const real = await theirs(server, url, lines)
    if (real.status === 200) passed++
    t.strictSame(ours(url, lines), real, JSON.stringify([url, lines]))
  }

  for (let i = 0; i < TARGETS; i++) await compare(`/${pieces(i % 4 === 0 ? PIECES : USUAL, 9)}`, WWW)
  t.ok(passed > TARGETS / 2, `${passed} targets of ${TARGETS} were good`)

  passed = 0
  for (let i = 0; i < HOSTS; i++) await compare('/x', [['Host', pieces(HOST_PIECES, 3)]])
  t.ok(passed > HOSTS / 8, `${passed} hosts of ${HOSTS} were good`)

  for (const url of [
    '*',
    'x',
    '',
    '?x',
    'http://h',
    'http://h?x',
    'http://h/x',
    'HTTP://H/a%2fb?c#d',
    'https://h/x',
    'ftp://h/x',
  ]) {
    for (const host of ['h', 'H', 'h:80', 'other']) await compare(url, [['Host', host]])
    if (url !== '') await compare(url, [])
  }
  await compare('http://u@h/x', [['Host', 'h']])
  await compare('/x', [
    ['Host', 'h'],
    ['host', 'H'],
  ])
  await compare('/x', [
    ['Host', 'h'],
    ['host', 'g'],
  ])
  await compare('/x', [])
  for (const values of [['a=1', 'b=2'], ['', 'a=1'], ['a=1', '', ' b=2; ', 'c=3'], ['a=1;'], ['']]) {
    await compare('/x', [...WWW, ...values.map((value) => ['Cookie', value] as const)])
  }
})
