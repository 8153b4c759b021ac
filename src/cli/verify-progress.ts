/** How far it is, in one line on a terminal that is overwritten, and gone in the end. */

import type { Output } from './output.js'

/** Milliseconds before the first line is drawn, and between two. */
const PATIENCE = 500
const PAUSE = 100
const BAR = 24
const CLEAR = '\r\x1b[K'

export interface Progress {
  advance(bytes: number, lines: number): void
  clear(): void
}

/** `total` bytes, where they are known; `clock` in milliseconds. Nothing is drawn where standard error is no terminal. */
export function createProgress(
  output: Output,
  total: number | undefined,
  clock: () => number = () => performance.now(),
): Progress {
  const columns = output.columns?.('err')
  const start = clock()
  let drawn = 0
  let bytes = 0
  let lines = 0
  return {
    advance(moreBytes, moreLines) {
      bytes += moreBytes
      lines += moreLines
      if (columns === undefined) return
      const now = clock()
      if (now - start < PATIENCE || now - drawn < PAUSE) return
      drawn = now
      output.err(`${CLEAR}${describe(bytes, lines, total, (now - start) / 1000).slice(0, columns - 1)}`)
    },
    clear() {
      if (drawn > 0) output.err(CLEAR)
    },
  }
}

function describe(bytes: number, lines: number, total: number | undefined, seconds: number): string {
  const speed = `${short(lines)} lines, ${short(lines / seconds)} lines/s`
  if (total === undefined) return `${short(bytes)}B, ${speed}`
  const share = Math.min(1, bytes / total)
  const bar = '#'.repeat(Math.floor(share * BAR)).padEnd(BAR, '-')
  return `[${bar}] ${Math.floor(share * 100)} %, ${speed}, ${left((seconds / share) * (1 - share))} left`
}

/** Three digits or so: 999, 1.5k, 23.4M. */
function short(value: number): string {
  const unit = value < 1e3 ? '' : value < 1e6 ? 'k' : value < 1e9 ? 'M' : 'G'
  return unit === '' ? value.toFixed(0) : `${(value / { k: 1e3, M: 1e6, G: 1e9 }[unit]).toFixed(1)}${unit}`
}

function left(seconds: number): string {
  const whole = Math.ceil(seconds)
  const minutes = Math.floor(whole / 60)
  if (minutes === 0) return `${whole} s`
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
