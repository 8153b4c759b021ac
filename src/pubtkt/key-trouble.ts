/** What a text is that is not the key asked for, and the command that makes that key of it. Nothing of it is told. */

import { BIT_STRING, INTEGER, insideOf, OCTET_STRING, SEQUENCE } from './der.js'

/** What stands in the first lines of PEM, such as `RSA PRIVATE KEY`; and how openssl is told that it is no PEM. */
interface Form {
  readonly labels: readonly string[]
  readonly inform: '' | ' -inform DER'
}

/** What is left where nothing speaks against a text: label and body of the key. */
export const PUBLIC_BLOCK = /-----BEGIN (PUBLIC KEY)-----([\s\S]*?)-----END PUBLIC KEY-----/
export const PRIVATE_BLOCK = /-----BEGIN ((?:(?:RSA|DSA|EC) )?PRIVATE KEY)-----([\s\S]*?)-----END \1-----/

const CUT_OFF = 'this is a key in PEM that is cut off: its END line is missing; copy the whole file'
const SSH_LIMITS = 'for RSA and ECDSA; of others authtkt keygen makes new ones'

/**
 * Undefined where `text` is PEM with a public key alone, as far as its labels tell. `file`: its name, for commands; left
 * out: the text was given as such.
 */
export function publicTrouble(text: string, file?: string): string | undefined {
  const { labels, inform } = formOf(text)
  const given = `${inform} -in ${shellWord(file)}`
  if (labels.some((label) => label === 'OPENSSH PRIVATE KEY')) {
    return `this is a private key of ssh; give the public one: ssh-keygen -e -m PKCS8 -f ${shellWord(file)} (${SSH_LIMITS})`
  }
  if (labels.some((label) => label.endsWith('PRIVATE KEY'))) {
    return `this is a private key, which the login alone may have; give the public one: openssl pkey${given} -pubout`
  }
  if (labels.includes('PUBLIC KEY')) {
    if (inform !== '') return `this is a key in DER, not in PEM; fix: openssl pkey -pubin${given} -pubout`
    return PUBLIC_BLOCK.test(text) ? undefined : CUT_OFF
  }
  if (labels.includes('CERTIFICATE')) {
    return `this is a certificate, not a key; fix: openssl x509${given} -pubkey -noout`
  }
  if (labels.includes('RSA PUBLIC KEY')) {
    return `this is an RSA key in the form of PKCS#1; fix: openssl rsa -RSAPublicKey_in${given} -pubout`
  }
  return sshTrouble(text, file) ?? noPem(text, 'public', file)
}

/** The same for a private key. */
export function privateTrouble(text: string, file?: string): string | undefined {
  const { labels, inform } = formOf(text)
  const anew = `(umask 077; openssl pkey${inform} -in ${shellWord(file)} -out NEW), then give NEW`
  if (labels.includes('ENCRYPTED PRIVATE KEY') || /^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return `this key is encrypted; fix: ${anew}`
  }
  if (labels.includes('OPENSSH PRIVATE KEY')) {
    return `this is a key of ssh; fix, in a copy: ssh-keygen -p -N "" -m PKCS8 -f COPY (${SSH_LIMITS})`
  }
  if (labels.some((label) => /^(?:(?:RSA|DSA|EC) )?PRIVATE KEY$/.test(label))) {
    if (inform !== '') return `this is a key in DER, not in PEM; fix: ${anew}`
    return PRIVATE_BLOCK.test(text) ? undefined : CUT_OFF
  }
  if (labels.some((label) => label.endsWith('PUBLIC KEY') || label === 'CERTIFICATE') || isSshPublic(text)) {
    return 'this is a public key, which signs nothing; give the private one that belongs to it'
  }
  return noPem(text, 'private', file)
}

/** Whether the text may be what a file holds, though of the wrong kind, and is not the file's name. */
export function isKeyLike(text: string): boolean {
  return formOf(text).labels.length > 0 || isSshPublic(text)
}

function formOf(text: string): Form {
  const labels = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)].map(([, label]) => label as string)
  const label = labels.length === 0 ? labelOfDer(text) : undefined
  return label === undefined ? { labels, inform: '' } : { labels: [label], inform: ' -inform DER' }
}

/** The tags that each form begins with: SubjectPublicKeyInfo, RSAPublicKey, Certificate, PKCS#8, and older ones. */
const DER_FORMS: readonly (readonly [tags: readonly number[], label: string])[] = [
  [[SEQUENCE, BIT_STRING], 'PUBLIC KEY'],
  [[SEQUENCE, SEQUENCE, BIT_STRING], 'CERTIFICATE'],
  [[SEQUENCE, OCTET_STRING], 'ENCRYPTED PRIVATE KEY'],
  [[INTEGER, SEQUENCE, OCTET_STRING], 'PRIVATE KEY'],
  [[INTEGER, OCTET_STRING], 'PRIVATE KEY'],
  [[INTEGER, INTEGER, INTEGER], 'PRIVATE KEY'],
  [[INTEGER, INTEGER], 'RSA PUBLIC KEY'],
]

/** `text`: bytes, one char each. */
function labelOfDer(text: string): string | undefined {
  if (text.charCodeAt(0) !== SEQUENCE) return undefined
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
  const parts = insideOf(bytes, SEQUENCE) ?? []
  return DER_FORMS.find(([tags]) => tags.every((tag, index) => parts[index]?.tag === tag))?.[1]
}

function isSshPublic(text: string): boolean {
  return /^(?:(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+ |---- BEGIN SSH2 PUBLIC KEY ----)/.test(text.trimStart())
}

/** ssh-keygen reads its own form only, and cannot write Ed25519 in any other. */
function sshTrouble(text: string, file: string | undefined): string | undefined {
  if (!isSshPublic(text)) return undefined
  const start = text.trimStart()
  if (!/^(?:ssh-rsa|ecdsa-|----)/.test(start)) {
    return 'this is a key of ssh of a kind that ssh-keygen cannot convert; authtkt keygen makes a pair'
  }
  const name = shellWord(file)
  if (start.startsWith('ssh') || start.startsWith('ecdsa')) {
    return `this is a key of ssh; fix: ssh-keygen -e -m PKCS8 -f ${name}`
  }
  return `this is a key of ssh; fix: ssh-keygen -i -f ${name} > NEW && ssh-keygen -e -m PKCS8 -f NEW`
}

function noPem(text: string, which: 'public' | 'private', file: string | undefined): string {
  if (text.trim() === '') return 'this is empty; a key is a text in PEM'
  const what = `this is no ${which} key in PEM (-----BEGIN ${which.toUpperCase()} KEY-----)`
  return file === undefined ? `${what}; give what the file holds, not its name` : `${what}; authtkt keygen makes a pair`
}

/** As one writes it in a command. */
function shellWord(name = 'FILE'): string {
  return /^[\w./@%+,:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
}
