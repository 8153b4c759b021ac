/** What the tests of mod_auth_pubtkt's configurations share: public keys, and files that have them. */

import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { AreaOptions } from '../../src/policy/options.js'
import { areas, filesOf } from './config-helpers.js'

const recorded = (name: string) =>
  readFileSync(new URL(`../../native-fixtures/recorded/keys/${name}`, import.meta.url), 'latin1')

export const RSA = recorded('rsa.pub')
export const OTHER = recorded('rsaB.pub')
export const DSA = recorded('dsa.pub')
export const ED25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()

const TEXTS: Record<string, string> = { '/k/rsa.pub': RSA, '/k/other.pub': OTHER, '/k/dsa.pub': DSA }
/** Those, and more. */
export const keyFiles = (texts: Readonly<Record<string, string>> = {}) => filesOf({ ...TEXTS, ...texts })
const NAMES = new Map([RSA, OTHER, DSA].map((text, index) => [text, ['rsa', 'other', 'dsa'][index] as string]))

/** `rsa sha1`: the keys of options, in short. */
export function keysIn({ publicKeys }: Pick<AreaOptions, 'publicKeys'>): string | undefined {
  return publicKeys?.map(({ publicKey, digest }) => `${NAMES.get(publicKey)} ${digest}`).join()
}

/** The only area of a section that has these lines beside what makes it mod_auth_pubtkt's. */
export function signedSettings(lines: string, compat: 'exact' | 'hardened' = 'exact'): Record<string, unknown> {
  const [first] = areas(`<Location /x>\n${lines}\n</Location>`, {
    module: 'mod_auth_pubtkt',
    files: keyFiles(),
    compat,
  })
  const { path: _, ...own } = first ?? {}
  return own
}
