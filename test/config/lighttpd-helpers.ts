/** What the tests of lighttpd's reader share. */

import { type LighttpdConfig, type LighttpdConfigOptions, readLighttpdConfig } from '../../src/config/lighttpd.js'
import type { AreaOptions } from '../../src/policy/options.js'
import { trouble } from './config-helpers.js'

export const read = (text: string, options: LighttpdConfigOptions = {}): LighttpdConfig => {
  return readLighttpdConfig(text, { file: 'site.conf', ...options })
}

/** The areas of the main server without their names. */
export function areas(text: string, options?: LighttpdConfigOptions): Omit<AreaOptions, 'name'>[] {
  return (read(text, options).options.areas ?? []).map(({ name: _, ...area }) => area)
}

/** The guard's own settings that a map of options comes to. */
export function settings(lines: string, options?: LighttpdConfigOptions): Record<string, unknown> {
  const whole = read(`auth.method.tkt.opts = (\n${lines}\n)`, options).options
  const { compat: _, module: _m, order: _o, default: _d, require: _r, areas: _a, keys: _k, ...own } = whole
  return own
}

/** Notes as `line: message`. */
export function notes(text: string, options?: LighttpdConfigOptions): string[] {
  return read(text, options).notes.map(({ line, message }) => `${line}: ${message}`)
}

/** The error of a lighttpd configuration. */
export const wrong = (text: string, options?: LighttpdConfigOptions): string => trouble(() => read(text, options))

/** An auth.require line for a path. */
export const require = (path: string, rule = 'valid-user'): string =>
  `auth.require = ( "${path}" => ( "method" => "authn_tkt", "realm" => "x", "require" => "${rule}" ) )`
