/** The ABI of assembly/index.ts as TypeScript sees it. Addresses, limits and codes are immutable globals. */

type Constant = WebAssembly.Global

export interface EngineExports {
  readonly memory: WebAssembly.Memory
  loadKey(index: number, digest: number, recipe: number, length: number): number
  verify(length: number, addressLength: number, addressTextLength: number): number
  peek(length: number): number
  openLong(length: number): number
  longMessage(index: number, addressLength: number, addressTextLength: number): number
  concludeLong(): number
  closeLong(found: number): void
  seal(length: number, timestamp: number, addressLength: number, addressTextLength: number, form: number): number
  digest(digest: number, length: number): number
  wipe(): void
  readonly ADDRESS: Constant
  readonly ADDRESS_TEXT: Constant
  readonly ADDRESS_TEXT_MAX: Constant
  readonly COOKIE: Constant
  readonly COOKIE_MAX: Constant
  readonly FIELDS: Constant
  readonly KEY_SECRET: Constant
  readonly KEY_SIZE: Constant
  readonly KEYS_MAX: Constant
  readonly MESSAGE: Constant
  readonly MESSAGE_MAX: Constant
  readonly RING: Constant
  readonly SEAL_FIELDS: Constant
  readonly SEAL_FIELDS_MAX: Constant
  readonly SECRET_MAX: Constant
  readonly STATE: Constant
  readonly ABI: Constant
  readonly MALFORMED: Constant
  readonly MISMATCH: Constant
  readonly MISUSE: Constant
  readonly TOO_LONG: Constant
  readonly MD5: Constant
  readonly SHA1: Constant
  readonly SHA256: Constant
  readonly SHA512: Constant
  readonly RECIPE_ADDRESS_TEXT: Constant
  readonly RECIPE_ANY_CASE: Constant
  readonly RECIPE_BASE64: Constant
  readonly RECIPE_BYTES: Constant
  readonly RECIPE_DATA_BASE64: Constant
  readonly RECIPE_HEX: Constant
  readonly RECIPE_HMAC: Constant
  readonly RECIPE_IPV6_TEXT: Constant
  readonly RECIPE_NUL_ENDS: Constant
  readonly RECIPE_PERCENT: Constant
  readonly RECIPE_QUOTED: Constant
  readonly RECIPE_RAW: Constant
  readonly RECIPE_SEPARATED: Constant
  readonly RECIPE_SHIFTED: Constant
  readonly RECIPE_UID_QUOTED: Constant
}
