/**
 * Key pairs for signed tickets, made when they are asked for: private keys are never kept. DSA's parameters, which take
 * long to find and are public, are those of the recorded keys.
 */
import { execFileSync } from 'node:child_process'
import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OPENSSL } from './debian.mjs'

/** @typedef {'rsa' | 'rsa1024' | 'dsa' | 'dsa1024' | 'ed25519' | 'ecdsa'} Kind */
/** PEM: PKCS#8 and SPKI; and the files that they stand in. @typedef {{ kind: Kind, privateKey: string, publicKey: string, privateFile: string, publicFile: string }} KeyPair */

/** A new pair in files below a folder. @param {string} folder @param {Kind} kind @param {string} [name] @returns {KeyPair} */
export function makeKeyPair(folder, kind, name = kind) {
  mkdirSync(folder, { recursive: true })
  const pair = kind.startsWith('dsa') ? dsaPair(folder, kind) : otherPair(kind)
  const privateFile = join(folder, `${name}.key`)
  const publicFile = join(folder, `${name}.pub`)
  writeFileSync(privateFile, pair.privateKey, { mode: 0o600 })
  writeFileSync(publicFile, pair.publicKey)
  return { kind, ...pair, privateFile, publicFile }
}

/** @param {Kind} kind */
function otherPair(kind) {
  const { privateKey, publicKey } = generated(kind)
  return { privateKey: `${privateKey.export({ type: 'pkcs8', format: 'pem' })}`, publicKey: textOf(publicKey) }
}

/** @param {Kind} kind */
function generated(kind) {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519')
  if (kind === 'ecdsa') return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return generateKeyPairSync('rsa', { modulusLength: kind === 'rsa1024' ? 1024 : 2048 })
}

/** @param {import('node:crypto').KeyObject} publicKey */
const textOf = (publicKey) => `${publicKey.export({ type: 'spki', format: 'pem' })}`

/** @param {string} folder @param {Kind} kind */
function dsaPair(folder, kind) {
  const recorded = readFileSync(new URL(`recorded/keys/${kind}.pub`, import.meta.url), 'utf8')
  const parameters = join(folder, `${kind}.parameters`)
  const text = parametersOf(recorded)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n')
  writeFileSync(parameters, `-----BEGIN DSA PARAMETERS-----\n${text}-----END DSA PARAMETERS-----\n`)
  const privateKey = execFileSync(OPENSSL, ['genpkey', '-paramfile', parameters], { encoding: 'utf8' })
  return { privateKey, publicKey: textOf(createPublicKey(privateKey)) }
}

/** In a public key's DER: SEQUENCE { SEQUENCE { OID, parameters }, key }. @param {string} pem */
function parametersOf(pem) {
  const der = createPublicKey(pem).export({ type: 'spki', format: 'der' })
  const inside = contentOf(contentOf(der))
  const oid = 2 + /** @type {number} */ (inside[1])
  return inside.subarray(oid, oid + sizeOf(inside.subarray(oid)))
}

/** Of the first DER element. @param {Buffer} der */
const contentOf = (der) => der.subarray(headOf(der), sizeOf(der))

/** @param {Buffer} der */
const headOf = (der) => (der.readUInt8(1) < 0x80 ? 2 : 2 + (der.readUInt8(1) & 0x7f))

/** @param {Buffer} der */
const sizeOf = (der) => headOf(der) + (der.readUInt8(1) < 0x80 ? der.readUInt8(1) : der.readUIntBE(2, headOf(der) - 2))
