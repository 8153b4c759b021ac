/** The directives of mod_auth_pubtkt, and what each of them sets. */

import { publicTrouble } from '../pubtkt/key-trouble.js'
import type { SignatureDigest } from '../types.js'
import { absolute, type Context, filesFor, lookedUp } from './context.js'
import { flag, type Reader, several, single, text, token } from './directives.js'
import { type Draft, set } from './draft.js'
import { configError } from './notes.js'
import { publicKeyIn } from './public-keys.js'
import { attempt, type Directive } from './tree.js'
import { nextWord } from './words.js'

/** The names of the headers, split only when a ticket is looked for: an empty word is none, and no end of them. */
const header: Reader = (_context, draft, at) => {
  const names: string[] = []
  for (let [name, rest] = nextWord(at.text); ; [name, rest] = nextWord(rest)) {
    if (name !== '') names.push(/^cookie$/i.test(name) ? 'Cookie' : name)
    if (rest === '') break
  }
  if (names.length === 0) throw configError(at, at.name, 'names no header, so that no ticket is ever found; name one')
  set(draft, at, 'ticketHeaders', names)
}

/** The last number counts. */
const debug: Reader = (_context, draft, at) => {
  const levels = several(at)
  if (!levels.every((word) => /^\d{1,9}$/.test(word)))
    throw configError(at, at.name, 'must be whole numbers, 0 or more')
  set(draft, at, 'debug', Number(levels.at(-1)))
}

const publicKey: Reader = (context, draft, at) => {
  const name = single(at)
  const path = absolute(context, name)
  const files = filesFor(context, at, at.name)
  const pem = attempt(at, at.name, `'${path}' cannot be read${lookedUp(context, name)}`, () => files.readText(path))
  const found = publicKeyIn(pem)
  if (found === undefined) {
    const damaged = 'this holds no public key in PEM (BEGIN PUBLIC KEY) that OpenSSL can read; write one with openssl'
    throw configError(at, at.name, `'${path}': ${publicTrouble(pem, path) ?? damaged}`)
  }
  const { kind, text } = found
  if (kind !== 'rsa' && kind !== 'dsa') {
    const why = `'${path}' holds a key of another kind than RSA and DSA, which mod_auth_pubtkt refuses`
    throw configError(at, at.name, `${why}; authtkt's own configuration may have Ed25519 and ECDSA P-256`)
  }
  const { signed } = draft
  signed.key = { file: at.file, line: at.line, path, text }
  if (context.exact) resetDigest(context, draft, at)
  keepKey(draft)
}

/** The module sets SHA-1 with each key, whatever TKTAuthDigest said before. */
function resetDigest(context: Context, { signed }: Draft, at: Directive): void {
  const { digest } = signed
  if (digest !== undefined && digest.digest !== 'sha1') {
    const why = `has no effect: the ${at.name} of line ${at.line} sets SHA1 again, as in the module; move it below that`
    context.notes.warn(digest, `TKTAuthDigest: ${why}`)
  }
  signed.digest = { file: at.file, line: at.line, digest: 'sha1' }
}

/** The place's own key, as far as it goes; what is around it may say more. */
function keepKey({ settings, signed: { key, digest } }: Draft): void {
  if (key) settings.publicKeys = [{ publicKey: key.text, digest: digest?.digest ?? 'sha1' }]
}

const DIGESTS = new Map<string, SignatureDigest>([
  ['SHA1', 'sha1'],
  ['DSS1', 'sha1'],
  ['SHA224', 'sha224'],
  ['SHA256', 'sha256'],
  ['SHA384', 'sha384'],
  ['SHA512', 'sha512'],
])

const digest: Reader = (_context, draft, at) => {
  const found = DIGESTS.get(single(at).toUpperCase())
  if (found === undefined)
    throw configError(at, at.name, `must be ${[...DIGESTS.keys()].join(', ').replace(/, (?=\w+$)/, ' or ')}`)
  draft.signed.digest = { file: at.file, line: at.line, digest: found }
  keepKey(draft)
}

const passthruKey: Reader = (context, draft, at) => {
  const bytes = Uint8Array.from(single(at), (char) => char.charCodeAt(0))
  if (bytes.length !== 16) throw configError(at, at.name, 'must have exactly 16 characters')
  context.keySources.set(bytes, { file: at.file, line: at.line })
  draft.settings.passthruKey = bytes
}

/** By lower-case name without `tktauth`. Nothing switches BackArgName off here: None is a name as any other. */
export const SIGNED_READERS: Readonly<Record<string, Reader>> = {
  loginurl: text('loginUrl'),
  timeouturl: text('timeoutUrl'),
  posttimeouturl: text('postTimeoutUrl'),
  unauthurl: text('unauthUrl'),
  header,
  cookiename: text('cookieName'),
  backargname: text('backArgName'),
  refreshurl: text('refreshUrl'),
  badipurl: text('badIpUrl'),
  requiressl: flag('requireSsl'),
  fakebasicauth: flag('fakeBasicAuth'),
  passthrubasicauth: flag('passthruBasicAuth'),
  token,
  publickey: publicKey,
  digest,
  passthrubasickey: passthruKey,
  debug,
  requiremultifactor: flag('requireMultifactor'),
  multifactorurl: text('multifactorUrl'),
}
