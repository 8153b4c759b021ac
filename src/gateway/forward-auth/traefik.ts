/** Traefik, forwardAuth: as Caddy, but a Location without a host would be read as one on our own address. */

import { headerOf } from '../../http/headers.js'
import { relay } from './answers.js'
import type { Convention, Original, Respond } from './convention.js'
import { readForwarded } from './forwarded.js'

const FIX = 'ask with the forwardAuth middleware, and leave no X-Forwarded-* out of authRequestHeaders'

const respond: Respond = (decision, handed, original) => {
  if (decision.kind !== 'redirect') return relay(decision, handed, original)
  return relay({ ...decision, location: absolute(decision.location, original) }, handed, original)
}

export const traefik: Convention = {
  takesPath: false,
  read: (check) => readForwarded(check, FIX),
  respond,
}

/** As the client would have read it. */
function absolute(location: string, { tls, headers, url }: Original): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return location
  const base = `${tls ? 'https' : 'http'}://${headerOf(headers, 'host')}${url}`
  return URL.canParse(location, base) ? new URL(location, base).href : location
}
