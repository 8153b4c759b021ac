/** The keys of a configuration, or of one of its virtual hosts, for commands that want nothing else of it. */

import type { TicketModule } from '../config/known.js'
import type { Format, LoadedConfig } from '../config/load.js'
import type { GuardOptions } from '../policy/options.js'
import { misuse } from './output.js'

type Level = Pick<GuardOptions, 'keys' | 'publicKeys' | 'signingKey'>

export interface KeyPlace {
  readonly format?: Format
  readonly module?: TicketModule
  readonly host?: string
}

export interface ConfiguredKeys {
  readonly file: string
  readonly loaded: LoadedConfig
  readonly keys: NonNullable<Level['keys']>
  readonly publicKeys: NonNullable<Level['publicKeys']>
  readonly signingKey: Level['signingKey']
  /** Which of the modules' tickets the caller means, where that was said. */
  readonly module: TicketModule | undefined
}

/** Loads what reads configurations only now: most of the time there is none. */
export async function configuredKeys(file: string, { format, module, host }: KeyPlace): Promise<ConfiguredKeys> {
  const { loadConfig } = await import('../config/load.js')
  const loaded = loadConfig(file, { ...(format && { format }), ...(module && { module }) })
  const { options, serving } = loaded
  const name = host?.toLowerCase()
  const site =
    name === undefined ? undefined : options.hosts?.find(({ names }) => names.some((one) => one.toLowerCase() === name))
  if (name !== undefined && !site) throw misuse(`${file}: there is no host ${host}`)
  const areas: readonly Level[] = site?.areas ?? options.areas ?? []
  // Places may each have keys of their own; the only ones that there are must be those that are meant.
  const only = <T>(pick: (level: Level) => T | undefined): T | undefined => {
    const found = areas.map(pick).filter((one) => one !== undefined && !(Array.isArray(one) && one.length === 0))
    return new Set(found.map((one) => JSON.stringify(one))).size === 1 ? found[0] : undefined
  }
  const given = <T>(pick: (level: Level) => T | undefined): T | undefined =>
    (site && pick(site)) ?? pick(options) ?? only(pick)
  return {
    file,
    loaded,
    module,
    keys: given(({ keys }) => keys) ?? [],
    publicKeys: given(({ publicKeys }) => publicKeys) ?? [],
    signingKey: given(({ signingKey }) => signingKey) ?? serving.login?.signingKey,
  }
}

/** Signed tickets are meant, and no others. Where a configuration has keys for both, somebody has to say which. */
export function meansSigned({ file, keys, module, loaded }: ConfiguredKeys, signs: boolean): boolean {
  if (module !== undefined) return module === 'mod_auth_pubtkt'
  if (!signs || keys.length === 0) return signs
  if (loaded.options.module === 'mod_auth_pubtkt') return true
  throw misuse(
    `${file}: it has secrets, and keys of signed tickets as well; say whose tickets are meant: --module mod_auth_tkt or mod_auth_pubtkt`,
  )
}
