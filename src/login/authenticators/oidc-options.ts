/** The options of a provider, checked once, when it is made: everything that can be wrong with them is told here. */

import { TktError } from '../../errors.js'
import { checkChoice, checkFlag, checkKeys } from '../../ticket/options.js'
import type { AccountRules } from './claims.js'

export interface OidcOptions {
  /** Part of our URLs and of the uids that are made here, so it stands for one issuer and is never given to another. */
  readonly name: string
  /** On the button. Default: the name. */
  readonly label?: string | undefined
  /** The provider's URL: what comes before `/.well-known/openid-configuration`. */
  readonly issuer: string | URL
  readonly clientId: string
  /** Left out: a public client, which proves itself by PKCE alone. */
  readonly clientSecret?: string | undefined
  /**
   * How the secret is sent: in a header (`basic`) or in the form (`post`). Default: `post` where the provider says that
   * it takes it, `basic` otherwise.
   */
  readonly clientAuth?: 'basic' | 'post' | undefined
  /** Default `openid` and `profile`; `openid` is always among them. */
  readonly scopes?: readonly string[] | undefined
  /** A known `sub` gets this uid. */
  readonly accounts?: Readonly<Record<string, string>> | undefined
  /** Whether somebody may come in whose `sub` is not in `accounts`. Default `allow`. */
  readonly unknownAccounts?: 'allow' | 'refuse' | undefined
  /** A claim, by name or path (`realm_access.roles`), and which of its values become tokens, under which name. */
  readonly tokens?:
    | { readonly claim: string; readonly allow: readonly string[] | Readonly<Record<string, string>> }
    | undefined
  /** Somebody without any of these tokens is refused. */
  readonly required?: readonly string[] | undefined
  /** Claims that become the ticket's userData, `name=value&name=value`, as long as they fit into 1024 bytes. */
  readonly userData?: readonly string[] | undefined
  /** Ask the userinfo endpoint, where there is one, for claims that the ID token does not have. Default true. */
  readonly userInfo?: boolean | undefined
  /** Seconds for each request to the provider. Default 10. */
  readonly timeout?: number | undefined
  /** Seconds that the provider's clock may differ from ours. Default 30. */
  readonly clockTolerance?: number | undefined
  readonly prompt?: 'none' | 'login' | 'consent' | 'select_account' | undefined
  /** Seconds since the person has last proved who they are to the provider; longer ago, it asks again. */
  readonly maxAge?: number | undefined
  /** Seconds, of a clock that is never set back. Default: this process's. */
  readonly now?: (() => number) | undefined
}

export interface Settings extends AccountRules {
  readonly label: string
  readonly issuer: URL
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly clientAuth: 'basic' | 'post' | undefined
  readonly scope: string
  readonly userInfo: boolean
  readonly timeout: number
  readonly clockTolerance: number
  /** What is said to the authorization endpoint besides. */
  readonly asking: Readonly<Record<string, string>>
  readonly maxAge: number | undefined
  readonly now: () => number
}

const NEEDED = ['name', 'issuer', 'clientId']
const KNOWN = [
  ...NEEDED,
  ...['label', 'clientSecret', 'clientAuth', 'scopes', 'accounts', 'unknownAccounts', 'tokens', 'required'],
  ...['userData', 'userInfo', 'timeout', 'clockTolerance', 'prompt', 'maxAge', 'now'],
]
const PROMPTS = ['none', 'login', 'consent', 'select_account']
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/
/** RFC 6749 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/
// biome-ignore-start lint/suspicious/noControlCharactersInRegex: control bytes are what they look for
const UID = /^[^\0-\x1f\x7f!]+$/
const TOKEN = /^[^\0-\x1f\x7f!,]+$/
const LABEL = /^[^\0-\x1f\x7f]+$/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: end

/** Whether nobody on the way can read along: TLS, or a way that does not leave this machine. */
export function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
}

/** Throws `ERR_TKT_OPTIONS`, which names the option and the way out. */
export function readOptions(options: OidcOptions): Settings {
  checkKeys(options, KNOWN, 'oidc')
  for (const name of NEEDED) {
    if (options[name as keyof OidcOptions] === undefined) fail(`needs ${name}`)
  }
  const name = text(options.name, 'name')
  if (!/^[a-z0-9-]+$/.test(name)) fail('name is part of URLs: small letters, digits and `-`')
  const tokens = options.tokens === undefined ? undefined : tokenRule(options.tokens)
  return {
    name,
    label: options.label === undefined ? name : label(options.label),
    issuer: issuerUrl(options.issuer),
    clientId: text(options.clientId, 'clientId'),
    ...client(options),
    scope: scopes(options.scopes ?? ['profile']),
    accounts: options.accounts === undefined ? new Map() : pairs(options.accounts, 'accounts', UID, '`!`'),
    unknownAccounts: checkChoice(options.unknownAccounts ?? 'allow', ['allow', 'refuse'], 'oidc: unknownAccounts'),
    tokens,
    required: options.required === undefined ? undefined : required(options.required, tokens),
    userData: texts(options.userData ?? [], 'userData'),
    userInfo: checkFlag(options.userInfo, true, 'oidc: userInfo'),
    timeout: seconds(options.timeout ?? 10, 1, 'timeout'),
    clockTolerance: seconds(options.clockTolerance ?? 30, 0, 'clockTolerance'),
    ...asking(options),
    now: clock(options.now),
  }
}

