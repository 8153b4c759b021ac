/** Field splitting: finds the separators, copies nothing. */

/** The first `!`, the second or 0, and the end of the text, of the last split; `hasNul` when a NUL ended it. */
export let uidEnd: usize = 0
export let tokensEnd: usize = 0
export let dataEnd: usize = 0
export let hasNul: bool = false

const BANG: usize = memory.data<u64>([0x2121212121212121, 0x2121212121212121], 16)

/** Splits [text, textEnd): the first `!` ends the uid, a second one the tokens, further ones are data. False without any. */
export function splitFields(text: usize, textEnd: usize): bool {
  uidEnd = 0
  tokensEnd = 0
  dataEnd = textEnd
  hasNul = false
  const bang = v128.load(BANG)
  for (let at = text; at < textEnd; at += 16) {
    const chars = v128.load(at)
    let found = i8x16.bitmask(v128.or(i8x16.eq(chars, bang), i8x16.eq(chars, i64x2.splat(0))))
    for (; found; found &= found - 1) {
      const here = at + <usize>ctz(found)
      if (here >= textEnd) break
      if (load<u8>(here) == 0) {
        dataEnd = here
        hasNul = true
        return uidEnd != 0
      }
      if (uidEnd == 0) uidEnd = here
      else if (tokensEnd == 0) tokensEnd = here
    }
  }
  return uidEnd != 0
}

/** Takes up a split that was made before. */
export function useFields(uid: usize, tokens: usize, data: usize, nul: bool): void {
  uidEnd = uid
  tokensEnd = tokens
  dataEnd = data
  hasNul = nul
}
