/**
 * A real OpenID provider (the `oidc-provider` package) on a free loopback port, with keys made up at each start. Like
 * GitLab it puts `groups_direct` into the ID token and `groups` into the userinfo endpoint's answer.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import Provider from 'oidc-provider'
import { loginPage, logoutPage, sentencePage } from './oidc-pages.mjs'
import { createStorage } from './oidc-storage.mjs'

/** @import { IncomingMessage, Server, ServerResponse } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */
/** @import { KeyObject } from 'node:crypto' */
/** @import { Configuration, InteractionResults, JWK, KoaContextWithOIDC } from 'oidc-provider' */

/**
 * @typedef {object} Seen
 * @property {string} method
 * @property {string} path
 * @property {URLSearchParams} query
 * @property {Readonly<Record<string, string | string[] | undefined>>} headers
 * @property {() => URLSearchParams} form what was posted
 */

/**
 * @typedef {object} Meddling what the provider does that no provider should
 * @property {RegExp} [hang] requests to these paths are never answered
 * @property {RegExp} [stall] of answers from these paths half is sent, and then nothing
 * @property {(path: string, text: string, response: ServerResponse) => string} [alter] what it answers instead
 */

/**
 * @typedef {object} Running
 * @property {string} issuer
 * @property {Seen[]} seen requests, oldest first
 * @property {Meddling} meddle set these as you like
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} start again, on the same port: it remembers everything but has other keys
 * @property {(idToken: string, changes: Record<string, unknown>, key?: KeyObject) => string} resign an ID token that
 *   says something else, with the provider's signature or another key's
 */

/**
 * @typedef {object} Options
 * @property {readonly string[]} redirectUris
 * @property {readonly string[]} [postLogoutRedirectUris]
 */

/** The only password. */
export const PASSWORD = 'correct horse'
/** Three clients: two that keep a secret and send it in their own ways, and one that has none. */
export const CLIENTS = {
  post: { id: 'portal', secret: 'gloas-5f2b7c-a-secret-of-the-portal' },
  basic: { id: 'port:al basic', secret: 'odd % + - & "secret"' },
  public: { id: 'public-portal' },
}

/** By the name that is typed. Two of them say to have the same e-mail. */
export const ACCOUNTS = {
  alice: {
    sub: '1001',
    name: 'Alice Ä. Example',
    email: 'shared@example.com',
    email_verified: true,
    groups: ['staff', 'my-group/admins', 'a,b', 'constructor'],
    groups_direct: ['staff'],
    realm_access: { roles: ['reader', 'writer'] },
    'https://example.com/groups': ['spaced out'],
  },
  bob: { sub: '1002', name: 'Bob', email: 'shared@example.com', email_verified: true, groups: ['visitors'] },
  odd: { sub: 'a b!c%d/é;"', name: 'Odd & Co = more', groups: 'staff' },
}

const SCOPED = ['name', 'groups', 'groups_direct', 'realm_access', 'https://example.com/groups', 'email_verified']
const ID_TOKEN = ['sub', 'groups_direct']

