/** What the splitter of assembly/pubtkt does, once more in plain TypeScript: slow, and short enough to be read. */

import type { Splitter } from '../../src/engine/pubtkt.js'
import * as engine from '../../src/engine/pubtkt.js'

export interface Split {
  readonly status: number
  /** Bytes of the decoded text. */
  readonly length: number
  readonly signed?: string
  /** In hex. */
  readonly signature?: string
  /** Undefined: the ticket has none. */
  readonly texts?: Readonly<Record<string, string | undefined>>
  readonly numbers?: Readonly<Record<string, number>>
  /** No control bytes, and no field twice. */
  readonly plain?: boolean
}

const TEXTS = ['uid', 'cip', 'tokens', 'udata', 'bauth']
const NUMBERS = ['validuntil', 'graceperiod', 'multifactor']

export function splitPlainly(value: string): Split {
  if (value.length > 8192) return { status: engine.TOO_LONG, length: 0 }
  if (/[^\0-\xff]/.test(value)) return { status: engine.MALFORMED, length: 0 }
  const text = decodePlainly(value)
  if (text === undefined) return { status: engine.BAD_ESCAPE, length: 0 }
  const { length } = text
  if (length > 1024) return { status: engine.TOO_LONG, length }
  const [whole = ''] = text.split('\0')
  const at = whole.indexOf(';sig=')
  const [base64 = ''] = /^[A-Za-z0-9+/]*/.exec(whole.slice(at + 5)) ?? []
  const signature = Buffer.from(base64, 'base64').toString('hex')
  if (at < 0 || signature === '') return { status: engine.MALFORMED, length }
  const signed = whole.slice(0, at)
  const found = new Map<string, string>()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  let plain = !/[\0-\x1f\x7f]/.test(signed)
  for (const part of signed.split(';')) {
    const equals = part.indexOf('=')
    const key = part.slice(0, Math.max(equals, 0))
    if (![...TEXTS, ...NUMBERS].includes(key)) continue
    if (found.has(key)) plain = false
    found.set(key, part.slice(equals + 1))
  }
  return {
    status: engine.SPLIT,
    length,
    signed,
    signature,
    texts: Object.fromEntries(TEXTS.map((key) => [key, found.get(key)])),
    numbers: Object.fromEntries(NUMBERS.map((key) => [key, atoi(found.get(key) ?? '')])),
    plain,
  }
}

/** Undefined at a bad escape. */
function decodePlainly(value: string): string | undefined {
  const blanks = value.replaceAll('+', ' ')
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(blanks)) return undefined
  return blanks.replace(/%(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** glibc's strtol, cut to 32 bits. */
function atoi(text: string): number {
  const [, sign, digits] = /^[ \t-\r]*([+-]?)([0-9]*)/.exec(text) as RegExpExecArray
  const most = 2n ** 63n
  let number = BigInt(digits || 0)
  if (sign === '-') number = number > most ? -most : -number
  else if (number >= most) number = most - 1n
  return Number(BigInt.asUintN(32, number))
}

/** What the engine says, in the twin's words. */
export function splitWith(splitter: Splitter, value: string): Split {
  const status = splitter.split(value)
  const { fields, textAt } = splitter
  const at = (index: number) => fields[index] as number
  const length = at(engine.LENGTH)
  if (status !== engine.SPLIT) return { status, length }
  const text = splitter.signedText()
  const field = (index: number) =>
    at(index) === 0 ? undefined : text.slice(at(index) - textAt, at(index + 1) - textAt)
  return {
    status,
    length,
    signed: Buffer.from(splitter.signed()).toString('latin1'),
    signature: Buffer.from(splitter.signature()).toString('hex'),
    texts: {
      uid: field(engine.UID),
      cip: field(engine.CLIENT_IP),
      tokens: field(engine.TOKENS),
      udata: field(engine.DATA),
      bauth: field(engine.BAUTH),
    },
    numbers: {
      validuntil: at(engine.VALID_UNTIL),
      graceperiod: at(engine.GRACE_PERIOD),
      multifactor: at(engine.MULTIFACTOR),
    },
    plain: at(engine.PLAIN) === 1,
  }
}
