/** Conditions on the socket: lighttpd compares the texts of listeners, the guard knows the port that a client came to. */

import type { Block, Condition } from './lighttpd-blocks.js'
import type { Atom } from './lighttpd-conditions.js'
import { isOn } from './lighttpd-options.js'
import { textOf } from './lighttpd-values.js'

/** A port counts where all that listens on it has the text of the condition. */
export function socketAtom(block: Block, condition: Condition): Atom {
  const socket = socketOf(condition)
  if (socket === undefined) return { kind: 'unknown', why: 'is no port of all addresses; write it as ":443"' }
  let main = block
  while (main.parent) main = main.parent
  const ipv6 = main.settings.get('server.use-ipv6')
  if (ipv6 && isOn(ipv6, ipv6.name)) {
    return { kind: 'unknown', why: 'is another listener with server.use-ipv6; take that out, and name "[::]" instead' }
  }
  const { text, port } = socket
  if (listenersOf(main).some((other) => other.port === port && other.text !== text)) {
    const why =
      'has a port on which another address listens, too, and addresses are not told apart here; give it its own'
    return { kind: 'unknown', why }
  }
  return { kind: 'port', port }
}

interface Socket {
  /** As lighttpd writes it. */
  readonly text: string
  readonly port: number
}

/** `:443`, `0.0.0.0:443`, `*:443` and `[::]:443`, `[]:443`: all addresses of IPv4, and of IPv6. */
function socketOf({ operator, text }: Condition): Socket | undefined {
  if (operator !== '==' && operator !== '!=') return undefined
  const [, address = '', digits] = /^(|0\.0\.0\.0|\[(?:::)?\]|\*):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  return port > 0 && port <= 65535 ? { text: normalized(address, port), port } : undefined
}

function normalized(address: string, port: number): string {
  const any = address === '' || address === '*' ? '0.0.0.0' : address === '[]' ? '[::]' : address
  return `${any}:${port}`
}

/** The main listener, and one for each condition that names another. */
function listenersOf(main: Block): Socket[] {
  const setting = (name: string) => {
    const value = main.settings.get(name)?.value
    return value === undefined || value.kind === 'list' ? '' : textOf(value)
  }
  const port = Number(setting('server.port') || '80')
  const listeners = [{ text: normalized(setting('server.bind'), port), port }]
  for (const { condition } of main.inner.values()) {
    if (condition?.subject !== 'SERVER["socket"]' || condition.operator !== '==') continue
    const { text } = condition
    const at = text.lastIndexOf(':')
    const own = Number(text.slice(at + 1))
    listeners.push({ text: normalized(text.slice(0, at), own), port: own })
  }
  return listeners
}
