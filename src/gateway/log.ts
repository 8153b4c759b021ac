/** The log: one JSON object a line. Never a secret, a ticket, a cookie or a query (which may hold a ticket). */

import type { IncomingMessage } from 'node:http'
import pino, { type Logger } from 'pino'
import type { Decision, GuardRequest } from '../policy/decision.js'
import { addressOf } from './connection.js'
import type { Site } from './site.js'

export type { Logger } from 'pino'

export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** `fd`: where the lines go; 2 is standard error. */
export function createLog(level: Level, fd = 2): Logger {
  const options = { name: 'authtkt', level, base: { pid: process.pid } }
  return pino(options, pino.destination({ dest: fd, sync: true }))
}

/** Logs what an area decides where its `debug` (TKTAuthDebug) is above 0. `about`: how logs name the request. */
export function logDecision(log: Logger, decision: Decision, site: Site, request: GuardRequest, about: object): void {
  const area = site.guard.areaOf(request)
  if (area === undefined || area.settings.debug === 0) return
  log.info({ ...about, area: area.name, ...detailsOf(decision) }, 'decision')
}

/** A request, as logs name it. */
export function pathOf(message: IncomingMessage): object {
  const path = (message.url as string).replace(/\?.*$/s, '')
  return { ip: addressOf(message), method: message.method, host: message.headers.host, path }
}

/** What was decided and why. A location holds a back URL and with it a query: only its beginning is told. */
export function detailsOf(decision: Decision): object {
  switch (decision.kind) {
    case 'allow': {
      const { identity, keyIndex, setCookies } = decision
      return { kind: 'allow', uid: identity.uid, guest: identity.guest, keyIndex, renewed: setCookies.length > 0 }
    }
    case 'pass':
      return decision.shadow === undefined ? { kind: 'pass' } : { shadow: true, ...detailsOf(decision.shadow) }
    case 'redirect': {
      const { status, reason, location } = decision
      return { kind: 'redirect', status, reason, to: location.replace(/[?#].*$/s, '') }
    }
    default:
      return { kind: decision.kind, status: decision.status, reason: decision.reason }
  }
}

/**
 * The same in two words, for the access log: nobody's name. No decision have requests that are refused before anybody is
 * asked (414, 431, TRACE), and those that fail while they are judged.
 */
export function briefOf(decision: Decision | undefined): object {
  if (decision === undefined) return {}
  const { kind } = decision
  if (kind === 'pass' && decision.shadow !== undefined) return { shadow: true, ...briefOf(decision.shadow) }
  return kind === 'allow' || kind === 'pass' ? { decision: kind } : { decision: kind, reason: decision.reason }
}
