/** From workloads and competitors to rows that can be timed. No row exists whose competitors are not all right. */
import { isDeepStrictEqual } from 'node:util'
import type { Ticket } from 'authtkt'
import type { Competitor } from './baselines.js'
import type { Issue, Verify } from './frame.js'
import { type Contender, sink } from './measure.js'
import type { Digest } from './workloads.js'
import { BATCH, CLIENTS, SECRET, type Size, tickets, ticketText, type Workload } from './workloads.js'

export interface Row {
  readonly name: string
  readonly contenders: readonly Contender[]
}

const nameOf = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' ')

function checkVerify(verify: Verify, who: string, { cookies, ips, expected }: Workload): void {
  cookies.forEach((cookieValue, i) => {
    // As JSON: a lazy match is no plain object, and reads its ticket here.
    const verdict: unknown = JSON.parse(JSON.stringify(verify(cookieValue, ips[i] as string)))
    if (!isDeepStrictEqual(verdict, expected[i])) throw new Error(`${who}: wrong about ticket ${i}`)
  })
}

/**
 * A batch of calls in a loop of its own: made from source for each contender, or V8 would share one call site, and what
 * it has learnt there, among all of them, which no server does. Costs as much for everybody, and the quick feel it most.
 */
export function batchOf(
  call: (a: never, b: string) => unknown,
  first: readonly unknown[],
  second: readonly string[],
): () => void {
  const spread = <T>(values: readonly T[]) => Array.from({ length: BATCH }, (_, i) => values[i % values.length])
  const body = 'return () => { for (let i = 0; i < first.length; i++) sink.last = call(first[i], second[i]) }'
  return new Function('call', 'first', 'second', 'sink', body)(call, spread(first), spread(second), sink)
}

function verifySample(verify: Verify, { cookies, ips }: Workload): () => void {
  return batchOf(verify, cookies, ips)
}

export function verifyRow(competitors: readonly Competitor[], workload: Workload): Row {
  const name = nameOf('verify', workload.digest, workload.size, workload.kind)
  const contenders = competitors.map((competitor) => {
    const verify = competitor.verifier(workload.secrets)
    checkVerify(verify, `${competitor.name}, ${name}`, workload)
    return { name: competitor.name, sample: verifySample(verify, workload) }
  })
  return { name, contenders }
}

function checkIssue(issue: Issue, who: string, digest: Digest, asked: readonly Ticket[]): void {
  asked.forEach((ticket, i) => {
    const text = Buffer.from(issue(ticket, CLIENTS[i] as string), 'base64').toString('latin1')
    if (text !== ticketText(digest, SECRET, CLIENTS[i] as string, ticket)) throw new Error(`${who}: wrong ticket ${i}`)
  })
}

export function issueRow(competitors: readonly Competitor[], digest: Digest, size: Size): Row {
  const name = nameOf('issue', digest, size)
  const asked = tickets(size)
  const contenders = competitors.flatMap((competitor) => {
    if (!competitor.issuer) return []
    const issue = competitor.issuer(SECRET)
    checkIssue(issue, `${competitor.name}, ${name}`, digest, asked)
    return { name: competitor.name, sample: batchOf(issue, asked, CLIENTS) }
  })
  return { name, contenders }
}
