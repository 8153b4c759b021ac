/** Percent-escaping by table. With a regular expression and a callback a back URL takes three times as long. */

/** Escapes all chars but those that `kept` matches, which is asked about each byte once, and about what is no byte each time. */
export function escaper(kept: RegExp, hexOf: (code: number) => string): (text: string) => string {
  const look = (code: number) => (kept.test(String.fromCharCode(code)) ? '' : hexOf(code))
  const escapes = Array.from({ length: 256 }, (_, code) => look(code))
  return (text) => {
    let escaped = ''
    let from = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      const spelled = escapes[code] ?? look(code)
      if (spelled === '') continue
      escaped += text.slice(from, i) + spelled
      from = i + 1
    }
    return from === 0 ? text : escaped + text.slice(from)
  }
}

/** `%0a`. */
export function lowerHex(code: number): string {
  return `%${code.toString(16).padStart(2, '0')}`
}

/** `%0A`. */
export function upperHex(code: number): string {
  return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
}
