/** `authtkt peek --guess`: what the shape of a ticket says, and what the secrets say. */

import t from 'tap'
import { shapeOf } from '../../src/cli/guess-shape.js'
import { createIssuer, type Dialect } from '../../src/index.js'
import { vectorsOf } from '../helpers/recorded.js'
import { cli, folder, OLD_SECRET, rows, SECRET } from './command.js'

const NOW = 1700000100
const md5 = `${'0a'.repeat(16)}6553f100`
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')
const noise = base64(String.fromCharCode(...Array.from({ length: 90 }, (_, i) => (i * 7) % 256)))

/** A cookie value, the dialects that it speaks for, the likeliest first, and a word of why. */
const SHAPES: [name: string, value: string, dialects: Dialect[], why: RegExp][] = [
  ['raw', `${md5}alice!`, ['apache', 'php-contrib'], /^32 hex digits .*: md5; the form of mod_auth_tkt/],
  ['base64', base64(`${md5}alice!`), ['apache', 'lighttpd', 'php-contrib'], /mod_auth_tkt itself/],
  ['percent', `${md5}alice%21`, ['apache', 'php-contrib'], /mod_auth_tkt itself/],
  ['Tcl', `${md5.slice(0, 32)}6553F100alice!!`, ['apache', 'php-contrib'], /Tcl/],
  ['capital digest', base64(`${md5.slice(0, 32).toUpperCase()}6553f100a!`), ['lighttpd'], /nobody but mod_authn_tkt/],
  ['capital digest, raw', `${md5.slice(0, 32).toUpperCase()}6553f100a!`, [], /^$/],
  ['quoted uid', `${md5}a%40example.com!`, ['paste', 'pyramid', 'repoze', 'apache', 'php-contrib'], /`%40` in the uid/],
  [
    'Pyramid',
    `${md5}YQ%3D%3D!userid_type:b64unicode`,
    ['pyramid', 'repoze', 'paste', 'apache', 'php-contrib'],
    /b64unicode/,
  ],
  ['repoze.who', `${md5}a!userid_type:unicode`, ['repoze', 'pyramid', 'apache', 'php-contrib'], /repoze\.who's/],
  ['Python 3 and Paste', `"b'${base64(`${md5}alice!`)}'"`, ['paste', 'apache', 'php-contrib'], /`b'\.\.\.'` around it/],
  ['the same, raw', `b"${md5}alice!it's"`, ['paste', 'apache', 'php-contrib'], /Python 3/],
  ['octal', `"${md5}alice!a\\054b!"`, ['pyramid', 'paste', 'apache', 'php-contrib'], /`\\054`/],
  ['escaped quote', `"${md5}alice!\\"x"`, ['pyramid', 'paste', 'apache', 'php-contrib'], /Python cookie/],
  [
    'wrapped base64',
    `"${base64(`${md5}al`).slice(0, 56)}\\012${base64('ice!')}\\012"`,
    ['apache', 'php-contrib'],
    /line ends/,
  ],
  ['quotes', `"${md5}alice!"`, ['repoze', 'pyramid', 'apache', 'php-contrib'], /raw in double quotes/],
  ['quoted base64', `"${base64(`${md5}alice!`)}"`, ['yola', 'apache', 'php-contrib'], /base64 in double quotes/],
  ['data in base64', `${md5}alice!${base64('hello world')}`, ['passport-authtkt', 'apache', 'php-contrib'], /passport/],
  ['serialised', `${md5}42!a!${base64('a:1:{s:1:"a";i:1;}')}`, ['apache', 'php-contrib'], /numberssoft/],
  ['sealed', `${md5}alice!a!${noise}`, ['yola', 'apache', 'php-contrib'], /yola/],
  ['short noise', `${md5}alice!a!${noise.slice(0, 24)}`, ['apache', 'php-contrib'], /mod_auth_tkt itself/],
  ['HMAC', base64(`${'\xff\x00'.repeat(16)}6553f100alice!`), ['plone'], /^32 raw bytes/],
  ['SHA-1', `${'0a'.repeat(20)}6553f100alice!`, ['apache', 'php-contrib'], /SHA-1: the PHP class/],
  ['SHA-512 in quotes', `"${'0a'.repeat(64)}6553f100alice!"`, ['pyramid', 'repoze', 'apache', 'php-contrib'], /sha512/],
  ['an odd time', `${'0a'.repeat(16)}00000001alice!`, ['apache', 'php-contrib'], /not plausible/],
]

for (const [name, value, dialects, why] of SHAPES) {
  t.test(`the shape of a ticket: ${name}`, async (t) => {
    const { guesses } = shapeOf(value, NOW)
    t.strictSame(
      guesses.map(({ dialect }) => dialect),
      dialects,
    )
    t.match(guesses[0]?.why ?? '', why)
  })
}

t.test(
  'a uid that begins with hex digits: both readings, the longer first; unlikely times only where there is no other',
  async (t) => {
    const both = shapeOf(`${md5}${'0'.repeat(24)}6553f100!`, NOW).guesses
    t.strictSame([...new Set(both.map(({ digest }) => digest))], ['sha256', 'md5'])
    const one = shapeOf(`${md5}${'0'.repeat(32)}!`, NOW).guesses
    t.strictSame([...new Set(one.map(({ digest }) => digest))], ['md5'])
  },
)

const OTHERS: [value: string, why: RegExp][] = [
  ['uid=alice;validuntil=1700000000;sig=AAAA', /mod_auth_pubtkt/],
  ['uid%3Dalice%3Bvaliduntil%3D1700000000%3Bsig%3DAAAA', /mod_auth_pubtkt/],
  ['crypt%3Ac2a3%3Aedd5', /mod_auth_ticket/],
  ['token:0123', /mod_auth_ticket/],
  ['INVALID', /signs out/],
  ['"INVALID"', /signs out/],
  ['hello', /no ticket/],
  ['', /no ticket/],
  [`${md5}alice`, /no ticket/],
  ['A'.repeat(9000), /no ticket/],
]

t.test('what is no ticket is told by its name', async (t) => {
  for (const [value, why] of OTHERS) {
    const { guesses, other } = shapeOf(value, NOW)
    t.strictSame(guesses, [])
    t.match(other, why)
  }
})

interface Row {
  readonly id: number
  readonly dialect: string
  readonly digest: string
  readonly secret: string
  readonly ip: string | null
  readonly cookie: string | readonly string[]
}

/** Ours for the names of the recording. */
const DIALECT: Readonly<Record<string, Dialect>> = {
  paste: 'paste',
  pyramid: 'pyramid',
  'pyramid-helper': 'pyramid',
  'repoze.who': 'repoze',
  'plone-hmac': 'plone',
  yola: 'yola',
  'yola-encrypted': 'yola',
  'passport-authtkt': 'passport-authtkt',
  'lighttpd-authn_tkt': 'lighttpd',
  'lighttpd-authn_tkt-SPLICED': 'lighttpd',
}
/** Signed for a spelling of the address that nobody's address has; data with a `!` and no tokens, which nobody reads. */
const UNREADABLE = [15, 59]

t.test('every recorded ticket verifies in its dialect, with its digest and address', async (t) => {
  const all = vectorsOf<Row>('recorded/dialects')
  const tickets = all.filter(({ id, dialect }) => !dialect.endsWith('-crypt') && !UNREADABLE.includes(id))
  t.ok(tickets.length > 45)
  const [{ secret }] = tickets as [Row]
  t.ok(tickets.every((row) => row.secret === secret))
  const file = folder(t, {
    theirs: secret,
    cookies: Buffer.from(`${tickets.map(cookieValueOf).join('\n')}\n`, 'latin1'),
  })
  const ips = ['192.0.2.10', '127.0.0.1', '::1', '2001:db8::1'].flatMap((ip) => ['--ip', ip])
  const answer = await cli('peek', '--guess', '--secret-file', file('theirs'), ...ips, file('cookies'))
  t.equal(answer.code, 0)
  for (const [i, { guesses, configuration, verified }] of rows(answer).entries()) {
    const { id, dialect, digest, ip } = tickets[i] as Row
    t.equal(verified, true, `row ${id}`)
    const own = guesses.find((guess: { dialect: Dialect }) => guess.dialect === (DIALECT[dialect] ?? 'apache'))
    const address = ip === null || ip === '0.0.0.0' ? 'not bound' : ip
    t.match(own, { verified: true, digest: digest.startsWith('hmac') ? 'sha256' : digest, address }, `row ${id}`)
    t.match(configuration.keys, [{ secret: { file: file('theirs') } }])
    t.equal(configuration.ignoreIp, address === 'not bound' ? true : undefined)
  }
  t.notMatch(answer.out + answer.err, secret)
})

/** The cookie's value, as a browser would bring it back. */
function cookieValueOf({ cookie }: Row): string {
  const text = typeof cookie === 'string' ? cookie : (cookie[0] as string)
  return /^(?:(?:auth_tkt|__ac)=)?(.*?)(?:; .*)?$/s.exec(text)?.[1] as string
}

t.test('of several secrets the one is named that made the ticket', async (t) => {
  const issuer = createIssuer({ keys: [{ secret: OLD_SECRET, digest: 'sha256' }] })
  const value = issuer.issue({ uid: 'alice', tokens: ['a'] }, { ip: '192.0.2.7', now: 1700000000 })
  const file = folder(t, { cookies: `${value}\n${value.slice(0, -4)}AAAA\nx\n` })
  const secrets = ['--secret-file', file('secret'), '--secret-file', file('old')]
  const answer = await cli('peek', '--guess', ...secrets, '--ip', '192.0.2.7', '--now', `${NOW}`, file('cookies'))
  t.match(answer, { code: 1, err: '' })
  const [good, bad, none] = rows(answer)
  const key = { secret: { file: file('old') }, digest: 'sha256', dialect: 'apache' }
  t.match(good, { line: 1, verified: true, uid: 'alice', tokens: ['a'], configuration: { keys: [key] } })
  t.match(good.guesses[0], {
    dialect: 'apache',
    verified: true,
    address: '192.0.2.7',
    why: `made with ${file('old')}; 64`,
  })
  t.match(good.guesses[1], { verified: true, why: /the same in both dialects/ })
  t.match(good.guesses.at(-1), { verified: false })
  t.match(bad, { line: 2, verified: false, uid: 'alice', guesses: [{ verified: false }], configuration: undefined })
  t.strictSame(Object.keys(none), ['line', 'ok', 'reason', 'why', 'guesses'])
})

t.test('as many secrets as a ring holds', async (t) => {
  const secrets = Array.from({ length: 64 }, (_, index) => `secret number ${index} of the many`)
  const issuer = createIssuer({ keys: [{ secret: secrets[63] as string, digest: 'sha512' }] })
  const value = issuer.issue({ uid: 'alice' }, { ip: '192.0.2.7', now: 1700000000 })
  const file = folder(t, { cookies: `${value}\n`, ...Object.fromEntries(secrets.map((text, index) => [index, text])) })
  const given = secrets.flatMap((_, index) => ['--secret-file', file(`${index}`)])
  const answer = await cli('peek', '--guess', ...given, '--ip', '192.0.2.7', '--now', `${NOW}`, file('cookies'))
  t.equal(answer.code, 0)
  const key = { secret: { file: file('63') }, digest: 'sha512', dialect: 'apache' }
  t.match(rows(answer)[0], { verified: true, uid: 'alice', configuration: { keys: [key] } })
})

t.test('without a secret: guesses alone; the fields are those of peek', async (t) => {
  const file = folder(t, { cookies: `${md5}alice!a,b!x\nhello\n` })
  const answer = await cli('peek', '--guess', '--now', `${NOW}`, file('cookies'))
  t.match(answer, { code: 1, err: '' })
  const [{ guesses, ...fields }, none] = rows(answer)
  t.strictSame([fields], rows(await cli('peek', file('cookies'))).slice(0, 1))
  t.ok(guesses.every(({ verified }: { verified: boolean }) => verified === false))
  t.match(none, { line: 2, ok: false, reason: 'malformed', why: /no ticket/, guesses: [] })
})

t.test('the secret may come from the environment; without --guess none is asked for', async (t) => {
  const issuer = createIssuer({ keys: [{ secret: SECRET, digest: 'md5' }], ignoreIp: true })
  const file = folder(t, { cookies: issuer.issue({ uid: 'alice' }, { now: 1700000000 }) })
  process.env.AUTHTKT_SECRET = SECRET
  t.teardown(() => delete process.env.AUTHTKT_SECRET)
  const [row] = rows(await cli('peek', '--guess', file('cookies')))
  const key = { secret: { env: 'AUTHTKT_SECRET' }, digest: 'md5', dialect: 'apache' }
  t.strictSame(row.configuration, { keys: [key], ignoreIp: true })
  t.match(await cli('peek', file('cookies')), { code: 0 })
  for (const more of [
    ['--secret-file', file('secret')],
    ['--ip', '192.0.2.7'],
    ['--now', '1'],
  ]) {
    t.match(await cli('peek', ...more, file('cookies')), { code: 2, err: /are for peek --guess/ })
  }
  t.match(await cli('peek', '--guess', '--ip', 'here', file('cookies')), { code: 2, err: /Give an IPv4 or IPv6/ })
})

t.test('lighttpd keys are told of: on standard error, once', async (t) => {
  const file = folder(t)
  const keys = ['--secret-file', file('secret'), '--digest', 'md5', '--ignore-ip', '--dialect']
  const warning = /^authtkt: warning: fields of lighttpd tickets can be shifted [^\n]*\n$/
  t.match(await cli('issue', ...keys, 'lighttpd', '--uid', 'alice'), { code: 0, err: warning })
  t.match(await cli('issue', ...keys, 'apache', '--uid', 'alice'), { code: 0, err: '' })

  const dir = t.testdir({
    'l.conf': '\nauth.method.tkt.opts = (\n "secret" => "an example secret for this file" )\n',
    'l.json': '{ "compat": "exact", "keys": [{ "secret": { "file": "s" }, "digest": "md5", "dialect": "lighttpd" }] }',
    s: 'an example secret for this file',
  })
  const from = (name: string) => cli('issue', '--config', `${dir}/${name}`, '--ignore-ip', '--uid', 'alice')
  const conf = await from('l.conf')
  t.match(conf, { code: 0, err: /l\.conf:3: fields of .*lighttpd's syntax has nothing for it: convert it, then keys/ })
  t.match(await from('l.json'), { code: 0, err: /l\.json: fields of .*; keys\[\]\.strict says/ })
})
