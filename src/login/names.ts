/** When two names that were typed count as one account's. */

/**
 * Coarser than any authenticator compares names: directories take `Álice`, `alice` and `ALICE ` for one, and each
 * spelling with a count of its own would be five guesses more. No more than that should not tell two people apart: a good
 * sign-in of one forgets the count of the other.
 */
export function foldName(uid: string): string {
  return uid
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\p{Cf}\p{Cc}\s]/gu, '')
    .toUpperCase()
    .toLowerCase()
}
