/** Finding differences between the real Apache and us, and cutting them down to what one has to look at. */

import type { TktModule } from '../../native-fixtures/apache-server.mjs'
import type { Certificate } from '../../native-fixtures/apache-site.mjs'
import { cuts, type Node, print } from '../../native-fixtures/config-tree.mjs'
import { DELIBERATE, type Deliberate, type Difference } from '../../native-fixtures/deliberate.mjs'
import { explain } from '../../native-fixtures/explain.mjs'
import type { RandomRequest } from '../../native-fixtures/random-request.mjs'
import { differing, type Outcome, withoutChance } from './outcome.js'
import { type Outcomes, type Pair, startPair } from './pair.js'

export interface Round {
  readonly nodes: readonly Node[]
  readonly clock: number | undefined
  readonly certificate: Certificate | undefined
  readonly anyProxy: boolean
  readonly module?: TktModule
  /** Whose list of meant differences; default that of mod_auth_tkt. */
  readonly deliberate?: readonly Deliberate[]
}

/** A difference that nobody meant. */
export interface Found extends Difference {
  readonly round: Round
}

/** What is different, by whether somebody meant it. */
export interface Verdict {
  readonly found: Found[]
  /** Entries of the list that were needed. */
  readonly ids: string[]
}

/** With a UUID in their names no two guests are alike. */
const BY_CHANCE = /%\d*U/

export function judge(round: Round, request: RandomRequest, outcomes: Outcomes): Verdict {
  const config = print(round.nodes)
  const verdict: Verdict = { found: [], ids: [] }
  for (const via of ['policy', 'adapter'] as const) {
    const { apache, policy, [via]: ours } = outcomes
    // What the policy decides, the adapter carries out: only what it changes is a difference of its own.
    const parts = via === 'adapter' && differing(policy, ours).length === 0 ? [] : partsOf(config, apache, ours)
    if (parts.length === 0) continue
    const difference = { via, config, request, apache, ours, parts, anyProxy: round.anyProxy }
    const ids = explain(difference, round.deliberate ?? DELIBERATE)
    if (ids) verdict.ids.push(...ids)
    else verdict.found.push({ ...difference, round })
  }
  return verdict
}

function partsOf(config: string, apache: Outcome, ours: Outcome) {
  const parts = differing(apache, ours)
  return parts.length > 0 && BY_CHANCE.test(config) ? differing(withoutChance(apache), withoutChance(ours)) : parts
}

/** Two differences that have this in common look alike from outside. */
export const kindOf = ({ via, parts, apache, ours }: Found) => `${via} ${parts} ${apache.status} ${ours.status}`

/** The same kind of difference with as little configuration and request as `until` allows time to find. */
export async function shrink(found: Found, until: number): Promise<Found> {
  let least = found
  const accept = async (pair: Pair, round: Round, request: RandomRequest) => {
    const outcomes = await pair.ask(request).catch(() => undefined)
    const same = outcomes && judge(round, request, outcomes).found.find((each) => kindOf(each) === kindOf(found))
    if (same) least = same
    return same !== undefined
  }
  for (let goesOn = true; goesOn && Date.now() < until; ) {
    goesOn = false
    for (const nodes of cuts(least.round.nodes)) {
      if (Date.now() > until) break
      const round = { ...least.round, nodes }
      goesOn = await withPair(round, (pair) => accept(pair, round, least.request))
      if (goesOn) break
    }
  }
  const { round } = least
  await withPair(round, async (pair) => {
    for (let i = 0; i < simpler(least.request).length && Date.now() < until; ) {
      i = (await accept(pair, round, simpler(least.request)[i] as RandomRequest)) ? 0 : i + 1
    }
    return true
  })
  return least
}

/** False where a server does not start any more. */
async function withPair(round: Round, use: (pair: Pair) => Promise<boolean>): Promise<boolean> {
  const pair = await startPair(round.nodes, round).catch(() => undefined)
  if (!pair) return false
  try {
    return await use(pair)
  } finally {
    await pair.stop()
  }
}

/** Requests with one thing less. The line that says who the client is stays. */
function simpler(request: RandomRequest): RandomRequest[] {
  const { headers, target, body: _, ...rest } = request
  const without = (i: number) => headers.filter((_, j) => j !== i)
  return [
    ...(request.method === 'GET' ? [] : [{ ...rest, headers, target, method: 'GET' }]),
    ...headers.flatMap(([name], i) => (name === 'X-Client-IP' ? [] : [{ ...request, headers: without(i) }])),
    ...[...target].map((_, i) => ({ ...request, target: target.slice(0, i) + target.slice(i + 1) })),
  ]
}

/** Chars of a configuration that could not be cut down. */
const CONFIG_MAX = 2000
/** Shorter texts are no tickets. */
const TICKET_MIN = 16

/** What to look at, without secrets and tickets: of those only what they are. */
export function tell({ config, request, apache, ours, via, parts, round }: Found): string {
  const { method, target, version, headers, values, tls } = request
  const masked = (text: string) => {
    const tickets = values.filter(({ value }) => value.length >= TICKET_MIN)
    const kinds = tickets.reduce((before, { value, kind }) => before.replaceAll(value, `<ticket: ${kind}>`), text)
    return kinds.replace(/[A-Za-z0-9+/]{40,}=*/g, ticketIn)
  }
  return [
    config.replace(/(TKTAuth(?:Secret(?:Old)?|PassthruBasicKey)) .*/gi, '$1 <secret>').slice(0, CONFIG_MAX),
    `${tls ? 'TLS, ' : ''}clock ${round.clock ?? 'real'}${round.anyProxy ? ", trustedProxies: 'any'" : ''}`,
    masked(`${method} ${target} HTTP/${version}`),
    ...headers.map(([name, value]) => masked(`${name}: ${value}`)),
    `Apache: ${masked(JSON.stringify(apache))}`,
    `${via}: ${masked(JSON.stringify(ours))}`,
    `differ in ${parts.join(', ')}`,
  ].join('\n')
}

/** The fields of a ticket that a server made. */
function ticketIn(value: string): string {
  const ticket = /^[0-9a-f]{32,128}([0-9a-f]{8})(.*)$/s.exec(Buffer.from(value, 'base64').toString('latin1'))
  return ticket ? `<new ticket: ${Number.parseInt(ticket[1] as string, 16)} ${ticket[2]}>` : '<digest or base64>'
}
