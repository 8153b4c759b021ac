/** Every word that people read on the pages of the login, in one place, so that it can be said in another language. */

import { TktError } from '../errors.js'
import { nearest } from '../policy/nearest.js'

export interface Messages {
  /** For `<html lang>`. */
  readonly lang: string
  readonly signIn: string
  readonly user: string
  readonly password: string
  /** `{label}`: what a provider calls itself. */
  readonly signInWith: string
  readonly or: string
  readonly signedInAs: string
  readonly tokens: string
  readonly none: string
  readonly since: string
  readonly until: string
  readonly forEver: string
  readonly goOn: string
  readonly signOut: string
  readonly signedOut: string
  readonly signedOutText: string
  readonly signInAgain: string
  /** `{label}`: a provider. */
  readonly stillAtProvider: string
  readonly signOutAtProvider: string
  readonly askSignOut: string
  /** Where the way back is told: `{host}`. */
  readonly goingTo: string
  readonly wrong: string
  readonly empty: string
  readonly tooLong: string
  /** `{seconds}`. */
  readonly wait: string
  readonly unavailable: string
  readonly providerDown: string
  readonly stale: string
  readonly cancelled: string
  readonly refused: string
  readonly noTicket: string
  readonly noAddress: string
  readonly formExpired: string
  readonly timeout: string
  readonly postTimeout: string
  readonly unauthTitle: string
  readonly unauth: string
  /** `{uid}`. */
  readonly unauthAs: string
  readonly multifactor: string
  /** `{ip}`: the client's address. */
  readonly badIp: string
  /** `{ip}`, and `{other}`: how the page that was asked for sees the client. */
  readonly badIpOther: string
  readonly otherAccount: string
  readonly useOther: string
  readonly foreignBack: string
  readonly foreignForm: string
  readonly noCookiesTitle: string
  readonly noFormCookie: string
  readonly noTicketCookie: string
  readonly oldTicketTitle: string
  readonly oldTicket: string
  readonly insecure: string
  readonly notFoundTitle: string
  readonly notFound: string
  readonly methodTitle: string
  readonly method: string
  readonly troubleTitle: string
}

export const ENGLISH: Messages = {
  lang: 'en',
  signIn: 'Sign in',
  user: 'User',
  password: 'Password',
  signInWith: 'Sign in with {label}',
  or: 'or',
  signedInAs: 'You are signed in as',
  tokens: 'Tokens',
  none: 'none',
  since: 'Signed in',
  until: 'Good until',
  forEver: 'you sign out',
  goOn: 'Go on',
  signOut: 'Sign out',
  signedOut: 'Signed out',
  signedOutText: 'You are signed out here.',
  signInAgain: 'Sign in again',
  stillAtProvider: 'You may still be signed in at {label}.',
  signOutAtProvider: 'Sign out there, too',
  askSignOut: 'Do you want to sign out?',
  goingTo: 'to go on to {host}',
  wrong: 'This user and password do not go together.',
  empty: 'Give a user and a password.',
  tooLong: 'That is too long for a user or a password.',
  wait: 'Too many tries. Wait {seconds} s, then try again.',
  unavailable: 'Nobody can check passwords at the moment. Try again in a few minutes.',
  providerDown: '{label} cannot be reached at the moment. Try again in a few minutes.',
  stale: 'This sign-in has been used already, is too old, or was begun in another browser. Begin again.',
  cancelled: 'The sign-in was cancelled.',
  refused: 'Your account may not sign in here.',
  noTicket:
    'Your account cannot sign in here: what is known of it fits into no ticket. Ask the administrator of this site.',
  noAddress:
    'You cannot sign in from this network: its addresses are none that tickets of this site can be bound to. Ask the administrator of this site.',
  formExpired: 'This form had been open for too long. Please send it once more.',
  timeout: 'Your sign-in has run out. Sign in to go on.',
  postTimeout: 'Your sign-in had run out, and what you sent was not taken. Sign in, then send it again.',
  unauthTitle: 'No access',
  unauth: 'Your account does not open that page.',
  unauthAs: 'You are signed in as {uid}, and that does not open the page you asked for.',
  multifactor:
    'The page you asked for wants more than a password (a second factor), and no way to sign in here has that. Ask the administrator of this site.',
  badIp: 'Your sign-in belongs to another network address than {ip}, which is yours now. Sign in to go on.',
  badIpOther:
    'Your sign-in belongs to another network address than yours. The page you asked for sees you at {other}, and this one at {ip}: if signing in does not help, tell the administrator of this site.',
  otherAccount: 'You can sign in as somebody else:',
  useOther: 'Sign in as somebody else',
  foreignBack: 'The link that brought you here wanted to go on to a place outside of this site. That was left out.',
  foreignForm: 'This form came from another site, so nothing was done.',
  noCookiesTitle: 'Cookies are blocked',
  noFormCookie:
    'Your browser did not send back the cookie that came with the form. Signing in needs cookies: allow them for this site, then try again.',
  noTicketCookie:
    'You have proved who you are, but your browser did not keep the cookie that signs you in. Allow cookies for this site, then try again.',
  oldTicketTitle: 'Signed in, but not anew',
  oldTicket: 'Your sign-in was renewed, but your browser goes on sending the old one. Sign out, then sign in again.',
  insecure: 'This page takes passwords over HTTPS only. Use the address that begins with https://.',
  notFoundTitle: 'Not found',
  notFound: 'There is no such page.',
  methodTitle: 'Not so',
  method: 'This page cannot be asked that way.',
  troubleTitle: 'Something is wrong',
}

/** The English ones with others in their places. */
export function messagesOf(given: Partial<Messages> = {}): Messages {
  const known = Object.keys(ENGLISH)
  const strange = Object.keys(given).find((name) => !known.includes(name))
  if (strange !== undefined) {
    const near = nearest(strange, known)
    const message = `login: messages: there is no message '${strange}'${near ? `; did you mean '${near}'?` : ''}`
    throw new TktError('ERR_TKT_OPTIONS', message)
  }
  return { ...ENGLISH, ...given }
}
