/**
 * Run in a process of its own, again and again: what the first verifier of a process costs (compiling, self-test,
 * first ticket) and what each further one does; and the first batch, which may load a module of its own. As
 * `fresh.ts` wants it, in milliseconds; but nothing of it is loaded, or it would be part of the start.
 */
import { type Digest, HEX_LENGTH } from './workloads.js'

const [digest] = JSON.parse(process.argv[2] as string) as [Digest]
const keys = [{ secret: 'nJ3vQ8xT0aLw5sYk2RfGm7ZpHd4BcE9u', digest }]

function clocked<T>(work: () => T): [milliseconds: number, result: T] {
  const start = process.hrtime.bigint()
  const result = work()
  return [Number(process.hrtime.bigint() - start) / 1e6, result]
}

const start = process.hrtime.bigint()
const { createVerifier } = await import('authtkt')
const load = Number(process.hrtime.bigint() - start) / 1e6

// A verifier may put work off until its first ticket: it counts as well.
const create = () => {
  const verifier = createVerifier({ keys })
  verifier.verify('x', { ip: '192.0.2.7' })
  return verifier
}
const [first, verifier] = clocked(create)
const [further, other] = clocked(create)
// None of them is malformed by its length: all of them go where the lanes are.
const text = Buffer.from(`${'0'.repeat(HEX_LENGTH[digest])}6553f100alice!a,b!c`).toString('base64')
const tickets = Array.from({ length: 64 }, () => text)
const [batch, { accepted }] = clocked(() => verifier.verifyMany(tickets, { ip: '192.0.2.7' }))
const [furtherBatch] = clocked(() => other.verifyMany(tickets, { ip: '192.0.2.7' }))
if (accepted !== 0) throw new Error('A forged ticket was let in')
console.log(JSON.stringify([{ figures: { load, first, further, batch, furtherBatch } }]))
