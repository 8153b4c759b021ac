/** Keys in PEM, from files or the environment. Nothing of them is told. */

import { readFileSync, statSync } from 'node:fs'
import { privateTrouble, publicTrouble } from '../pubtkt/key-trouble.js'
import { misuse, naming, type Output } from './output.js'

/** A key, and what may be said of it: its place. */
export interface SourcedPem {
  readonly pem: string
  readonly name: string
}

export const PRIVATE_KEY_VARIABLE = 'AUTHTKT_PRIVATE_KEY'

/** The private key that signs. Warns of a file that others can read. */
export function readPrivateKey(
  file: string | undefined,
  output: Output,
  environment: NodeJS.ProcessEnv = process.env,
): SourcedPem {
  if (file === undefined) {
    const pem = environment[PRIVATE_KEY_VARIABLE]
    if (pem === undefined) throw misuse(`no private key: give --private-key-file FILE or set ${PRIVATE_KEY_VARIABLE}`)
    return checked(pem, PRIVATE_KEY_VARIABLE, privateTrouble)
  }
  const key = checked(readText(file), file, privateTrouble)
  if ((statSync(file).mode & 0o077) !== 0) {
    output.err(`authtkt: warning: ${file}: others than its owner can read this private key; chmod 600 ${file}\n`)
  }
  return key
}

export function readPublicKey(file: string): SourcedPem {
  return checked(readText(file), file, publicTrouble)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch (error) {
    throw naming(file, error)
  }
}

function checked(pem: string, name: string, troubleOf: typeof publicTrouble): SourcedPem {
  const trouble = troubleOf(pem, name === PRIVATE_KEY_VARIABLE ? 'FILE' : name)
  if (trouble !== undefined) throw misuse(`${name}: ${trouble}`)
  return { pem, name }
}
