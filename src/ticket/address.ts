/** Which address a ticket binds, and pointing an engine at it. */

import { type AddressTarget, type Recipe, UNBOUND } from '../engine/engine.js'
import { ipv4Number, maskAddress, parseAddress } from '../http/address.js'

/** 255.255.255.255 is the C code's error value: no ticket binds it. */
const BROADCAST = -1
/** Chars of the longest IPv6 address, with an IPv4 address at its end. */
const LONGEST = 45

/** Which addresses some key of a ring hashes as text. */
export interface AddressText {
  /** All of them (mod_authn_tkt). */
  readonly every: boolean
  /** IPv6 ones, in whatever spelling they came: Pyramid hashes what its server reports. */
  readonly ipv6AsGiven: boolean
}

/** What the keys of a ring need. */
export function addressTextOf(recipes: readonly Recipe[]): AddressText {
  return {
    every: recipes.some(({ addressText }) => addressText),
    ipv6AsGiven: recipes.some(({ ipv6Text }) => ipv6Text),
  }
}

/** Points the target at a client's address; false where there is none that a ticket can bind. */
export type Bind = (ip: string | undefined) => boolean

/** Which addresses are bound, and how. */
export interface Binding {
  readonly ignoreIp: boolean
  readonly text: AddressText
  /** Bits of an IPv6 address that count; the others are bound as zeroes, and the text is then never as given. */
  readonly ipv6Prefix: number
}

/** `keeps`: the target has but one address, which need not be set again. */
export function binder(target: AddressTarget, { ignoreIp, text, ipv6Prefix }: Binding, keeps = true): Bind {
  target.useAddress(UNBOUND)
  if (ignoreIp) return () => true
  let bound: string | undefined
  return (ip) => {
    if (typeof ip !== 'string') return false
    // Not compared with the last one first: that costs 9 ns of the 33 that it would save, and on a busy server the
    // next request is another client's.
    const number = ipv4Number(ip)
    if (number !== undefined) {
      target.useIPv4(number)
      // Such a text is canonical: it has no leading zeroes.
      if (text.every) target.useText(ip)
      bound = undefined
      return number !== BROADCAST
    }
    if (keeps && ip === bound) return true
    const address = parseAddress(ipv6Prefix === 128 ? ip : (maskAddress(ip, ipv6Prefix) ?? ''))
    if (!address || address.text === '255.255.255.255') return false
    const asGiven = text.ipv6AsGiven && address.bytes.length === 16 && ipv6Prefix === 128 && ip.length <= LONGEST
    target.useAddress(asGiven ? { bytes: address.bytes, text: ip } : address)
    bound = ip
    return true
  }
}
