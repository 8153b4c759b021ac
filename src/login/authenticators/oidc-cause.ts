/**
 * Why a sign-in at a provider failed, in words that a log may have. Messages of errors can hold codes, tokens and
 * claims, and what a provider sends can hold anything: only classes, codes and words known here are repeated.
 */

import { AuthorizationResponseError, ResponseBodyError } from 'openid-client'

/** The error codes of RFC 6749, RFC 6750 and OpenID Connect Core. */
const ANSWERS = [
  'access_denied',
  'account_selection_required',
  'consent_required',
  'insufficient_scope',
  'interaction_required',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_token',
  'login_required',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
]
/** The person, or the provider on their behalf, said no. */
const CANCELLED = [
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'login_required',
]
/** Which claim or setting is another than it should be: their names, never what they hold. */
const COMPARED = ['aud', 'auth_time', 'azp', 'exp', 'iat', 'iss', 'issuer', 'nbf', 'nonce', 'sub']
const CODE = /^[A-Z][A-Z0-9_]{2,60}$/
const NAME = /^[A-Z][A-Za-z]{2,40}$/
const DEPTH = 5

/** Whether the answer in the browser's query says that there will be no sign-in. */
export function isCancelled(error: unknown): boolean {
  return error instanceof AuthorizationResponseError && CANCELLED.includes(error.error)
}

/** Whether the token endpoint knows no such code: used before, or too old. */
export function isUsedCode(error: unknown): boolean {
  return error instanceof ResponseBodyError && error.error === 'invalid_grant'
}

/** `ClientError OAUTH_JWT_CLAIM_COMPARISON_FAILED aud`, `TypeError ECONNREFUSED`, `ResponseBodyError 401 invalid_client`. */
export function causeOf(error: unknown): string {
  const words: string[] = []
  let at = error
  for (let depth = 0; at instanceof Error && depth < DEPTH; depth++) {
    words.push(...wordsOf(at))
    at = at.cause
  }
  // At the end there is an answer, or what was compared.
  if (at instanceof Response) words.push(String(at.status))
  else if (typeof at === 'object' && at !== null) {
    const { claim, attribute } = at as { claim?: unknown; attribute?: unknown }
    words.push(...COMPARED.filter((name) => name === claim || name === attribute))
  }
  return [...new Set(words)].join(' ') || 'unknown'
}

function wordsOf(error: Error): string[] {
  const { code, status, error: answer } = error as { code?: unknown; status?: unknown; error?: unknown }
  const words = NAME.test(error.name) && error.name !== 'Error' ? [error.name] : []
  if (typeof code === 'string' && CODE.test(code)) words.push(code)
  if (typeof status === 'number') words.push(String(status))
  words.push(...ANSWERS.filter((known) => known === answer))
  return words
}
