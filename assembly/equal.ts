import { hexHead, hexTail, lowerCase } from './hex'

/**
 * 1 when `given` spells the n bytes at `raw` in lower-case hex, else 0; with `anyCase`, upper-case letters are as good.
 * n is public and at least 16. Every digit is looked at whatever the bytes are: the running time depends on n and
 * `anyCase` only, and the expected digits are in registers, never in memory.
 */
@inline
export function equalHex(raw: usize, given: usize, n: i32, anyCase: bool): i32 {
  let different = i64x2.splat(0)
  for (let i = 0; i < n; i += 16) {
    // Where 16 does not divide n, the last step begins where it ends with the rest.
    const at = min(i, n - 16)
    const bytes = v128.load(raw + at)
    let head = v128.load(given + 2 * at)
    let tail = v128.load(given + 2 * at, 16)
    if (anyCase) {
      head = lowerCase(head)
      tail = lowerCase(tail)
    }
    different = v128.or(different, v128.or(v128.xor(hexHead(bytes), head), v128.xor(hexTail(bytes), tail)))
  }
  return i32(!v128.any_true(different))
}

/** 1 when the n bytes (a multiple of 16) at both places are the same, else 0; looks at all of them in any case. */
export function equalBytes(a: usize, b: usize, n: i32): i32 {
  let different = i64x2.splat(0)
  for (let i = 0; i < n; i += 16) different = v128.or(different, v128.xor(v128.load(a + i), v128.load(b + i)))
  return i32(!v128.any_true(different))
}
