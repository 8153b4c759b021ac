/** What tells the dialects' tickets apart, as data. Who writes which: the README's "which dialect do I have". */

import type { Dialect, Encoding } from '../types.js'
import type { Recipe } from './engine.js'

/** A recipe, and what the original does around it. */
export interface DialectFacts extends Recipe {
  /** What the original writes and reads: the encoding of issued tickets where none is named. */
  readonly issues: Encoding
  /** `userid_type:` in the user data says how the uid is written. */
  readonly useridTypes: boolean
  /** The original refuses user data with a `!`. */
  readonly plainData: boolean
}

/** mod_auth_tkt: ticket_digest and parse_ticket in mod_auth_tkt.c. Most issuers bend nothing of it. */
const APACHE: DialectFacts = {
  addressText: false,
  ipv6Text: false,
  separated: true,
  hex: true,
  hmac: false,
  anyCase: false,
  nulEnds: true,
  uidQuoted: false,
  shifted: false,
  dataBase64: false,
  pythonBytes: false,
  encodings: ['raw', 'percent', 'base64', 'quoted'],
  issues: 'base64',
  useridTypes: false,
  plainData: false,
}

/** paste.auth.auth_tkt: the uid is URL-quoted in the ticket, its digest made of what it reads. */
const PASTE: DialectFacts = { ...APACHE, uidQuoted: true, pythonBytes: true }

export const DIALECTS: Readonly<Record<Dialect, DialectFacts>> = {
  apache: APACHE,
  /** mod_authn_tkt: nothing between the hashed fields, so a ticket's field borders can be shifted. */
  lighttpd: {
    ...APACHE,
    addressText: true,
    separated: false,
    hex: false,
    anyCase: true,
    nulEnds: false,
    encodings: ['base64'],
  },
  paste: PASTE,
  /** pyramid.authentication: as Paste's; an IPv6 client and the decimal time are hashed as text. */
  pyramid: { ...PASTE, ipv6Text: true, issues: 'quoted', useridTypes: true },
  /** repoze.who.plugins.auth_tkt: as Paste's, in double quotes. */
  repoze: { ...PASTE, issues: 'quoted' },
  /** plone.session: HMAC-SHA256, 32 raw bytes in front of the timestamp. */
  plone: { ...APACHE, hmac: true, nulEnds: false, encodings: ['base64'], plainData: true },
  /** contrib/auth_ticket.inc.php with $ENCRYPT_COOKIE: a cipher that shifts letters, the digest made of the plain fields. */
  'php-contrib': { ...APACHE, shifted: true },
  /** yola's auth_tkt: canonical; see sealUserData and openUserData for its encrypted user data. */
  yola: APACHE,
  /** npm's passport-authtkt: user data in base64, its digest made of the plain data. */
  'passport-authtkt': { ...APACHE, dataBase64: true },
}

/**
 * What an engine is told of a dialect. Without `pythonCookies` it reads of mod_auth_tkt's tickets what the module reads:
 * not those in the octal escapes of Python's cookies.
 */
export function recipeOf(dialect: Dialect, pythonCookies: boolean): Recipe {
  const facts = DIALECTS[dialect]
  if (pythonCookies || dialect !== 'apache') return facts
  return { ...facts, encodings: facts.encodings.filter((encoding) => encoding !== 'quoted') }
}
