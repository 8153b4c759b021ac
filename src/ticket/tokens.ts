/** A ticket's tokens are one text, labels joined with `,`. Splitting and joining lose nothing, odd commas included. */

/**
 * The labels of text[from, end); no text is no tokens. By hand: `split` costs twice as much, and an array that starts
 * with its first label does not have to grow for one.
 */
export function splitTokens(text: string, from = 0, end = text.length): string[] {
  if (from === end) return []
  let comma = text.indexOf(',', from)
  if (comma < 0 || comma >= end) return [text.slice(from, end)]
  const tokens = [text.slice(from, comma)]
  for (;;) {
    from = comma + 1
    comma = text.indexOf(',', from)
    if (comma < 0 || comma >= end) break
    tokens.push(text.slice(from, comma))
  }
  tokens.push(text.slice(from, end))
  return tokens
}

export function joinTokens(tokens: readonly string[]): string {
  return tokens.join(',')
}
