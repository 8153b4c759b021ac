/** What every page of a login works with: the options as they are used, and one request as it is seen. */

import type { Visit } from '../policy/visit.js'
import type { PasswordAuthenticator, Provider } from './authenticators/authenticator.js'
import type { BackRules } from './back.js'
import type { OwnCookies } from './cookies.js'
import type { LookUp } from './look-up.js'
import type { Messages } from './messages.js'
import type { ShowPage } from './page.js'
import type { Secrets, SecretsFor } from './secrets.js'
import type { Throttle } from './throttle.js'

/** For logs and metrics. No passwords, no tickets, and no names that were only typed: people type passwords there. */
export type LoginEvent =
  | { readonly kind: 'signed-in'; readonly by: string; readonly uid: string; readonly ip: string | undefined }
  /** `by`: who knows them, or `ticket` where nobody could be asked. */
  | { readonly kind: 'renewed'; readonly by: string; readonly uid: string; readonly ip: string | undefined }
  /** `unknown`: there is no such account. `ticket`: it is none that can be made anew here. */
  | {
      readonly kind: 'not-renewed'
      readonly by: string
      readonly reason: 'unknown' | 'ticket'
      readonly uid: string
      readonly ip: string | undefined
    }
  /** Nobody could say; the ticket goes on to its own end. */
  | { readonly kind: 'put-off'; readonly by: string; readonly uid: string; readonly ip: string | undefined }
  | { readonly kind: 'refused'; readonly by: string; readonly reason: string; readonly ip: string | undefined }
  | { readonly kind: 'unavailable'; readonly by: string; readonly cause: string }
  /** Signed in, but applications that ask for the password will not get it: the ticket has no room for it. */
  | { readonly kind: 'no-passthru'; readonly by: string; readonly uid: string; readonly ip: string | undefined }
  | { readonly kind: 'signed-out'; readonly ip: string | undefined }

/** A login's parts. */
export interface Desk {
  readonly path: string
  readonly home: string
  /** Base of the URLs that providers send browsers back to; undefined: as the client calls us. */
  readonly url: string | undefined
  readonly back: BackRules
  readonly authenticators: readonly PasswordAuthenticator[]
  readonly providers: readonly Provider[]
  readonly lookUp: LookUp
  /** Signed tickets get the password, too. */
  readonly passthru: boolean
  readonly messages: Messages
  readonly secrets: SecretsFor
  readonly throttle: Throttle
  readonly page: ShowPage
  readonly tell: (event: LoginEvent) => void
}

/** One request. */
export interface Asked {
  readonly visit: Visit
  /** `https://login.example.com` as the client calls us. */
  readonly origin: string
  readonly cookies: OwnCookies
  readonly secrets: Secrets
  /** HEAD: asks what GET would answer, and does nothing. */
  readonly asksOnly: boolean
  /** The request is of a page of ours, or of none: not of another site's. */
  readonly own: boolean
  /** Unix time in whole seconds. */
  readonly now: number
  /** The form's fields; undefined where they are too long or no form. */
  readonly form: () => Promise<URLSearchParams | undefined>
}
