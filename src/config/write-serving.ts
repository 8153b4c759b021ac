/** What a gateway serves as the text of our own configuration: the gateway's part, and the answers of each server. */

import { goingOn } from './json-serving.js'
import { PROGRAMS } from './programs.js'
import { reverseOf } from './routes.js'
import {
  type Content,
  type Endpoint,
  endpointText,
  type Listen,
  NO_SERVING,
  type Route,
  type Serving,
} from './serving.js'

type Values = Readonly<Record<string, unknown>>
type PathOf = (file: string) => string

/** `gateway`, or nothing where all is as usual. */
export function gatewayPart(serving: Serving, pathOf: PathOf): Values {
  const { listen, admin, forwardAuth, forwardTicket, workers } = serving
  const gateway = stated({
    listen: listen.length === 0 ? undefined : listen.map((one) => listenText(one, pathOf)),
    admin: admin && endpointOf(admin.endpoint, pathOf),
    forwardAuth: forwardAuth && {
      listen: endpointOf(forwardAuth.listen.endpoint, pathOf),
      peers: forwardAuth.peers,
    },
    identity: changed({ ...serving.identity }, { ...NO_SERVING.identity }),
    forwardTicket: forwardTicket === NO_SERVING.forwardTicket ? undefined : forwardTicket,
    timeouts: changed({ ...serving.timeouts }, { ...NO_SERVING.timeouts }),
    limits: changed({ ...serving.limits }, { ...NO_SERVING.limits }),
    workers: workers === NO_SERVING.workers ? undefined : workers,
  })
  return Object.keys(gateway).length === 0 ? {} : { gateway }
}

/** The answers of the main server. */
export function mainPart({ main }: Serving, pathOf: PathOf): Values {
  return contentText(main, pathOf)
}

/** Those of a host; where the main server's would be added to them, the text says that they are not. */
export function hostPart({ main, hosts }: Serving, index: number, pathOf: PathOf): Values {
  const own = hosts[index] ?? main
  const text = contentText(own, pathOf)
  const read = goingOn({ routes: own.routes, reverse: own.reverse }, main, text.reverse !== undefined)
  return same(read, own) ? text : { ...text, fallback: false }
}

function contentText({ routes, reverse }: Content, pathOf: PathOf): Values {
  return stated({
    routes: routes.length === 0 ? undefined : routes.map((route) => routeText(route, pathOf)),
    reverse: same(reverse, reverseOf(routes)) ? undefined : reverse,
  })
}

function routeText(route: Route, pathOf: PathOf): Values {
  const { path, timeout } = route
  switch (route.kind) {
    case 'upstream': {
      const upstream = route.unix === undefined ? route.url : `unix:${pathOf(route.unix)}|${route.url}`
      return stated({ path, upstream, preserveHost: route.preserveHost ? undefined : false, timeout })
    }
    case 'files': {
      const programs = same(route.programs, PROGRAMS) ? undefined : route.programs
      return stated({
        path,
        files: pathOf(route.folder),
        index: same(route.index, ['index.html']) ? undefined : route.index,
        programs,
      })
    }
    case 'redirect':
      return { path, redirect: route.url, status: route.status }
    case 'nobody':
      return stated({ path, nobody: route.why, pattern: route.pattern, forbidden: route.forbidden })
  }
}

function listenText({ endpoint, tls }: Listen, pathOf: PathOf): unknown {
  const address = endpointOf(endpoint, pathOf)
  if (tls === undefined) return address
  const certificates = tls.map(({ names, certFile, keyFile }) =>
    stated({ names: names.length === 0 ? undefined : names, cert: pathOf(certFile), key: pathOf(keyFile) }),
  )
  return { address, tls: certificates }
}

function endpointOf(endpoint: Endpoint, pathOf: PathOf): string {
  return endpointText('unix' in endpoint ? { unix: pathOf(endpoint.unix) } : endpoint)
}

function stated(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

/** What is not as usual; undefined where all is. */
function changed(values: Values, usual: Values): Values | undefined {
  const own = Object.entries(values).filter(([name, value]) => !same(value, usual[name]))
  return own.length === 0 ? undefined : Object.fromEntries(own)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
