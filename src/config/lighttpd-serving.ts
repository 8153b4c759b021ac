/** What a lighttpd configuration serves, as far as it comes to ports and proxy.server; told where it does not. */

import type { HostOptions } from '../policy/options.js'
import { absolute, type Context } from './context.js'
import { type Block, sets } from './lighttpd-blocks.js'
import { type HostClass, scopeOf } from './lighttpd-classes.js'
import { termsOf } from './lighttpd-conditions.js'
import { isOn } from './lighttpd-options.js'
import { type Entry, textOf, type Value } from './lighttpd-values.js'
import { configError, type Place } from './notes.js'
import { type Content, type Listen, NO_SERVING, parseUpstream, type Route, type Serving } from './serving.js'

const PROXY = 'proxy.server'

export function servingOf(
  context: Context,
  blocks: readonly Block[],
  main: Content,
  hosts: readonly (HostOptions & { readonly content: Content })[],
): Serving {
  return { ...NO_SERVING, listen: listenersOf(context, blocks), main, hosts: hosts.map(({ content }) => content) }
}

/** server.port of the global block, and the ports of $SERVER["socket"]. */
function listenersOf(context: Context, blocks: readonly Block[]): Listen[] {
  const [main, ...others] = blocks as [Block, ...Block[]]
  const port = main.settings.get('server.port') ?? main.settings.get('server.bind')
  const own = port
    ? [listenAt(context, main, main, port, textAt(main, 'server.bind', '*'), textAt(main, 'server.port', '80'))]
    : []
  const sockets = others.flatMap((block) => {
    const { condition, parent } = block
    if (parent !== main || condition?.subject !== 'SERVER["socket"]' || condition.operator !== '==') return []
    const [, host = '', digits] = /^(.*?):(\d{1,5})$/.exec(condition.text) ?? []
    return digits === undefined ? [] : [listenAt(context, main, block, block, host, digits)]
  })
  const all = [...own, ...sockets]
  const keyOf = ({ endpoint }: Listen) => JSON.stringify(endpoint)
  return all.filter((one, index) => all.findIndex((other) => keyOf(other) === keyOf(one)) === index)
}

function listenAt(context: Context, main: Block, block: Block, place: Place, host: string, digits: string): Listen {
  const port = Number(digits)
  if (!/^\d+$/.test(digits) || port < 1 || port > 65535) {
    throw configError(place, 'server.port', 'is no port; give 1 to 65535')
  }
  const any = ['', '*', '0.0.0.0', '::', '[::]', '[]'].includes(host)
  const engine = block.settings.get('ssl.engine') ?? (block === main ? undefined : main.settings.get('ssl.engine'))
  const at = `${place.file}:${place.line}: server.port`
  const endpoint = { host: any ? '*' : host.replace(/[[\]]/g, ''), port }
  if (!engine || !isOn(engine, 'ssl.engine')) return { endpoint, tls: undefined, at }
  const file = (name: string) => textAt(block, name, textAt(main, name, ''))
  const cert = file('ssl.pemfile')
  if (cert === '') throw configError(engine, 'ssl.engine', 'is on, and there is no certificate; set ssl.pemfile')
  const certFile = absolute(context, cert)
  const keyFile = file('ssl.privkey') === '' ? certFile : absolute(context, file('ssl.privkey'))
  return { endpoint, tls: [{ names: [], certFile, keyFile, at: `${engine.file}:${engine.line}: ssl.pemfile` }], at }
}

function textAt(block: Block, name: string, otherwise: string): string {
  const value = block.settings.get(name)?.value
  return value === undefined || value.kind === 'list' ? otherwise : textOf(value)
}

/** The upstreams of one kind of host; where a list stands in another condition, the paths of that condition's beginning. */
export function contentFor(context: Context, blocks: readonly Block[], kind: HostClass): Content {
  let routes: Route[] = []
  for (const block of blocks) {
    if (!sets(block, [PROXY])) continue
    const terms = termsOf(block)
    const scope = scopeOf(terms, kind)
    if (!scope) continue
    const setting = block.settings.get(PROXY) as Entry & { name: string }
    const [asked, ...more] = scope.asked
    const prefix = asked === undefined ? '' : asked.negated ? undefined : asked.piece.prefix
    if (
      prefix === undefined ||
      more.length + scope.who.length > 0 ||
      terms.some(({ atom }) => atom.kind === 'unknown')
    ) {
      context.notes.warn(setting, `${PROXY}: stands in a condition that is no beginning of a path, and is left out`)
      continue
    }
    const own = routesOf(context, setting, prefix)
    // A list takes the place of the one before it.
    routes = prefix === '' ? own : [...own, ...routes.filter(({ path }) => !own.some((one) => one.path === path))]
  }
  return {
    routes,
    reverse: routes.flatMap((one) => (one.kind === 'upstream' ? [{ path: one.path, url: one.url }] : [])),
  }
}

function routesOf(context: Context, setting: Entry, prefix: string): Route[] {
  const { value } = setting
  if (value.kind !== 'list')
    throw configError(setting, PROXY, 'is no list; write ( "" => ( ( "host" => "127.0.0.1", "port" => 8080 ) ) )')
  return value.entries.flatMap((entry): Route[] => {
    const path = entry.key ? entry.key : '/'
    const url = upstreamOf(entry.value)
    if (!path.startsWith('/') || (prefix !== '' && path !== '/') || url === undefined) {
      const what = 'an entry is left out; what is read here is a beginning of paths with a host and a port'
      context.notes.warn(entry, `${PROXY}: ${what} (1 to 65535)`)
      return []
    }
    const whole = prefix === '' ? path : prefix
    const behind =
      whole === '/'
        ? ''
        : whole.replace(/[^!-~]|[%?#]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    const { unix, url: base } = url
    const at = `${entry.file}:${entry.line}: ${PROXY}`
    return [
      {
        kind: 'upstream',
        path: whole,
        url: base + behind,
        ...(unix === undefined ? {} : { unix }),
        preserveHost: true,
        at,
      },
    ]
  })
}

/** The first server of an entry. */
function upstreamOf(value: Value): { readonly url: string; readonly unix?: string } | undefined {
  if (value.kind !== 'list') return undefined
  const [first] = value.entries
  const server = first?.value.kind === 'list' ? first.value.entries : value.entries
  const text = (name: string) => {
    const found = server.find(({ key }) => key === name)?.value
    return found === undefined || found.kind === 'list' ? undefined : textOf(found)
  }
  const host = text('host') ?? text('socket')
  if (host === undefined) return undefined
  if (host.startsWith('/')) return parseUpstream(`unix:${host}`)
  return parseUpstream(
    `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${text('port') ?? '80'}`,
  )
}
