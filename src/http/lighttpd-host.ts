/** Host headers as lighttpd takes them (server.http-parseopts: host-strict, host-normalize): fewer names, one spelling. */

import { parseAddress } from './address.js'
import type { Host } from './host.js'

const PARTS = /^(\[[^\]]*\]|[^:]*)(?::([1-9]\d{0,4})?)?$/
const LABELS = /^(?!-)[a-z0-9-]+(?:\.(?!-)[a-z0-9-]+)*$/
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/

/** In lower case, without a dot at the end and without the scheme's own port; undefined for what it answers 400. */
export function parseLighttpdHost(text: string, tls: boolean): Host | undefined {
  const parts = PARTS.exec(text.toLowerCase())
  if (!parts) return undefined
  const [, before = '', digits] = parts
  const name = before.startsWith('[') ? addressOf(before) : nameOf(before)
  if (name === undefined) return undefined
  const number = digits === undefined ? undefined : Number(digits)
  if (number !== undefined && number > 65535) return undefined
  const port = number === (tls ? 443 : 80) ? undefined : number
  return { name, port, text: port === undefined ? name : `${name}:${port}` }
}

/** The last label may not be a number, but in four numbers. */
function nameOf(before: string): string | undefined {
  const name = before.endsWith('.') ? before.slice(0, -1) : before
  if (!LABELS.test(name)) return undefined
  return /(?:^|\.)\d+$/.test(name) && !IPV4.test(name) ? undefined : name
}

/** The one text of inet_ntop: an IPv4 address mapped into IPv6, or compatible with it, has dots. */
function addressOf(before: string): string | undefined {
  const inner = before.slice(1, -1)
  const address = /^[0-9a-f:.]*:[0-9a-f:.]*$/.test(inner) ? parseAddress(inner) : undefined
  if (address === undefined) return undefined
  const { bytes, text } = address
  if (bytes.length === 4) return `[::ffff:${text}]`
  const isCompatible = bytes.subarray(0, 12).every((byte) => byte === 0) && (bytes[12] || bytes[13])
  return isCompatible ? `[::${bytes.subarray(12).join('.')}]` : `[${text}]`
}
