/** `peek --guess`: a cookie value down to its ticket's text, and what was taken off on the way. Pure: checks nothing. */

import { HEX_DIGITS } from '../ticket/read.js'
import type { Digest } from '../types.js'

/** What a cookie value was wrapped in, outermost first. */
export type Wrapping = 'quotes' | 'escapes' | 'python-bytes' | 'percent' | 'base64' | 'wrapped-base64'

export interface Unwrapped {
  /** One char a byte. */
  readonly text: string
  readonly wrappings: readonly Wrapping[]
}

/** The ticket's text: digest, timestamp, fields. */
export function unwrap(cookieValue: string): Unwrapped {
  const wrappings: Wrapping[] = []
  const take = (wrapping: Wrapping, text: string | undefined, before: string) => {
    if (text === undefined) return before
    wrappings.push(wrapping)
    return text
  }
  let text = take('quotes', /^"(.*)"$/s.exec(cookieValue)?.[1], cookieValue)
  text = take('escapes', /\\(?:[0-3][0-7]{2}|["\\])/.test(text) ? unescaped(text) : undefined, text)
  text = take('python-bytes', /^b(['"])(.*)\1$/s.exec(text)?.[2], text)
  if (text.includes('!')) return { text, wrappings }
  text = take('percent', /%[0-9a-f]{2}/i.test(text) ? percentDecoded(text) : undefined, text)
  if (text.includes('!') || !/^[A-Za-z0-9+/\s]{8,}={0,2}\s*$/.test(text)) return { text, wrappings }
  wrappings.push(/\s/.test(text.trim()) ? 'wrapped-base64' : 'base64')
  return { text: Buffer.from(text, 'base64').toString('latin1'), wrappings }
}

/** Octal escapes and quoted chars, as Python's cookie modules write them. */
function unescaped(text: string): string {
  return text.replace(/\\(?:([0-3][0-7]{2})|(["\\]))/g, (_, octal: string | undefined, char: string) =>
    octal ? String.fromCharCode(Number.parseInt(octal, 8)) : char,
  )
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** One way to read a ticket's text. */
export interface Reading {
  readonly digest: Digest
  /** The digest is 32 raw bytes. */
  readonly raw: boolean
  /** The hex digits of the digest have capitals, or those of the timestamp. */
  readonly capitals: 'digest' | 'timestamp' | undefined
  readonly issuedAt: number
  readonly uid: string
  readonly tokens: string
  readonly userData: string
}

/** The longest first: a digest never ends early, while a uid may begin with hex digits. */
const LONGEST_FIRST: readonly Digest[] = ['sha512', 'sha256', 'sha1', 'md5']
const RAW = 32
const TIMESTAMP = 8
/** The first tickets are of the year 2001. */
const EARLIEST = 978307200
const DAY = 86400

/** The ways to read it, those with a likely time alone where there are any. */
export function readings(text: string, now: number): Reading[] {
  const hex = LONGEST_FIRST.flatMap((digest) => reading(text, digest, HEX_DIGITS[digest], /^[0-9a-f]+$/i) ?? [])
  const all = hex.length > 0 ? hex : [reading(text, 'sha256', RAW, /^/) ?? []].flat()
  const likely = all.filter(({ issuedAt }) => isLikely(issuedAt, now))
  return likely.length > 0 ? likely : all
}

export function isLikely(issuedAt: number, now: number): boolean {
  return issuedAt >= EARLIEST && issuedAt <= now + DAY
}

function reading(text: string, digest: Digest, length: number, pattern: RegExp): Reading | undefined {
  const head = text.slice(0, length)
  const timestamp = text.slice(length, length + TIMESTAMP)
  if (!pattern.test(head) || !/^[0-9a-f]{8}$/i.test(timestamp)) return undefined
  const fields = /^([^!]*)!(?:([^!]*)!)?(.*)$/s.exec(text.slice(length + TIMESTAMP))
  if (!fields) return undefined
  const [, uid = '', tokens = '', userData = ''] = fields
  const raw = length === RAW && !/^[0-9a-f]+$/i.test(head)
  const capitals = !raw && /[A-F]/.test(head) ? 'digest' : /[A-F]/.test(timestamp) ? 'timestamp' : undefined
  return { digest, raw, capitals, issuedAt: Number.parseInt(timestamp, 16), uid, tokens, userData }
}