function client({ clientSecret, clientAuth }: OidcOptions): Pick<Settings, 'clientSecret' | 'clientAuth'> {
  if (clientAuth !== undefined) {
    checkChoice(clientAuth, ['basic', 'post'], 'oidc: clientAuth')
    if (clientSecret === undefined) fail('clientAuth says how clientSecret is sent: give both, or neither')
  }
  return { clientSecret: clientSecret === undefined ? undefined : text(clientSecret, 'clientSecret'), clientAuth }
}

function asking({ prompt, maxAge }: OidcOptions): Pick<Settings, 'asking' | 'maxAge'> {
  const said: Record<string, string> = {}
  if (prompt !== undefined) said.prompt = checkChoice(prompt, PROMPTS, 'oidc: prompt')
  if (maxAge !== undefined) said.max_age = String(seconds(maxAge, 0, 'maxAge'))
  return { asking: said, maxAge }
}

function clock(now: OidcOptions['now']): () => number {
  if (now !== undefined && typeof now !== 'function') fail('now must be a function')
  return now ?? (() => performance.now() / 1000)
}

function fail(message: string): never {
  throw new TktError('ERR_TKT_OPTIONS', `oidc: ${message}`)
}

function text(value: unknown, where: string): string {
  if (typeof value !== 'string' || value === '') fail(`${where} must be a text, and not empty`)
  return value
}

function texts(value: unknown, where: string): readonly string[] {
  if (!Array.isArray(value)) fail(`${where} must be an array of texts`)
  return value.map((one, index) => text(one, `${where}[${index}]`))
}

function label(value: unknown): string {
  return LABEL.test(text(value, 'label')) ? (value as string) : fail('label must not contain control bytes')
}

function seconds(value: unknown, least: number, where: string): number {
  // Node's timers end at 2^31 ms.
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > 2_000_000) {
    fail(`${where} must be whole seconds, ${least} to 2000000`)
  }
  return value
}

function issuerUrl(value: unknown): URL {
  if (!(value instanceof URL) && typeof value !== 'string') fail('issuer must be a URL')
  if (!URL.canParse(String(value))) fail('issuer must be a URL, such as https://gitlab.example.com')
  const url = new URL(value)
  if (url.search || url.hash || url.username || url.password)
    fail('issuer must be a URL without user, query and fragment')
  if (url.pathname.includes('/.well-known/')) fail('issuer is what comes before `/.well-known/`: leave that out')
  if (!isPrivate(url)) fail('issuer must be https; http is for 127.0.0.1, [::1] and localhost only')
  return url
}

function scopes(value: unknown): string {
  const all = texts(value, 'scopes')
  if (!all.every((scope) => SCOPE.test(scope))) fail('scopes must be an array with one scope an entry, without spaces')
  return [...new Set(['openid', ...all])].join(' ')
}

/** Entries as a map: names that every object has (`constructor`) are nobody's. */
function pairs(value: unknown, where: string, valid: RegExp, without: string): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(`${where} must be an object of texts`)
  const entries: [string, unknown][] = Object.entries(value)
  for (const [, to] of entries) {
    if (typeof to !== 'string' || !valid.test(to)) fail(`${where}: each value must be a text without ${without}`)
  }
  return new Map(entries as [string, string][])
}

function tokenRule(value: NonNullable<OidcOptions['tokens']>): NonNullable<AccountRules['tokens']> {
  checkKeys(value, ['claim', 'allow'], 'oidc: tokens')
  const claim = text(value.claim, 'tokens.claim')
  const where = 'tokens.allow'
  if (!Array.isArray(value.allow))
    return { claim, allow: pairs(value.allow, where, TOKEN, '`!`, `,` and control bytes') }
  const all = texts(value.allow, where)
  const odd = all.findIndex((token) => !TOKEN.test(token))
  if (odd >= 0) fail(`${where}[${odd}] has chars that no token can have: give an object of value and token instead`)
  return { claim, allow: new Map(all.map((token) => [token, token])) }
}

function required(value: unknown, tokens: AccountRules['tokens']): readonly string[] {
  const all = texts(value, 'required')
  if (all.length === 0) fail('required is empty, so that nobody could sign in: leave it out')
  const given = [...(tokens?.allow.values() ?? [])]
  const missing = all.findIndex((token) => !given.includes(token))
  if (missing >= 0) fail(`required[${missing}] is a token that tokens.allow gives to nobody`)
  return all
}
