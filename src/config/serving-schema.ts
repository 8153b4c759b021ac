/** The parts of our configuration that say what a gateway serves. */

import { z } from 'zod'
import { parseRange } from '../http/cidr.js'
import { parseDuration } from '../policy/duration.js'
import { isHeaderName, parseEndpoint, parseUpstream } from './serving.js'

const endpointShape = z.string().refine((text) => parseEndpoint(text) !== undefined, {
  error: 'give HOST:PORT, PORT or unix:PATH, such as 127.0.0.1:8080',
})
const upstreamShape = z.string().refine((text) => parseUpstream(text) !== undefined, {
  error: 'give http://HOST:PORT, https://HOST:PORT or unix:PATH, without a query',
})
const pathShape = z.string().startsWith('/', 'a path begins with /')
const patternShape = z.string().refine(isPattern, { error: 'this is no regular expression' })
const headerName = z.string().refine(isHeaderName, { error: 'this is no header name that can say who asks' })
const count = z.number().int().min(1)
const seconds = z
  .union([z.number(), z.string()], { error: 'give seconds, or a text such as 30s or 2m' })
  .transform((value, context) => {
    const parsed = typeof value === 'number' ? value : parseDuration(value)
    if (parsed !== undefined && parsed > 0 && parsed <= 86_400) return parsed
    context.addIssue('must be more than 0 and at most a day')
    return z.NEVER
  })

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== undefined
  } catch {
    return false
  }
}

const certificateSchema = z.strictObject({
  names: z.array(z.string()).optional().describe('Host names that it is shown for; left out: whoever asks.'),
  cert: z.string().describe('PEM file with the certificate and its chain.'),
  key: z.string().describe('PEM file with its private key.'),
})

const listenSchema = z.union(
  [
    endpointShape,
    z.strictObject({
      address: endpointShape.describe('HOST:PORT, PORT or unix:PATH.'),
      tls: z
        .union([certificateSchema, z.array(certificateSchema).min(1)], { error: 'give { "cert": ..., "key": ... }' })
        .optional()
        .describe('Certificates; the first is shown to whoever names no host.'),
    }),
  ],
  { error: 'give HOST:PORT, PORT or unix:PATH, or { "address": ..., "tls": ... }' },
)

/** Where an answer may send clients. */
const redirectShape = z
  .string()
  .regex(
    /^(?:https?:\/\/[^\s/]|\/(?!\/))[!-~]*$|^$/i,
    'give http://HOST/..., https://HOST/... or a path of this server',
  )
const routeSchema = z
  .strictObject({
    path: pathShape.describe('/app is it and all below it, /app/ only what is below.'),
    upstream: upstreamShape.optional().describe('Who answers: http://HOST:PORT/PATH, https:// or unix:PATH.'),
    files: z.string().optional().describe('Or a folder.'),
    index: z.array(z.string()).optional().describe('Names tried for a folder itself; default index.html.'),
    programs: z.array(z.string()).optional().describe('Endings such as .php of files that are never shown.'),
    redirect: redirectShape.optional().describe('Or an URL that the client is sent to, with the rest of its path.'),
    status: z.number().int().min(300).max(599).optional().describe('With redirect: its status; default 302.'),
    nobody: z.string().optional().describe('Or nobody, and why: 501.'),
    pattern: patternShape.optional().describe('With nobody: a regular expression on the decoded path.'),
    forbidden: z.literal(true).optional().describe('With nobody: --upstream does not get it either.'),
    preserveHost: z.boolean().optional().describe("Pass the client's Host on; default true."),
    timeout: seconds.optional().describe('Seconds until the upstream must have begun to answer.'),
  })
  .refine(
    ({ upstream, files, redirect, nobody }) =>
      [upstream, files, redirect, nobody].filter((one) => one !== undefined).length === 1,
    { error: 'give upstream, files, redirect or nobody, one of them' },
  )
  .refine(({ redirect, status }) => status === undefined || redirect !== undefined, {
    error: 'a status goes with redirect only',
  })
  .refine(({ forbidden, nobody }) => forbidden === undefined || nobody !== undefined, {
    error: 'forbidden goes with nobody only',
  })
  .refine(({ pattern, nobody }) => pattern === undefined || nobody !== undefined, {
    error: 'a pattern goes with nobody only; upstream and files have a path',
  })

/** What a server, a virtual host or (the first two) an area can have beside what the guard reads. */
export const contentShape = {
  upstream: upstreamShape.optional().describe('Who answers here: http://HOST:PORT/PATH, https:// or unix:PATH.'),
  files: z.string().optional().describe('Folder whose files are the answers here.'),
  routes: z.array(routeSchema).optional().describe('Who answers which paths; the longest path counts.'),
  reverse: z
    .array(z.strictObject({ path: pathShape, url: z.string() }))
    .optional()
    .describe('Which URLs in answers become which paths; default what the upstreams of the routes have.'),
} as const

/** A virtual host also says whether it goes on with the main server's. */
export const hostShape = {
  ...contentShape,
  fallback: z.boolean().optional().describe("Paths without a route here have the main server's; default true."),
} as const

export const areaShape = { upstream: contentShape.upstream, files: contentShape.files } as const

const headerNames = z.union([headerName, z.array(headerName)], { error: 'give a header name, or a list of them' })

/** The `gateway` part of our configuration. */
export const gatewaySchema = z
  .strictObject({
    listen: z
      .union([listenSchema, z.array(listenSchema)], { error: 'give an address to listen at, or a list of them' })
      .describe('Where it listens; default 127.0.0.1:8080.'),
    admin: endpointShape.describe('Where /-/healthz, /-/readyz and /metrics are; default nowhere.'),
    forwardAuth: z
      .strictObject({
        listen: endpointShape.describe('Where other proxies ask.'),
        peers: z
          .array(z.string().refine((text) => parseRange(text) !== undefined, { error: 'this is no address or CIDR' }))
          .min(1)
          .optional()
          .describe('Addresses or CIDRs of proxies that are answered; default loopback.'),
      })
      .describe('Check endpoints for nginx, Caddy, Traefik, Envoy and HAProxy.'),
    identity: z
      .strictObject({
        uid: headerNames.optional(),
        tokens: headerNames.optional(),
        userData: headerNames.optional(),
      })
      .describe('Request headers that tell upstreams who asks; default Remote-User and so on.'),
    forwardTicket: z.boolean().describe('Let upstreams see the ticket cookie; default false.'),
    timeouts: z
      .strictObject({
        head: seconds.optional(),
        request: seconds.optional(),
        idle: seconds.optional(),
        keepAlive: seconds.optional(),
        connect: seconds.optional(),
        response: seconds.optional(),
        drain: seconds.optional(),
      })
      .describe('Seconds.'),
    limits: z
      .strictObject({
        headBytes: count.max(1 << 20).optional(),
        headers: count.max(2000).optional(),
        urlBytes: count.max(1 << 20).optional(),
        bodyBytes: count.nullable().optional(),
        connections: count.max(65_536).optional(),
        waiting: z.number().int().min(0).max(1_000_000).optional(),
      })
      .describe('How much of what is taken.'),
    workers: count.max(256).describe('Processes that share the listeners; default 1.'),
  })
  .partial()

export type GatewayInput = z.output<typeof gatewaySchema>
export type RouteInput = z.output<typeof routeSchema>
