/** The guard's options as the text of our own configuration. Secrets stay where they are: the text says where. */

import { TktError } from '../errors.js'
import { DEFAULT_OPTIONS, profileOf } from '../policy/defaults.js'
import { GUARD_KEYS, type GuardOptions } from '../policy/options.js'
import type { KeyOptions, KeySource, KeySources, PublicKeyOptions } from './keyring.js'
import type { Serving } from './serving.js'
import { gatewayPart, hostPart, mainPart } from './write-serving.js'

export interface WriteOptions {
  /** Where each key stands, as `readApacheConfig` and `readLighttpdConfig` tell. */
  readonly keySources: KeySources
  /** What a gateway serves; left out: the text says nothing of it. */
  readonly serving?: Serving | undefined
  /** How the text names such a file; relative names count from the folder of the text. Default: as it was read. */
  readonly pathOf?: (file: string) => string
}

type Values = Readonly<Record<string, unknown>>

/** First what is whom's and where; then settings, as the guard lists them. */
const FIRST = ['compat', 'name', 'names', 'port', 'address', 'path', 'exactPath', 'pattern', 'file', 'secret', 'digest']
const LAST = ['publicKeys', 'passthruKey', 'keys', 'areas', 'hosts']
const MIDDLE = GUARD_KEYS.filter((key) => !FIRST.includes(key) && !LAST.includes(key))
const ORDER = [...FIRST, ...MIDDLE, 'gateway', 'fallback', 'routes', 'reverse', ...LAST]

/** JSON that `readConfig` reads as the same options; what is the default of the guard as a whole is left out. */
export function toJson(options: GuardOptions, write: WriteOptions): string {
  const defaults: Values = DEFAULT_OPTIONS[profileOf(options)]
  const whole = Object.entries(options).filter(
    ([key, value]) => !Object.hasOwn(defaults, key) || defaults[key] !== value,
  )
  const { serving, pathOf = (file) => file } = write
  const beside = serving ? { ...gatewayPart(serving, pathOf), ...mainPart(serving, pathOf) } : {}
  const hosts = options.hosts?.map((host, index) => ({ ...host, ...(serving && hostPart(serving, index, pathOf)) }))
  const all = { ...Object.fromEntries(whole), ...beside, ...(hosts && { hosts }) }
  const sorted = arrange(all, write)
  return `${JSON.stringify(sorted, null, 2)}\n`
}

function arrange(level: Values, write: WriteOptions): Values {
  const rank = ([key]: [string, unknown]) => (ORDER.indexOf(key) + ORDER.length + 1) % (ORDER.length + 1)
  const entries = Object.entries(level)
    .filter(([, value]) => value !== undefined)
    .sort((a, b) => rank(a) - rank(b))
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (key === 'keys') return [key, (value as KeyOptions[]).map((one) => keyText(one, write))]
      if (key === 'publicKeys') return [key, (value as PublicKeyOptions[]).map((one) => publicKeyText(one, write))]
      if (key === 'passthruKey') return [key, lineOf(sourceOf(key, value as Uint8Array, write), write)]
      if (key === 'areas' || key === 'hosts') return [key, (value as Values[]).map((inner) => arrange(inner, write))]
      return [key, value]
    }),
  )
}

function sourceOf(
  name: string,
  key: KeyOptions | PublicKeyOptions | Uint8Array,
  { keySources }: WriteOptions,
): KeySource {
  const source = keySources.get(key)
  if (source) return source
  const text = `toJson: ${name}: nobody knows where a ${name === 'keys' ? 'secret' : 'key'} stands; give its place in keySources`
  throw new TktError('ERR_TKT_OPTIONS', text)
}

function publicKeyText(key: PublicKeyOptions, write: WriteOptions): Values {
  const { file } = sourceOf('publicKeys', key, write)
  return { ...key, publicKey: { file: write.pathOf?.(file) ?? file } }
}

function lineOf({ file, line }: KeySource, { pathOf = (file) => file }: WriteOptions): Values {
  return { apacheFile: pathOf(file), line }
}

function keyText(key: KeyOptions, write: WriteOptions): Values {
  const source = sourceOf('keys', key, write)
  const { file, line, lighttpd } = source
  if (lighttpd === undefined) return { ...key, secret: lineOf(source, write) }
  const { pathOf = (file) => file } = write
  const { main, option } = lighttpd
  const secret = {
    lighttpdFile: pathOf(main),
    ...(file === main ? {} : { included: pathOf(file) }),
    line,
    ...(option === 'secret' ? {} : { option }),
  }
  return { ...key, secret }
}
