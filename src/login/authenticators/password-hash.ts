/** The ways an htpasswd file writes passwords: which of them are good enough, and whether a password fits one. */

import { createHash, timingSafeEqual } from 'node:crypto'
import { verify as verifyBcrypt } from '@node-rs/bcrypt'
import apacheMd5 from 'apache-md5'
import { shaCrypt } from './sha-crypt.js'

interface Bcrypt {
  readonly scheme: 'bcrypt'
  readonly text: string
  readonly cost: number
}

interface Apr1 {
  readonly scheme: 'apr1'
  readonly text: string
  readonly cost: 0
}

interface ShaCrypt {
  readonly scheme: 'sha256' | 'sha512'
  readonly text: string
  readonly salt: string
  /** Rounds. */
  readonly cost: number
}

interface Sha1 {
  readonly scheme: 'sha1'
  readonly text: string
  readonly cost: 0
}

export type PasswordHash = Bcrypt | Apr1 | ShaCrypt | Sha1

/** `weak`: {SHA}, which the options may allow. `unknown`: plain text, DES and what nobody knows cannot be told apart. */
export type HashTrouble = 'weak' | 'costly' | 'unknown'

/** The package's types speak of a module with a default export; it is the function itself. */
const aprMd5 = apacheMd5 as unknown as typeof apacheMd5.default

/** Whether a password is the one that a hash was made of. */
export type Verify = (password: string, hash: PasswordHash) => Promise<boolean>

/** Each step doubles the time: 15 is two or three seconds of a core, beyond it a few sign-ins would be all we do. */
const BCRYPT_COST_MAX = 15
/** About half a second. */
const SHA_ROUNDS_MAX = 500_000
const SHA_ROUNDS_MIN = 1000
/** What crypt(3) does where the line does not say. */
const SHA_ROUNDS = 5000
/**
 * Bytes. htpasswd takes no more than 255. SHA-crypt's work grows with the square of the length, so somebody's long
 * password would be everybody's wait.
 */
const PASSWORD_MAX = 512

const BCRYPT = /^\$2[aby]\$(\d\d)\$[./0-9A-Za-z]{53}$/
const APR1 = /^\$apr1\$[./0-9A-Za-z]{1,8}\$[./0-9A-Za-z]{22}$/
const SHA_CRYPT = /^\$([56])\$(?:rounds=([1-9]\d{0,8})\$)?([./0-9A-Za-z]{1,16})\$([./0-9A-Za-z]{43}|[./0-9A-Za-z]{86})$/
const SHA1 = /^\{SHA\}[0-9A-Za-z+/]{27}=$/

export function readHash(text: string, weakHashes: 'refuse' | 'allow'): PasswordHash | HashTrouble {
  const [, bcryptCost] = BCRYPT.exec(text) ?? []
  if (bcryptCost !== undefined) {
    const cost = Number(bcryptCost)
    if (cost < 4 || cost > 31) return 'unknown'
    return cost > BCRYPT_COST_MAX ? 'costly' : { scheme: 'bcrypt', text, cost }
  }
  if (APR1.test(text)) return { scheme: 'apr1', text, cost: 0 }
  if (SHA1.test(text)) return weakHashes === 'allow' ? { scheme: 'sha1', text, cost: 0 } : 'weak'
  return readShaCrypt(text)
}

function readShaCrypt(text: string): ShaCrypt | HashTrouble {
  const [, id, rounds = SHA_ROUNDS, salt = '', digest = ''] = SHA_CRYPT.exec(text) ?? []
  if (id === undefined || (id === '5') !== (digest.length === 43)) return 'unknown'
  const cost = Number(rounds)
  // crypt(3) takes fewer rounds for 1000, and never writes a line like that.
  if (cost < SHA_ROUNDS_MIN) return 'unknown'
  return cost > SHA_ROUNDS_MAX ? 'costly' : { scheme: id === '5' ? 'sha256' : 'sha512', text, salt, cost }
}

/**
 * bcrypt takes 72 bytes of a password and forgets the rest. So do htpasswd and Apache: whoever has a longer one signs in
 * with all of it or with its first 72 bytes, there and here. Refusing would lock out people whose passwords work, and
 * the hash does not tell how long its password was.
 */
export const verifyHash: Verify = async (password, hash) => {
  const bytes = Buffer.from(password, 'utf8')
  // To C a password ends at a NUL, to us it does not: none has one.
  const sensible = bytes.length <= PASSWORD_MAX && !bytes.includes(0)
  const fits = await compare(sensible ? bytes : bytes.subarray(0, 0), hash)
  return sensible && fits
}

async function compare(password: Buffer, hash: PasswordHash): Promise<boolean> {
  switch (hash.scheme) {
    case 'bcrypt':
      return verifyBcrypt(password, hash.text)
    case 'apr1':
      // One char a byte: that is what the package hashes of a string.
      return equal(aprMd5(password.toString('latin1'), hash.text), hash.text)
    case 'sha1':
      return equal(`{SHA}${createHash('sha1').update(password).digest('base64')}`, hash.text)
    default: {
      const digest = await shaCrypt(hash.scheme, password, Buffer.from(hash.salt), hash.cost)
      return equal(digest, hash.text.slice(-digest.length))
    }
  }
}

/** Both are as long as their scheme has them. */
function equal(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one, 'latin1'), Buffer.from(other, 'latin1'))
}
