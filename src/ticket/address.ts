/** Which address a ticket binds, and pointing an engine at it. */

import { type Engine, UNBOUND } from '../engine/engine.js'
import { ipv4Number, maskAddress, parseAddress } from '../http/address.js'

/** 255.255.255.255 is the C code's error value: no ticket binds it. */
const BROADCAST = 0xffffffff

/** Points the engine at a client's address; false where there is none that a ticket can bind. */
export type Bind = (ip: string | undefined) => boolean

/**
 * `addressText`: some key of the ring hashes the address as text, so numbers will not do. `ipv6Prefix`: bits of an IPv6
 * address that count; the others are bound as zeroes.
 */
export function binder(engine: Engine, ignoreIp: boolean, addressText: boolean, ipv6Prefix = 128): Bind {
  engine.useAddress(UNBOUND)
  if (ignoreIp) return () => true
  let bound: string | undefined
  return (ip) => {
    if (typeof ip !== 'string') return false
    if (!addressText) {
      // Not compared with the last one first: that costs 9 ns of the 33 that it would save, and on a busy server the
      // next request is another client's.
      const number = ipv4Number(ip)
      if (number >= 0) {
        engine.useIPv4(number)
        bound = undefined
        return number !== BROADCAST
      }
    }
    if (ip === bound) return true
    const address = parseAddress(ipv6Prefix === 128 ? ip : (maskAddress(ip, ipv6Prefix) ?? ''))
    if (!address || address.text === '255.255.255.255') return false
    engine.useAddress(address)
    bound = ip
    return true
  }
}
