/** authtkt/config: configurations as the options of `createGuard`. */

export { type ApacheConfig, readApacheConfig } from './apache.js'
export type { ApacheConfigOptions } from './context.js'
export { type Files, nodeFiles } from './files.js'
export { hardeningLeftOff } from './hardening.js'
export { type Config, readConfig } from './json.js'
export { type LighttpdConfig, type LighttpdConfigOptions, readLighttpdConfig } from './lighttpd.js'
export { type Format, type LoadedConfig, type LoadOptions, loadConfig } from './load.js'
export type { Note } from './notes.js'
export { configSchema } from './schema.js'
export type { Serving } from './serving.js'
export { toJson, type WriteOptions } from './write.js'
