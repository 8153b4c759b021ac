/** Handlers of the Fetch standard: Deno, Bun, Workers, and whatever else calls a function with a Request. */

import { TktError } from '../errors.js'
import type { AsyncGuard, Guard, Identity } from '../policy/decision.js'
import { answerTo, isRefusal, MISREAD } from './answer.js'
import { type AdapterOptions, checkWaitingAdapter, decideWith, systemNow, tell } from './options.js'
import { factsOf, isReadable, responseOf, rewritten, withOurs } from './web.js'

/** What is protected. `info` is whatever the runtime hands over besides: Deno's info, Bun's server, a Worker's env. */
export type FetchHandler<Info extends readonly unknown[]> = (
  request: Request,
  identity: Identity | undefined,
  ...info: Info
) => Response | Promise<Response>

export interface FetchOptions<Info extends readonly unknown[]> extends Omit<AdapterOptions<Request>, 'ip'> {
  /** Address of the client or of the proxy in front; a Request does not have it. */
  readonly ip: (request: Request, ...info: Info) => string | undefined
}

/**
 * Puts a guard in front of a Fetch handler. The handler runs only for requests that the guard lets through; it is given
 * the request (with the target that was judged), the identity, and what the runtime adds.
 *
 * Runtimes resolve dots in paths and lose the order of header lines before we see them; the guard judges what the
 * handler sees.
 *
 * @example
 * ```ts
 * import { protect } from 'authtkt/fetch'
 *
 * const hello = (request, identity) => new Response(`Hello ${identity?.uid}`)
 * Deno.serve(protect(guard, hello, { ip: (request, info) => info.remoteAddr.hostname }))
 * Bun.serve({ fetch: protect(guard, hello, { ip: (request, server) => server.requestIP(request)?.address }) })
 * export default { fetch: protect(guard, hello, { ip: (request) => request.headers.get('cf-connecting-ip') ?? undefined }) }
 * ```
 */
export function protect<Info extends readonly unknown[] = readonly unknown[]>(
  guard: Guard | AsyncGuard,
  handler: FetchHandler<Info>,
  options: FetchOptions<Info>,
): (request: Request, ...info: Info) => Promise<Response> {
  checkWaitingAdapter(guard, options ?? {}, 'protect')
  if (typeof options?.ip !== 'function')
    throw new TktError('ERR_TKT_OPTIONS', 'protect: needs ip: (request) => address')
  const { onDecision, identityHeaders } = options
  return async (request, ...info) => {
    const ip = options.ip(request, ...info)
    const now = options.now ? options.now() : systemNow()
    const decision = isReadable(request) ? await decideWith(guard, factsOf(request, ip, now)) : MISREAD
    tell({ onDecision }, decision, request)
    if (isRefusal(decision)) return responseOf(answerTo(decision), request.method)
    const judged = rewritten(request, decision, identityHeaders)
    const identity = decision.kind === 'allow' ? decision.identity : undefined
    const response = await handler(judged, identity, ...info)
    return decision.kind === 'allow' ? withOurs(response, decision) : response
  }
}
