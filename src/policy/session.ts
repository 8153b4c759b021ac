/** The first sign-in, kept through renewals as the last token of a ticket: `since=` and 8 hex digits of unix time. */

const LABEL = /^since=([0-9a-f]{8})$/

export interface Session {
  /** The ticket's tokens without the label. */
  readonly tokens: readonly string[]
  /** Unix time of the first sign-in. */
  readonly since: number
}

/** A ticket without the label is its own first sign-in; none is older than its sign-in, whatever a label says. */
export function readSession(tokens: readonly string[], issuedAt: number): Session {
  const [, hex] = LABEL.exec(tokens.at(-1) ?? '') ?? []
  return hex === undefined
    ? { tokens, since: issuedAt }
    : { tokens: tokens.slice(0, -1), since: Math.min(issuedAt, Number.parseInt(hex, 16)) }
}

/** Tokens for the renewed ticket. */
export function writeSession({ tokens, since }: Session): string[] {
  return [...tokens, `since=${since.toString(16).padStart(8, '0')}`]
}
