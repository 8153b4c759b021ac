/** Base64 as apr_base64_decode reads it: up to the first char that is none of the alphabet, padding or not. */

const ALPHABET = /^[A-Za-z0-9+/]*/

/** Never fails; a lone char at the end, which is no whole byte, is left out. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const [front] = ALPHABET.exec(text) as RegExpExecArray
  const whole = front.length % 4 === 1 ? front.slice(0, -1) : front
  return Uint8Array.from(atob(whole), (char) => char.charCodeAt(0))
}

export function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
