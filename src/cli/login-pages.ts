/** The pages of a gateway's login: made of its configuration, its events in log and metrics. */

import { createPrivateKey } from 'node:crypto'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AuthenticatorConfig, LoginConfig, ProviderConfig } from '../config/login.js'
import { kindOf, TktError } from '../errors.js'
import type { Logger } from '../gateway/log.js'
import type { Metrics } from '../gateway/metrics.js'
import type { Pages } from '../gateway/pages.js'
import type { CreatePages } from '../gateway/serve.js'
import type { PasswordAuthenticator, Provider } from '../login/authenticators/authenticator.js'
import type { LoginEvent } from '../login/desk.js'
import { createLogin } from '../login/login.js'
import { answerPage } from '../login/node.js'
import type { RingKey } from '../login/secrets.js'
import type { GuardOptions } from '../policy/options.js'
import { ringKeys } from '../policy/ring-keys.js'
import type { Attempts } from '../state/attempts.js'
import type { SigningKey } from '../types.js'
import { LOGIN_PATH } from './login-area.js'
import { renewsForEver } from './login-signed.js'

export interface Surroundings {
  readonly attempts: Attempts
  readonly log: Logger
  /** Undefined while there are none. */
  readonly metrics: () => Metrics | undefined
}

/** Makes the pages of each reading of the configuration. */
export function pagesMaker(around: Surroundings): CreatePages {
  return async ({ options, serving: { login } }) => login && (await createPages(login, options, around))
}

async function createPages(config: LoginConfig, options: GuardOptions, around: Surroundings): Promise<Pages> {
  const { path = LOGIN_PATH, hosts, url, home, backHosts, messages, throttle, at } = config
  const authenticators: PasswordAuthenticator[] = []
  try {
    for (const one of config.authenticators) authenticators.push(await authenticatorOf(one, around.log, at))
    const providers = await Promise.all(config.providers.map(providerOf))
    const mute = [...authenticators.filter(({ lookUp }) => lookUp === undefined), ...providers].map(({ name }) => name)
    if (mute.length > 0 && renewsForEver(options, { ...config, path })) {
      const who = mute.join(', ')
      const message = `login: whoever signs in by ${who}, or might have, has their signed tickets renewed for ever: nobody can be asked whether the account is still there; set maxAge`
      around.log.warn({ by: who }, message)
    }
    const login = createLogin({
      path,
      keys: keysOf(options, path),
      authenticators,
      providers,
      attempts: around.attempts,
      onEvent: (event) => tell(event, around),
      ...(url !== undefined && { url }),
      ...(home !== undefined && { home }),
      backHosts: [...(backHosts ?? []), ...(options.hosts ?? []).flatMap(({ names }) => names)],
      ...(config.passthru && { passthru: true }),
      ...(messages && { messages }),
      ...(throttle && { throttle }),
    })
    return {
      path,
      paths: login.paths,
      hosts: hosts?.map((name) => name.toLowerCase()),
      handle: (message, response, visit, now, accept) => answerPage(login, message, response, visit, now, accept),
      close: () => login.close(),
    }
  } catch (error) {
    await Promise.all(authenticators.map((one) => one.close?.()))
    throw placed(error, at)
  }
}

/** With the place in the configuration. Messages that are not ours may hold anything. */
function placed(error: unknown, at: string): TktError {
  const isOurs = error instanceof TktError
  const message = isOurs ? error.message : `it cannot be made (${kindOf(error)}); check the files that it names`
  const text = message.startsWith(at) ? message : `${at}: ${message.replace(/^login: /, '')}`
  return new TktError('ERR_TKT_CONFIG', text, { cause: error })
}

/** Loaded only where they are wanted: most sites have one of them. */
async function providerOf({ type: _, ...options }: ProviderConfig): Promise<Provider> {
  const { oidc } = await import('../login/authenticators/oidc.js')
  return oidc(options)
}

