/** Express 5 and 4: middleware for a whole application, or for what is mounted behind a path. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { TktError } from '../errors.js'
import type { Decision, Guard, GuardRequest, Identity } from '../policy/decision.js'
import { answerTo, isRefusal, MISREAD, targetFor } from './answer.js'
import { decideOn, factsOf, identify } from './node-request.js'
import { carry, send } from './node-response.js'
import { type AdapterOptions, checkAdapter, tell } from './options.js'
import { originOf } from './target.js'
import { atOnce, type Steps, together } from './together.js'

declare global {
  namespace Express {
    interface Request {
      /** Who asks; undefined where nobody had to be known. Set by authtkt. */
      identity?: Identity | undefined
    }
  }
}

/** What we need of Express' request, in either version. */
export interface ExpressRequest extends IncomingMessage {
  url: string
  originalUrl: string
  baseUrl: string
  identity?: Identity | undefined
}

export interface ExpressOptions extends AdapterOptions<ExpressRequest> {
  /** The routers are `case sensitive` and `strict`: needed for guards with `oddPaths: 'allow'`. Default false. */
  readonly exactRouting?: boolean | undefined
  /**
   * Judge together what arrives together, which costs a busy server less: `next` is called in the turn of the event loop
   * behind the one that has read the request. `false`: at once. Default true.
   */
  readonly gather?: boolean | undefined
}

/** Middleware; of the shape of Express' `RequestHandler`, spelt out so that no other package is needed for types. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

const FIX = "create it with oddPaths: 'refuse', or set exactRouting where the routers are case sensitive and strict"

/** A request's target in parts: `origin` + `mount` + what routers behind us see. */
interface Place {
  /** As it was when it was read; whoever called us may have put another one in its place since. */
  readonly url: string
  /** `http://host` of an absolute target, mostly empty. */
  readonly origin: string
  readonly mount: string
  /** The target as a whole. */
  readonly whole: string
}

/**
 * Middleware that lets through what the guard lets through; behind it `req.identity` says who asks. (`req.user` is
 * left to passport.) Use it before the routes it is to protect: Express runs in the order of use.
 *
 * The guard judges the whole target, also where the middleware is mounted behind a path, and `req.url` and
 * `req.originalUrl` become what it judged: the one is what routers go by, the other what proxies hand on.
 *
 * Express does not tell `/Admin` from `/admin`, nor `/admin/` from `/admin`: a guard has to refuse paths that it would
 * find elsewhere (`oddPaths: 'refuse'`, the default where `compat` is not `exact`), or the routers must be told to be
 * exact, and we as well (`exactRouting`).
 *
 * @throws TktError `ERR_TKT_OPTIONS` on misspelt options, and for a guard and routers that read paths differently
 *
 * @example
 * ```ts
 * import express from 'express'
 * import { protect } from 'authtkt/express'
 *
 * const app = express()
 * app.use(protect(guard))
 * app.get('/admin', (req, res) => res.send(`Hello ${req.identity?.uid}`))
 * ```
 */
export function protect(guard: Guard, options: ExpressOptions = {}): ExpressMiddleware {
  checkAdapter(guard, options, 'protect', ['exactRouting', 'gather'])
  if (!guard.refusesOddPaths && options.exactRouting !== true) {
    throw new TktError('ERR_TKT_OPTIONS', `protect: Express takes /ADMIN for /admin, which this guard does not: ${FIX}`)
  }
  const steps: Steps<ExpressRequest, Way, Asked, Decision> = {
    read(request) {
      const place = placeOf(request)
      return { place, facts: place && factsOf(request, place.whole, request, options) }
    },
    judge: ({ facts }) => decideOn(guard, facts),
    goOn(request, { response, next }, judged, { place }) {
      const decision = place === undefined ? MISREAD : settle(request, place, judged)
      tell(options, decision, request)
      if (isRefusal(decision)) return send(response, answerTo(decision))
      identify(request, decision, options)
      if (decision.kind === 'allow') carry(response, decision)
      next()
    },
    fail: (error, _, { next }) => next(error),
  }
  const middleware = options.gather === false ? atOnce(steps) : together(steps)
  return (request, response, next) => middleware(request, { response, next })
}

/** Where a request goes on. */
interface Way {
  readonly response: ServerResponse
  readonly next: (error?: unknown) => void
}

interface Asked {
  readonly place: Place | undefined
  readonly facts: GuardRequest | undefined
}

/** Sets the target that was judged. */
function settle(request: ExpressRequest, place: Place, decision: Decision): Decision {
  return isRefusal(decision) || rewrite(request, place, targetFor(decision, place.whole)) ? decision : MISREAD
}

/**
 * What routers will go by, as a whole: usually `originalUrl`. Where earlier middleware has rewritten `url`, the
 * rewritten target counts. Nothing for absolute targets that Express would cut in another place than we.
 */
function placeOf({ url, originalUrl, baseUrl: mount }: ExpressRequest): Place | undefined {
  const origin = originOf(url)
  if (origin === undefined || (origin !== '' && mount !== '')) return undefined
  const whole = `${mount}${url}`
  // Express puts a slash behind a bare mount path: /admin?x is seen as /?x behind /admin.
  const bare = mount !== '' && originalUrl === `${mount}${url.slice(1)}`
  return { url, origin, mount, whole: bare ? originalUrl : whole }
}

/** Sets the judged target, the mount path cut off again. False where it lies outside of the mount path by now. */
function rewrite(request: ExpressRequest, { url, origin, mount, whole }: Place, judged: string): boolean {
  request.url = url
  if (judged === whole) return true
  if (!judged.startsWith(mount)) return false
  const rest = judged.slice(mount.length)
  const slashed = rest.startsWith('/') || mount === ''
  // A slash that Express has added it will take away again, so one may neither come nor go here.
  if (slashed !== (whole.charCodeAt(mount.length) === 0x2f || mount === '')) return false
  if (!slashed && rest !== '' && !rest.startsWith('?')) return false
  // An origin stays in front: Express has counted its chars and cuts mount paths behind them.
  request.url = `${origin}${slashed ? rest : `/${rest}`}`
  request.originalUrl = `${origin}${judged}`
  return true
}
