/**
 * What went wrong, for programs: match `code`, not the message and not `instanceof` (a second copy of this package
 * has a class of its own).
 */
export type TktErrorCode =
  /** An option or argument is missing, misspelt or out of range. */
  | 'ERR_TKT_OPTIONS'
  /** A configuration file is wrong or says something that this package does not understand: `file:line: ...`. */
  | 'ERR_TKT_CONFIG'
  /** A field cannot be carried in a ticket. */
  | 'ERR_TKT_FIELD'
  /** The WebAssembly engine is not the one this host was written for, or fails its self-test. */
  | 'ERR_TKT_ENGINE'
  /** A batch result was asked after the next batch had begun: keep what you need of it before. */
  | 'ERR_TKT_STALE'

/** The only error class of this package. Messages name the option or field, never a secret, ticket or digest. */
export class TktError extends Error {
  readonly code: TktErrorCode

  constructor(code: TktErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TktError'
    this.code = code
  }
}

const NAME = /^[A-Z][A-Za-z]{2,40}$/
const CODE = /^[A-Z][A-Z0-9_]{2,60}$/

/** What a log may have of somebody else's error: its class and its code. The message may hold anything. */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { name, code } = error as { name: unknown; code?: unknown }
  const words = [typeof name === 'string' && NAME.test(name) ? name : 'Error']
  if (typeof code === 'string' && CODE.test(code)) words.push(code)
  return words.join(' ')
}
