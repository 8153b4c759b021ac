/** What a figure is worth nothing without: the machine, the runtime and the binary it was measured with. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** The engine as the package ships it. */
export const ENGINE = new URL(import.meta.resolve('authtkt/engine.wasm'))

export interface Facts {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  /** SHA-NI makes OpenSSL's SHA-256 (and no other digest here) several times as fast. */
  readonly shaNi: 'yes' | 'no' | 'unknown'
  readonly node: string
  readonly v8: string
  readonly openssl: string
  readonly commit: string
  readonly wasmBytes: number
  readonly wasmSha256: string
}

function shaNi(): Facts['shaNi'] {
  const info = '/proc/cpuinfo'
  if (!existsSync(info)) return 'unknown'
  return /^flags\s*:.*\bsha_ni\b/m.test(readFileSync(info, 'utf8')) ? 'yes' : 'no'
}

function commit(): string {
  try {
    const root = new URL('../../', import.meta.url)
    const args = ['describe', '--always', '--dirty', '--exclude', '*']
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return 'unknown'
  }
}

export function facts(): Facts {
  const processors = cpus()
  const engine = readFileSync(ENGINE)
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    shaNi: shaNi(),
    node: process.versions.node,
    v8: process.versions.v8,
    openssl: process.versions.openssl,
    commit: commit(),
    wasmBytes: engine.length,
    wasmSha256: createHash('sha256').update(engine).digest('hex'),
  }
}
