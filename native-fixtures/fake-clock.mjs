/**
 * Another clock for child processes, by libfaketime.
 *
 *     const clock = fakeClock({ FAKETIME: '2024-02-27 21:30:00' })
 *     const child = await startChild(program, args, { env: clock.env })
 *     ...
 *     clock.remove()
 *
 * Each process would make a semaphore and shared memory, named after its pid, and leave them where it is killed or becomes
 * another program. A process that gets that pid later may end before it has begun. So there is one pair for all.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { fakeTimeLibrary } from './debian.mjs'

/** @typedef {{ env: Readonly<Record<string, string>>, remove: () => void }} Clock */

/** Monotonic clocks go on, or nothing that waits would ever end. */
const ALWAYS = { FAKETIME_DONT_FAKE_MONOTONIC: '1', TZ: 'UTC' }
/** Most pids are free of what others have left. */
const TRIES = 100

/** @param {Readonly<Record<string, string>>} settings libfaketime's own @returns {Clock} */
export function fakeClock(settings) {
  const library = fakeTimeLibrary()
  if (!library) throw new Error('libfaketime is not installed')
  const env = { LD_PRELOAD: library, ...ALWAYS, ...settings }
  const [semaphore, memory] = leaveShared(env)
  return {
    env: { ...env, FAKETIME_SHARED: `${semaphore} ${memory}` },
    remove() {
      rmSync(`/dev/shm/sem.${semaphore.slice(1)}`, { force: true })
      rmSync(`/dev/shm/${memory.slice(1)}`, { force: true })
    },
  }
}

/** The names of a pair whose maker is gone. @param {NodeJS.ProcessEnv} env @returns {[semaphore: string, memory: string]} */
function leaveShared(env) {
  let complaint = ''
  for (let attempt = 0; attempt < TRIES; attempt++) {
    // Who is killed cleans nothing up.
    const script = 'echo "$FAKETIME_SHARED"; kill -KILL $$'
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', script], { env, encoding: 'latin1' })
    const [, semaphore, memory] = /^(\/\S+) (\/\S+)\n/.exec(stdout) ?? []
    if (semaphore !== undefined && memory !== undefined) return [semaphore, memory]
    complaint = stderr
  }
  throw new Error(`libfaketime shares nothing: ${complaint}`)
}
