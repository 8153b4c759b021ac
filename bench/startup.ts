/**
 * Run in a process of its own, again and again: what the first verifier of a process costs (compiling, self-test,
 * first ticket) and what each further one does. One line of JSON on stdout, in milliseconds.
 */
import type { Digest } from './workloads.js'

const digest = process.argv[2] as Digest
const keys = [{ secret: 'nJ3vQ8xT0aLw5sYk2RfGm7ZpHd4BcE9u', digest }]

function clocked(work: () => unknown): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / 1e6
}

const start = process.hrtime.bigint()
const { createVerifier } = await import('authtkt')
const load = Number(process.hrtime.bigint() - start) / 1e6

// A verifier may put work off until its first ticket: it counts as well.
const create = () => createVerifier({ keys }).verify('x', { ip: '192.0.2.7' })
console.log(JSON.stringify({ load, first: clocked(create), further: clocked(create) }))
