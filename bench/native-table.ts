/** The native yardstick's table. */
import type { NativeResults } from './native.js'

const ns = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(value < 100 ? 1 : 0))

export function nativeTable({ rows, compiler, missing }: NativeResults): string[][] {
  if (missing !== undefined) return [[`native: ${missing}`]]
  const head = ['in WASM', 'tuned C', 'WASM to C', 'C with SHA-NI', 'module-like C']
  const body = rows.map(({ name, wasm, native, ratio }) => [
    name,
    ns(wasm),
    ns(native.tuned),
    `${ratio.toFixed(2)}x`,
    ns(native['sha-ni']),
    ns(native.module),
  ])
  return [[`ns per ticket; ${compiler}`, ...head], ...body]
}
