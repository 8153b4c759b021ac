/** The key that the login seals passwords with (`passthru`): that of the areas which hand them on. */

import type { LoginConfig } from '../config/login.js'
import { TktError } from '../errors.js'
import { enclosing } from '../policy/inherited.js'
import type { ParsedGuard } from '../policy/options.js'
import { pathOf } from './login-options.js'
import type { Site } from './login-tickets.js'

type Key = ParsedGuard['passthruKey']

/** An area that sends people to the login. */
export interface Sender {
  readonly path: string
  readonly info: { readonly name: string; readonly settings: { readonly passthruBasicAuth: boolean } }
}

/**
 * For a site, the key for the login's area; undefined where that has it already.
 * @throws TktError `ERR_TKT_CONFIG` where there is none, or more than one
 */
export function passthruKeyOf(
  options: ParsedGuard,
  login: LoginConfig & { readonly path: string },
  { index }: Site,
  senders: readonly Sender[],
): Key {
  const host = index === undefined ? undefined : options.hosts?.[index]
  const areas = host?.areas ?? options.areas ?? []
  const keyAt = (path: string): Key => {
    const area = areas.find((one) => pathOf(one) === path)
    const near = area && (area.passthruKey ?? enclosing(area, areas, 'passthruKey')?.passthruKey)
    return near ?? host?.passthruKey ?? options.passthruKey
  }
  const own = keyAt(login.path)
  const takers = senders.filter(({ info }) => info.settings.passthruBasicAuth)
  const key = own ?? takers.map(({ path }) => keyAt(path)).find((one) => one !== undefined)
  if (key === undefined) {
    throw fail(
      login,
      'there is no passthruKey to seal passwords with (TKTAuthPassthruBasicKey); give one, 16 bytes long',
    )
  }
  const other = takers.find(({ path }) => textOf(keyAt(path)) !== textOf(key))
  if (other === undefined) return own === undefined ? key : undefined
  throw fail(
    login,
    `the area ${other.info.name} has another passthruKey than ${own === undefined ? 'the others' : "the login's area"}, or none: it could not open the passwords; give them the same one`,
  )
}

function textOf(key: Key): string | undefined {
  return key === undefined ? undefined : Buffer.from(key).toString('hex')
}

function fail({ at }: LoginConfig, message: string): TktError {
  return new TktError('ERR_TKT_CONFIG', `${at}: passthru: ${message}`)
}
