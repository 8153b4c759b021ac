/** A configuration from the disk, in any of the three syntaxes. */

import { readApacheConfig } from './apache.js'
import type { ApacheConfigOptions } from './context.js'
import { nodeFiles } from './files.js'
import { type Format, guessFormat } from './format.js'
import { type Config, readConfig, readLogin } from './json.js'
import type { KeySources } from './keyring.js'
import { readLighttpdConfig } from './lighttpd.js'
import type { LoginConfig } from './login.js'
import type { Note } from './notes.js'
import { attempt } from './tree.js'

export type { Format }

export interface LoadOptions extends Omit<ApacheConfigOptions, 'file'> {
  /** Default: what the text looks like. */
  readonly format?: Format | undefined
}

export interface LoadedConfig extends Config {
  readonly format: Format
  /** Where the secret of each key stands; empty for our own format. */
  readonly keySources: KeySources
}

/** Reads a file and what it names. Every error is one line with a file, a line of it (but where it cannot be read) and a fix. */
export function loadConfig(file: string, { format, ...options }: LoadOptions = {}): LoadedConfig {
  const { files = nodeFiles, environment = process.env } = options
  const text = attempt({ file, line: 0 }, 'configuration', 'cannot be read', () => files.readText(file))
  const syntax = format ?? guessFormat(text)
  if (syntax === 'apache') {
    return { format: syntax, ...readApacheConfig(text, { ...options, file, files, environment }) }
  }
  if (syntax === 'lighttpd') {
    return { format: syntax, ...readLighttpdConfig(text, { ...options, file, files, environment }) }
  }
  const config = readConfig(utf8(text), { file, files, environment })
  return { format: 'authtkt', ...config, keySources: new Map() }
}

/** The bytes as what they stand for in JSON, without a byte order mark. */
function utf8(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}

/** How people sign in, from a file of its own: for configurations in Apache's syntax. */
export function loadLogin(
  file: string,
  { files = nodeFiles, environment = process.env }: Pick<LoadOptions, 'files' | 'environment'> = {},
): { readonly config: LoginConfig; readonly notes: Note[] } {
  const text = attempt({ file, line: 0 }, 'login', 'cannot be read', () => files.readText(file))
  return readLogin(utf8(text), { file, files, environment })
}
