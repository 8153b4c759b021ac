/** From the engine's memory to a ticket's fields. */

import { DATA, DATA_END, type Engine, START, TOKENS, TOKENS_END, UID_END } from '../engine/engine.js'
import { sharedEngine } from '../engine/shared.js'
import type { ReadText } from '../engine/text.js'
import type { Digest, Ticket } from '../types.js'
import { fromBytes } from './charset.js'
import { splitTokens } from './tokens.js'

/** Hex digits of each digest; eight more, the timestamp, follow before the uid. */
export const HEX_DIGITS: Readonly<Record<Digest, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 }

/** The fields that the last call found, the uid beginning at `uid`. */
export function readFields(engine: Engine, uid: number, issuedAt: number): Ticket {
  return readRecord(engine.text, engine.fields, 0, uid, issuedAt)
}

/** The fields whose record begins at `at` of `fields`. One read for all: each costs as much as a block of MD5. */
export function readRecord(read: ReadText, fields: NumberList, at: number, uid: number, issuedAt: number): Ticket {
  const text = read(uid, fields[at + DATA_END] as number)
  return {
    uid: text.slice(0, (fields[at + UID_END] as number) - uid),
    tokens: splitTokens(text, (fields[at + TOKENS] as number) - uid, (fields[at + TOKENS_END] as number) - uid),
    userData: text.slice((fields[at + DATA] as number) - uid),
    issuedAt,
  }
}

/** Words of records: of one in the engine, of many elsewhere. */
type NumberList = Uint32Array | Int32Array

/** Whether one of the bytes [from, end) is a control byte. Bytes, as a loop over a string's chars takes five times as long. */
export function hasControl(bytes: Uint8Array, from: number, end: number): boolean {
  for (let i = from; i < end; i++) {
    const byte = bytes[i] as number
    if (byte < 0x20 || byte === 0x7f) return true
  }
  return false
}

/** A ticket of bytes as one of UTF-8 text. */
export function decodeFields({ uid, tokens, userData, issuedAt }: Ticket): Ticket {
  return { uid: fromBytes(uid), tokens: tokens.map(fromBytes), userData: fromBytes(userData), issuedAt }
}

/** The match of a verifier with `lazyTicket`: reads the fields from its cookie value when they are first asked for. */
export class LazyMatch {
  readonly ok = true
  readonly keyIndex: number
  // Private to the engine: neither console.log nor JSON.stringify show a cookie value.
  readonly #cookieValue: string
  readonly #digest: Digest
  readonly #issuedAt: number
  readonly #utf8: boolean
  #ticket: Ticket | undefined

  constructor(keyIndex: number, cookieValue: string, digest: Digest, issuedAt: number, utf8: boolean) {
    this.keyIndex = keyIndex
    this.#cookieValue = cookieValue
    this.#digest = digest
    this.#issuedAt = issuedAt
    this.#utf8 = utf8
  }

  get ticket(): Ticket {
    if (this.#ticket) return this.#ticket
    const engine = sharedEngine()
    engine.peek(this.#cookieValue)
    const uid = (engine.fields[START] as number) + HEX_DIGITS[this.#digest] + 8
    const ticket = readFields(engine, uid, this.#issuedAt)
    engine.wipe()
    this.#ticket = this.#utf8 ? decodeFields(ticket) : ticket
    return this.#ticket
  }

  toJSON(): object {
    return { ok: true, ticket: this.ticket, keyIndex: this.keyIndex }
  }
}
