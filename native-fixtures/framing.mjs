/**
 * Requests whose framing Apache and Node's HTTP parser do not take alike, whatever stands in front of a handler: what
 * each answers at a place that sends everybody away (307). 0: the connection ends without an answer.
 */

/** @typedef {{ id: string, bytes: string, apache: number, node: number }} Framing */

/** @param {string} first @param {string} [more] */
const get = (first, more = '') => `${first}\r\nHost: www.example.com\r\n${more}Connection: close\r\n\r\n`

/** @type {readonly Framing[]} */
export const FRAMINGS = [
  { id: 'a usual request', bytes: get('GET /a HTTP/1.1'), apache: 307, node: 307 },
  { id: 'line feeds alone', bytes: get('GET /a HTTP/1.1').replaceAll('\r', ''), apache: 400, node: 400 },
  { id: 'empty lines in front', bytes: `\r\n\r\n${get('GET /a HTTP/1.1')}`, apache: 307, node: 307 },
  { id: 'a folded header', bytes: get('GET /a HTTP/1.1', 'Cookie: a=b;\r\n c=d\r\n'), apache: 307, node: 400 },
  { id: 'two spaces', bytes: get('GET  /a HTTP/1.1'), apache: 400, node: 307 },
  { id: 'a minor version that does not exist', bytes: get('GET /a HTTP/1.2'), apache: 307, node: 400 },
  { id: 'a query without a path', bytes: get('GET ?a HTTP/1.1'), apache: 200, node: 400 },
  { id: 'CONNECT', bytes: get('CONNECT www.example.com:80 HTTP/1.1'), apache: 405, node: 0 },
  { id: 'a long request line', bytes: get(`GET /a/${'x'.repeat(8300)} HTTP/1.1`), apache: 414, node: 307 },
  { id: 'a long header', bytes: get('GET /a HTTP/1.1', `Cookie: ${'x'.repeat(9000)}\r\n`), apache: 400, node: 307 },
  { id: 'many headers', bytes: get('GET /a HTTP/1.1', 'A: b\r\n'.repeat(101)), apache: 400, node: 307 },
  {
    id: 'two lengths',
    bytes: get('POST /a HTTP/1.1', 'Transfer-Encoding: chunked\r\nContent-Length: 1\r\n').concat('0\r\n\r\n'),
    apache: 307,
    node: 400,
  },
  { id: 'a space before the colon', bytes: get('GET /a HTTP/1.1', 'A : b\r\n'), apache: 400, node: 400 },
  { id: 'a control byte in a header', bytes: get('GET /a HTTP/1.1', 'Cookie: a=\x01\r\n'), apache: 400, node: 400 },
  { id: 'a carriage return in a header', bytes: get('GET /a HTTP/1.1', 'Cookie: a=\rb\r\n'), apache: 400, node: 400 },
  { id: 'a tab in a header', bytes: get('GET /a HTTP/1.1', 'Cookie: a=\tb\r\n'), apache: 307, node: 307 },
  { id: 'a header without a colon', bytes: get('GET /a HTTP/1.1', 'foo\r\n'), apache: 400, node: 400 },
  { id: 'a header without a name', bytes: get('GET /a HTTP/1.1', ': foo\r\n'), apache: 400, node: 400 },
  { id: 'another scheme', bytes: get('GET ftp://www.example.com/a HTTP/1.1'), apache: 400, node: 400 },
  { id: 'a fragment', bytes: get('GET /a#b HTTP/1.1'), apache: 400, node: 400 },
]
