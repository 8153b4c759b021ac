/**
 * The ring of keys. Behind each secret stands the padding of the second digest's message, in front of it there is room
 * for the first digest: the second message is complete as soon as the first digest is written, with nothing to copy.
 */

import { clearLong } from './bytes'
import { blockBytes, blocks, digestBytes, finish, pad, start } from './digest'
import {
  KEY_DIGEST,
  KEY_LENGTH,
  KEY_RECIPE,
  KEY_SCHEDULE,
  KEY_SECRET,
  KEY_SIZE,
  KEY_TAIL,
  KEYS_MAX,
  RING,
  SECRET_MAX,
  STATE,
} from './layout'
import { sha256Schedule, sha256Scheduled } from './sha256'
import { sha512Schedule, sha512Scheduled } from './sha512'
import { MISUSE, RECIPE_HEX, RECIPE_HMAC, SHA1, SHA256, SHA512 } from './status'
import { writeHex } from './hex'
import { padSecret } from './hmac'

/** How many keys the ring holds: one more than the highest index loaded. */
export let keyCount: i32 = 0

/** Address of key `index`. */
@inline
export function keyAt(index: i32): usize {
  return RING + <usize>(index * KEY_SIZE)
}

/** Some key's tickets begin with raw bytes: a text that does not split may still be one of its. */
export let rawHeads: bool = false

/** The keys' tickets differ in how many hex digits they begin with. */
export let mixedHeads: bool = false

/** Hex digits that this key's tickets begin with, digest and timestamp; 0 where there are raw bytes. */
export function headOf(key: usize): i32 {
  return load<i32>(key, KEY_RECIPE) & RECIPE_HMAC ? 0 : (digestBytes(load<i32>(key, KEY_DIGEST)) << 1) + 8
}

/** Counts the key in, which is complete. */
function count(index: i32): i32 {
  if (load<i32>(keyAt(index), KEY_RECIPE) & RECIPE_HMAC) rawHeads = true
  if (headOf(keyAt(index)) != headOf(keyAt(0))) mixedHeads = true
  keyCount = index + 1
  return 0
}

/** Bytes that a ticket has in front of its timestamp. */
@inline
export function headBytes(digest: i32, recipe: i32): i32 {
  return recipe & RECIPE_HMAC ? 32 : digestBytes(digest) << 1
}

/** Bytes that the first digest takes in the second message. */
@inline
export function prefixBytes(digest: i32, recipe: i32): i32 {
  return recipe & RECIPE_HEX ? digestBytes(digest) << 1 : digestBytes(digest)
}

/**
 * Takes the secret of `length` bytes that the host wrote at RING + index * KEY_SIZE + KEY_SECRET into the ring.
 * Keys are loaded in order, each once. Returns 0, or MISUSE.
 */
export function loadKey(index: i32, digest: i32, recipe: i32, length: i32): i32 {
  if (index != keyCount || index >= KEYS_MAX || u32(digest) > u32(SHA1) || u32(length - 1) >= u32(SECRET_MAX)) return MISUSE
  if (recipe & RECIPE_HMAC && digest != SHA256) return MISUSE
  const key = keyAt(index)
  const secret = key + KEY_SECRET
  if (recipe & RECIPE_HMAC) {
    padSecret(key, length)
    store<i32>(key, digest, KEY_DIGEST)
    store<i32>(key, recipe, KEY_RECIPE)
    return count(index)
  }
  const message = secret - prefixBytes(digest, recipe)
  const last = pad(digest, message, secret + length)
  const tail = message + blockBytes(digest)
  // Where one constant block follows the one with the first digest, its whole schedule is computed once and for all.
  const scheduled = (digest == SHA256 || digest == SHA512) && last - tail == <usize>blockBytes(digest)
  if (scheduled && digest == SHA256) sha256Schedule(key + KEY_SCHEDULE, tail)
  if (scheduled && digest == SHA512) sha512Schedule(key + KEY_SCHEDULE, tail)
  store<i32>(key, digest, KEY_DIGEST)
  store<i32>(key, recipe, KEY_RECIPE)
  store<i32>(key, length, KEY_LENGTH)
  store<i32>(key, scheduled ? 0 : i32(last - secret), KEY_TAIL)
  return count(index)
}

/**
 * Takes a key whose KEY_SIZE bytes were copied from another ring of this build, where it was loaded. In order, each once.
 * Returns 0, or MISUSE.
 */
export function adoptKey(index: i32): i32 {
  return index != keyCount || index >= KEYS_MAX ? MISUSE : count(index)
}

/** The second digest: takes the first from STATE and leaves the result there; the room in front of the secret is wiped. */
export function secondDigest(key: usize): void {
  const digest = load<i32>(key, KEY_DIGEST)
  const recipe = load<i32>(key, KEY_RECIPE)
  const secret = key + KEY_SECRET
  const n = prefixBytes(digest, recipe)
  const message = secret - n
  if (recipe & RECIPE_HEX) writeHex(message, STATE, n >> 1)
  else memory.copy(message, STATE, n)
  start(digest)
  const tail = load<i32>(key, KEY_TAIL)
  if (tail) {
    blocks(digest, message, secret + tail)
  } else {
    blocks(digest, message, message + blockBytes(digest))
    if (digest == SHA256) sha256Scheduled(key + KEY_SCHEDULE)
    else sha512Scheduled(key + KEY_SCHEDULE)
  }
  finish(digest)
  // In whole steps that end at the secret: SHA-1's digest is no multiple of one.
  clearLong(secret - ((n + 31) & ~31), secret)
}
