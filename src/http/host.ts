/** Host headers: which are well-formed, and their parts. */

const NAME = /^(?!\.|.*\.\.)[A-Za-z0-9_.-]+$|^\.[A-Za-z0-9_-][A-Za-z0-9_.-]*$/
const NUMBERS = /^[0-9.]+$/
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/
const IPV6 = /^\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]$/

export interface Host {
  /** As it came, without the port; an IPv6 address in brackets. */
  readonly name: string
  readonly port: number | undefined
  /** As it came. */
  readonly text: string
}

/** Reads `name`, `name:port`, `[address]` or `[address]:port` as Apache does; undefined for everything else. */
export function parseHost(text: string): Host | undefined {
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,9}))?$/.exec(text)
  if (!parts) return undefined
  const [, name = '', digits] = parts
  const port = digits === undefined ? undefined : Number(digits)
  if (port !== undefined && (port < 1 || port > 65535)) return undefined
  const good = name.startsWith('[') ? IPV6.test(name) : NAME.test(name) && !(NUMBERS.test(name) && !IPV4.test(name))
  return good ? { name, port, text } : undefined
}

/** Whether a host's name (in lower case) is one of the names, which may begin with `*.`. */
export function isListed(name: string, names: readonly string[]): boolean {
  return names.some((one) => (one.startsWith('*.') ? name.endsWith(one.slice(1)) : name === one))
}
