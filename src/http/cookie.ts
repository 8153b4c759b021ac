/** Finding a ticket cookie exactly as mod_auth_tkt finds it (get_cookie_ticket and cookie_match). */

/** Header names and values in the order of the wire, names in any case: Node's `rawHeaders`, paired. */
export type HeaderPairs = Iterable<readonly [name: string, value: string]>

/** Several Cookie headers are one, joined as Apache joins them. Undefined where there is none. */
export function cookieHeader(headers: HeaderPairs): string | undefined {
  const values: string[] = []
  for (const [name, value] of headers) if (name.toLowerCase() === 'cookie') values.push(value)
  return values.length === 0 ? undefined : values.join(', ')
}

/**
 * The value of the first `name=` that stands at the start or behind a space or `;` and is not empty, up to the next `;`.
 * There is no second try: a bad first value hides a good second one. Quotes are left to the ticket's decoding.
 */
export function findCookie(header: string | undefined, name: string): string | undefined {
  return findByKey(header, `${name}=`)
}

/** As `findCookie`, with the name and its `=` as one text: made once, it need not be made again for every request. */
export function findByKey(header: string | undefined, key: string): string | undefined {
  if (header === undefined) return undefined
  let at = header.indexOf(key)
  while (at >= 0) {
    if (at > 0 && header[at - 1] !== ' ' && header[at - 1] !== ';') {
      at = header.indexOf(key, at + 1)
      continue
    }
    const from = at + key.length
    const semicolon = header.indexOf(';', from)
    const value = semicolon < 0 ? header.slice(from) : header.slice(from, semicolon)
    if (value !== '') return value
    at = header.indexOf(key, from)
  }
  return undefined
}
