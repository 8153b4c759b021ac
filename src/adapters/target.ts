/** Request targets as servers read them: one host only, and the same path for the router as for the guard. */

/** Scheme and authority of an absolute target that has a path. */
const ORIGIN = /^https?:\/\/([^/?#]+)(?=\/)/i

/** `http://host` of an absolute target, empty for others; undefined where there is no path behind it to route on. */
export function originOf(url: string): string | undefined {
  if (url.charCodeAt(0) === 0x2f || url === '*') return ''
  return ORIGIN.exec(url)?.[0]
}

/**
 * Whether an absolute target names the host that the Host header names. Handlers and virtual hosts go by the header,
 * the guard by the target: a request with two hosts could be judged as one and served as the other.
 */
export function namesHost(url: string, host: string | undefined): boolean {
  const authority = ORIGIN.exec(url)?.[1]
  return authority === undefined || authority.toLowerCase() === host?.toLowerCase()
}

/**
 * Whether two targets have the same path but for the way in which it is escaped. Routers that have already run on
 * `raw` undo escapes themselves; whatever else the guard has changed (dots, empty segments) would run another route
 * than was judged.
 */
export function samePath(raw: string, judged: string): boolean {
  const one = pathOf(raw)
  const other = pathOf(judged)
  return one === other || decode(one) === decode(other)
}

function pathOf(url: string): string {
  const origin = originOf(url) ?? ''
  const end = url.indexOf('?')
  return url.slice(origin.length, end < 0 ? url.length : end)
}

/** Byte by byte, once: a path need not be UTF-8. Chars beyond a byte never come from a request line. */
function decode(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
