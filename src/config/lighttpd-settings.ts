/** The maps of options of all layers as settings and keys: of the guard as a whole, and of each area. */

import { DEFAULT_SETTINGS } from '../policy/defaults.js'
import type { AreaOptions, GuardOptions } from '../policy/options.js'
import type { Context } from './context.js'
import type { AreaSettings, SecretAt } from './draft.js'
import type { KeyOptions, KeySource } from './keyring.js'
import type { Layer } from './lighttpd-layers.js'
import type { TicketOptions } from './lighttpd-options.js'

export interface Settled {
  /** Settings and keys of the guard. */
  readonly whole: GuardOptions
  /** Of a host that has this server.name: what holds where no map applies, and the domain of cookies. */
  firstAreas(serverName: string | undefined): AreaOptions[]
  /** What a layer's area says; undefined where the guard says the same. */
  areaOf(layer: Layer, serverName: string | undefined): Partial<AreaOptions> | undefined
}

export function settle(context: Context, layers: readonly Layer[], sources: Map<KeyOptions, KeySource>): Settled {
  const given = layers.filter(({ options }) => options !== undefined)
  const first = given.find(({ terms }) => terms.length === 0)
  const names = new Set(given.flatMap(({ options }) => Object.keys((options as TicketOptions).settings)))
  const rings = new Map(given.map((layer) => [layer, ringOf(context, layer.options as TicketOptions, sources)]))
  const agreed = new Set(given.map(({ options }) => ringText(options as TicketOptions))).size === 1
  const covered = first !== undefined || layers.every((layer) => isCovered(layer, given))
  const shared = agreed ? given[0] : first
  const keys = shared && (agreed || first) ? rings.get(shared) : undefined
  const alone = agreed && covered
  return {
    whole: {
      ...first?.options?.settings,
      ...(keys && keys.length > 0 ? { keys } : {}),
    },
    firstAreas(serverName) {
      const uncovered = keys !== undefined && !covered
      const named =
        serverName !== undefined && first !== undefined && first.options?.settings.cookieDomain === undefined
      return [
        ...(uncovered ? [{ name: 'no auth.method.tkt.opts', path: '/', keys: [] }] : []),
        ...(named ? [{ name: 'server.name', path: '/', cookieDomain: serverName }] : []),
      ]
    },
    areaOf(layer, serverName) {
      if (layer === first) return undefined
      const own = layer.options as TicketOptions
      const settings = explicit(context, own.settings, names)
      const domain = own.settings.cookieDomain ?? serverName
      return {
        ...settings,
        ...(domain == null ? {} : { cookieDomain: domain }),
        ...(alone ? {} : { keys: rings.get(layer) ?? [] }),
      }
    },
  }
}

/** A map takes the place of another as a whole: what any of them sets, each says. */
function explicit(context: Context, own: AreaSettings, names: ReadonlySet<string>): AreaSettings {
  const defaults: Readonly<Record<string, unknown>> = DEFAULT_SETTINGS[context.exact ? 'lighttpd' : 'hardened']
  const all = [...names].map((name) => [name, (own as Readonly<Record<string, unknown>>)[name] ?? defaults[name]])
  const settings = Object.fromEntries(all) as AreaSettings
  // "assuming 'enabled'" where it is not set
  if (names.has('cookieSecure') && own.cookieSecure === undefined && own.requireSsl) settings.cookieSecure = true
  return settings
}

/** Wherever the layer applies, a map does: its own, or that of a block around it. */
function isCovered({ block, requirements }: Layer, given: readonly Layer[]): boolean {
  if (requirements === undefined) return true
  for (let one: typeof block | undefined = block; one; one = one.parent) {
    if (given.some((layer) => layer.block === one)) return true
  }
  return false
}

/** Without a secret there is no ring: the module does not know anybody then. */
function ringOf(context: Context, options: TicketOptions, sources: Map<KeyOptions, KeySource>): KeyOptions[] {
  const { secret, old, digest } = options
  if (!secret) {
    context.notes.warn(
      options,
      'secret: is missing; nobody is known where these options apply; add "secret" => "..." to them',
    )
    return []
  }
  const key = ({ secret: bytes, file, line }: SecretAt, option: 'secret' | 'secret-old'): KeyOptions => {
    const made: KeyOptions = { secret: bytes, digest, dialect: 'lighttpd' }
    sources.set(made, { file, line, lighttpd: { main: context.file, option } })
    return made
  }
  return [key(secret, 'secret'), ...(old ? [key(old, 'secret-old')] : [])]
}

function ringText({ secret, old, digest }: TicketOptions): string {
  return [digest, secret?.secret, old?.secret].join(' ')
}
