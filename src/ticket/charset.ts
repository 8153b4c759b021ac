/** Fields travel as bytes, one char a byte; with `charset: 'utf8'` those bytes are the UTF-8 of the caller's text. */

const ASCII = /^[\0-\x7f]*$/
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** UTF-8 text to one char a byte. */
export function toBytes(text: string): string {
  return ASCII.test(text) ? text : String.fromCharCode(...encoder.encode(text))
}

/** One char a byte to the UTF-8 text that the bytes spell; bytes that are no UTF-8 become U+FFFD. */
export function fromBytes(bytes: string): string {
  return ASCII.test(bytes) ? bytes : decoder.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}
