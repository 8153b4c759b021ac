/**
 * The recorded requests: what the modules let in for its ticket, we accept with the same fields; what they refused for
 * its bytes, we refuse. Where the bytes are good and a directive refused, the directive is named.
 */

import t, { type Test } from 'tap'
import { createVerifier } from '../../src/index.js'
import type { Ticket } from '../../src/types.js'
import {
  apacheValues,
  directive,
  directives,
  type Exchange,
  lighttpdValues,
  ringOf,
  vectorsOf,
} from '../helpers/recorded.js'

/** Where we differ from the module on purpose: id and reason. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'tkt/bad-ts-nonhex': 'A6: without hex digits the C code goes on with the timestamp of an earlier request',
}

/** Good bytes that the module keeps out for a reason of its own: id and reason. */
const KEPT_OUT: Readonly<Record<string, string>> = {
  'tkt/future-ffffffff': 'A17: timestamp + timeout wraps at 2^32',
  'tkt/future-t60-ffffffff': 'A17: timestamp + timeout wraps at 2^32',
  'tkt/issuer-py2-cookie-long': "base64 in lines with octal escapes, as Python's cookies have it",
  'tkt/inherit-sub-mytkt': 'A7: a nested section does not inherit the cookie name',
  'lighttpd/url-plausible-bad+goodcookie': 'L4: a plausible bad ticket in the URL beats a good cookie',
}

function read(
  vector: Exchange,
  values: readonly string[],
  dialect: 'apache' | 'lighttpd',
  ignoreIp: boolean,
): Ticket | undefined {
  const verifier = createVerifier({ keys: ringOf(vector, dialect), ignoreIp })
  for (const value of values) {
    const result = verifier.verify(value, { ip: vector.client_ip })
    if (result.ok) return result.ticket
  }
  return undefined
}

const GUEST = /^(guest|visitor|anon|)(-|$)/

/** Compares one verdict: what the module handed on must be what we read; a guest that it made up is no ticket's doing. */
function compare(
  t: Test,
  vector: Exchange,
  ticket: Ticket | undefined,
  guests: boolean,
): 'accepted' | 'refused' | 'kept out' {
  const { REMOTE_USER: uid, REMOTE_USER_TOKENS: tokens, REMOTE_USER_DATA: userData } = vector.response.env ?? {}
  const letIn = vector.response.status === 200 && typeof uid === 'string'
  if (!ticket) {
    t.ok(!letIn || (guests && GUEST.test(uid)), `${vector.id} refused`)
    return 'refused'
  }
  // An expired ticket may end as a guest.
  if (!letIn || (guests && GUEST.test(uid) && uid !== ticket.uid)) return 'kept out'
  t.same(
    { uid: ticket.uid, tokens: ticket.tokens.join(','), userData: ticket.userData },
    { uid, tokens, userData },
    vector.id,
  )
  return 'accepted'
}

/** The directive that keeps a good ticket out, or undefined. */
function keptOut(vector: Exchange, ticket: Ticket): string | undefined {
  const timeout = directive(vector, 'TKTAuthTimeout')
  const seconds = timeout === undefined ? 7200 : Number.parseInt(timeout, 10)
  const wanted = directives(vector).flatMap((line) => /^TKTAuthToken (.*)/.exec(line)?.[1]?.split(' ') ?? [])
  if (KEPT_OUT[vector.id]) return KEPT_OUT[vector.id]
  if (vector.response.status === 400) return 'control bytes in a header'
  if (directive(vector, 'TKTAuthRequireSSL') === 'on' && !vector.tls) return 'TKTAuthRequireSSL'
  if (seconds > 0 && vector.now > ticket.issuedAt + seconds) return 'TKTAuthTimeout'
  if (wanted.length > 0 && !wanted.some((token) => ticket.tokens.includes(token))) return 'TKTAuthToken'
  if (vector.response.status === 200) return 'no Require'
  if (directives(vector).some((line) => line.startsWith('Require user'))) return 'Require user'
  if (directive(vector, 'TKTAuthLoginURL') === undefined && vector.response.status === 500) return 'no TKTAuthLoginURL'
  return undefined
}

t.test('mod_auth_tkt: the same requests carry a good ticket', async (t) => {
  const counts = { accepted: 0, refused: 0, 'kept out': 0 }
  for (const vector of vectorsOf<Exchange>('recorded/mod_auth_tkt')) {
    const values = apacheValues(vector)
    if (values.length === 0 || ringOf(vector, 'apache').length === 0 || DIFFERENT[vector.id]) continue
    const ticket = read(vector, values, 'apache', directive(vector, 'TKTAuthIgnoreIP') === 'on')
    const verdict = compare(t, vector, ticket, directive(vector, 'TKTAuthGuestLogin') === 'on')
    counts[verdict]++
    if (verdict === 'kept out') t.ok(ticket && keptOut(vector, ticket), `${vector.id}: a good ticket was not let in`)
  }
  t.ok(counts.accepted > 120 && counts.refused > 50, JSON.stringify(counts))
})

t.test('mod_auth_tkt: where we differ, we refuse', async (t) => {
  const vectors = vectorsOf<Exchange>('recorded/mod_auth_tkt').filter(({ id }) => DIFFERENT[id])
  t.equal(vectors.length, Object.keys(DIFFERENT).length)
  for (const vector of vectors) t.equal(read(vector, apacheValues(vector), 'apache', false), undefined, vector.id)
})

t.test('mod_authn_tkt: the same requests carry a good ticket', async (t) => {
  const counts = { accepted: 0, refused: 0, 'kept out': 0 }
  for (const vector of vectorsOf<Exchange>('recorded/mod_authn_tkt')) {
    const values = lighttpdValues(vector)
    if (values.length === 0 || ringOf(vector, 'lighttpd').length === 0) continue
    const config = vector.config as Record<string, string | undefined>
    const ticket = read(vector, values, 'lighttpd', config['ignore-ip'] === 'enable')
    const verdict = compare(t, vector, ticket, config['guest-login'] === 'enable')
    counts[verdict]++
    if (verdict !== 'kept out' || !ticket) continue
    const old = vector.now > ticket.issuedAt + Number(config.timeout ?? 7200)
    const rule = config._require !== 'valid-user' && config._require
    const policy = KEPT_OUT[vector.id] ?? config.tokens ?? config['require-ssl'] ?? rule
    t.ok(policy || old, `${vector.id}: a good ticket was not let in`)
  }
  t.ok(counts.accepted > 40 && counts.refused > 15, JSON.stringify(counts))
})
