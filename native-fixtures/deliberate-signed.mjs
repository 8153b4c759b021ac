/** The differences between Apache with mod_auth_pubtkt and this package that are meant: those of any Apache, and its own. */
import { DELIBERATE } from './deliberate.mjs'
import { authorityOf, bracketed, escaped, valuesOf } from './sent.mjs'

/** @import { Deliberate } from './deliberate.mjs' */
/** @import { RandomRequest } from './random-request.mjs' */

/** They have to do with requests, not with tickets. */
const OF_ANY = [
  'forwarded-host',
  'malformed-forwarded-host',
  'answered-by-core',
  'no-host-in-target',
  'bad-host-behind-target',
  'empty-host',
  'wrong-twice',
  'hidden-and-dropped',
  'node-methods',
  'node-target-bytes',
  'two-hosts',
]

/** Does it say by which port it came? @param {RandomRequest} request */
const namesPort = (request) => /:\d+$/.test(authorityOf(request) ?? valuesOf(request, 'host')[0] ?? '')

/** The port of the host in a back URL. */
const PORT_OF_BACK = /(https?%3a%2f%2f(?:(?!%2f).)*?)%3a\d+(?=%2f)/

/** In a back URL, as the module writes them. @param {string} text @param {RandomRequest} request */
const withPlainControls = (text, request) => {
  // What stands in the query is escaped once.
  const end = /\?.*%(?:[01][0-9a-f]|7f)/i.test(request.target) ? text.indexOf('%3f') : text.length
  return text.slice(0, end).replace(/%25([01][0-9a-f]|7f)/g, '%$1') + text.slice(end)
}

/** In a back URL, as the module writes them. @param {string} text @param {RandomRequest} request */
const withoutBrackets = (text, request) =>
  bracketed(request).reduce((before, [name]) => before.replaceAll(escaped(name), escaped(name.slice(1, -1))), text)

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL_IN_BAUTH = /bauth=[^;]*[\0-\x08\x0a-\x1f\x7f]/

/** @type {readonly Deliberate[]} */
const OWN = [
  {
    id: 'control-bytes-in-back-url',
    row: 'A13',
    why: 'Control bytes of the path are escaped twice, so that one decoding never yields them.',
    parts: ['location'],
    covers: ({ request }) => /%(?:[01][0-9a-f]|7f)/i.test(request.target),
    undo: withPlainControls,
  },
  {
    id: 'ipv6-host',
    row: 'Host',
    why: 'An IPv6 host keeps its brackets; without them the URL is none.',
    parts: ['location'],
    covers: ({ request }) => bracketed(request).length > 0,
    undo: withoutBrackets,
  },
  {
    id: 'bauth-with-control-bytes',
    row: 'bauth',
    why: 'Control bytes cannot go into a header: 500, and no line that a ticket makes up.',
    parts: ['status'],
    covers: ({ request, apache, ours }) =>
      ours.status === 500 &&
      [200, 401].includes(apache.status) &&
      request.values.some(({ kind }) => CONTROL_IN_BAUTH.test(kind)),
  },
  {
    id: 'port-of-server',
    row: 'Host without a port',
    why: 'Behind a host without a port Apache writes the one that its configuration gives the server, or one of a target that names another host.',
    parts: ['location'],
    covers: ({ request, apache, ours }) => {
      const plain = withoutBrackets(withPlainControls(ours.location ?? '', request), request)
      return (
        (!namesPort(request) || authorityOf(request) !== undefined) &&
        apache.location?.replace(PORT_OF_BACK, '$1') === plain
      )
    },
  },
]

/** @type {readonly Deliberate[]} */
export const DELIBERATE_SIGNED = [...DELIBERATE.filter(({ id }) => OF_ANY.includes(id)), ...OWN]
