/** authtkt: verify and issue the tickets of mod_auth_tkt, mod_authn_tkt and mod_auth_pubtkt, and guard the places that ask for them. */

export type { TktErrorCode } from './errors.js'
export { TktError } from './errors.js'
export { createAsyncGuard } from './policy/async-guard.js'
export type {
  Allow,
  AreaInfo,
  AsyncGuard,
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
export type { Credentials } from './pubtkt/bauth.js'
export { openBauth, openBauthAsync, plainBauth, sealBauth, sealBauthAsync } from './pubtkt/bauth.js'
export type { PubtktFields } from './pubtkt/fields.js'
export type { AsyncSignatureHost, SignatureHost } from './pubtkt/host.js'
export type {
  AsyncPubtktIssuer,
  PubtktIssueOptions,
  PubtktIssuer,
  PubtktIssuerOptions,
} from './pubtkt/issue.js'
export { createAsyncPubtktIssuer, createPubtktIssuer } from './pubtkt/issue.js'
export { nodeSignatures } from './pubtkt/node-signatures.js'
export type { UnverifiedSignedTicket } from './pubtkt/peek.js'
export { peekSignedTicket } from './pubtkt/peek.js'
export type {
  AsyncPubtktVerifier,
  PubtktContext,
  PubtktVerifier,
  PubtktVerifierOptions,
} from './pubtkt/verify.js'
export { createAsyncPubtktVerifier, createPubtktVerifier } from './pubtkt/verify.js'
export { webCryptoSignatures } from './pubtkt/web-signatures.js'
export { createIssuer } from './ticket/issue.js'
export { peekTicket } from './ticket/peek.js'
export { openUserData, sealUserData } from './ticket/user-data.js'
export { createVerifier } from './ticket/verify.js'
export type {
  BatchContext,
  BatchResult,
  CacheStats,
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
  PublicKey,
  Reason,
  SignatureDigest,
  SignedResult,
  SignedTicket,
  SigningKey,
  Ticket,
  UnverifiedTicket,
  UserDataOptions,
  Verifier,
  VerifierOptions,
  VerifyContext,
  VerifyResult,
  Weakness,
} from './types.js'
