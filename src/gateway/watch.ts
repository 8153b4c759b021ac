/** Who is told what happens: the decision log, the access log, metrics. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { guardRequest } from '../adapters/node-request.js'
import { kindOf } from '../errors.js'
import type { Decision } from '../policy/decision.js'
import { addressOf } from './connection.js'
import type { CheckFacts } from './forward-auth/server.js'
import type { Watch } from './gateway.js'
import { briefOf, detailsOf, type Logger, logDecision, pathOf } from './log.js'
import type { Metrics } from './metrics.js'
import { compare } from './shadow.js'
import type { Site } from './site.js'

/** Also told what other proxies ask. */
export interface WholeWatch extends Watch {
  readonly checked: (decision: Decision, facts: CheckFacts, site: Site) => void
  readonly misused: (problem: string, convention: string) => void
}

export interface WatchOptions {
  readonly log: Logger
  readonly metrics: Metrics
  /** One line a request. */
  readonly accessLog: boolean
  readonly now: () => number
}

/** Seconds between two lines about one upstream and one cause: an upstream that is down fails every request. */
const QUIET = 5
/** A line of a stack that says where, and nothing of the message above it, however many lines that has. */
const FRAME = /^ {4}at [^\n]*:\d+:\d+\)?$/gm

export function createWatch({ log, metrics, accessLog, now }: WatchOptions): WholeWatch {
  const told = new Map<string, { at: number; more: number }>()
  const decisions = new WeakMap<IncomingMessage, Decision>()
  return {
    started(message: IncomingMessage, response: ServerResponse) {
      const start = performance.now()
      // At the end a connection that broke has no address any more.
      const about = accessLog ? pathOf(message) : {}
      response.once('close', () => {
        const seconds = (performance.now() - start) / 1000
        metrics.took(seconds)
        if (!accessLog) return
        const { statusCode: status, writableFinished } = response
        const ms = Math.round(seconds * 1e4) / 10
        log.info({ ...about, ...briefOf(decisions.get(message)), status, ms, whole: writableFinished }, 'request')
      })
    },
    decided(decision: Decision, message: IncomingMessage, site: Site) {
      const time = now()
      metrics.decided(decision, hostName(decision, site), time)
      if (accessLog) decisions.set(message, decision)
      if (!site.logs) return
      const request = guardRequest(message, message.url as string, addressOf(message), time)
      logDecision(log, decision, site, request, pathOf(message))
    },
    checked(decision, { convention, request }, site) {
      metrics.decided(decision, hostName(decision, site), request.now)
      if (!site.logs) return
      const about = { ip: request.ip, method: request.method, path: request.url.replace(/\?.*$/s, ''), convention }
      logDecision(log, decision, site, request, about)
    },
    misused: (problem, convention) =>
      log.error({ convention, problem }, 'a proxy asks in a way that cannot be answered'),
    compared(ours, theirs, message, site) {
      const { outcome, differences } = compare(ours, theirs, site.signs)
      metrics.compared(outcome)
      if (outcome === 'same') return
      const details = { ...pathOf(message), ours: detailsOf(ours), theirs: theirs.status, differences }
      log[outcome === 'differs' ? 'warn' : 'info'](details, `shadow: ${outcome}`)
    },
    failed(failure, origin) {
      metrics.failed(failure, origin)
      const key = `${failure.cause} ${origin}`
      const time = now()
      const last = told.get(key)
      if (last !== undefined && time - last.at < QUIET) {
        last.more++
        return
      }
      told.set(key, { at: time, more: 0 })
      log.warn(
        { upstream: origin, cause: failure.cause, status: failure.status, more: last?.more ?? 0 },
        'upstream failed',
      )
    },
    // Messages of ours name options and places, never what is secret; anybody else's may hold anything.
    broken: (error) => log.error({ error: kindOf(error), at: framesOf(error) }, 'request failed here'),
  }
}

/** Where it was thrown; nothing where the message cannot be told from that. */
function framesOf(error: unknown): string[] {
  const { stack, message } = (error ?? {}) as { stack?: unknown; message?: unknown }
  if (typeof stack !== 'string' || typeof message !== 'string' || !stack.includes(message)) return []
  const frames = stack.slice(stack.indexOf(message) + message.length).match(FRAME) ?? []
  return frames.slice(0, 5).map((line) => line.trim())
}

/** The ring that a key index counts in. */
function hostName(decision: Decision, { names }: Site): string {
  const judged = decision.kind === 'pass' ? (decision.shadow ?? decision) : decision
  const host = judged.kind === 'allow' ? judged.host : undefined
  return host === undefined ? '' : (names[host] ?? '')
}
