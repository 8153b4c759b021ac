/**
 * The differences between Apache with mod_auth_tkt and this package that are meant. Each says which requests it is about
 * and what the two answers must look like, so that it hides nothing else.
 */
import { METHODS } from 'node:http'
import { authorityOf, bracketed, escaped, HOST, hasGoodHost, isUrlTicket, texts, valuesOf } from './sent.mjs'

/** @import { RandomRequest } from './random-request.mjs' */

/** @typedef {{ status: number, location: string | null, setCookies: readonly string[], identity: object | null }} Outcome */
/** @typedef {keyof Outcome} Part */

/**
 * @typedef {object} Difference
 * @property {'policy' | 'adapter'} via the guard's decision, or the answer of a node:http server round it
 * @property {string} config
 * @property {RandomRequest} request
 * @property {Outcome} apache
 * @property {Outcome} ours
 * @property {readonly Part[]} parts that differ
 * @property {boolean} anyProxy
 */

/**
 * @typedef {object} Deliberate
 * @property {string} id
 * @property {string} row of PROTOCOL.md's table A, or what it is about
 * @property {string} why
 * @property {readonly Part[]} parts that it explains; who explains another status explains all that comes with it
 * @property {(difference: Difference) => boolean} covers
 * @property {(text: string, request: RandomRequest) => string} [undo] a Location or Set-Cookie of ours as the module would
 *   have written it; where several entries have to do with one text, all of them are undone
 */

