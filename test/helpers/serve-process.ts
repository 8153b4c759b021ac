/** `authtkt serve` as its users start it: a process, its messages, its end. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

export interface ServeProcess {
  readonly child: ChildProcess
  /** By role: of the gateway, `admin`, `forward-auth`. */
  readonly urls: Readonly<Record<string, string>>
  /** What it has written to standard error so far. */
  messages(): string
  /** And on standard output. */
  printed(): string
  /** Sends a signal, and resolves with the exit code once the process has ended. */
  end(signal?: NodeJS.Signals): Promise<number | null>
  /** Resolves once standard error has the text `times` times. */
  says(text: string, times?: number): Promise<void>
}

const BIN = 'dist/cli/bin.js'

function spawnServe(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [BIN, 'serve', ...args], { env: { ...process.env, ...env } })
  let messages = ''
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    messages += text
    child.emit('said')
  })
  return { child, messages: () => messages, printed: () => printed }
}

/** Starts it, waits until it listens everywhere, and ends it with the test. */
export async function startServe(
  t: Test,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ServeProcess> {
  const { child, messages, printed } = spawnServe(args, env)
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const says = async (text: string, times = 1) => {
    while (messages().split(text).length - 1 < times) {
      if (child.exitCode !== null) throw new Error(`authtkt serve has ended: ${messages()}`)
      await Promise.race([once(child, 'said'), exited])
    }
  }
  await says('listening on')
  // All listeners are told in one go.
  await new Promise((resolve) => setTimeout(resolve, 50))
  const found = [...messages().matchAll(/listening on (\S+)(?: \((\S+)\))?/g)]
  const urls = Object.fromEntries(found.map(([, url, role = 'gateway']) => [role, url as string]))
  return {
    child,
    urls,
    messages,
    printed,
    says,
    async end(signal = 'SIGTERM') {
      child.kill(signal)
      const [code] = await exited
      return code as number | null
    },
  }
}

/** For starts that fail: the exit code and everything on standard error. */
export async function failServe(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stderr: string; stdout: string }> {
  const { child, messages, printed } = spawnServe(args, env)
  const [code] = await once(child, 'close')
  return { code: code as number | null, stderr: messages(), stdout: printed() }
}
