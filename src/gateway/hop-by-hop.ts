/**
 * Header lines that must not go further than one hop (RFC 9110 section 7.6.1), and the ticket cookie, which is nobody's
 * business behind us. Header lists are flat: name, value, name, value ...
 */

const HOP_BY_HOP = new Set(
  `connection keep-alive proxy-connection proxy-authenticate proxy-authorization proxy-authentication-info te trailer
  transfer-encoding upgrade http2-settings`.split(/\s+/),
)

/** Lower-case names that a Connection header takes along; none in most messages. */
export function namedByConnection(lines: readonly (string | Buffer)[]): readonly string[] {
  let named: string[] | undefined
  for (let i = 0; i < lines.length; i += 2) {
    const name = lines[i] as string | Buffer
    if (name.length !== 10 || name.toString('latin1').toLowerCase() !== 'connection') continue
    for (const part of (lines[i + 1] as string | Buffer).toString('latin1').split(',')) {
      const word = part.trim().toLowerCase()
      if (word !== '' && word !== 'keep-alive' && word !== 'close') {
        named ??= []
        named.push(word)
      }
    }
  }
  return named ?? []
}

/** Whether the line ends here. `lower` is the name in lower case. */
export function isHopByHop(lower: string, named: readonly string[]): boolean {
  return HOP_BY_HOP.has(lower) || (named.length > 0 && named.includes(lower))
}

/**
 * A Cookie header without the cookies of these names; undefined where nothing is left of it. They are found where the
 * guard finds them: at the start, or behind a space or `;`. `endings`: names that count wherever they end one, as
 * mod_auth_pubtkt reads cookies; a pair that has such a one in it goes as a whole.
 */
export function cookieRemover(
  names: readonly string[],
  endings: readonly string[] = [],
): (value: string) => string | undefined {
  const keys = [...names, ...endings].map((name) => `${name}=`)
  const whole = names.map((name) => `(?<=^|[ ;])${literal(name)}`)
  const ending = endings.map((name) => `(?<=^|; |;(?! ))[^;]*${literal(name)}`)
  // `$Path` and `$Domain` belong to the cookie in front of them (RFC 2109).
  const cookie = new RegExp(
    `(?:${[...whole, ...ending].join('|')})=[^;]*(?:; *\\$(?:Path|Domain|Port)=[^;]*)*(?:; *|$)`,
    'g',
  )
  return (value) => {
    if (!keys.some((key) => value.includes(key))) return value
    const rest = value
      .replace(cookie, '')
      .replace(/(?:;\s*)+$/, '')
      .trim()
    return rest === '' || /^\$Version=[^;]*$/i.test(rest) ? undefined : rest
  }
}

/** As regular expressions have it. */
function literal(name: string): string {
  return name.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}
