/** `authtkt serve` as a process of its own, from an Apache configuration. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { SECRET, until } from './gateways.js'

export const CONFIG = `TKTAuthSecret "${SECRET}"
TKTAuthDigestType SHA256
<Location />
  Require all granted
</Location>
<Location /admin>
  AuthType None
  Require valid-user
  TKTAuthLoginURL https://login.example.com/in
</Location>
`

export interface Serving {
  readonly child: ChildProcess
  readonly pid: number
  readonly port: number
  /** URL of health and metrics. */
  readonly admin: string
  readonly config: string
  /** Everything on standard error. */
  log(): string
  exit: Promise<number | null>
}

/** Starts the built command on free ports. It ends with the test. */
export async function serving(t: Test, upstream: string, flags: readonly string[] = []): Promise<Serving> {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-'))
  const config = join(folder, 'site.conf')
  writeFileSync(config, CONFIG)
  const args = ['dist/cli/bin.js', 'serve', '--config', config, '--format', 'apache', '--upstream', upstream]
  args.push('--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...flags)
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  t.teardown(() => {
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true })
  })
  await until(() => /listening on \S+ \(admin\)/.test(log) || child.exitCode !== null, `it listens: ${log}`, 30)
  const [, url = ''] = /listening on (\S+)\n/.exec(log) ?? []
  const [, admin = ''] = /listening on (\S+) \(admin\)/.exec(log) ?? []
  return { child, pid: child.pid as number, port: Number(new URL(url).port), admin, config, log: () => log, exit }
}

/** Megabytes that a process holds now, and the most that it ever held; undefined where there is no /proc. */
export function memoryOf(pid: number): { now: number; most: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    const of = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024)
    return { now: of('VmRSS'), most: of('VmHWM') }
  } catch {
    return undefined
  }
}