/** @param {Options} options @returns {Promise<Running>} */
export async function startOidcProvider(options) {
  const storage = createStorage()
  const cookieKey = randomBytes(24).toString('hex')
  /** @type {Seen[]} */
  const seen = []
  /** @type {Meddling} */
  const meddle = {}
  /** @type {{ server: Server, key: KeyObject, kid: string } | undefined} */
  let running
  let port = 0

  async function start() {
    const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const kid = randomBytes(6).toString('hex')
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = /** @type {AddressInfo} */ (server.address()).port
    const jwk = /** @type {JWK} */ ({ ...key.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' })
    const provider = new Provider(`http://127.0.0.1:${port}`, {
      ...configuration(options, jwk, cookieKey),
      adapter: storage,
    })
    server.on('request', listener(provider, seen, meddle))
    running = { server, key, kid }
  }

  async function stop() {
    const server = running?.server
    running = undefined
    if (!server) return
    server.close().closeAllConnections()
    await once(server, 'close')
  }

  await start()
  return {
    issuer: `http://127.0.0.1:${port}`,
    seen,
    meddle,
    start,
    stop,
    resign(idToken, changes, key = running?.key) {
      const [head, body] = /** @type {[string, string]} */ (/** @type {unknown} */ (idToken.split('.')))
      const said = { ...JSON.parse(`${Buffer.from(body, 'base64url')}`), ...changes }
      const input = `${head}.${Buffer.from(JSON.stringify(said)).toString('base64url')}`
      if (!key) throw new Error('the provider is not running')
      return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`
    },
  }
}

/** @param {Options} options @param {JWK} jwk @param {string} cookieKey @returns {Configuration} */
function configuration({ redirectUris, postLogoutRedirectUris = [] }, jwk, cookieKey) {
  const uris = { redirect_uris: [...redirectUris], post_logout_redirect_uris: [...postLogoutRedirectUris] }
  const { post, basic } = CLIENTS
  return {
    clients: [
      { ...uris, client_id: post.id, client_secret: post.secret, token_endpoint_auth_method: 'client_secret_post' },
      { ...uris, client_id: basic.id, client_secret: basic.secret, token_endpoint_auth_method: 'client_secret_basic' },
      { ...uris, client_id: CLIENTS.public.id, token_endpoint_auth_method: 'none' },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: [cookieKey] },
    pkce: { required: () => true, methods: ['S256'] },
    claims: { openid: ['sub'], profile: SCOPED, email: ['email'] },
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => show(ctx, logoutPage(form)),
        postLogoutSuccessSource: (ctx) => show(ctx, sentencePage('You have signed out.')),
      },
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, Session: 3600 },
    renderError: (ctx, { error }) => show(ctx, sentencePage(error)),
    findAccount: (_, sub) => {
      const found = Object.values(ACCOUNTS).find((account) => account.sub === sub)
      if (!found) return undefined
      const direct = Object.fromEntries(Object.entries(found).filter(([name]) => ID_TOKEN.includes(name)))
      return { accountId: sub, claims: async (use) => ({ ...(use === 'id_token' ? direct : found), sub }) }
    },
    // Nobody is asked whether they agree: the portal is trusted.
    loadExistingGrant: async ({ oidc: { client, session, params, provider } }) => {
      const grant = new provider.Grant({ clientId: `${client?.clientId}`, accountId: `${session?.accountId}` })
      grant.addOIDCScope(String(params?.scope))
      await grant.save()
      return grant
    },
  }
}

/** @param {KoaContextWithOIDC} ctx @param {string} html */
function show(ctx, html) {
  ctx.body = html
}

/** @param {Provider} provider @param {Seen[]} seen @param {Meddling} meddle */
function listener(provider, seen, meddle) {
  const callback = provider.callback()
  return async (/** @type {IncomingMessage} */ request, /** @type {ServerResponse} */ response) => {
    const { pathname: path, searchParams: query } = new URL(`${request.url}`, 'http://provider')
    let body = ''
    const emit = request.emit.bind(request)
    // Looks on while others read: whoever adds a listener of their own makes the body flow too early.
    request.emit = (/** @type {string} */ event, /** @type {unknown[]} */ ...args) => {
      if (event === 'data') body += args[0]
      return emit(event, ...args)
    }
    const form = () => new URLSearchParams(body)
    seen.push({ method: `${request.method}`, path, query, headers: request.headers, form })
    if (meddle.hang?.test(path)) return
    meddleWith(response, path, meddle)
    if (!path.startsWith('/interaction/')) return callback(request, response)
    await interact(provider, request, response).catch(() => response.writeHead(400).end(sentencePage('Begin again.')))
  }
}

/** @param {ServerResponse} response @param {string} path @param {Meddling} meddle */
function meddleWith(response, path, { stall, alter }) {
  if (!alter && !stall?.test(path)) return
  const end = response.end.bind(response)
  response.end = (/** @type {unknown[]} */ ...args) => {
    const said = Buffer.isBuffer(args[0]) || typeof args[0] === 'string' ? String(args[0]) : ''
    const other = alter?.(path, said, response) ?? said
    if (!response.headersSent) response.setHeader('Content-Length', Buffer.byteLength(other))
    if (!stall?.test(path)) return end(other)
    response.write(other.slice(0, other.length / 2))
    return response
  }
}

/** @param {Provider} provider @param {IncomingMessage} request @param {ServerResponse} response */
async function interact(provider, request, response) {
  const { uid } = await provider.interactionDetails(request, response)
  const ask = (/** @type {boolean} */ failed) => {
    response.writeHead(failed ? 403 : 200, { 'Content-Type': 'text/html; charset=utf-8' })
    response.end(loginPage(`/interaction/${uid}`, failed))
  }
  if (request.method !== 'POST') return ask(false)
  const form = new URLSearchParams(await text(request))
  const account = Object.entries(ACCOUNTS).find(([name]) => name === form.get('account'))?.[1]
  const cancelled = form.get('do') === 'cancel'
  if (!cancelled && (!account || form.get('password') !== PASSWORD)) return ask(true)
  /** @type {InteractionResults} */
  const result = cancelled ? { error: 'access_denied' } : { login: { accountId: `${account?.sub}` } }
  await provider.interactionFinished(request, response, result)
}
