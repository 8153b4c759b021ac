/** Names and addresses of virtual hosts. */

import { parseAddress } from '../http/address.js'
import { hostSchema } from '../policy/settings.js'
import type { Context } from './context.js'
import { several } from './directives.js'
import { configError } from './notes.js'
import type { Directive } from './tree.js'

/** Null: any. */
export interface Address {
  readonly address: string | null
  readonly port: number | null
}

/** `<VirtualHost *:443 192.0.2.1 [::1]:80 _default_:*>`. */
export function readAddresses(at: Directive): Address[] {
  return several(at).map((text) => {
    const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}|\*))?$/.exec(text) ?? []
    if (host === undefined)
      throw configError(at, '<VirtualHost>', `'${text}' is no address; write *:443 or 192.0.2.1:80`)
    return { address: addressOf(at, host), port: portOf(at, port) }
  })
}

function addressOf(at: Directive, text: string): string | null {
  if (text === '*' || text.toLowerCase() === '_default_') return null
  const address = parseAddress(text.replace(/^\[|\]$/g, ''))
  if (address) return address.text
  throw configError(
    at,
    '<VirtualHost>',
    `'${text}' is no address, and names are not looked up here; write its address, or *`,
  )
}

function portOf(at: Directive, text: string | undefined): number | null {
  if (text === undefined || text === '*') return null
  const port = Number(text)
  if (port >= 1 && port <= 65535) return port
  throw configError(at, '<VirtualHost>', `'${text}' is no port; give 1 to 65535`)
}

/** ServerName and ServerAlias without scheme and port, in small letters. */
export function hostNames(context: Context, at: Directive, given: readonly string[]): string[] {
  return given
    .map((text) => {
      const name = text
        .toLowerCase()
        .replace(/^[a-z]+:\/\//, '')
        .replace(/(?<!:[^\]]*):\d+$/, '')
      if (hostSchema.safeParse(name).success) return name
      if (/[*?]/.test(name)) {
        throw configError(at, at.name, `'${text}': a wildcard can only be *. at the beginning; list the names`)
      }
      context.notes.warn(at, `${at.name}: '${text}' is no host name and matches nothing`)
      return ''
    })
    .filter((name) => name !== '')
}
