/** Who says who somebody is: by name and password, or by a provider elsewhere. One's own are written to these shapes. */

/** Somebody who has signed in: what the ticket will say. */
export interface Account {
  /** Stable, and the same person's for ever: it is what applications know people by. No `!`, no control bytes. */
  readonly uid: string
  /** Authorisation labels; no `!`, no `,`. */
  readonly tokens: readonly string[]
  /** Opaque to us; no control bytes. */
  readonly userData: string
}

export interface Credentials {
  /** As typed, with no space around it; never empty. */
  readonly uid: string
  /** Never empty. */
  readonly password: string
}

/**
 * `wrong`: there is no such account here, or the password is another one: which of them, nobody is told.
 * `unavailable`: nobody can say now; `cause` is for the log and holds nothing secret.
 */
export type Checked =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly reason: 'wrong' }
  | { readonly ok: false; readonly reason: 'unavailable'; readonly cause: string }

/**
 * `unknown`: there is no such account any more, or not yet. `unavailable`: nobody can say now; `cause` is for the log and
 * holds nothing secret.
 */
export type LookedUp =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly reason: 'unknown' }
  | { readonly ok: false; readonly reason: 'unavailable'; readonly cause: string }

/**
 * Checks names and passwords. Takes as long for an unknown name as for a known one; never throws on what a client can send.
 *
 * @example
 * const inHouse = { name: 'in-house', check: async ({ uid, password }) => (await ask(uid, password))
 *   ? { ok: true, account: { uid, tokens: [], userData: '' } } : { ok: false, reason: 'wrong' } }
 */
export interface PasswordAuthenticator {
  /** What logs and metrics call it. */
  readonly name: string
  check(credentials: Credentials): Promise<Checked>
  /**
   * What the account with this uid is now, for who has signed in before: their ticket is made anew without a password.
   * Of that very uid, or it counts for nothing. Left out where nobody can say without the password.
   */
  lookUp?(uid: string): Promise<LookedUp>
  /** Lets go of files and connections. */
  close?(): Promise<void>
}

/** What a browser keeps, sealed, while somebody is at a provider. Texts only: it travels in a cookie. */
export interface Flow {
  readonly state: string
  readonly nonce: string
  /** PKCE's code verifier (RFC 7636). */
  readonly verifier: string
}

/**
 * `stale`: the state is not the flow's, or the code has been used or is too old: to be begun again.
 * `cancelled`: the person, or the provider, said no. `refused`: the provider knows the person, we do not let them in.
 * `unavailable`: the provider does not answer, or what it answers cannot be believed; `cause` is for the log.
 */
export type Finished =
  | { readonly ok: true; readonly account: Account }
  | { readonly ok: false; readonly reason: 'stale' | 'cancelled' | 'refused' }
  | { readonly ok: false; readonly reason: 'unavailable'; readonly cause: string }

export type Begun =
  | { readonly ok: true; readonly url: string; readonly flow: Flow }
  | { readonly ok: false; readonly cause: string }

/** Signs people in elsewhere: the browser goes there and comes back with an answer in the query. */
export interface Provider {
  /** Part of our URLs (`/login/NAME`), and what logs and metrics call it: small letters, digits and `-`. */
  readonly name: string
  /** On the button: `GitLab`. */
  readonly label: string
  /** Whether an account of this uid may have come from here: nobody else is asked about it. Left out: any may. */
  gives?(uid: string): boolean
  /** Where to send the browser, and what it must bring back. `callback`: our URL that it comes back to. */
  begin(callback: string): Promise<Begun>
  /** `url`: what the browser came back to, the answer in its query. */
  finish(url: URL, flow: Flow): Promise<Finished>
  /** Where the browser can sign out there, too, and be sent on to `next`; undefined where the provider has no such place. */
  signOutUrl?(next: string): Promise<string | undefined>
}
