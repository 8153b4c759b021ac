/** Every trouble is one line that says what is wrong and what to do; secrets, tickets and digests stay out of it. */

import { chmodSync } from 'node:fs'
import t from 'tap'
import { createIssuer } from '../../src/index.js'
import { type Answer, cli, folder, SECRET } from './command.js'

const issuer = createIssuer({ keys: [{ secret: SECRET, digest: 'sha256' }], ignoreIp: true })
const [COOKIE, RAW, PERCENT] = (['base64', 'raw', 'percent'] as const).map((encoding) =>
  issuer.issue({ uid: 'alice', tokens: ['a'] }, { now: 1700000000, encoding }),
) as [string, string, string]
const DIGEST = RAW.slice(0, 64)

const WARNING = /^authtkt: warning: [^\n]*\n/

interface Trouble {
  readonly name: string
  readonly argv: readonly string[]
  /** What the line says; it stands behind `authtkt: `. */
  readonly says: RegExp
  readonly env?: string
}

/** `@name` is the path of a file in the test's folder. */
const KEYS = ['--secret-file', '@secret', '--digest', 'sha256', '--ip', '192.0.2.7']
const withSecretFile = (file: string) => ['verify', '--secret-file', file, '--digest', 'md5', '--ignore-ip', '@cookies']
const verify = (...more: string[]) => ['verify', ...KEYS, ...more, '@cookies']
const issue = (...more: string[]) => ['issue', ...KEYS, '--uid', 'alice', ...more]

