/** Ranges of addresses: single ones and CIDRs (RFC 4632), IPv4 and IPv6. */

import { parseAddress } from './address.js'

interface Range {
  /** 4 or 16 bytes. */
  readonly bytes: Uint8Array
  readonly bits: number
}

/** `10.0.0.0/8`, `192.0.2.7`, `2001:db8::/32`; undefined where the text is no range. */
export function parseRange(text: string): Range | undefined {
  const slash = text.indexOf('/')
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (!address) return undefined
  const most = address.bytes.length * 8
  if (slash < 0) return { bytes: address.bytes, bits: most }
  const suffix = text.slice(slash + 1)
  let bits = /^\d{1,3}$/.test(suffix) ? Number(suffix) : -1
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8.
  if (most === 32 && text.includes(':')) bits -= 96
  return bits < 0 || bits > most ? undefined : { bytes: address.bytes, bits }
}

/** Whether an address lies in one of the ranges. Text that is no address lies in none. */
export type Matcher = (ip: string) => boolean

/** A matcher for ranges that `parseRange` takes; others are ignored. */
export function createMatcher(ranges: readonly string[]): Matcher {
  const parsed = ranges.flatMap((text) => parseRange(text) ?? [])
  if (parsed.length === 0) return () => false
  // A proxy in front asks again and again.
  let lastIp: string | undefined
  let lastAnswer = false
  return (ip) => {
    if (ip === lastIp) return lastAnswer
    const bytes = parseAddress(ip)?.bytes
    lastAnswer = bytes !== undefined && parsed.some((range) => contains(range, bytes))
    lastIp = ip
    return lastAnswer
  }
}

function contains({ bytes, bits }: Range, address: Uint8Array): boolean {
  if (bytes.length !== address.length) return false
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) if (bytes[i] !== address[i]) return false
  const rest = bits & 7
  return rest === 0 || ((bytes[whole] as number) ^ (address[whole] as number)) >> (8 - rest) === 0
}
