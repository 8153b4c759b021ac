/** authtkt: verify and issue the tickets of mod_auth_tkt and mod_authn_tkt, and guard the places that ask for them. */

export type { TktErrorCode } from './errors.js'
export { TktError } from './errors.js'
export type {
  Allow,
  AreaInfo,
  Decision,
  Deny,
  Failure,
  Guard,
  GuardRequest,
  Identity,
  Pass,
  Problem,
  Redirect,
} from './policy/decision.js'
export { createGuard } from './policy/guard.js'
export type { AreaOptions, GuardOptions, HostOptions } from './policy/options.js'
export { createIssuer } from './ticket/issue.js'
export { peekTicket } from './ticket/peek.js'
export { openUserData, sealUserData } from './ticket/user-data.js'
export { createVerifier } from './ticket/verify.js'
export type {
  Charset,
  Dialect,
  Digest,
  Encoding,
  IssueContext,
  IssueFields,
  Issuer,
  IssuerOptions,
  Key,
  OpenedUserData,
  Reason,
  Ticket,
  UnverifiedTicket,
  UserDataOptions,
  Verifier,
  VerifierOptions,
  VerifyContext,
  VerifyResult,
} from './types.js'
