/** `peek --guess`: what a cookie value can be, what it is where secrets are given, and the key for a configuration. */

import type { Dialect, Digest } from '../types.js'
import type { Match } from './guess-keys.js'
import { type Guess, type Shape, shapeOf } from './guess-shape.js'
import type { SourcedSecret } from './keys.js'

/** One of `guesses` in a line of output: others script against these names. */
interface GuessRow {
  readonly dialect: Dialect
  readonly digest: Digest
  readonly verified: boolean
  readonly address?: string
  readonly why: string
}

export interface GuessedLine {
  /** Whether there is an answer: a match where there are secrets, else a guess. */
  readonly good: boolean
  readonly row: object
}

/** `tries` is left out where there are no secrets. `mustVerify`: there are some, or public keys: a guess is no answer. */
export function guessLine(
  line: number,
  cookieValue: string,
  now: number,
  secrets: readonly SourcedSecret[],
  tries?: (cookieValue: string) => Match[],
  mustVerify = tries !== undefined,
): GuessedLine {
  const shape = shapeOf(cookieValue, now)
  const matches = inOrder(tries?.(cookieValue) ?? [], shape.guesses)
  const [best] = matches
  const guesses = [
    ...matches.map((match) => matchRow(match, match === best, secrets, shape.guesses)),
    ...unverified(shape.guesses, matches),
  ]
  const row = {
    line,
    ...fieldsOf(shape, best),
    ...(shape.other === undefined ? {} : { why: shape.other }),
    guesses,
    ...(best ? { configuration: configurationOf(best, secrets) } : {}),
  }
  return { good: mustVerify ? best !== undefined : guesses.length > 0, row }
}

/** As `peek` has them; those that verified where something did. */
function fieldsOf({ reading }: Shape, best: Match | undefined): object {
  if (best) return { verified: true, digest: best.digest, ...best.ticket }
  if (!reading) return { ok: false, reason: 'malformed' }
  const { digest, uid, tokens, userData, issuedAt } = reading
  return { verified: false, digest, uid, tokens: tokens === '' ? [] : tokens.split(','), userData, issuedAt }
}

/** What the shape speaks for first. */
function inOrder(matches: readonly Match[], guesses: readonly Guess[]): Match[] {
  const rank = ({ dialect, digest }: Match) => {
    const at = guesses.findIndex((guess) => guess.dialect === dialect && guess.digest === digest)
    return at < 0 ? guesses.length : at
  }
  return [...matches].sort((a, b) => rank(a) - rank(b))
}

function matchRow(
  match: Match,
  isBest: boolean,
  secrets: readonly SourcedSecret[],
  guesses: readonly Guess[],
): GuessRow {
  const { dialect, digest, ip, secret } = match
  const hint = guesses.find((guess) => guess.dialect === dialect && guess.digest === digest)?.why
  const made = `made with ${secrets[secret]?.name}`
  return {
    dialect,
    digest,
    verified: true,
    address: ip === undefined ? 'not bound' : ip,
    why: isBest ? `${made}${hint ? `; ${hint}` : ''}` : `${made}; this ticket is the same in both dialects`,
  }
}

function unverified(guesses: readonly Guess[], matches: readonly Match[]): GuessRow[] {
  return guesses
    .filter((guess) => !matches.some(({ dialect, digest }) => dialect === guess.dialect && digest === guess.digest))
    .map(({ dialect, digest, why }) => ({ dialect, digest, verified: false, why }))
}

/** What a configuration of ours says for such tickets; the secret by its place. */
function configurationOf({ dialect, digest, secret, ip }: Match, secrets: readonly SourcedSecret[]): object {
  const key = { secret: secrets[secret]?.reference, digest, dialect }
  return ip === undefined ? { keys: [key], ignoreIp: true } : { keys: [key] }
}
