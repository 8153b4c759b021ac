/** What a client sees of an answer, as far as a guard decides it: Apache's, the adapter's and the policy's in one shape. */

import type { WireAnswer } from '../../native-fixtures/wire.mjs'
import type { Allow, Decision } from '../../src/index.js'

export interface Outcome {
  /** 0: the connection ended without an answer. 200: let in, whatever the page then made of the method. */
  readonly status: number
  readonly location: string | null
  readonly setCookies: readonly string[]
  /** Who was let in; null where nobody had to be known. */
  readonly identity: {
    readonly uid: string
    readonly tokens: string
    readonly userData: string
    /** What an application finds in that header; only where mod_auth_pubtkt may have put it there. */
    readonly authorization?: string
  } | null
}

/** Apache asks who is there before it looks whether a file can be asked for in this way. */
const LET_IN = [200, 405, 501]

export function outcomeOf(answer: WireAnswer): Outcome {
  const all = (name: string) => answer?.headers.flatMap(([each, value]) => (each === name ? [value] : [])) ?? []
  const status = LET_IN.includes(answer?.status ?? 0) ? 200 : (answer?.status ?? 0)
  const [fields] = all('x-identity').map((text) => text.split('.'))
  const [uid = '', tokens = '', userData = '', _authType, authorization] =
    fields?.map((text) => Buffer.from(text, 'base64').toString('latin1')) ?? []
  const signed = authorization === undefined ? {} : { authorization }
  const identity = status === 200 && fields ? { uid, tokens, userData, ...signed } : null
  return { status, location: all('location')[0] ?? null, setCookies: all('set-cookie'), identity }
}

/** `authorization`: the client's own, where the module may have one of its own take its place. */
export function outcomeOfDecision(decision: Decision, authorization?: string): Outcome {
  const letIn = decision.kind === 'allow' || decision.kind === 'pass'
  return {
    status: letIn ? 200 : decision.status,
    location: decision.kind === 'redirect' ? decision.location : null,
    setCookies: decision.kind === 'pass' ? [] : decision.setCookies,
    identity: decision.kind === 'allow' ? { ...flat(decision.identity), ...signedPart(decision, authorization) } : null,
  }
}

function signedPart(decision: Allow, client: string | undefined) {
  if (client === undefined) return {}
  const { authorization = client } = decision
  return { authorization: authorization ?? '' }
}

const flat = ({ uid, tokens, userData }: { uid: string; tokens: readonly string[]; userData: string }) => {
  return { uid, tokens: tokens.join(','), userData }
}

/** A header with it, as Apache is configured to send it; where tickets are signed, with what the application finds. */
export function identityHeader(identity: Parameters<typeof flat>[0], authorization?: string): string {
  const { uid, tokens, userData } = flat(identity)
  const signed = authorization === undefined ? [] : ['mod_auth_pubtkt', authorization]
  return [uid, tokens, userData, ...signed].map((text) => Buffer.from(text, 'latin1').toString('base64')).join('.')
}

/** The parts in which two outcomes differ. */
export function differing(one: Outcome, other: Outcome): (keyof Outcome)[] {
  const parts = ['status', 'location', 'setCookies', 'identity'] as const
  return parts.filter((part) => JSON.stringify(one[part]) !== JSON.stringify(other[part]))
}

const TICKET = /^([^=]+=)([A-Za-z0-9+/]+=*)(;.*)$/s
const HEX = /[0-9a-f]/g

/** The same without what chance makes of guests: the chars of a UUID, and with it the digest. */
export function withoutChance(outcome: Outcome): Outcome {
  const { identity, setCookies } = outcome
  return {
    ...outcome,
    identity: identity && { ...identity, uid: identity.uid.replace(HEX, 'h') },
    setCookies: setCookies.map((line) => {
      const [, name, value, attributes] = TICKET.exec(line) ?? []
      const ticket = Buffer.from(value ?? '', 'base64').toString('latin1')
      // Only guests have neither tokens nor data.
      return /^[0-9a-f]{40}[^!]*!!$/.test(ticket) ? `${name}<${ticket.replace(HEX, 'h')}>${attributes}` : line
    }),
  }
}
