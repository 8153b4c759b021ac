/** Small changes to good signed tickets. Some are harmless; none says which: the real module does. Strings are bytes. */

/** @import { Random } from './random.mjs' */

/** @typedef {(ticket: string, random: Random) => string} SignedMutation */

const SIG = ';sig='

/** @param {string} ticket @param {(body: string, signature: string) => string} change */
function parted(ticket, change) {
  const at = ticket.indexOf(SIG)
  return change(ticket.slice(0, at), ticket.slice(at + SIG.length))
}

/** @param {string} text @param {number} at @param {Random} random */
const flipped = (text, at, random) =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.int(7))) + text.slice(at + 1)

/** On the ticket itself. @type {Readonly<Record<string, SignedMutation>>} */
export const SIGNED_MUTATIONS = {
  'a bit of the fields': (ticket, random) => flipped(ticket, random.int(ticket.indexOf(SIG)), random),
  'a bit of the signature': (ticket, random) =>
    parted(ticket, (body, signature) => `${body}${SIG}${flipped(signature, random.int(signature.length), random)}`),
  'a char dropped': (ticket, random) => ticket.replace(ticket[random.int(ticket.length)] ?? '', ''),
  'no signature': (ticket) => parted(ticket, (body) => body),
  'an empty signature': (ticket) => parted(ticket, (body) => `${body}${SIG}`),
  'the signature in front': (ticket) => parted(ticket, (body, signature) => `sig=${signature};${body}`),
  'two signatures, the first bad': (ticket) => parted(ticket, (body, signature) => `${body};sig=AAAA;sig=${signature}`),
  'two signatures, the first good': (ticket) => `${ticket};sig=AAAA`,
  'a field behind the signature': (ticket) => `${ticket};uid=eve`,
  'a field before the signature': (ticket) => parted(ticket, (body, signature) => `${body};uid=eve${SIG}${signature}`),
  'no padding': (ticket) => ticket.replace(/=+$/, ''),
  'more padding': (ticket) => `${ticket}==`,
  'a char behind the padding': (ticket, random) => ticket + random.pick(['A', 'AAAA', '!', ' ', ',', '\n', '\xe9']),
  'a tail before the padding': (ticket, random) =>
    ticket.replace(/(=*)$/, `${random.pick(['A', 'AA', 'AAA', 'AAAA', '!'])}$1`),
  'a break in the signature': (ticket, random) =>
    parted(ticket, (body, signature) => {
      const at = random.int(signature.length)
      return `${body}${SIG}${signature.slice(0, at)}${random.pick([' ', '\n', '='])}${signature.slice(at)}`
    }),
  'the signature cut': (ticket, random) => ticket.slice(0, ticket.length - 1 - random.int(8)),
  base64url: (ticket) =>
    parted(ticket, (body, signature) => `${body}${SIG}${signature.replaceAll('+', '-').replaceAll('/', '_')}`),
  'SIG in upper case': (ticket) => ticket.replace(SIG, ';SIG='),
  'two semicolons': (ticket) => ticket.replace(SIG, `;${SIG}`),
}

/** On the escaped value. @type {Readonly<Record<string, SignedMutation>>} */
export const VALUE_MUTATIONS = {
  'in quotes': (value) => `"${value}"`,
  'in quotes twice': (value) => `""${value}""`,
  'a quote in front': (value) => `"${value}`,
  'a quote behind': (value) => `${value}"`,
  'escaped quotes': (value) => `%22${value}%22`,
  'escaped twice': (value) => value.replaceAll('%', '%25'),
  'a bad escape behind': (value, random) => value + random.pick(['%', '%4', '%zz', '%u0041']),
  'a bad escape in front': (value, random) => random.pick(['%zz', '%g0', '%']) + value,
  'a zero byte': (value, random) => random.pick([`%00${value}`, `${value}%00`, value.replace('%', '%00%')]),
  'a tail': (value, random) => value + random.pick([' ', '\t', ' tail', '.tail', ',x', '%3Bx', '%20']),
  'spaces in front': (value) => ` ${value}`,
  'a plus': (value, random) => value.replace('%20', '+') + random.pick(['', '+']),
  'a raw semicolon': (value) => value.replace('%3B', ';'),
  'a char dropped': (value, random) => value.replace(value[random.int(value.length)] ?? '', ''),
}
