/** A ticket's tokens are one text, labels joined with `,`. Splitting and joining lose nothing, odd commas included. */

export function splitTokens(text: string): string[] {
  return text === '' ? [] : text.split(',')
}

export function joinTokens(tokens: readonly string[]): string {
  return tokens.join(',')
}
