/** `--help` and `--version` are what was asked for: on standard output, exit code 0. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { cli, spawned } from './command.js'

const KEYS = ['--secret-file', '--digest', '--dialect', '--config', '--format', '--host', '--ip', '--ignore-ip']
const COMMANDS: [command: string, says: string[]][] = [
  [
    'issue',
    [
      ...KEYS,
      '--uid',
      '--tokens',
      '--data',
      '--time',
      '--encoding',
      '--private-key-file',
      '--valid',
      '--grace',
      '--module',
    ],
  ],
  ['verify', [...KEYS, '--now', '--timeout', '--summary', '[file...]', '--public-key-file', '--allow']],
  ['peek', ['[file...]', 'WITHOUT checking', '--guess', '--secret-file', '--public-key-file', '--ip', '--now']],
  ['keygen', ['--type', '--bits', '--out', '--allow-weak']],
  [
    'explain',
    [
      '--config',
      '--format',
      '--allow-skipped',
      '--define',
      '--apache-version',
      '--compat',
      '--now',
      '--human',
      '[file...]',
    ],
  ],
  ['convert', ['--from', '--allow-skipped', '--compat', '<file>']],
]

for (const [command, says] of COMMANDS) {
  for (const argv of [
    [command, '--help'],
    [command, '-h'],
    ['help', command],
  ]) {
    t.test(argv.join(' '), async (t) => {
      const { code, out, err } = await cli(...argv)
      t.strictSame({ code, err }, { code: 0, err: '' })
      for (const text of [`Usage: authtkt ${command}`, ...says]) t.ok(out.includes(text), text)
    })
  }
}

t.test('--help of the program', async (t) => {
  for (const argv of [['--help'], ['-h'], ['help']]) {
    const { code, out, err } = await cli(...argv)
    t.strictSame({ code, err }, { code: 0, err: '' })
    for (const [command] of COMMANDS) t.match(out, `\n  ${command} `)
    t.match(out, 'Exit codes: 0 all good, 1 some tickets refused, 2 misuse or trouble.')
  }
})

t.test('no command: the help, but it is misuse', async (t) => {
  t.match(await cli(), { code: 2, out: '', err: /^Usage: authtkt[\s\S]* trouble\.\n$/ })
})

t.test('--version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const answer = { code: 0, out: `${version}\n`, err: '' }
  t.strictSame(await cli('--version'), answer)
  t.strictSame(await cli('-V'), answer)
  t.strictSame(await spawned(['--version']), answer)
})
