/** What can be set for an area, and for all areas at once: a name, a shape and a meaning for each. */

import { z } from 'zod'
import { parseRange } from '../http/cidr.js'
import { parseDuration } from './duration.js'
import { ruleSchema } from './require.js'

const MAX_SECONDS = 2 ** 31 - 1

const seconds = z
  .union([z.number(), z.string()], { error: 'give whole seconds or a text such as 2h or 1h30m' })
  .transform((value, context) => {
    const parsed = typeof value === 'number' ? value : parseDuration(value)
    if (parsed !== undefined && Number.isInteger(parsed) && parsed >= 0 && parsed <= MAX_SECONDS) return parsed
    context.addIssue(`'${value}' is no duration: give whole seconds or numbers with s m h d w M y, such as 2h or 1h30m`)
    return z.NEVER
  })

const url = z.string().regex(/^[^\0-\x20\x7f]+$/, 'an URL has no spaces, no control bytes and is not empty')
const cookieName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "a cookie name has letters, digits and !#$%&'*+-.^_`|~ only")
const argumentName = z.string().regex(/^[^\s&;=#?]+$/, 'an argument name has no spaces and none of & ; = # ?')
const domain = z
  .string()
  .regex(/^\.?[A-Za-z0-9_.:-]+$/, 'a cookie domain is a host name, with or without a leading dot')
const host = z
  .string()
  .regex(
    /^(?:\*\.)?[A-Za-z0-9_.-]+$|^\[[0-9A-Fa-f:.]+\]$/,
    'a host is a name such as www.example.com or *.example.com, without a port',
  )
const headerName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'this is no name of a header')
const label = z.string().regex(/^[^\s,!]+$/, 'a token has no spaces, commas or !')

/** Headers that tell a page load from the request of a script. */
export const SIGNALS = ['sec-fetch-mode', 'accept', 'x-requested-with'] as const

/** The settings; each is optional here, `defaults.ts` has what applies where none is given. */
export const settingShape = {
  // Who may enter
  require: ruleSchema.describe('Who may enter (Require). Default: valid-user.'),
  authType: z
    .enum(['None', 'Basic', 'TKT', 'mod_auth_pubtkt'])
    .nullable()
    .describe(
      'AuthType. TKT: without a loginUrl the answer is 403, not 500. mod_auth_pubtkt: signed tickets, checked with publicKeys.',
    ),
  tokens: z
    .array(label)
    .describe('One of these tokens must be in the ticket (TKTAuthToken); none: no token is asked for.'),
  tokenPaths: z
    .array(z.strictObject({ path: z.string(), tokens: z.array(label) }))
    .nullable()
    .describe('Tokens by what the path begins with, in place of tokens: the first match decides (lighttpd: tokens).'),
  requireSsl: z.boolean().describe('Only over TLS (TKTAuthRequireSSL).'),
  groups: z.record(z.string(), z.array(z.string())).describe('Names to uids, for rules on groups (AuthGroupFile).'),

  // Where to
  loginUrl: url.nullable().describe('Who has no ticket goes here (TKTAuthLoginURL).'),
  timeoutUrl: url.nullable().describe('Whose ticket has run out; default loginUrl (TKTAuthTimeoutURL).'),
  postTimeoutUrl: url.nullable().describe('The same for a POST (TKTAuthPostTimeoutURL).'),
  unauthUrl: url.nullable().describe('Whose ticket lacks the tokens; default loginUrl (TKTAuthUnauthURL).'),
  refreshUrl: url
    .nullable()
    .describe('Whose signed ticket is past its grace period; default loginUrl (TKTAuthRefreshURL).'),
  badIpUrl: url
    .nullable()
    .describe('Whose signed ticket is of another address, with ip=ADDRESS; default loginUrl (TKTAuthBadIPURL).'),
  multifactorUrl: url
    .nullable()
    .describe('Whose signed ticket lacks the second factor; default loginUrl (TKTAuthMultifactorURL).'),
  redirectStatus: z
    .union([z.literal(302), z.literal(303), z.literal(307), z.literal('version')])
    .describe('Status of redirects; version: 307, and 302 to HTTP/1.0 (mod_auth_pubtkt).'),
  backArgName: argumentName.nullable().describe('Argument that carries the back URL (TKTAuthBackArgName); null: none.'),
  backCookieName: cookieName
    .nullable()
    .describe('Cookie that carries the back URL in place of the argument (TKTAuthBackCookieName).'),
  querySeparator: z
    .enum([';', '&'])
    .describe('Joins the back argument to an URL that has a query (TKTAuthQuerySeparator).'),
  backPort: z.boolean().describe('Keep the port of the host in the back URL (A1).'),
  backText: z
    .enum(['apache', 'lighttpd', 'pubtkt'])
    .describe(
      'How the back URL is written: as mod_auth_tkt does, as mod_authn_tkt, or as mod_auth_pubtkt, which leaves the query as it came.',
    ),
  backPath: z
    .enum(['decoded', 'verbatim'])
    .describe('The path of the back URL: decoded and escaped once, or as the client sent it (A13).'),
  backHosts: z
    .array(host.toLowerCase())
    .nullable()
    .describe('Hosts that a back URL may name; null: any. Other requests are sent to sign in without one.'),
  loginUrls: z
    .enum(['module', 'parsed', 'literal'])
    .describe(
      'How login URLs are read: as mod_auth_tkt does, with an URL parser (A15), or not at all (mod_authn_tkt).',
    ),
  problemFor: z
    .array(z.enum(SIGNALS))
    .describe('Headers that tell scripts from page loads: scripts get 401 with a problem body in place of a redirect.'),

  // Clocks
  timeout: seconds.describe('Seconds or a duration that a ticket is good for; 0: for ever (TKTAuthTimeout).'),
  timeoutRefresh: z
    .number()
    .min(0)
    .max(1)
    .describe('Part of the timeout: when less is left, the ticket is renewed (TKTAuthTimeoutRefresh).'),
  refreshWithin: seconds
    .nullable()
    .describe(
      'Renewed when less time than this is left, in place of timeoutRefresh; null: timeoutRefresh counts (L1).',
    ),
  oldKeyClock: z
    .enum(['restart', 'keep'])
    .describe('A ticket of an old key is renewed: with the time of now, or with its own (A9).'),
  clockSkew: seconds.nullable().describe('How far in the future a ticket may lie; null: any time (A17).'),
  maxAge: seconds
    .nullable()
    .describe('How long after the first sign-in renewals end; kept in the ticket as a token since=<8 hex digits>.'),

  // Tickets
  ignoreIp: z.boolean().describe('Tickets bind no address (TKTAuthIgnoreIP).'),
  ipv6: z.enum(['refuse', 'bind']).describe('IPv6 clients: never valid, or bound by their 16 bytes (A5).'),
  ipv6Prefix: z.number().int().min(1).max(128).describe('Bits of an IPv6 address that a ticket binds; default 128.'),
  urlTickets: z.boolean().describe('Take a ticket from the query, too (A2).'),
  urlTicketWins: z
    .boolean()
    .describe('A ticket in the query that reads like one is the only one looked at, good or not (L4).'),
  cookieMatch: z
    .enum(['spaced', 'pairs', 'first', 'suffix'])
    .describe(
      'Where the cookie is found: behind any space or semicolon; as a pair of the header; as the first pair of that name, empty or not, in base64 as lighttpd reads it (L6); or wherever the name ends one (mod_auth_pubtkt, P3).',
    ),
  ticketHeaders: z
    .array(headerName)
    .min(1)
    .describe('Headers that a signed ticket is looked for in, in this order; Cookie: the cookie (TKTAuthHeader).'),
  cipMatch: z
    .enum(['text', 'address'])
    .describe("A signed ticket's address and the client's are compared as text, or as addresses (P6)."),
  longFields: z
    .enum(['cut', 'refuse'])
    .describe(
      'Signed tickets with a uid over 64 bytes, or other fields over 255: cut, as the module does, or refused (P5).',
    ),
  requireMultifactor: z
    .boolean()
    .describe('Signed tickets must say that there was a second factor (TKTAuthRequireMultifactor).'),
  fakeBasicAuth: z
    .boolean()
    .describe('Hand Authorization: Basic with the uid and the word password on (TKTAuthFakeBasicAuth).'),
  passthruBasicAuth: z
    .boolean()
    .describe("Hand the signed ticket's bauth on as Authorization: Basic (TKTAuthPassthruBasicAuth)."),
  clientAuthorization: z
    .enum(['keep', 'replace'])
    .describe("With either of them: a client's own Authorization goes through instead, or never does (P4)."),
  passthruText: z
    .enum(['any', 'checked'])
    .describe('Hand any bauth on, or only base64 of printable text with a colon; else 500 (P7).'),
  strictFields: z.boolean().describe('Refuse tickets with control bytes or an empty uid (A18).'),

  // Guests
  guestLogin: z.boolean().describe('Who has no ticket is a guest (TKTAuthGuestLogin).'),
  guestUser: z
    .string()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a ticket cannot carry them
    .regex(/^[^!\0-\x1f\x7f]*$/, "a guest's uid has no control bytes and no !")
    .nullable()
    .describe('Uid of guests; %nU: n characters of a UUID (TKTAuthGuestUser).'),
  guestUnique: z
    .enum(['uuid', 'hex'])
    .describe("What %nU stands for: characters of a UUID, or hex digits by mod_authn_tkt's count (L7)."),
  guestEmpty: z.boolean().describe('Guests have an empty uid (TKTAuthGuestEmpty).'),
  guestCookie: z.boolean().describe('Guests get a ticket (TKTAuthGuestCookie, A11).'),
  guestFallback: z.boolean().describe('Whose ticket has run out is a guest (TKTAuthGuestFallback).'),
  guestFallbackAlone: z.boolean().describe('guestFallback counts without guestLogin, too (L8).'),

  // Cookies
  cookieName: cookieName.describe('Name of the ticket cookie (TKTAuthCookieName).'),
  cookieDomain: domain.nullable().describe('Domain attribute (TKTAuthDomain); null: hostDomain decides.'),
  hostDomain: z
    .boolean()
    .describe("Without cookieDomain: name the request's host as the Domain, or leave the attribute out (A11)."),
  cookieExpires: seconds
    .nullable()
    .describe('Seconds or a duration until the cookie ends; null: with the browser (TKTAuthCookieExpires).'),
  cookieMaxAge: seconds.nullable().describe('Max-Age attribute; null: none.'),
  cookieSecure: z
    .union([z.boolean(), z.literal('tls')])
    .describe('Secure attribute (TKTAuthCookieSecure); tls: where the request came over TLS.'),
  cookieHttpOnly: z.boolean().describe('HttpOnly attribute.'),
  cookieSameSite: z.enum(['Strict', 'Lax', 'None']).nullable().describe('SameSite attribute; null: none.'),
  cookieText: z
    .enum(['module', 'rfc6265', 'lighttpd'])
    .describe(
      'Dates and order as mod_auth_tkt or mod_authn_tkt writes them, or as RFC 6265 has them; and whether a second cookie may go out.',
    ),
  cookieWhen: z
    .enum(['apache', 'lighttpd'])
    .describe(
      'When cookies are sent: with refusals, too, and for every good ticket of an URL (A14); or only renewed ones, to who is let in (mod_authn_tkt).',
    ),
  noStore: z.boolean().describe('Cache-Control: no-store on redirects, refusals and answers that set a cookie (A19).'),

  // The rest
  deniedStatus: z
    .union([z.literal('module'), z.literal(403)])
    .describe('A user whom the rules do not name: 403, or 401 under an authType as the server answers.'),
  deniedUsers: z
    .enum(['refuse', 'redirect'])
    .describe('A user whom the rules do not name: refused by deniedStatus, or sent to unauthUrl (mod_authn_tkt).'),
  missingSecret: z
    .enum(['fail', 'redirect'])
    .describe(
      'Without a key: 500 for everybody, or only for who brings a ticket, while others sign in (mod_authn_tkt).',
    ),
  brokenStatus: z
    .union([z.literal(500), z.literal(403)])
    .describe('Answer where a redirect is due and no URL is configured, which crashes the module (A4).'),
  debug: z.number().int().min(0).describe('Detail of the decision log; secrets are never in it (TKTAuthDebug).'),
} as const

/** Settings that say where who is kept out is sent. */
export const URL_SETTINGS = [
  'loginUrl',
  'timeoutUrl',
  'postTimeoutUrl',
  'unauthUrl',
  'refreshUrl',
  'badIpUrl',
  'multifactorUrl',
] as const

const everySetting = z.strictObject(settingShape)

/** Settings as they are used: durations are seconds. */
export type Settings = Readonly<z.output<typeof everySetting>>
/** Settings that are given; an undefined one counts as left out. */
export type SomeSettings = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/** Addresses or CIDRs of proxies whose forwarding headers are believed. */
export const proxySchema = z.union([
  z.literal('any'),
  z.array(
    z.string().refine((text) => parseRange(text) !== undefined, {
      error: (issue) => `'${issue.input}' is no IPv4 or IPv6 address or CIDR, such as 10.0.0.0/8`,
    }),
  ),
])
export { host as hostSchema }
