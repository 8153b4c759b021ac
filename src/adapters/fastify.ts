/** Fastify 5: a plugin that guards every route of the application, and what no route matches. */

import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import { TktError } from '../errors.js'
import type { Decision, Guard, GuardRequest, Identity } from '../policy/decision.js'
import { answerTo, isRefusal, MISREAD, type Refusal, targetFor } from './answer.js'
import { decideOn, factsOf, identify } from './node-request.js'
import { carry } from './node-response.js'
import { type AdapterOptions, checkAdapter, tell } from './options.js'
import { samePath } from './target.js'
import { atOnce, type Steps, together } from './together.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined where nobody had to be known. Set by authtkt. */
    identity: Identity | undefined
  }
}

export interface FastifyOptions extends AdapterOptions<FastifyRequest> {
  readonly guard: Guard
  /**
   * Judge together what arrives together, which costs a busy server less: later hooks and the handler run in the turn of
   * the event loop behind the one that has read the request. `false`: at once. Default true.
   */
  readonly gather?: boolean | undefined
}

/**
 * Plugin that lets through what the guard lets through; behind it `request.identity` says who asks. Register it first:
 * Fastify gives its hooks to routes of the same application and to plugins that are registered later, not to plugins
 * with an encapsulation of their own that were registered before.
 *
 * Fastify has chosen the route when hooks run. So a path that names another one after dots and empty segments are
 * resolved is answered with 400. With `caseSensitive: false`, `ignoreTrailingSlash` or `useSemicolonDelimiter` the
 * router takes more spellings for one path than the guard; keep the guard's `oddPaths: 'refuse'` (the default) then,
 * write areas in lower case, and let them begin at a path.
 *
 * The address is the connection's, not `request.ip`: which proxies are believed is the guard's `trustedProxies`.
 *
 * @example
 * ```ts
 * import fastify from 'fastify'
 * import { protect } from 'authtkt/fastify'
 *
 * const app = fastify()
 * await app.register(protect, { guard })
 * app.get('/admin', (request) => `Hello ${request.identity?.uid}`)
 * ```
 */
export const protect: FastifyPluginCallback<FastifyOptions> = (fastify, options, done) => {
  const { guard, ...rest } = options
  try {
    // Fastify reads the last three from the same object.
    checkAdapter(guard, rest, 'protect', ['gather', 'prefix', 'logLevel', 'logSerializers'])
    checkRouter(guard, fastify)
  } catch (error) {
    // A throw would end the process instead of failing `ready()`.
    return done(error as Error)
  }
  fastify.decorateRequest('identity', undefined)
  const steps: Steps<FastifyRequest, Way, GuardRequest | undefined, Decision> = {
    read: (request) => factsOf(request.raw, request.raw.url as string, request, rest),
    judge: (facts) => decideOn(guard, facts),
    goOn(request, { reply, next }, judged, facts) {
      const url = facts?.url as string
      const decision = routed(url, judged)
      tell(rest, decision, request)
      if (isRefusal(decision)) return refuse(reply, decision)
      request.raw.url = targetFor(decision, url)
      identify(request.raw, decision, rest)
      request.identity = decision.kind === 'allow' ? decision.identity : undefined
      // The raw answer: Fastify's own headers end up in its writeHead, as do those of replies that are hijacked.
      if (decision.kind === 'allow') carry(reply.raw, decision)
      next()
    },
    fail: (error, _, { next }) => next(error as Error),
  }
  const ask = rest.gather === false ? atOnce(steps) : together(steps)
  fastify.addHook('onRequest', (request, reply, next) => ask(request, { reply, next }))
  done()
}

// What fastify-plugin would set, without the dependency: no encapsulation, so that the hook covers all routes.
Object.assign(protect, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'authtkt',
  [Symbol.for('plugin-meta')]: { name: 'authtkt', fastify: '>=5' },
})

export default protect

/** A guard that does not refuse odd paths needs a router that takes none of them for others. */
function checkRouter(guard: Guard, { initialConfig }: FastifyInstance): void {
  if (guard.refusesOddPaths) return
  const config = { ...initialConfig, ...(initialConfig as { routerOptions?: object }).routerOptions } as Readonly<
    Record<string, unknown>
  >
  const loose = ['ignoreTrailingSlash', 'useSemicolonDelimiter'].find((name) => config[name] === true)
  const name = config.caseSensitive === false ? 'caseSensitive: false' : loose
  if (name === undefined) return
  throw new TktError(
    'ERR_TKT_OPTIONS',
    `protect: with ${name} Fastify finds routes that this guard does not: create it with oddPaths: 'refuse'`,
  )
}

/** Where a request goes on. */
interface Way {
  readonly reply: FastifyReply
  readonly next: (error?: Error) => void
}

/** Fastify has routed on `url`: a path that was judged as another one is nobody's. */
function routed(url: string, decision: Decision): Decision {
  return isRefusal(decision) || samePath(url, targetFor(decision, url)) ? decision : MISREAD
}

function refuse(reply: FastifyReply, decision: Refusal): void {
  const { status, headers, setCookies, body } = answerTo(decision)
  reply.code(status)
  for (const [name, value] of headers) reply.header(name, value)
  if (setCookies.length > 0) reply.header('set-cookie', setCookies)
  reply.header('content-length', body.length).send(body)
}
