/** Hono 4, on any runtime: middleware. */

import type { Context, MiddlewareHandler } from 'hono'
import type { AsyncGuard, Decision, Guard, Identity } from '../policy/decision.js'
import { answerTo, isRefusal, MISREAD, targetFor } from './answer.js'
import { type AdapterOptions, checkWaitingAdapter, decideWith, systemNow, tell } from './options.js'
import { samePath } from './target.js'
import { factsOf, isReadable, responseOf, rewritten, withOurs } from './web.js'

/** What the middleware sets: `new Hono<{ Variables: TicketVariables }>()`. */
export interface TicketVariables {
  /** Who asks; undefined where nobody had to be known. */
  identity: Identity | undefined
}

/**
 * On Node the address is that of the connection. On Deno, Bun and Workers it has to be told by `ip`, or no ticket that
 * binds an address is taken.
 */
export type HonoOptions = AdapterOptions<Context>

/**
 * Middleware that lets through what the guard lets through; behind it `c.get('identity')` says who asks. Use it before
 * the routes it is to protect.
 *
 * Hono has routed when middleware runs, so a path that names another one after dots and empty segments are resolved is
 * answered with 400.
 *
 * @example
 * ```ts
 * import { Hono } from 'hono'
 * import { protect, type TicketVariables } from 'authtkt/hono'
 *
 * const app = new Hono<{ Variables: TicketVariables }>()
 * app.use(protect(guard))
 * app.get('/admin', (c) => c.text(`Hello ${c.get('identity')?.uid}`))
 * ```
 */
export function protect(
  guard: Guard | AsyncGuard,
  options: HonoOptions = {},
): MiddlewareHandler<{ Variables: TicketVariables }> {
  checkWaitingAdapter(guard, options, 'protect')
  return async (c, next) => {
    const decision = await judge(guard, c as Context, options)
    tell(options, decision, c)
    if (isRefusal(decision)) return responseOf(answerTo(decision), c.req.method)
    c.req.raw = rewritten(c.req.raw, decision, options.identityHeaders)
    c.set('identity', decision.kind === 'allow' ? decision.identity : undefined)
    await next()
    if (decision.kind !== 'allow') return
    const response = withOurs(c.res, decision)
    if (response === c.res) return
    // Hono merges a response into the one that is there; emptied first, this one takes its place.
    c.res = undefined
    c.res = response
  }
}

async function judge(
  guard: Guard | AsyncGuard,
  c: Context,
  { ip = addressOf, now = systemNow }: HonoOptions,
): Promise<Decision> {
  const { raw } = c.req
  if (!isReadable(raw)) return MISREAD
  const decision = await decideWith(guard, factsOf(raw, ip(c), now()))
  return isRefusal(decision) || samePath(raw.url, targetFor(decision, raw.url)) ? decision : MISREAD
}

/** What @hono/node-server hands over as the environment. */
interface NodeEnv {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } }
}

function addressOf(c: Context): string | undefined {
  return (c.env as NodeEnv | undefined)?.incoming?.socket?.remoteAddress
}
