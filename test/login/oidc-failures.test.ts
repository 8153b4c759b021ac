/** Everything that can go wrong at a provider is a value with a reason, and its cause tells nobody's secrets. */

import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import type { Running } from '../../native-fixtures/oidc-provider.mjs'
import { CALLBACK, comeBack, ours, provider, secretsOf, unavailable } from './oidc-browser.js'

const stale = { ok: false, reason: 'stale' }

/** A copy of the URL with other parameters; undefined takes one away. */
function changed(url: URL, changes: Readonly<Record<string, string | undefined>>): URL {
  const copy = new URL(url)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) copy.searchParams.delete(name)
    else copy.searchParams.set(name, value)
  }
  return copy
}

t.test('answers that are not to this flow', async (t) => {
  const there = await provider(t)
  const us = ours(there)
  const { url, flow } = await comeBack(t, us, 'alice')
  const other = await comeBack(t, us, 'alice')
  const twice = (name: string) => new URL(`${url}&${name}=${url.searchParams.get(name)}`)
  there.seen.length = 0
  for (const [name, answer, with_] of [
    ['another state', changed(url, { state: 'x' }), flow],
    ['the flow of another sign-in', url, other.flow],
    ['no state', changed(url, { state: undefined }), flow],
    ['two states', twice('state'), flow],
    ['no code', changed(url, { code: undefined }), flow],
    ['an empty code', changed(url, { code: '' }), flow],
    ['two codes', twice('code'), flow],
    ['a code and an error', changed(url, { error: 'access_denied' }), flow],
    ['an error with another state', changed(url, { code: undefined, error: 'access_denied', state: 'x' }), flow],
    ['no answer', new URL(CALLBACK), flow],
  ] as const) {
    t.strictSame(await us.finish(answer, with_), stale, name)
  }
  t.strictSame(there.seen, [], 'the provider is not asked')
  t.strictSame(await us.finish(changed(url, { code: 'made-up' }), flow), stale, 'a code that is none')
  t.match(await us.finish(url, flow), { ok: true }, 'and the real one is still good')
  t.strictSame(await us.finish(url, flow), stale, 'once')
  t.strictSame(await us.finish(other.url, { ...other.flow, verifier: flow.verifier }), stale, 'another verifier')
})

t.test('the person, or the provider, says no', async (t) => {
  const there = await provider(t)
  const us = ours(there)
  const { url, flow } = await comeBack(t, us, '', /^Cancel/)
  t.equal(url.searchParams.get('error'), 'access_denied')
  t.strictSame(await us.finish(url, flow), { ok: false, reason: 'cancelled' })
  for (const [error, expect] of [
    ['login_required', { reason: 'cancelled' }],
    ['interaction_required', { reason: 'cancelled' }],
    ['server_error', 'sign-in: AuthorizationResponseError OAUTH_AUTHORIZATION_RESPONSE_ERROR server_error'],
    ['hunter2', 'sign-in: AuthorizationResponseError OAUTH_AUTHORIZATION_RESPONSE_ERROR'],
  ] as const) {
    const finished = await us.finish(changed(url, { error, error_description: 'hunter2' }), flow)
    if (typeof expect === 'string') unavailable(t, finished, expect, { url, flow })
    else t.match(finished, expect)
  }
})

const MISMATCH = 'sign-in: ClientError OAUTH_JWT_CLAIM_COMPARISON_FAILED OperationProcessingError'
const strange = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

