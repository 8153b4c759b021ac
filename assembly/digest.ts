/** One face for the four algorithms: sizes, padding, whole messages. */

import { clear64, swap32 } from './bytes'
import { STATE } from './layout'
import { md5Blocks, md5Start } from './md5'
import { sha1Blocks, sha1Finish, sha1Start } from './sha1'
import { sha256Blocks, sha256Finish, sha256Start } from './sha256'
import { sha512Blocks, sha512Finish, sha512Start } from './sha512'
import { MD5, SHA1, SHA256, SHA512 } from './status'

/** Bytes of the digest: 16, 20, 32 or 64. */
@inline
export function digestBytes(digest: i32): i32 {
  return digest == SHA1 ? 20 : 16 << digest
}

/** Bytes of a block: 64 or 128. */
@inline
export function blockBytes(digest: i32): i32 {
  return digest == SHA512 ? 128 : 64
}

/** Puts the padding behind the message [from, end) and returns the end of its last block; 144 bytes behind `end` are zeroed. */
export function pad(digest: i32, from: usize, end: usize): usize {
  assert(from <= end, 'a message ends before it begins')
  const length = end - from
  const block = <usize>blockBytes(digest)
  const last = from + ((length + (block >> 3) + block) & ~(block - 1))
  // Up to 71 or 143 bytes lie between this one and the end: more of them are cleared than can be missing.
  store<u8>(end, 0x80)
  clear64(end + 1)
  v128.store(end, i64x2.splat(0), 65)
  if (digest == SHA512) clear64(end + 81)
  const bits = u32(length) << 3
  if (digest == MD5) store<u32>(last - 8, bits)
  else store<u32>(last - 4, swap32(bits))
  return last
}

@inline
export function start(digest: i32): void {
  if (digest == MD5) md5Start()
  else if (digest == SHA256) sha256Start()
  else if (digest == SHA512) sha512Start()
  else sha1Start()
}

@inline
export function blocks(digest: i32, from: usize, end: usize): void {
  if (digest == MD5) md5Blocks(from, end)
  else if (digest == SHA256) sha256Blocks(from, end)
  else if (digest == SHA512) sha512Blocks(from, end)
  else sha1Blocks(from, end)
}

/** Leaves the digest's bytes in STATE. */
@inline
export function finish(digest: i32): void {
  if (digest == SHA256) sha256Finish()
  else if (digest == SHA512) sha512Finish()
  else if (digest == SHA1) sha1Finish()
}

/** Digests the message [from, end), padding included; the result is in STATE. Returns the end of the padding. */
export function digestMessage(digest: i32, from: usize, end: usize): usize {
  const last = pad(digest, from, end)
  start(digest)
  blocks(digest, from, last)
  finish(digest)
  return last
}
