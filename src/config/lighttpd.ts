/** lighttpd's configuration, with mod_authn_tkt in it, as the guard's options. */

import type { GuardOptions } from '../policy/options.js'
import { type ApacheConfigOptions, type Context, createContext } from './context.js'
import type { KeyOptions, KeySource, KeySources } from './keyring.js'
import { areasFor } from './lighttpd-areas.js'
import { type Block, sets } from './lighttpd-blocks.js'
import { classesOf, entriesOf, type HostClass, scopeOf } from './lighttpd-classes.js'
import { termsOf } from './lighttpd-conditions.js'
import { type Layer, layersOf } from './lighttpd-layers.js'
import { parseLighttpd } from './lighttpd-parser.js'
import { contentFor, servingOf } from './lighttpd-serving.js'
import { settle } from './lighttpd-settings.js'
import type { Note } from './notes.js'
import type { Serving } from './serving.js'
import { checkWhole } from './whole.js'

export type LighttpdConfigOptions = Pick<
  ApacheConfigOptions,
  'file' | 'files' | 'environment' | 'allowSkipped' | 'compat'
>

export interface LighttpdConfig {
  readonly options: GuardOptions
  /** What a gateway has beside its guard. */
  readonly serving: Serving
  readonly notes: Note[]
  /** Where the secret of each key of `options` stands. */
  readonly keySources: KeySources
}

/**
 * The guard's options and what an operator should know. The text is latin-1, one char a byte. What is not understood and
 * bears on who may enter is an error (`ERR_TKT_CONFIG`), unless `allowSkipped` names it.
 */
export function readLighttpdConfig(text: string, options: LighttpdConfigOptions = {}): LighttpdConfig {
  const context = createContext({ ...options, file: options.file ?? 'lighttpd.conf' })
  const blocks = parseLighttpd(context, text)
  if (blocks.every(({ settings }) => settings.size === 0)) {
    context.notes.warn({ file: context.file, line: 1 }, 'configuration: sets nothing; every request passes')
  }
  const layers = layersOf(context, blocks)
  const sources = new Map<KeyOptions, KeySource>()
  const settled = settle(context, layers, sources)
  const named = blocks.filter((block) => sets(block, ['server.name', 'proxy.server']))
  const classes = classesOf([...layers.flatMap(({ terms }) => terms), ...named.flatMap(termsOf)])
  const { main, hosts, byPort } = entriesOf(classes, (kind) => ({
    areas: areasFor(context, layers, kind, settled, serverName(context, blocks, kind)),
    content: contentFor(context, blocks, kind),
  }))
  // The file cannot give a strict list, and without its keys nobody would be let in.
  const [place] = [...sources.values()]
  const shiftable = !context.exact && place !== undefined
  if (shiftable) {
    context.notes.warn(
      place,
      'allowShiftableFields: is set, as fields of lighttpd tickets can be shifted; give the keys a strict list, or move to the dialect apache',
    )
  }
  const guardOptions: GuardOptions = {
    compat: context.exact ? 'exact' : 'hardened',
    module: 'mod_authn_tkt',
    order: 'listed',
    default: 'pass',
    ...(shiftable ? { allowShiftableFields: true } : {}),
    require: 'granted',
    ...settled.whole,
    areas: main.areas,
    ...(hosts.length > 0
      ? { unknownHost: byPort ? 'first' : 'main', hosts: hosts.map(({ content: _, ...host }) => host) }
      : {}),
  }
  warnOfModules(context, blocks, layers)
  checkWhole(context, guardOptions)
  const serving = servingOf(context, blocks, main.content, hosts)
  return { options: guardOptions, serving, notes: context.notes.list(), keySources: sources }
}

/** server.name, which cookies have for a domain where no cookie-domain is set. */
function serverName(context: Context, blocks: readonly Block[], kind: HostClass): string | undefined {
  if (!context.exact) return undefined
  let name: string | undefined
  for (const block of blocks) {
    const value = block.settings.get('server.name')?.value
    if (value?.kind !== 'text' || !/^[A-Za-z0-9_.-]+$/.test(value.text)) continue
    const terms = termsOf(block)
    const scope = scopeOf(terms, kind)
    if (!scope) continue
    if (scope.asked.length + scope.who.length > 0 || terms.some(({ atom }) => atom.kind === 'unknown')) {
      context.notes.warn(block, 'server.name: depends on more than host and port here, and is left out there')
    } else {
      name = value.text
    }
  }
  return name
}

/** What is configured for a module that is not loaded does nothing in lighttpd; here it counts. */
function warnOfModules(context: Context, blocks: readonly Block[], layers: readonly Layer[]): void {
  const modules = blocks[0]?.settings.get('server.modules')?.value
  if (modules?.kind !== 'list' || layers.length === 0) return
  const loaded = modules.entries.map(({ value }) => (value.kind === 'text' ? value.text : ''))
  for (const name of ['mod_auth', 'mod_authn_tkt']) {
    if (loaded.includes(name)) continue
    context.notes.warn(
      modules,
      `server.modules: ${name} is not among them; what is set for it counts here all the same`,
    )
  }
}
