/** `authtkt/login`: a sign-in page of one's own server, or what it is made of. */

export type { Attempts } from '../state/attempts.js'
export { clusterAttempts, serveAttempts } from '../state/cluster-attempts.js'
export { createMemoryAttempts } from '../state/memory-attempts.js'
export type {
  Account,
  Begun,
  Checked,
  Credentials,
  Finished,
  Flow,
  LookedUp,
  PasswordAuthenticator,
  Provider,
} from './authenticators/authenticator.js'
export { type HtpasswdOptions, htpasswd } from './authenticators/htpasswd.js'
export { type LdapOptions, ldap } from './authenticators/ldap.js'
export { type OidcOptions, oidc } from './authenticators/oidc.js'
export type { LoginEvent } from './desk.js'
export { createLogin, type Login, type LoginOptions, type LoginRequest } from './login.js'
export { ENGLISH, type Messages } from './messages.js'
export { loginHandler } from './node.js'
