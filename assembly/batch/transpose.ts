/** Between messages, one behind the other, and lanes, where the same word of four messages stands side by side. */

/** Four rows of four words as four columns, at `to` and each `step` further. */
@inline
export function store4(r0: v128, r1: v128, r2: v128, r3: v128, to: usize, step: usize): void {
  const low01 = v128.shuffle<u32>(r0, r1, 0, 4, 1, 5)
  const low23 = v128.shuffle<u32>(r2, r3, 0, 4, 1, 5)
  const high01 = v128.shuffle<u32>(r0, r1, 2, 6, 3, 7)
  const high23 = v128.shuffle<u32>(r2, r3, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<u64>(low01, low23, 0, 2))
  v128.store(to + step, v128.shuffle<u64>(low01, low23, 1, 3))
  v128.store(to + 2 * step, v128.shuffle<u64>(high01, high23, 0, 2))
  v128.store(to + 3 * step, v128.shuffle<u64>(high01, high23, 1, 3))
}

/** Bytes as they lie in memory to big-endian words, and back. */
@inline
export function bigEndian(x: v128): v128 {
  return i8x16.shuffle(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)
}
