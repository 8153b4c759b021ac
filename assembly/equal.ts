import { lowerCase } from './hex'

/**
 * 1 when the n bytes at `expected` and `given` agree, else 0; with `anyCase`, upper-case letters of `given` count as
 * lower case. n is public and a multiple of 32. Every byte is looked at whatever the bytes are: the running time
 * depends on n and `anyCase` only.
 */
export function equal(expected: usize, given: usize, n: i32, anyCase: bool): i32 {
  let different = i64x2.splat(0)
  for (let i = 0; i < n; i += 16) {
    let text = v128.load(given + i)
    if (anyCase) text = lowerCase(text)
    different = v128.or(different, v128.xor(v128.load(expected + i), text))
  }
  return i32(!v128.any_true(different))
}
