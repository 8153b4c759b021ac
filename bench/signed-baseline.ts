/** What somebody writes who checks mod_auth_pubtkt's tickets with node:crypto and nothing else, for speed. */
import { createVerify, type KeyObject, verify } from 'node:crypto'
import type { SignedResult, SignedTicket } from 'authtkt'

export type SignedVerify = (cookieValue: string) => SignedResult

/** Node's own two ways; which is the faster one depends on the key. */
export type Ask = (text: Buffer, signature: Buffer) => boolean
export const ASKS = {
  'crypto.verify': (key: KeyObject, digest: string | undefined): Ask => {
    return (text, signature) => verify(digest, text, key, signature)
  },
  createVerify: (key: KeyObject, digest: string | undefined): Ask | undefined => {
    return digest === undefined
      ? undefined
      : (text, signature) => createVerify(digest).update(text).verify(key, signature)
  },
} as const

const ESCAPES = /%([0-9a-f]{2})/gi

function unescaped(value: string): string {
  if (!value.includes('%')) return value
  try {
    return decodeURIComponent(value)
  } catch {
    return value.replace(ESCAPES, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  }
}

function read(text: string): SignedTicket {
  const ticket = {
    uid: '',
    tokens: [] as string[],
    userData: '',
    validUntil: 0,
    gracePeriod: 0,
    clientIp: '',
    multifactor: false,
    bauth: '',
  }
  for (const part of text.split(';')) {
    const at = part.indexOf('=')
    const value = part.slice(at + 1)
    switch (part.slice(0, at)) {
      case 'uid':
        ticket.uid = value
        break
      case 'cip':
        ticket.clientIp = value
        break
      case 'validuntil':
        ticket.validUntil = Number(value)
        break
      case 'graceperiod':
        ticket.gracePeriod = Number(value)
        break
      case 'tokens':
        ticket.tokens = value === '' ? [] : value.split(',')
        break
      case 'udata':
        ticket.userData = value
        break
      case 'bauth':
        ticket.bauth = value
        break
      case 'multifactor':
        ticket.multifactor = value === '1'
        break
    }
  }
  return ticket
}

export function baselineVerifier(ask: Ask, ip: string, now: number): SignedVerify {
  return (cookieValue) => {
    const whole = unescaped(cookieValue)
    const at = whole.indexOf(';sig=')
    if (at < 0) return { ok: false, reason: 'malformed' }
    const text = whole.slice(0, at)
    if (!ask(Buffer.from(text, 'latin1'), Buffer.from(whole.slice(at + 5), 'base64'))) {
      return { ok: false, reason: 'signature' }
    }
    return judged(read(text), ip, now)
  }
}

/** The same with a Map of what has been verified, emptied when it is full; the clock and the address are asked each time. */
export function rememberingVerifier(ask: Ask, ip: string, now: number, most = 4096): SignedVerify {
  const known = new Map<string, SignedTicket>()
  const fresh = baselineVerifier(ask, ip, now)
  return (cookieValue) => {
    const ticket = known.get(cookieValue)
    if (ticket !== undefined) return judged(ticket, ip, now)
    const result = fresh(cookieValue)
    if (result.ok) {
      if (known.size >= most) known.clear()
      known.set(cookieValue, result.ticket)
    }
    return result
  }
}

function judged(ticket: SignedTicket, ip: string, now: number): SignedResult {
  if (ticket.clientIp !== '' && ticket.clientIp !== ip) return { ok: false, reason: 'address' }
  if (now > ticket.validUntil) return { ok: false, reason: 'expired' }
  return { ok: true, ticket, keyIndex: 0 }
}
