/** How people sign in, as it is configured: files found, secrets read. The login is made of it elsewhere. */

import type { ParsedSigningKey } from '../policy/options.js'
import { privateBlock } from '../pubtkt/pem.js'
import { fail, type Reading } from './json.js'
import type { LoginInput } from './login-schema.js'
import { fromFolder, readSecret } from './secret-references.js'
import { readPrivateKey } from './signed-references.js'

type Path = readonly PropertyKey[]
type Input<K extends 'authenticators' | 'providers'> = NonNullable<LoginInput[K]>[number]

type WithSecret<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]?: string }

export type AuthenticatorConfig =
  | Extract<Input<'authenticators'>, { type: 'htpasswd' | 'module' }>
  | WithSecret<Extract<Input<'authenticators'>, { type: 'ldap' }>, 'password'>
export type ProviderConfig = WithSecret<Input<'providers'>, 'clientSecret'>

export interface LoginConfig extends Omit<LoginInput, 'authenticators' | 'providers' | 'signingKey'> {
  readonly authenticators: readonly AuthenticatorConfig[]
  readonly providers: readonly ProviderConfig[]
  /** What makes signed tickets. */
  readonly signingKey?: ParsedSigningKey
  /** Where it is configured, for errors. */
  readonly at: string
}

/** `at`: where it stands in the text, as a path and in words. */
export function loginOf(reading: Reading, input: LoginInput, path: Path, at: string): LoginConfig {
  const { authenticators = [], providers = [], signingKey, ...rest } = input
  if (authenticators.length + providers.length === 0) {
    fail(reading, path, 'nobody could sign in; give authenticators or providers')
  }
  if (input.passthru && authenticators.length === 0) {
    fail(reading, [...path, 'passthru'], 'nobody signs in with a password here; give authenticators, or leave it out')
  }
  const { url, path: page = '/login' } = input
  if (url !== undefined && new URL(url).pathname.replace(/\/$/, '') !== page) {
    fail(reading, [...path, 'url'], `must end in the login's path, ${page}`)
  }
  const names = providers.map(({ name }) => name)
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
  if (twice >= 0) fail(reading, [...path, 'providers', twice, 'name'], 'two providers have this name; choose another')
  return {
    ...rest,
    ...(signingKey && { signingKey: signingKeyOf(reading, signingKey, [...path, 'signingKey']) }),
    authenticators: authenticators.map((one, index) =>
      authenticatorOf(reading, one, [...path, 'authenticators', index]),
    ),
    providers: providers.map(({ clientSecret, ...provider }, index) => ({
      ...provider,
      ...(clientSecret !== undefined && {
        clientSecret: secretText(reading, clientSecret, [...path, 'providers', index, 'clientSecret']),
      }),
    })),
    at,
  }
}

function authenticatorOf(reading: Reading, one: Input<'authenticators'>, path: Path): AuthenticatorConfig {
  const at = (name: string) => fromFolder(reading.file, name)
  switch (one.type) {
    case 'htpasswd':
      return { ...one, file: at(one.file), ...(one.groupFile !== undefined && { groupFile: at(one.groupFile) }) }
    case 'module':
      return { ...one, file: at(one.file) }
    case 'ldap': {
      const { password, ca, ...rest } = one
      if ((one.bindDn === undefined) === (one.searchBase === undefined)) {
        fail(reading, path, 'give bindDn, or searchBase with bindAs and password')
      }
      return {
        ...rest,
        ...(ca !== undefined && { ca: at(ca) }),
        ...(password !== undefined && { password: secretText(reading, password, [...path, 'password']) }),
      }
    }
  }
}

function secretText(reading: Reading, value: unknown, path: Path): string {
  const secret = readSecret(reading, value, path)
  return typeof secret === 'string' ? secret : new TextDecoder().decode(secret)
}

function signingKeyOf(
  reading: Reading,
  { privateKey, ...more }: NonNullable<LoginInput['signingKey']>,
  path: Path,
): ParsedSigningKey {
  const place = [...path, 'privateKey']
  const pem = readPrivateKey(reading, privateKey, place)
  try {
    // What is no such key is found here, where the line is known.
    privateBlock(pem)
  } catch (error) {
    fail(reading, place, (error as Error).message, error)
  }
  return { ...more, privateKey: pem }
}
