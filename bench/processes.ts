/** Processes as the system sees them: where they run, and what they have cost. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process with its children, and theirs. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return [
    pid,
    ...children
      .split(' ')
      .filter(Boolean)
      .flatMap((child) => family(Number(child))),
  ]
}

/** All threads of a process and of its children on one core. False where that cannot be done. */
export function pin(pid: number | undefined, core: number): boolean {
  try {
    for (const one of family(pid as number)) {
      execFileSync('taskset', ['-a', '-c', '-p', String(core), String(one)], { stdio: 'ignore' })
    }
    return true
  } catch {
    return false
  }
}

const MICROSECONDS_PER_TICK = 10_000

/** CPU time of a process and its children, in microseconds; the system counts in hundredths of a second. */
export function cpuOf(pid: number): number {
  let ticks = 0
  for (const one of family(pid)) {
    // Behind the name, which may hold anything: state is the first field, user and system time the 12th and 13th.
    const fields = readFileSync(`/proc/${one}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    ticks += Number(fields[11]) + Number(fields[12])
  }
  return ticks * MICROSECONDS_PER_TICK
}
