/** What all tickets have in common once they are known to be good: tokens, rules on users, and the way in. */

import type { Ticket } from '../types.js'
import { deny, NO_COOKIES, send } from './answers.js'
import type { Area } from './area.js'
import type { Decision, Identity } from './decision.js'
import type { Facts } from './facts.js'
import type { Settings } from './settings.js'

/** What does not change while the guard lives. */
export interface Means {
  readonly uuid: () => string
  /** 32 random hex digits. */
  readonly hex: () => string
  /** Bytes to text, where identities are text. */
  readonly decode: ((bytes: string) => string) | undefined
}

/** Of a ticket, whatever made it good. */
type Named = Pick<Ticket, 'uid' | 'userData'>

/** Whose ticket has run out goes to a page of its own, if there is one. */
export function timedOut(area: Area, facts: Facts, deletion: string | undefined): Decision {
  const { loginUrl, timeoutUrl, postTimeoutUrl } = area.settings
  const isPost = facts.request.method === 'POST' && postTimeoutUrl !== null
  return send(isPost ? postTimeoutUrl : (timeoutUrl ?? loginUrl), 'expired', area, facts, deletion)
}

export function mayEnter(uid: string, area: Area, { ip, request }: Facts): boolean {
  return area.check({ uid, ip: ip ?? '', method: request.method }) === 'granted'
}

/** The first entry that the path begins with decides: as text, /adm is in front of /admin, too. */
function tokensAt(path: string, entries: NonNullable<Settings['tokenPaths']>): readonly string[] {
  for (const entry of entries) if (path.startsWith(entry.path)) return entry.tokens
  return NO_COOKIES
}

export function lacksTokens(tokens: readonly string[], { target }: Facts, settings: Settings): boolean {
  const { tokenPaths } = settings
  const wanted = tokenPaths === null ? settings.tokens : tokensAt(target.path, tokenPaths)
  if (wanted.length === 0) return false
  // By hand: `some` and `includes` take three times as long for a token or two.
  for (const token of tokens) {
    for (const one of wanted) if (token === one) return false
  }
  return true
}

/** The last word is with the rules on users. `keyIndex` is undefined for guests. */
export function admit(
  ticket: Named,
  tokens: readonly string[],
  keyIndex: number | undefined,
  area: Area,
  facts: Facts,
  cookie: string | undefined,
  means: Means,
): Decision {
  const { settings } = area
  const setCookies = cookie === undefined ? NO_COOKIES : [cookie]
  if (!area.anyUser && settings.deniedUsers === 'refuse' && !mayEnter(ticket.uid, area, facts)) {
    return deny(deniedStatus(area), 'user', settings, setCookies)
  }
  const identity = identityOf(ticket, tokens, keyIndex === undefined, means.decode)
  const noStore = settings.noStore && cookie !== undefined
  const { url } = facts.target
  // No `host: undefined`: results are compared and printed as they are.
  return area.host === undefined
    ? { kind: 'allow', identity, keyIndex, url, setCookies, noStore }
    : { kind: 'allow', identity, keyIndex, url, host: area.host, setCookies, noStore }
}

function deniedStatus({ settings: { deniedStatus: status, authType } }: Area): 401 | 403 {
  return status === 403 || authType === null || authType === 'None' ? 403 : 401
}

export function identityOf(
  ticket: Named,
  tokens: readonly string[],
  guest: boolean,
  decode: Means['decode'],
): Identity {
  const { uid, userData } = ticket
  if (decode === undefined) return { uid, tokens, userData, guest }
  return { uid: decode(uid), tokens: tokens.map(decode), userData: decode(userData), guest }
}
