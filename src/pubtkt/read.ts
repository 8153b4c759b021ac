/** From the splitter's memory to a signed ticket's fields, as parse_ticket of mod_auth_pubtkt.c keeps them. */

import {
  BAUTH,
  CLIENT_IP,
  DATA,
  GRACE_PERIOD,
  MULTIFACTOR,
  type Splitter,
  TOKENS,
  UID,
  VALID_UNTIL,
} from '../engine/pubtkt.js'
import { splitTokens } from '../ticket/tokens.js'
import type { SignedTicket } from '../types.js'

/** Bytes that the module of Debian (0.13) keeps of a field. */
export const MOST_UID = 64
export const MOST_CLIENT_IP = 39
export const MOST_TEXT = 255

/** What becomes of a field that the module would cut: that, or it makes the ticket malformed; or it is read whole. */
export type LongFields = 'cut' | 'refuse' | 'whole'

/** The fields that the last `split` found; undefined where the module would say "missing keys", or one is too long. */
export function readTicket(splitter: Splitter, longFields: LongFields): SignedTicket | undefined {
  const { fields } = splitter
  const text = splitter.signedText()
  const field = (at: number, most: number) => fieldOf(splitter, text, at, most, longFields)
  const uid = field(UID, MOST_UID)
  const clientIp = field(CLIENT_IP, MOST_CLIENT_IP)
  // Cut as text: a token at the end may become another one, as it does there.
  const tokens = field(TOKENS, MOST_TEXT)
  const userData = field(DATA, MOST_TEXT)
  const bauth = field(BAUTH, MOST_TEXT)
  const validUntil = fields[VALID_UNTIL] as number
  if (uid === undefined || uid === '' || validUntil === 0) return undefined
  if (clientIp === undefined || tokens === undefined || userData === undefined || bauth === undefined) return undefined
  return {
    uid,
    tokens: splitTokens(tokens),
    userData,
    validUntil,
    gracePeriod: fields[GRACE_PERIOD] as number,
    clientIp,
    multifactor: fields[MULTIFACTOR] === 1,
    bauth,
  }
}

function fieldOf(
  { fields, textAt }: Splitter,
  text: string,
  at: number,
  most: number,
  longFields: LongFields,
): string | undefined {
  const from = (fields[at] as number) - textAt
  const end = (fields[at + 1] as number) - textAt
  if (from === end) return ''
  if (end - from <= most || longFields === 'whole') return text.slice(from, end)
  return longFields === 'cut' ? text.slice(from, from + most) : undefined
}
