/** Keys in PEM, from files or the environment; and what is no such key, with the way to get one. Nothing of it is told. */

import { readFileSync, statSync } from 'node:fs'
import { misuse, naming, type Output } from './output.js'

/** A key, and what may be said of it: its place. */
export interface SourcedPem {
  readonly pem: string
  readonly name: string
}

export const PRIVATE_KEY_VARIABLE = 'AUTHTKT_PRIVATE_KEY'

/** The private key that signs. Warns of a file that others can read. */
export function readPrivateKey(
  file: string | undefined,
  output: Output,
  environment: NodeJS.ProcessEnv = process.env,
): SourcedPem {
  if (file === undefined) {
    const pem = environment[PRIVATE_KEY_VARIABLE]
    if (pem === undefined) throw misuse(`no private key: give --private-key-file FILE or set ${PRIVATE_KEY_VARIABLE}`)
    return checked(pem, PRIVATE_KEY_VARIABLE, privateTrouble)
  }
  const key = checked(readText(file), file, privateTrouble)
  if ((statSync(file).mode & 0o077) !== 0) {
    output.err(`authtkt: warning: ${file}: others than its owner can read this private key; chmod 600 ${file}\n`)
  }
  return key
}

export function readPublicKey(file: string): SourcedPem {
  return checked(readText(file), file, publicTrouble)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch (error) {
    throw naming(file, error)
  }
}

function checked(pem: string, name: string, troubleOf: (pem: string, name: string) => string | undefined): SourcedPem {
  const trouble = troubleOf(pem, name === PRIVATE_KEY_VARIABLE ? 'FILE' : shellWord(name))
  if (trouble !== undefined) throw misuse(`${name}: ${trouble}`)
  return { pem, name }
}

/** As one writes it in a command. */
function shellWord(name: string): string {
  return /^[\w./@%+,:-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`
}

/** What stands in the first line of PEM, such as `RSA PRIVATE KEY`. */
function labelOf(text: string): string | undefined {
  return /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1]
}

function publicTrouble(text: string, name: string): string | undefined {
  const label = labelOf(text)
  if (label === 'PUBLIC KEY') return undefined
  if (label === undefined && /^(?:ssh-|ecdsa-)/.test(text.trimStart())) {
    return `this is a key of ssh; fix: ssh-keygen -e -m PKCS8 -f ${name}`
  }
  switch (label) {
    case 'CERTIFICATE':
      return `this is a certificate, not a key; fix: openssl x509 -in ${name} -pubkey -noout`
    case 'RSA PUBLIC KEY':
      return `this is an RSA key in the form of PKCS#1; fix: openssl rsa -RSAPublicKey_in -in ${name} -pubout`
  }
  if (label?.endsWith('PRIVATE KEY')) {
    return `this is a private key, which the login alone may have; give the public one: openssl pkey -in ${name} -pubout`
  }
  return 'this is no public key in PEM (-----BEGIN PUBLIC KEY-----); authtkt keygen makes a pair'
}

function privateTrouble(text: string, name: string): string | undefined {
  const label = labelOf(text)
  if (label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return `this key is encrypted; fix: (umask 077; openssl pkey -in ${name} -out NEW), then give NEW`
  }
  if (label === 'OPENSSH PRIVATE KEY') {
    return `this is a key of ssh; fix, in a copy: ssh-keygen -p -N "" -m PKCS8 -f COPY`
  }
  if (label !== undefined && /^(?:(?:RSA|DSA|EC) )?PRIVATE KEY$/.test(label)) return undefined
  if (label?.endsWith('PUBLIC KEY') || label === 'CERTIFICATE') {
    return 'this is a public key, which signs nothing; give the private one that belongs to it'
  }
  return 'this is no private key in PEM (-----BEGIN PRIVATE KEY-----); authtkt keygen makes a pair'
}
