/** Client addresses: text to bytes and to the one canonical text (RFC 4291 section 2.2, RFC 5952). */

export interface Address {
  /** 4 or 16 bytes, network order. */
  readonly bytes: Uint8Array
  /** Dotted decimal, or lower-case IPv6 with its longest run of zero groups as `::`. */
  readonly text: string
}

/**
 * Parses an IPv4 or IPv6 address, or gives undefined. `::ffff:a.b.c.d` is the IPv4 address a.b.c.d, as sockets that
 * listen on both families report it; a zone (`%eth0`) is dropped.
 */
export function parseAddress(text: string): Address | undefined {
  const bytes = text.includes(':') ? parseIPv6(text) : parseIPv4(text)
  if (!bytes) return undefined
  if (bytes.length === 4) return { bytes, text: bytes.join('.') }
  if (isMapped(bytes)) return { bytes: bytes.slice(12), text: bytes.slice(12).join('.') }
  return { bytes, text: formatIPv6(bytes) }
}

/**
 * The IPv4 address `text` as a signed 32-bit number, or undefined for everything else: four decimal numbers of one byte
 * without leading zeroes. Allocates nothing, as it would for numbers from 2^31 on: a busy server asks it about nearly every
 * request.
 */
export function ipv4Number(text: string): number | undefined {
  const { length } = text
  let address = 0
  let at = 0
  for (let part = 0; part < 4; part++) {
    if (at >= length || (part > 0 && text.charCodeAt(at++) !== 0x2e) || at >= length) return undefined
    let value = text.charCodeAt(at++) - 0x30
    if (value < 0 || value > 9) return undefined
    // At most two digits more, none behind a zero: written out, it takes two thirds of a loop's time.
    let digit = at < length ? text.charCodeAt(at) - 0x30 : -1
    if (digit >= 0 && digit <= 9) {
      if (value === 0) return undefined
      value = value * 10 + digit
      at++
      digit = at < length ? text.charCodeAt(at) - 0x30 : -1
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit
        at++
        if (value > 255) return undefined
      }
    }
    address = (address << 8) | value
  }
  return at === length ? address : undefined
}

/** An IPv6 address with all but its first `bits` bits cleared, as text; IPv4 (mapped, too) is left whole. */
export function maskAddress(text: string, bits: number): string | undefined {
  const address = parseAddress(text)
  if (!address || address.bytes.length === 4) return address?.text
  const kept = address.bytes.map((byte, i) => byte & (0xff00 >> Math.max(0, Math.min(8, bits - 8 * i))))
  return formatIPv6(kept)
}

function parseIPv4(text: string): Uint8Array | undefined {
  const number = ipv4Number(text)
  return number === undefined ? undefined : Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}

function parseIPv6(text: string): Uint8Array | undefined {
  const halves = text.replace(/%[0-9a-z.:-]+$/i, '').split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map((half, index) => parseGroups(half, index === halves.length - 1))
  if (!head) return undefined
  if (halves.length === 1) return head.length === 16 ? Uint8Array.from(head) : undefined
  if (!tail || head.length + tail.length > 14) return undefined
  const zeroes = new Array(16 - head.length - tail.length).fill(0)
  return Uint8Array.from([...head, ...zeroes, ...tail])
}

/** The bytes of colon-separated groups; where the text ends the address, its last group may be an IPv4 address. */
function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  const bytes: number[] = []
  if (text === '') return bytes
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else {
      const embedded = endsAddress && index === groups.length - 1 ? parseIPv4(group) : undefined
      if (!embedded) return undefined
      bytes.push(...embedded)
    }
  }
  return bytes
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
}

/** RFC 5952: no leading zeroes, lower case, `::` for the first longest run of two or more zero groups. */
function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number)).toString(16),
  )
  let best = { at: 0, length: 1 }
  for (let at = 0; at < 8; at++) {
    let length = 0
    while (groups[at + length] === '0') length++
    if (length > best.length) best = { at, length }
  }
  if (best.length === 1) return groups.join(':')
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`
}