async function authenticatorOf(config: AuthenticatorConfig, log: Logger, at: string): Promise<PasswordAuthenticator> {
  switch (config.type) {
    case 'htpasswd': {
      const { type: _, ...options } = config
      const { htpasswd } = await import('../login/authenticators/htpasswd.js')
      return htpasswd({
        ...options,
        warn: (message) => log.warn({ authenticator: options.name ?? 'htpasswd' }, message),
      })
    }
    case 'ldap': {
      const { type: _, ...options } = config
      const { ldap } = await import('../login/authenticators/ldap.js')
      return ldap(options)
    }
    case 'module':
      return ownAuthenticator(config.file, at)
  }
}

/** Somebody's own: the module's default export, or what that makes. */
async function ownAuthenticator(file: string, at: string): Promise<PasswordAuthenticator> {
  const fail = (why: string, cause?: unknown): never => {
    throw new TktError('ERR_TKT_CONFIG', `${at}: the module '${file}' ${why}`, { cause })
  }
  const loaded: { default?: unknown } = await import(pathToFileURL(resolve(file)).href).catch((cause) =>
    fail(`cannot be loaded (${kindOf(cause)}); check that it exists and runs`, cause),
  )
  const make = async () => (typeof loaded.default === 'function' ? loaded.default() : loaded.default)
  const made = await make().catch((cause) => fail(`makes no authenticator (${kindOf(cause)}); correct it`, cause))
  const { name, check, lookUp } = (made ?? {}) as Partial<PasswordAuthenticator>
  if (typeof name !== 'string' || typeof check !== 'function') {
    return fail(
      'has no authenticator as its default export: an object with name and check, or a function that makes one',
    )
  }
  if (lookUp !== undefined && typeof lookUp !== 'function') return fail('has a lookUp that is no function')
  if (typeof loaded.default === 'function') return made as PasswordAuthenticator
  // A module is loaded once, and its object is everybody's: no reading of the configuration may close it.
  return {
    name,
    check: (credentials) => check.call(made, credentials),
    ...(lookUp && { lookUp: (uid: string) => lookUp.call(made, uid) }),
  }
}

/**
 * The ring of each host: its own, or the main server's. Where there is none, the key that signs the login's tickets is
 * what nobody else knows.
 */
function keysOf(
  { keys = [], hosts = [], ...main }: GuardOptions,
  path: string,
): (host: number | undefined) => RingKey[] {
  const signs = (level: Pick<GuardOptions, 'areas' | 'signingKey'>, outer: RingKey[]) => {
    const key = level.areas?.find((area) => area.path === path)?.signingKey ?? level.signingKey
    return key === undefined ? outer : [ringKeyOf(key)]
  }
  const whole = keys.length > 0 ? ringKeys(keys) : signs(main, [])
  const own = hosts.map((host) => {
    const ring = host.keys ?? keys
    return ring.length > 0 ? ringKeys(ring) : signs(host, whole)
  })
  if ([whole, ...own].every((ring) => ring.length === 0)) {
    throw new TktError('ERR_TKT_OPTIONS', 'login: there is no key to make tickets with; give keys (TKTAuthSecret)')
  }
  return (host) => (host === undefined ? whole : (own[host] ?? whole))
}

function ringKeyOf({ privateKey }: SigningKey): RingKey {
  return { secret: createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' }) }
}

function tell(event: LoginEvent, { log, metrics }: Surroundings): void {
  const { kind, ...details } = event
  switch (event.kind) {
    case 'signed-in':
      metrics()?.signedIn(event.by, 'signed-in')
      log.info(details, 'signed in')
      break
    case 'renewed':
      metrics()?.signedIn(event.by, kind)
      log.info(details, 'ticket renewed')
      break
    case 'not-renewed':
      metrics()?.signedIn(event.by, kind)
      log.info(details, 'renewal refused')
      break
    case 'put-off':
      metrics()?.signedIn(event.by, kind)
      log.info(details, 'renewal put off')
      break
    case 'refused':
      metrics()?.signedIn(event.by, event.reason)
      log.info(details, 'sign-in refused')
      break
    case 'unavailable':
      metrics()?.signedIn(event.by, 'unavailable')
      log.warn(details, 'nobody can say who somebody is')
      break
    case 'no-passthru':
      log.warn(details, 'the ticket has no room for the password, so that applications will not get it')
      break
    case 'signed-out':
      log.info(details, 'signed out')
  }
}