/** @type {readonly Deliberate[]} */
export const DELIBERATE = [
  {
    id: 'forwarded-host',
    row: 'A3',
    why: 'X-Forwarded-Host counts only where it comes from a trusted proxy.',
    parts: ['location', 'setCookies'],
    covers: ({ request, apache, anyProxy }) => {
      const [name] = valuesOf(request, 'x-forwarded-host').map((value) => value.replace(/:.*/, ''))
      if (anyProxy || name === undefined) return false
      return texts(apache).some((text) => text.includes(name) || text.includes(escaped(name)))
    },
  },
  {
    id: 'malformed-forwarded-host',
    row: 'A3',
    why: 'A malformed X-Forwarded-Host of a trusted proxy is 400, not part of links and cookies.',
    parts: ['status'],
    covers: ({ request, ours, anyProxy }) => {
      // Several lines are one, with commas.
      const values = valuesOf(request, 'x-forwarded-host')
      return anyProxy && ours.status === 400 && values.length > 0 && !HOST.test(values.join(', '))
    },
  },
  {
    id: 'ipv6-host',
    row: 'A1',
    why: 'The port is cut off an IPv6 host, not all that follows the first colon of its address.',
    parts: ['location', 'setCookies'],
    covers: ({ request }) => bracketed(request).length > 0,
    undo: (text, request) =>
      bracketed(request).reduce(
        (before, [name, broken]) => before.replaceAll(name, broken).replaceAll(escaped(name), escaped(broken)),
        text,
      ),
  },
  {
    id: 'unchecked-url-ticket',
    row: 'A2',
    why: 'A ticket in the query becomes a cookie only once it has been verified.',
    parts: ['setCookies'],
    covers: (difference) => difference.ours.setCookies.length === 0 && isUrlTicket(difference),
  },
  {
    id: 'url-ticket-written-anew',
    row: 'A2',
    why: 'A ticket in the query that holds what would end a cookie value is written anew.',
    parts: ['setCookies'],
    covers: (difference) => difference.ours.setCookies.length === 1 && isUrlTicket(difference, /[;\s\x80-\xff]/),
  },
  {
    id: 'control-bytes-in-back-url',
    row: 'A13',
    why: 'Control bytes of the path are escaped twice, so that one decoding never yields them.',
    parts: ['location', 'setCookies'],
    covers: ({ request }) => /%(?:[01][0-9a-f]|7f)/i.test(request.target),
    undo: (text) => text.replace(/%25([01][0-9a-f]|7f)/g, '%$1'),
  },
  {
    id: 'unbound-guest-cookie',
    row: 'A5',
    why: 'A guest from an IPv6 address gets no cookie; the one of the module never verifies.',
    parts: ['setCookies'],
    covers: ({ request, apache, ours }) => {
      const value = /^[^=]+=([^;]*)/.exec(apache.setCookies[0] ?? '')?.[1] ?? ''
      return (
        request.ip.includes(':') &&
        Buffer.from(value, 'base64').toString('latin1').startsWith('(null)') &&
        ours.setCookies.length === 0
      )
    },
  },
  {
    id: 'crash',
    row: 'A4',
    why: 'Where the module follows a null pointer the answer is 500.',
    parts: ['status'],
    covers: ({ apache, ours }) => apache.status === 0 && ours.status === 500,
  },
  {
    id: 'answered-by-core',
    row: 'TRACE, OPTIONS *',
    why: "Apache's core answers these before anybody asks who may enter; here they are requests like any other.",
    parts: ['status', 'identity', 'setCookies'],
    covers: ({ request: { method, target }, apache }) =>
      (method === 'TRACE' || (method === 'OPTIONS' && target === '*')) &&
      apache.status === 200 &&
      apache.identity === null &&
      apache.setCookies.length === 0,
  },
  {
    id: 'no-host-in-target',
    row: 'absolute targets',
    why: 'An absolute target must name a host.',
    parts: ['status'],
    covers: ({ request, ours }) =>
      /^https?:(?!\/\/[^/?#:[]|\/\/\[[0-9a-f:.])/i.test(request.target) && ours.status === 400,
  },
  {
    id: 'bad-host-behind-target',
    row: 'absolute targets',
    why: 'A Host that is malformed or stands twice is 400 even where an absolute target takes its place.',
    parts: ['status'],
    covers: ({ request, ours }) => authorityOf(request) !== undefined && !hasGoodHost(request) && ours.status === 400,
  },
  {
    id: 'port-of-nobody',
    row: 'HTTP/1.0 without Host',
    why: 'Behind `(null)`, the host that nobody named, Apache writes a port that its configuration gives the server.',
    parts: ['location', 'setCookies'],
    covers: ({ request, apache, ours }) => {
      // Control bytes are another matter: A13.
      const plain = (/** @type {string} */ text) =>
        text.replace(/\(null\)(?::|%3a)\d+/g, '(null)').replace(/%25(?=[01][0-9a-f]|7f)/g, '%')
      const same = texts(apache).map(plain).join('\n') === texts(ours).map(plain).join('\n')
      const named = valuesOf(request, 'host').length > 0
      return request.version === '1.0' && !named && same && texts(apache).some((text) => /\(null\)(?::|%3a)/.test(text))
    },
  },
  {
    id: 'target-without-host',
    row: 'absolute targets',
    why: "The port in the target of an HTTP/1.0 request without Host is cut off like a Host's; IPv6 keeps its brackets.",
    parts: ['location', 'setCookies'],
    covers: ({ request, apache, ours }) => {
      const port = /(?<!^\[[^\]]*):(\d+)$/.exec(authorityOf(request) ?? '')?.[1] ?? '80'
      const plain = (/** @type {string} */ text) =>
        text.replace(new RegExp(`(?:\\[|\\]|%5b|%5d|(?::|%3a)${port}(?!\\d))`, 'g'), '').replace(/; domain=[^;]*/, '')
      const same = texts(apache).map(plain).join('\n') === texts(ours).map(plain).join('\n')
      return (
        request.version === '1.0' &&
        valuesOf(request, 'host').length === 0 &&
        authorityOf(request) !== undefined &&
        same
      )
    },
  },
  {
    id: 'empty-host',
    row: 'Host',
    why: 'An empty Host is malformed in HTTP/1.0, too.',
    parts: ['status'],
    covers: ({ request, ours }) =>
      request.version === '1.0' && valuesOf(request, 'host')[0] === '' && ours.status === 400,
  },
  {
    id: 'wrong-twice',
    row: 'order of checks',
    why: 'Of a hidden separator and a bad escape or Host Apache reports the latter.',
    parts: ['status'],
    covers: ({ request, apache, ours }) =>
      apache.status === 400 &&
      ours.status === 404 &&
      /%(?:2f|00)/i.test(request.target) &&
      (!hasGoodHost(request) || /%(?![0-9a-f]{2})/i.test(request.target)),
  },
  {
    id: 'hidden-and-dropped',
    row: 'targets',
    why: 'A hidden separator is refused even in a segment that `..` takes away again.',
    parts: ['status'],
    covers: ({ request, ours }) =>
      ours.status === 404 && /%(?:2f|00)[^/]*\/+(?:(?:\.|%2e)\/+)*(?:\.|%2e){2}/i.test(request.target),
  },
  {
    id: 'node-methods',
    row: "Node's parser",
    why: 'Node refuses methods that it does not know.',
    parts: ['status'],
    covers: ({ via, request, ours }) => via === 'adapter' && !METHODS.includes(request.method) && ours.status === 400,
  },
  {
    id: 'node-target-bytes',
    row: "Node's parser",
    why: 'Node refuses 8-bit bytes in a request target.',
    parts: ['status'],
    covers: ({ via, request, ours }) => via === 'adapter' && /[\x80-\xff]/.test(request.target) && ours.status === 400,
  },
  {
    id: 'two-hosts',
    row: 'adapters',
    why: 'Where the target and the Host header name two hosts, a handler would go by the other one: 400.',
    parts: ['status'],
    covers: ({ via, request, ours }) => {
      const authority = authorityOf(request)
      const [host] = valuesOf(request, 'host')
      return via === 'adapter' && authority !== undefined && host?.toLowerCase() !== authority && ours.status === 400
    },
  },
]
