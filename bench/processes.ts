/** Processes as the system sees them: where they run, and what they have cost. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

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

/** CPU time of the threads of a process and of its children so far, in microseconds: the scheduler counts nanoseconds. */
export function cpuOf(pid: number): number {
  let nanoseconds = 0
  for (const one of family(pid)) {
    for (const thread of readdirSync(`/proc/${one}/task`)) {
      const [running] = readFileSync(`/proc/${one}/task/${thread}/schedstat`, 'latin1').split(' ')
      nanoseconds += Number(running)
    }
  }
  return nanoseconds / 1000
}
