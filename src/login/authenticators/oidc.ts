/** Signing in with OpenID Connect: authorization code, PKCE, state and nonce; openid-client does the protocol. */

import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  type CustomFetch,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ServerMetadata,
} from 'openid-client'
import type { Begun, Finished, Flow, Provider } from './authenticator.js'
import { accountOf, type Claims, isOurs, isSub } from './claims.js'
import { createDiscovery } from './discovery.js'
import { causeOf, isCancelled, isUsedCode } from './oidc-cause.js'
import { isPrivate, type OidcOptions, readOptions, type Settings } from './oidc-options.js'

export type { OidcOptions } from './oidc-options.js'

/** Secrets, codes and tokens go nowhere where others could read them, whatever the provider's description says. */
const privateFetch: CustomFetch = (url, options) => {
  if (!isPrivate(new URL(url))) throw Object.assign(new TypeError('not over TLS'), { code: 'ERR_NOT_PRIVATE' })
  return fetch(url, options as RequestInit)
}

/**
 * A provider of OpenID Connect. It is asked for its description when somebody wants to sign in; nothing that belongs to
 * a person stays in this process, so any worker can finish what another has begun.
 *
 * @example
 * const gitlab = oidc({ name: 'gitlab', issuer: 'https://gitlab.example.com', clientId, clientSecret })
 *
 * @throws TktError `ERR_TKT_OPTIONS` on options that make no sense
 */
export function oidc(options: OidcOptions): Provider {
  const settings = readOptions(options)
  const described = createDiscovery(() => describe(settings), settings.now)

  async function finish(url: URL, flow: Flow): Promise<Finished> {
    const answer = answerIn(url, flow)
    if (answer === 'stale') return { ok: false, reason: 'stale' }
    const found = await described.find()
    if (!found.ok) return { ok: false, reason: 'unavailable', cause: found.cause }
    const finished = await redeem(url, flow, found.server, settings)
    if (!finished.ok && finished.reason === 'unavailable') described.doubt()
    return finished
  }

  return {
    name: settings.name,
    label: settings.label,
    async begin(callback) {
      const found = await described.find()
      return found.ok ? begin(callback, found.server, settings) : found
    },
    finish,
    gives: (uid) => isOurs(uid, settings),
    async signOutUrl(next) {
      const found = await described.find()
      if (!found.ok || found.server.end_session_endpoint === undefined) return undefined
      try {
        return buildEndSessionUrl(configure(found.server, settings), { post_logout_redirect_uri: next }).href
      } catch {
        // An endpoint that cannot be used is none.
        return undefined
      }
    },
  }
}

/** The browser's answer belongs to this flow, once and wholly, or it is nobody's. */
function answerIn({ searchParams }: URL, { state }: Flow): 'stale' | 'ours' {
  const states = searchParams.getAll('state')
  if (states.length !== 1 || states[0] !== state) return 'stale'
  const answers = [...searchParams.getAll('code'), ...searchParams.getAll('error')]
  return answers.length === 1 && answers[0] !== '' ? 'ours' : 'stale'
}

async function begin(callback: string, server: ServerMetadata, settings: Settings): Promise<Begun> {
  try {
    const flow = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
    const url = buildAuthorizationUrl(configure(server, settings), {
      redirect_uri: callback,
      scope: settings.scope,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: 'S256',
      ...settings.asking,
    })
    return { ok: true, url: url.href, flow }
  } catch (error) {
    return { ok: false, cause: `begin: ${causeOf(error)}` }
  }
}

async function redeem(url: URL, flow: Flow, server: ServerMetadata, settings: Settings): Promise<Finished> {
  // One's own for each sign-in: keys are asked for anew, so that a provider may change them at any time.
  const config = configure(server, settings)
  let where = 'sign-in'
  try {
    const granted = await authorizationCodeGrant(config, url, {
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      pkceCodeVerifier: flow.verifier,
      idTokenExpected: true,
      ...(settings.maxAge !== undefined && { maxAge: settings.maxAge }),
    })
    const claims = granted.claims() as Claims
    if (!isSub(claims.sub)) return { ok: false, reason: 'unavailable', cause: 'sign-in: sub' }
    where = 'userinfo'
    const asks = settings.userInfo && server.userinfo_endpoint !== undefined
    const more = asks ? await fetchUserInfo(config, granted.access_token, claims.sub) : {}
    const account = accountOf(claims.sub, { ...claims, ...more }, settings)
    return account ? { ok: true, account } : { ok: false, reason: 'refused' }
  } catch (error) {
    if (isCancelled(error)) return { ok: false, reason: 'cancelled' }
    if (where === 'sign-in' && isUsedCode(error)) return { ok: false, reason: 'stale' }
    return { ok: false, reason: 'unavailable', cause: `${where}: ${causeOf(error)}` }
  }
}

async function describe({ issuer, clientId, timeout }: Settings): Promise<ServerMetadata> {
  const execute = issuer.protocol === 'http:' ? [allowInsecureRequests] : []
  const options = { [customFetch]: privateFetch, timeout, execute }
  const config = await discovery(issuer, clientId, undefined, None(), options)
  return config.serverMetadata()
}

function configure(server: ServerMetadata, settings: Settings): Configuration {
  const metadata = { [clockTolerance]: settings.clockTolerance }
  const config = new Configuration(server, settings.clientId, metadata, clientAuth(server, settings))
  config.timeout = settings.timeout
  config[customFetch] = privateFetch
  // An ID token that came over TLS may be believed without a look at its signature; we look all the same.
  enableNonRepudiationChecks(config)
  if (settings.issuer.protocol === 'http:') allowInsecureRequests(config)
  return config
}

/**
 * `post` where both would do: RFC 6749 wants id and secret form-encoded in the header, and providers that do not decode
 * them (GitLab) refuse a secret with a `-` in it.
 */
function clientAuth(server: ServerMetadata, { clientSecret, clientAuth }: Settings): ClientAuth {
  if (clientSecret === undefined) return None()
  const takesPost = server.token_endpoint_auth_methods_supported?.includes('client_secret_post')
  const post = clientAuth === undefined ? takesPost : clientAuth === 'post'
  return post ? ClientSecretPost(clientSecret) : ClientSecretBasic(clientSecret)
}
