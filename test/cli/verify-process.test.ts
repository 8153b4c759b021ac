/** `verify` as a process: long inputs on threads, from files and pipes, into readers that go away, on a terminal. */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { createIssuer } from '../../src/index.js'
import { BIN, cli, folder, SECRET, spawned } from './command.js'

const issuer = createIssuer({ keys: [{ secret: SECRET, digest: 'md5' }], ignoreIp: true })
const COOKIE = issuer.issue({ uid: 'alice', userData: 'x'.repeat(600) }, { now: 1 })
const VERIFY = ['verify', '--digest', 'md5', '--ignore-ip']
const env = { AUTHTKT_SECRET: SECRET }
/** Enough for threads. */
const LINES = 6000
const LONG = `${COOKIE}\n${COOKIE}\r\nx\n`.repeat(LINES / 3)

t.test('threads and none, files and pipes: the same lines', async (t) => {
  t.ok(LONG.length > 3_000_000)
  const at = folder(t)
  // Two files, each with its own end.
  writeFileSync(at('log'), LONG)
  writeFileSync(at('more'), LONG.trimEnd())
  const alone = await spawned([...VERIFY, '--threads', '1', at('log'), at('more')], { env })
  t.match(alone, { code: 1, err: '' })
  const lines = alone.out.trimEnd().split('\n')
  t.equal(lines.length, 2 * LINES)
  t.ok(lines.every((line, index) => line.startsWith(`{"line":${index + 1},"ok":${(index + 1) % 3 !== 0}`)))
  const input = LONG + LONG
  for (const [argv, more] of [
    [['--threads', '2', at('log'), at('more')], {}],
    [['--threads', '2'], { input }],
    [['--threads', '3', '-'], { input }],
  ] as const) {
    const answer = await spawned([...VERIFY, ...argv], { env, ...more })
    t.match(answer, { code: 1, err: '' })
    t.ok(answer.out === alone.out, argv.join(' '))
  }
  const summary = `{"lines":${2 * LINES},"ok":${(4 * LINES) / 3},"malformed":${(2 * LINES) / 3}}\n`
  for (const threads of ['1', '2']) {
    const files = [at('log'), at('more')]
    const answer = await spawned([...VERIFY, '--summary', '--threads', threads, ...files], { env })
    t.strictSame(answer, { code: 1, out: summary, err: '' })
  }
})

t.test('a reader that goes away ends threads, too, without a word', async (t) => {
  const at = folder(t)
  writeFileSync(at('log'), LONG + LONG)
  const child = spawn(process.execPath, [BIN, ...VERIFY, '--threads', '2', at('log')], { env })
  const err = text(child.stderr)
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const [code] = await once(child, 'exit')
  t.equal(code, 1)
  t.equal(await err, '')
})

t.test('a file that is missing among long ones: named, after the lines of those before it', async (t) => {
  const at = folder(t)
  writeFileSync(at('log'), LONG + LONG)
  const answer = await spawned([...VERIFY, '--threads', '2', at('log'), at('missing'), at('log')], { env })
  t.match(answer, { code: 2, err: `authtkt: ${at('missing')}: there is no such file (ENOENT)\n` })
  t.equal(answer.out.trimEnd().split('\n').length, 2 * LINES)
})

t.test('memory does not grow with the input', { skip: process.platform !== 'linux' }, async (t) => {
  const at = folder(t)
  // Empty lines: no others have so many verdicts for their bytes.
  writeFileSync(at('log'), '\n'.repeat(3_000_000))
  const script = `process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)))`
  writeFileSync(at('peak.cjs'), script)
  const child = spawn(
    process.execPath,
    ['--require', at('peak.cjs'), BIN, ...VERIFY, '--secret-file', at('secret'), '--threads', '1', at('log')],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let bytes = 0
  child.stdout.on('data', (piece: Buffer) => {
    bytes += piece.length
  })
  const kilobytes = Number(await text(child.stderr))
  t.ok(bytes > 130_000_000, 'more verdicts than memory')
  t.ok(kilobytes > 0 && kilobytes < 500_000, `${kilobytes} KB`)
})

t.test('options', async (t) => {
  const at = folder(t, { log: `${COOKIE}\n` })
  const keys = ['--secret-file', at('secret'), '--digest', 'md5', '--ignore-ip']
  for (const threads of ['0', '257', 'two', '-1', '1.5']) {
    const answer = await cli('verify', ...keys, `--threads=${threads}`, at('log'))
    t.match(answer, { code: 2, out: '', err: /--threads.*Give a number from 1 to 256/ })
  }
  t.match(await cli('verify', ...keys, '--threads', '256', '--no-progress', at('log')), { code: 0, err: '' })
})

/** util-linux has a terminal for programs that want one. */
function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    return false
  }
}

t.test('on a terminal: how far it is, and gone in the end', { skip: !hasScript() }, async (t) => {
  const at = folder(t)
  writeFileSync(at('log'), LONG)
  // It has to last for half a second, on any machine.
  const slowly = `{ cat ${at('log')}; sleep 1; cat ${at('log')}; }`
  const verify = `${process.execPath} ${BIN} ${VERIFY.join(' ')} --secret-file ${at('secret')}`
  const inTerminal = async (more: string) => {
    const command = `${slowly} | ${verify} ${more}`
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [out] = await Promise.all([text(child.stdout), once(child, 'close')])
    return out
  }
  const clear = '\r\x1b[K'
  const [shown, silent, verdicts, filed] = await Promise.all([
    inTerminal('--summary'),
    inTerminal('--summary --no-progress'),
    inTerminal(''),
    inTerminal(`> ${at('verdicts')}`),
  ])
  t.match(shown, /[\d.]+MB, [\d.]+k lines, [\d.]+[kM]? lines\/s/)
  t.ok(shown.startsWith(clear))
  t.ok(
    shown.trimEnd().endsWith(`${clear}{"lines":${2 * LINES},"ok":${(4 * LINES) / 3},"malformed":${(2 * LINES) / 3}}`),
  )
  t.equal(silent.trimEnd(), `{"lines":${2 * LINES},"ok":${(4 * LINES) / 3},"malformed":${(2 * LINES) / 3}}`)
  t.notOk(verdicts.includes(clear), 'verdicts on the terminal are not drawn over')
  t.ok(filed.endsWith(clear))
})
