/** Fields travel as bytes, one char a byte; with `charset: 'utf8'` those bytes are the UTF-8 of the caller's text. */

const ASCII = /^[\0-\x7f]*$/
const LONE_SURROGATE = /\p{Surrogate}/u
const encoder = new TextEncoder()
// A leading U+FEFF is part of a name like any other char: two names must not become one.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Whether every char of the text has a UTF-8 of its own: lone surrogates all become the same bytes. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Well-formed text to its UTF-8, one char a byte. */
export function toBytes(text: string): string {
  if (ASCII.test(text)) return text
  let bytes = ''
  for (const byte of encoder.encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

/** One char a byte to the UTF-8 text that the bytes spell; bytes that are no UTF-8 become U+FFFD. */
export function fromBytes(bytes: string): string {
  return ASCII.test(bytes) ? bytes : decoder.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}
