/**
 * Every recorded request of the real mod_auth_tkt, asked of a guard with `compat: 'exact'`: the same status, Location,
 * Set-Cookie and identity, byte for byte. The directives are put into options here, by hand and by the letter.
 */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import type { AreaOptions } from '../../src/policy/options.js'
import type { Rule } from '../../src/policy/require.js'
import { ringOf, vectorsOf } from '../helpers/recorded.js'
import { type Exchange, recordedAnswer, requestOf, type Seen, seenOf } from '../helpers/recorded-exchange.js'

type Vector = Exchange & {
  readonly config: readonly string[]
  readonly config_parent?: readonly string[]
  readonly server_level?: unknown
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, M: 2592000, y: 31536000 }
const on = (text = '') => text.toLowerCase() === 'on'

/** A bare number replaces what stood before it (A10). */
function seconds(args: readonly string[]): number {
  let sum = 0
  for (const arg of args) {
    if (/\d$/.test(arg)) sum = Number.parseInt(arg, 10)
    else sum += Number.parseInt(arg, 10) * (UNITS[arg.slice(-1)] as number)
  }
  return sum
}

const OPTIONS: Readonly<Record<string, (args: readonly string[], area: AreaOptions) => AreaOptions>> = {
  LoginURL: ([url]) => ({ loginUrl: url }),
  TimeoutURL: ([url]) => ({ timeoutUrl: url }),
  PostTimeoutURL: ([url]) => ({ postTimeoutUrl: url }),
  UnauthURL: ([url]) => ({ unauthUrl: url }),
  CookieName: ([name]) => ({ cookieName: name }),
  Domain: ([domain]) => ({ cookieDomain: domain }),
  CookieExpires: (args) => ({ cookieExpires: seconds(args) }),
  CookieSecure: ([flag]) => ({ cookieSecure: on(flag) }),
  BackCookieName: ([name]) => ({ backCookieName: name }),
  BackArgName: ([name]) => ({ backArgName: name === 'None' ? null : name }),
  QuerySeparator: ([text]) => ({ querySeparator: text as ';' | '&' }),
  IgnoreIP: ([flag]) => ({ ignoreIp: on(flag) }),
  RequireSSL: ([flag]) => ({ requireSsl: on(flag) }),
  Token: (args, area) => ({ tokens: [...(area.tokens ?? []), ...args] }),
  Timeout: (args) => ({ timeout: seconds(args) }),
  TimeoutMin: ([minutes]) => ({ timeout: 60 * Number(minutes) }),
  TimeoutRefresh: ([part]) => ({ timeoutRefresh: Number(part) }),
  GuestLogin: ([flag]) => ({ guestLogin: on(flag) }),
  GuestCookie: ([flag]) => ({ guestCookie: on(flag) }),
  GuestUser: ([uid]) => ({ guestUser: uid }),
  GuestFallback: ([flag]) => ({ guestFallback: on(flag) }),
  GuestEmpty: ([flag]) => ({ guestEmpty: on(flag) }),
  Debug: () => ({}),
}

/** A7: a section with a TKTAuth directive of its own does not inherit these. */
const NOT_INHERITED: AreaOptions = { cookieName: 'auth_tkt', backArgName: 'back', timeoutRefresh: 0.5 }

function areaOf(path: string, lines: readonly string[]): AreaOptions {
  const area: AreaOptions = { path }
  const rules: Rule[] = []
  let own: AreaOptions = {}
  for (const line of lines) {
    const [name = '', ...args] = line.split(/\s+/)
    if (name.startsWith('TKTAuth')) {
      own = NOT_INHERITED
      Object.assign(area, OPTIONS[name.slice(7)]?.(args, area) ?? { unknown: name })
    } else if (name === 'AuthType') area.authType = args[0] as 'None'
    else if (name !== 'Require') continue
    else if (args[0] === 'valid-user') rules.push('valid-user')
    else rules.push({ [`${args[0]}s`]: args.slice(1) } as Rule)
  }
  if (rules.length > 0) area.require = rules.length === 1 ? rules[0] : { any: rules }
  return { ...own, ...area }
}

/** Where we differ from the module on purpose. */
const UNCHECKED = 'A2: what the URL says becomes a cookie only when it has been validated'
const DIFFERENT: Readonly<Record<string, string>> = {
  'tkt/noticket-gtok': 'A4: the C code follows a null pointer, and the connection ends; we answer 500',
  'tkt/back-strip-tkt': UNCHECKED,
  'tkt/url-semicolon-after': UNCHECKED,
  'tkt/url-empty': UNCHECKED,
  'tkt/url-one-quote': UNCHECKED,
  'tkt/url-short': UNCHECKED,
  'tkt/url-short+goodcookie': UNCHECKED,
  'tkt/url-garbage': UNCHECKED,
  'tkt/url-garbage+goodcookie': UNCHECKED,
  'tkt/url-b64-plus-slash-pct': UNCHECKED,
  'tkt/ip6-::1-guestcookie': 'A5: no cookie that says (null)',
  'tkt/bad-ts-nonhex': 'A6: old memory in place of a timestamp once let somebody in; we refuse',
  'tkt/back-path-crlf': 'A13: control bytes are escaped twice',
  'tkt/back-xfh-inject': 'A3: a host that is none is refused',
  'tkt/future-ffffffff': 'A17: no wrap at 2^32',
  'tkt/future-t60-ffffffff': 'A17: no wrap at 2^32',
  'tkt/field-data-ctrl-raw': 'not the module: the server refuses control bytes in a header, as ours do',
  'tkt/valid-static': 'not the module: a static file tells no identity',
}

/** Guests with a UUID: no two are the same. */
const known = (text: string | null) => text?.replace(/[0-9a-f]{8}[0-9a-f-]{0,28}/, 'UUID') ?? null

function answerOf(vector: Vector): Seen {
  const { config_parent: parent, location, config } = vector
  const outer = location.replace(/[^/]+\/$/, '')
  const guard = createGuard({
    compat: 'exact',
    require: 'granted',
    order: 'listed',
    // A3: what the module believes.
    trustedProxies: 'any',
    keys: ringOf(vector, 'apache'),
    areas: [...(parent ? [areaOf(outer, parent)] : []), areaOf(location, config)],
    selfTest: false,
  })
  return seenOf(guard.decide(requestOf(vector)))
}

t.test('exact answers every recorded request as the module did', async (t) => {
  const vectors = vectorsOf<Vector>('recorded/mod_auth_tkt').filter((vector) => !vector.server_level)
  for (const vector of vectors) {
    const ours = answerOf(vector)
    const theirs = recordedAnswer(vector)
    const why = DIFFERENT[vector.id]
    if (why !== undefined) t.notSame(ours, theirs, `${vector.id}: ${why}`)
    else if (vector.nondeterministic) t.equal(known(ours.uid), known(theirs.uid), vector.id)
    else t.strictSame(ours, theirs, vector.id)
  }
  t.ok(vectors.length > 300, `${vectors.length} recordings`)
})
