/** The recording of mod_auth_pubtkt: which key and digest a place has, and what it takes for a ticket in a request. */

import { readFileSync } from 'node:fs'
import type { SignatureDigest } from '../../src/types.js'
import { vectorsOf } from './recorded.js'
import { ALL_WEAK } from './signing-keys.js'

export interface PubtktRow {
  readonly id: string
  readonly now: number
  readonly client_ip: string
  readonly config: readonly string[]
  readonly config_parent?: readonly string[]
  readonly request: {
    readonly cookie: readonly string[]
    readonly headers: readonly (readonly [string, string])[]
  }
  readonly response: { readonly status: number; readonly env?: Readonly<Record<string, string>> | null }
}

export const ROWS = vectorsOf<PubtktRow>('recorded/mod_auth_pubtkt')

const linesOf = ({ config, config_parent = [] }: PubtktRow): string[] => [...config_parent, ...config]

export function directiveOf(row: PubtktRow, name: string): string | undefined {
  return linesOf(row)
    .findLast((line) => line.startsWith(`${name} `))
    ?.slice(name.length + 1)
}

export function recordedKey(file: string): string {
  return readFileSync(`native-fixtures/recorded/${file}`, 'utf8')
}

/** The key of the row's place. Naming a key sets the digest back to SHA-1, whatever was said before (setup_pubkey). */
export function publicKeyFor(row: PubtktRow) {
  let file: string | undefined
  let digest: SignatureDigest = 'sha1'
  for (const line of linesOf(row)) {
    const [name, value = ''] = line.split(' ')
    if (name === 'TKTAuthDigest') digest = value.toLowerCase() as SignatureDigest
    if (name !== 'TKTAuthPublicKey') continue
    file = value
    digest = 'sha1'
  }
  return file === undefined ? undefined : { publicKey: recordedKey(file), digest, allow: ALL_WEAK }
}

/** Texts that the place looks at, each with what it does about bad ones: get_header_ticket and cookie_match. */
export function valuesOf(row: PubtktRow): { text: string; cookie: boolean }[] {
  const cookieName = directiveOf(row, 'TKTAuthCookieName') ?? 'auth_pubtkt'
  const headers = (directiveOf(row, 'TKTAuthHeader') ?? 'Cookie').split(' ')
  return headers.flatMap((header) => {
    if (header !== 'Cookie') {
      const found = row.request.headers.find(([name]) => name.toLowerCase() === header.toLowerCase())
      return found?.[1] ? [{ text: found[1], cookie: false }] : []
    }
    const values = row.request.cookie.flatMap((line) => line.split(`${cookieName}=`).slice(1))
    return values.map((value) => ({ text: value.replace(/;.*/, ''), cookie: true })).filter(({ text }) => text !== '')
  })
}
