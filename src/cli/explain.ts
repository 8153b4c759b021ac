/** `authtkt explain`: requests in, decisions out. What would the guard do, and why? */

import { Command } from 'commander'
import { loadConfig } from '../config/load.js'
import { flatHeaders, headerOf } from '../http/headers.js'
import type { Allow, Decision, Guard, GuardRequest } from '../policy/decision.js'
import { createGuard } from '../policy/guard.js'
import { createAnalyst } from './analysis.js'
import { addConfigOptions, type ConfigOptions, readerOptions, showNotes } from './configuration.js'
import { clock, parseTime } from './keys.js'
import { readLines } from './lines.js'
import { withLogin } from './login-area.js'
import type { Output } from './output.js'
import { parseRequest } from './requests.js'

/** A line holds all headers of a request. */
const LINE_MAX = 1 << 22

/** What a server answers before the guard is asked. */
const REFUSED: Decision = { kind: 'error', status: 400, reason: 'malformed', setCookies: [], noStore: false }

interface ExplainOptions extends ConfigOptions {
  now?: number
  human?: boolean
}

export function explainCommand(output: Output, finish: (exitCode: number) => void): Command {
  const command = new Command('explain')
    .description('Tell what the guard would do with requests: one JSON object a line in, one decision a line out.')
    .argument('[file...]', 'files with requests (default: standard input)')
    .option('--now <seconds>', "unix time of requests that name none (default: the clock's)", parseTime)
    .option('--human', 'tell in words: which area, which rule, which clock, and what would have verified')
  return addConfigOptions(command).action(async (files: string[], options: ExplainOptions) => {
    const config = loadConfig(options.config, readerOptions(options))
    showNotes(config.notes, output)
    const { options: whole } = withLogin(config)
    const guard = createGuard(whole)
    for (const warning of guard.warnings) output.err(`authtkt: warning: ${warning}\n`)
    const analyst = options.human ? createAnalyst(whole) : undefined
    let line = 0
    for await (const text of readLines(files, process.stdin, LINE_MAX)) {
      line++
      const parsed = parseRequest(text, options.now ?? clock())
      if (typeof parsed === 'string') {
        finish(1)
        output.out(
          `${JSON.stringify({ id: null, line, kind: 'error', status: 400, reason: 'malformed', error: parsed })}\n`,
        )
        continue
      }
      const decision = parsed.bad ? REFUSED : guard.decide(parsed.request)
      output.out(
        analyst
          ? analyst(parsed.id, parsed.request, decision)
          : `${JSON.stringify(row(parsed.id, decision, parsed.request, guard))}\n`,
      )
    }
    if (line === 0) output.err('authtkt: no requests: the input is empty\n')
  })
}

/** The decision as a flat object: others script against these names. */
function row(id: unknown, decision: Decision, request: GuardRequest, guard: Guard): object {
  const { kind } = decision
  const allowed = kind === 'allow' ? decision : undefined
  const signed = allowed && guard.areaOf(request)?.publicKeys !== undefined
  return {
    id,
    kind,
    status: kind === 'allow' || kind === 'pass' ? 200 : decision.status,
    location: kind === 'redirect' ? decision.location : null,
    setCookies: kind === 'pass' ? [] : decision.setCookies,
    identity: allowed?.identity ?? null,
    authorization: signed ? authorizationOf(allowed, request) : null,
    authType: signed ? 'mod_auth_pubtkt' : allowed ? 'Basic' : null,
    reason: kind === 'allow' || kind === 'pass' ? null : decision.reason,
    keyIndex: allowed?.keyIndex ?? null,
  }
}

/** What reaches the application: the guard's, or else the client's own. */
function authorizationOf({ authorization }: Allow, request: GuardRequest): string | null {
  return authorization === undefined ? (headerOf(flatHeaders(request.headers), 'authorization') ?? null) : authorization
}