const TROUBLES: Trouble[] = [
  { name: 'missing secret file', argv: withSecretFile('@none'), says: /none: there is no such file \(ENOENT\)/ },
  { name: 'empty secret file', argv: withSecretFile('@empty'), says: /empty: the secret is empty; it needs 1 to 1024/ },
  { name: 'secret file of a newline', argv: withSecretFile('@newline'), says: /newline: the secret is empty/ },
  { name: 'secret file of a CRLF', argv: withSecretFile('@crlf'), says: /crlf: the secret is empty/ },
  { name: 'secret file too long', argv: withSecretFile('@long'), says: /long: the secret is too long; .*1024 bytes/ },
  { name: 'folder as secret file', argv: withSecretFile('@folder'), says: /folder[-\w]+: it is a folder, not a file/ },
  { name: 'empty name of a secret file', argv: withSecretFile(''), says: /'': there is no such file/ },
  {
    name: 'the second of two secret files',
    argv: ['verify', ...KEYS, '--secret-file', '@none', '@cookies'],
    says: /none: there is no such file/,
  },
  {
    name: 'too many secret files',
    argv: [...verify(), ...Array(64).fill(['--secret-file', '@secret']).flat()],
    says: /a ring holds at most 64 keys/,
  },
  {
    name: 'no secret at all',
    argv: ['verify', '--digest', 'md5', '--ignore-ip', '@cookies'],
    says: /no secret: give --secret-file FILE or set AUTHTKT_SECRET/,
  },
  {
    name: 'empty AUTHTKT_SECRET',
    argv: ['verify', '--digest', 'md5', '--ignore-ip', '@cookies'],
    env: '',
    says: /AUTHTKT_SECRET: the secret is empty/,
  },
  {
    name: 'AUTHTKT_SECRET too long',
    argv: ['verify', '--digest', 'md5', '--ignore-ip', '@cookies'],
    env: SECRET.repeat(40),
    says: /AUTHTKT_SECRET: the secret is too long/,
  },
  {
    name: 'missing --digest',
    argv: ['verify', '--ignore-ip'],
    says: /give --digest md5, sha1, sha256 or sha512, or --config FILE/,
  },
  { name: 'missing --uid', argv: ['issue', ...KEYS], says: /required option '--uid <uid>' not specified/ },
  {
    name: 'misspelt --uid',
    argv: ['issue', ...KEYS, '--udi', 'x'],
    says: /unknown option '--udi' \(Did you mean --uid\?\)/,
  },
  {
    name: 'misspelt --config',
    argv: ['serve', '--confg', 'x'],
    says: /unknown option '--confg' \(Did you mean --config\?\)/,
  },
  {
    name: 'misspelt --from',
    argv: ['convert', '--form=x', 'y'],
    says: /unknown option '--form' \(Did you mean --from\?\)/,
  },
  { name: 'an option like no other', argv: ['explain', '-xyzzy'], says: /unknown option '-x'\n/ },
  {
    name: 'no such configuration',
    argv: ['explain', '--config', 'nope.conf'],
    says: /^authtkt: nope\.conf: configuration: cannot be read: there is no such file; correct its name\n/,
  },
  {
    name: 'secret where another option is missing',
    argv: ['serve', `--secret=${SECRET}`],
    says: /unknown option '--secret'/,
  },
  { name: 'unknown command', argv: ['verfy'], says: /unknown command 'verfy' \(Did you mean verify\?\)/ },
  { name: 'unknown option', argv: verify('--sumary'), says: /unknown option '--sumary' \(Did you mean --summary\?\)/ },
  { name: 'unknown option of all', argv: ['--verbose'], says: /unknown option '--verbose'/ },
  { name: 'secret as an option', argv: verify(`--secret=${SECRET}`), says: /unknown option '--secret'/ },
  { name: 'secret with quotes', argv: verify(`--secret='${SECRET}'`), says: /unknown option '--secret/ },
  { name: 'secret of several lines', argv: verify(`--secret=a\n${SECRET}`), says: /unknown option '--secret'/ },
  { name: 'secret as an argument', argv: verify('--secret', SECRET), says: /unknown option '--secret'/ },
  { name: 'secret as a short option', argv: verify(`-s${SECRET}`), says: /unknown option '-s'/ },
  {
    name: 'unknown digest',
    argv: verify('--digest', 'md6'),
    says: /'md6' is invalid\. Allowed choices are md5, sha1, sha256/,
  },
  { name: 'unknown dialect', argv: verify('--dialect', 'nginx'), says: /Allowed choices are apache, lighttpd/ },
  { name: 'unknown encoding', argv: issue('--encoding', 'hex'), says: /Allowed choices are base64, raw, percent/ },
  { name: 'option without its value', argv: ['issue', '--uid'], says: /option '--uid <uid>' argument missing/ },
  { name: 'too many arguments', argv: issue('bob'), says: /too many arguments for 'issue'/ },
  { name: 'bad --now', argv: verify('--now', 'noon'), says: /'noon' is invalid\. Give unix time in whole seconds/ },
  { name: 'bad --now of two lines', argv: verify('--now', '1\n2'), says: /'1 2' is invalid\. Give unix time/ },
  { name: 'bad --time', argv: issue('--time', '-1'), says: /'-1' is invalid\. Give unix time in whole seconds/ },
  {
    name: 'late --time',
    argv: issue('--time', '4294967296'),
    says: /Give unix time in whole seconds, 0 to 4294967295/,
  },
  { name: 'bad --timeout', argv: verify('--timeout', '2 h'), says: /'2 h' is invalid\. Give seconds, or .*1h30m/ },
  { name: 'endless --timeout', argv: verify('--timeout', '9'.repeat(400)), says: /is invalid. Give seconds/ },
  { name: 'bad --ip', argv: verify('--ip', '192.0.2'), says: /'192\.0\.2' is invalid\. Give an IPv4 or IPv6 address/ },
  {
    name: 'an address that no ticket binds',
    argv: issue('--ip', '255.255.255.255'),
    says: /ip must be an IPv4 or IPv6 address/,
  },
  {
    name: 'verify without --ip',
    argv: ['verify', '--secret-file', '@secret', '--digest', 'md5', '@cookies'],
    says: /give --ip ADDRESS that the tickets bind, or --ignore-ip/,
  },
  {
    name: 'issue without --ip',
    argv: ['issue', '--secret-file', '@secret', '--digest', 'md5', '--uid', 'alice'],
    says: /give --ip ADDRESS, or --ignore-ip/,
  },
  { name: 'missing input', argv: ['verify', ...KEYS, '@none'], says: /none: there is no such file \(ENOENT\)/ },
  { name: 'missing input of peek', argv: ['peek', '@none'], says: /none: there is no such file \(ENOENT\)/ },
  {
    name: 'folder as input',
    argv: ['verify', ...KEYS, '@folder'],
    says: /folder[-\w]+: it is a folder, not a file \(EISDIR\)/,
  },
  { name: 'file as a folder', argv: ['peek', '@cookies/x'], says: /ENOTDIR: not a directory/ },
  ...[COOKIE, RAW, PERCENT, `"${COOKIE}"`, `auth_tkt=${COOKIE}`].flatMap((value) => [
    {
      name: 'ticket as an argument of peek',
      argv: ['peek', value],
      says: /an argument is a cookie value: give those on/,
    },
    { name: 'ticket as an argument of verify', argv: verify(value), says: /an argument is a cookie value/ },
    { name: 'ticket as a command', argv: [value], says: /an argument is a cookie value/ },
    { name: 'ticket as the value of an option', argv: verify('--now', value), says: /an argument is a cookie value/ },
  ]),
  { name: '! in uid', argv: issue('--uid', 'a!b'), says: /issue: uid must not contain `!`/ },
  { name: 'empty uid', argv: issue('--uid', ''), says: /issue: uid is empty/ },
  { name: 'newline in uid', argv: issue('--uid', 'a\nb'), says: /issue: uid must not contain control bytes/ },
  { name: '! in a token', argv: issue('--tokens', 'a,b!'), says: /issue: tokens\[1\] must not contain `!`/ },
  { name: 'empty token', argv: issue('--tokens', 'a,,b'), says: /issue: tokens\[1\] is empty/ },
  { name: 'tab in data', argv: issue('--data', '\t'), says: /issue: userData must not contain control bytes/ },
  {
    name: 'raw ; in data',
    argv: issue('--data', 'a;b', '--encoding', 'raw'),
    says: /a raw cookie value cannot carry .*base64/,
  },
  { name: 'data too long', argv: issue('--data', 'x'.repeat(9000)), says: /long.* 8192 bytes/ },
]

for (const { name, argv, says, env } of TROUBLES) {
  t.test(name, async (t) => {
    const file = folder(t, {
      cookies: `${COOKIE}\n`,
      empty: '',
      newline: '\n',
      crlf: '\r\n',
      long: `${SECRET.repeat(40)}\n`,
    })
    // A folder and all secret files but the warned of are for their owner only.
    for (const each of ['empty', 'newline', 'crlf', 'long']) chmodSync(file(each), 0o600)
    if (env !== undefined) {
      process.env.AUTHTKT_SECRET = env
      t.teardown(() => delete process.env.AUTHTKT_SECRET)
    }
    const paths = argv.map((text) => (text === '@folder' ? t.testdirName : text.replace(/^@(?=\w)/, file(''))))
    const answer = await cli(...paths)
    t.match(answer, { code: 2, out: '' })
    t.match(answer.err, /^authtkt: [^\n]+\n$/, 'one line')
    t.match(answer.err, says)
    noCredentials(t, answer)
  })
}

t.test('a secret that others can read: the warning and then the trouble', async (t) => {
  const file = folder(t, { open: '\n' })
  chmodSync(file('open'), 0o644)
  const { code, err } = await cli('verify', '--secret-file', file('open'), '--digest', 'md5', '--ignore-ip')
  t.equal(code, 2)
  t.match(err, WARNING)
  t.match(err.replace(WARNING, ''), /^authtkt: [^\n]*open: the secret is empty[^\n]*\n$/)
})

t.test('a secret file that we must not read', async (t) => {
  const file = folder(t)
  chmodSync(file('secret'), 0)
  // Root may read everything, so it is nobody for a moment.
  const root = process.geteuid?.() === 0
  if (root) process.seteuid?.(65534)
  const { code, err } = await cli('verify', '--secret-file', file('secret'), '--digest', 'md5', '--ignore-ip').finally(
    () => root && process.seteuid?.(0),
  )
  t.equal(code, 2)
  t.match(err, /^authtkt: [^\n]*secret: permission denied \(EACCES\)\n$/)
})

t.test('trouble in the middle: what was judged before it is printed', async (t) => {
  const file = folder(t, { cookies: `${COOKIE}\n` })
  const argv = ['verify', '--secret-file', file('secret'), '--digest', 'sha256', '--ignore-ip', file('cookies')]
  const answer = await cli(...argv, file('none'))
  t.match(answer, { code: 2, out: /^{"line":1,"ok":true.*}\n$/, err: /none: there is no such file/ })
  noCredentials(t, answer)
})

function noCredentials(t: { notOk(value: unknown, message: string): unknown }, { out, err }: Answer) {
  for (const secret of [SECRET, COOKIE, RAW, PERCENT, DIGEST])
    t.notOk(`${out}${err}`.includes(secret), 'no credentials')
}