/** What the token endpoint's answer is turned into. */
const tampered: readonly [name: string, alter: (token: string, there: Running) => unknown, cause: string][] = [
  [
    'a signature of another key',
    (token, { resign }) => resign(token, { sub: '1' }, strange),
    'sign-in: ClientError OAUTH_INVALID_RESPONSE OperationProcessingError',
  ],
  ['another nonce', (token, { resign }) => resign(token, { nonce: 'x' }), `${MISMATCH} nonce`],
  ['another issuer', (token, { resign }) => resign(token, { iss: 'https://elsewhere.example.com' }), `${MISMATCH} iss`],
  ['another audience', (token, { resign }) => resign(token, { aud: 'somebody-else' }), `${MISMATCH} aud`],
  [
    'one that has run out',
    (token, { resign }) => resign(token, { exp: 1 }),
    'sign-in: ClientError OAUTH_JWT_TIMESTAMP_CHECK_FAILED OperationProcessingError exp',
  ],
  ['a sub that is too long', (token, { resign }) => resign(token, { sub: 'x'.repeat(256) }), 'sign-in: sub'],
  [
    'another person than at userinfo',
    (token, { resign }) => resign(token, { sub: '1' }),
    'userinfo: ClientError OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED OperationProcessingError sub',
  ],
  ['none', () => undefined, 'sign-in: ClientError OAUTH_INVALID_RESPONSE OperationProcessingError'],
  [
    'no signature',
    (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`,
    'sign-in: ClientError OAUTH_INVALID_RESPONSE OperationProcessingError',
  ],
]

t.test('ID tokens that cannot be believed', async (t) => {
  const there = await provider(t)
  for (const [name, alter, cause] of tampered) {
    await t.test(name, async (t) => {
      there.meddle.alter = (path, text) => {
        if (path !== '/token') return text
        const answer = JSON.parse(text)
        return JSON.stringify({ ...answer, id_token: alter(answer.id_token, there) })
      }
      const us = ours(there)
      const came = await comeBack(t, us, 'alice')
      unavailable(t, await us.finish(came.url, came.flow), cause, came)
    })
  }
  await t.test('a nonce that belongs to another sign-in', async (t) => {
    delete there.meddle.alter
    const us = ours(there)
    const came = await comeBack(t, us, 'alice')
    const other = await comeBack(t, us, 'alice')
    unavailable(t, await us.finish(came.url, { ...came.flow, nonce: other.flow.nonce }), `${MISMATCH} nonce`, came)
  })
})

t.test('another provider answers', async (t) => {
  const [there, foreign] = await Promise.all([provider(t), provider(t)])
  const us = ours(there)
  const came = await comeBack(t, us, 'alice')
  const mixed = changed(came.url, { iss: foreign.issuer })
  unavailable(
    t,
    await us.finish(mixed, came.flow),
    'sign-in: ClientError OAUTH_INVALID_RESPONSE OperationProcessingError',
    came,
  )
  const theirs = await comeBack(t, ours(foreign), 'alice')
  const code = changed(theirs.url, { iss: there.issuer, state: came.flow.state })
  t.strictSame(await us.finish(code, came.flow), stale, 'a code of theirs')

  there.meddle.alter = (path, text) =>
    path.includes('well-known') ? text.replaceAll(there.issuer, foreign.issuer) : text
  const begun = await ours(there).begin(CALLBACK)
  t.strictSame(begun, { ok: false, cause: 'discovery: ClientError OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED issuer' })
})

const garbage: readonly [name: string, path: RegExp, alter: Running['meddle']['alter'], cause: RegExp][] = [
  ['no JSON', /token/, () => '<p>1001', /^sign-in: ClientError OAUTH_PARSE_ERROR( \w+)+$/],
  [
    'an error that is none',
    /token/,
    (_, text, response) => {
      response.statusCode = 500
      return text
    },
    /^sign-in: ClientError OAUTH_RESPONSE_IS_NOT_CONFORM 500$/,
  ],
  [
    'another client',
    /token/,
    (_, __, response) => {
      response.statusCode = 401
      return '{"error":"invalid_client"}'
    },
    /^sign-in: ResponseBodyError OAUTH_RESPONSE_BODY_ERROR 401 invalid_client$/,
  ],
  [
    'userinfo that fails',
    /me/,
    (_, __, response) => {
      response.statusCode = 400
      return '{"error":"invalid_grant"}'
    },
    /^userinfo: ClientError OAUTH_RESPONSE_IS_NOT_CONFORM 400$/,
  ],
  [
    'no keys',
    /jwks/,
    () => '{"keys":[]}',
    /^sign-in: ClientError OAUTH_KEY_SELECTION_FAILED OperationProcessingError$/,
  ],
]

t.test('answers that are none', async (t) => {
  const there = await provider(t)
  for (const [name, where, alter, cause] of garbage) {
    const us = ours(there)
    delete there.meddle.alter
    const came = await comeBack(t, us, 'alice')
    there.meddle.alter = (path, text, response) => (where.test(path) ? (alter?.(path, text, response) ?? text) : text)
    const finished = await us.finish(came.url, came.flow)
    t.match(finished, { reason: 'unavailable', cause }, name)
    for (const secret of secretsOf(came)) t.notOk(JSON.stringify(finished).includes(secret))
  }
})

t.test('a description that leads out of this machine without TLS', async (t) => {
  const there = await provider(t)
  const us = ours(there)
  there.meddle.alter = (path, text) =>
    path.includes('well-known')
      ? JSON.stringify({ ...JSON.parse(text), token_endpoint: 'http://provider.example.com/token' })
      : text
  const came = await comeBack(t, us, 'alice')
  unavailable(t, await us.finish(came.url, came.flow), 'sign-in: TypeError ERR_NOT_PRIVATE', came)
  there.meddle.alter = (path, text) =>
    path.includes('well-known') ? JSON.stringify({ ...JSON.parse(text), authorization_endpoint: undefined }) : text
  t.match(await ours(there).begin(CALLBACK), {
    ok: false,
    cause: /^begin: [A-Za-z]+ OAUTH_MISSING_SERVER_METADATA$|^begin: TypeError/,
  })
})
