/** Which address a ticket binds. */

import type { BoundAddress } from '../engine/engine.js'
import { parseAddress } from '../http/address.js'

/** What "ignore IP" hashes: four zero bytes in mod_auth_tkt's recipe, no text in mod_authn_tkt's. */
export const UNBOUND: BoundAddress = { bytes: new Uint8Array(4), text: '' }

/** The client's address, or undefined where there is none that a ticket can bind: 255.255.255.255 is C's error value. */
export function bindAddress(ip: string | undefined): BoundAddress | undefined {
  if (typeof ip !== 'string') return undefined
  const address = parseAddress(ip)
  return address?.text === '255.255.255.255' ? undefined : address
}
