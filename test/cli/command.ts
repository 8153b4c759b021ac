/** The command line, in this process and as the process that users start. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import { run } from '../../src/cli/main.js'

export interface Answer {
  readonly code: number
  readonly out: string
  readonly err: string
}

export const SECRET = 'a secret of the command line tests'
export const OLD_SECRET = 'the secret that came before it'

/** What this run of the tests was given must not reach a command that is to have no secret. */
delete process.env.AUTHTKT_SECRET

/** Whatever happens, no secret is printed: every answer of every test is looked at. */
function checked(answer: Answer): Answer {
  for (const secret of [SECRET, OLD_SECRET]) {
    if (answer.out.includes(secret) || answer.err.includes(secret)) throw new Error('a secret was printed')
  }
  return answer
}

/** Runs a command in this process, where coverage sees it. */
export async function cli(...argv: string[]): Promise<Answer> {
  let out = ''
  let err = ''
  const code = await run(argv, {
    out: (piece) => {
      out += typeof piece === 'string' ? piece : Buffer.from(piece).toString()
    },
    err: (piece) => {
      err += piece
    },
    flush() {},
  })
  return checked({ code, out, err })
}

export const BIN = 'dist/cli/bin.js'

/** What threads run: as built, since they know nothing of the loader of these tests. */
export const THREAD = new URL('../../dist/cli/verify-worker.js', import.meta.url)

/** Runs the built executable. Without `env` it knows of no secret. */
export async function spawned(
  argv: readonly string[],
  { input = '', env = {} }: { input?: string | Uint8Array; env?: NodeJS.ProcessEnv } = {},
): Promise<Answer> {
  const child = spawn(process.execPath, [BIN, ...argv], { env })
  // A command that refuses its arguments does not read.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return checked({ code, out, err })
}

/** A folder with `secret` and `old`, which nobody else can read, and the `files`. Gives the path of a file in it. */
export function folder(t: Test, files: Record<string, string | Buffer> = {}): (name: string) => string {
  const dir = t.testdir({ secret: `${SECRET}\n`, old: `${OLD_SECRET}\n`, ...files })
  for (const name of ['secret', 'old']) chmodSync(`${dir}/${name}`, 0o600)
  return (name) => `${dir}/${name}`
}

/** The JSON lines of an answer. */
export const rows = ({ out }: Answer) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
