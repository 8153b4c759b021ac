/** The three forms in which a ticket travels, for tickets that no issuer would make. Strings are bytes. */

/** @typedef {'base64' | 'raw' | 'percent'} Encoding */

/** @type {readonly Encoding[]} */
export const ENCODINGS = ['base64', 'raw', 'percent']

/** @param {string} ticket @param {Encoding} encoding */
export function encode(ticket, encoding) {
  if (encoding === 'raw') return ticket
  const bytes = Buffer.from(ticket, 'latin1')
  if (encoding === 'base64') return bytes.toString('base64')
  return ticket.replace(/[^0-9A-Za-z]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** Whether a cookie value reaches the server as it is: no control bytes, nothing that ends or trims it. @param {string} value */
export const isHeaderSafe = (value) => /^[\x20-\x7e\x80-\xff]*$/.test(value) && !/;|\s$/.test(value)
