/** A real Apache with mod_auth_pubtkt for the length of a test, and keys that go with it. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { startSite } from '../../native-fixtures/apache-site.mjs'
import { type KeyPair, type Kind, makeKeyPair } from '../../native-fixtures/signing-keys.mjs'
import { bytesOf, exchange } from '../../native-fixtures/wire.mjs'
import { type Outcome, outcomeOf } from './outcome.js'

export interface Asked {
  readonly method?: string
  readonly ip?: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

/** What Apache makes of a cookie value, undefined for none, at a path. */
export type AskSigned = (path: string, value: string | undefined, asked?: Asked) => Promise<Outcome>

export const LOGIN = 'http://login.invalid/'

/** A section for one key. */
export const sectionOf = (path: string, pair: KeyPair, ...lines: readonly string[]): string =>
  [
    `<Location "${path}">`,
    'AuthType mod_auth_pubtkt',
    'Require valid-user',
    `TKTAuthPublicKey "${pair.publicFile}"`,
    `TKTAuthLoginURL ${LOGIN}`,
    ...lines,
    '</Location>\n',
  ].join('\n')

/** A maker of key pairs whose files go with the test. */
export function pairsFor(t: Test): (kind: Kind, name?: string) => KeyPair {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-keys-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return (kind, name = kind) => makeKeyPair(folder, kind, name)
}

/** One process, so that what it remembers is there when it is asked again. */
export async function signedApacheFor(t: Test, text: string): Promise<AskSigned> {
  const site = await startSite({ text: () => text, module: 'auth_pubtkt', children: 1 })
  t.teardown(site.stop)
  return async (path, value, { method = 'GET', ip = '127.0.0.1', headers = [] } = {}) => {
    const cookie = value === undefined ? [] : [['Cookie', `auth_pubtkt=${value}`] as const]
    const all = [['Host', 'www.example.com'], ['X-Client-IP', ip], ...cookie, ...headers] as const
    const bytes = bytesOf({ method, target: path, version: '1.1', headers: all })
    return outcomeOf(await exchange({ host: '127.0.0.1', port: site.port }, bytes))
  }
}
