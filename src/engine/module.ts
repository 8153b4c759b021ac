/** From embedded bytes to a running instance. The compiled module is shared by the process, instances never are. */

import { instantiateSync } from '@assemblyscript/loader'
import { TktError } from '../errors.js'
import { binary } from './binary.js'
import type { EngineExports } from './exports.js'

/** The ABI number that this host was written for. */
const ABI = 2

let compiled: WebAssembly.Module | undefined

/** The release build, compiled on first use (about 1 ms) and then kept for the process. */
export function engineModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(bytesOf(binary))
  return compiled
}

/** Base64 to bytes. A loop: `Uint8Array.from` with a mapping takes three milliseconds for the same. */
export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

/**
 * A fresh instance with a memory of its own. The loader supplies `abort`, which only the debug build imports, and turns
 * its message into an Error. Calls go to the raw exports: the loader's wrappers spread their arguments.
 */
export function instantiate(module: WebAssembly.Module): EngineExports {
  const exports = instantiateSync(module).instance.exports as unknown as EngineExports
  if (exports.ABI?.value !== ABI) {
    throw new TktError('ERR_TKT_ENGINE', `this WebAssembly module is not an authtkt engine with ABI ${ABI}`)
  }
  return exports
}
