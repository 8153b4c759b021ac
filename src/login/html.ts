/** HTML as text: escaped wherever it is put together, ASCII only, so that a char is a byte whatever the charset. */

/** Text that is HTML already. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | readonly Html[] | false | undefined

/** Text made safe for HTML text and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']|[^\x20-\x7e\n]/gu, (char) => `&#${char.codePointAt(0)};`)
}

/** A template whose values are escaped, unless they are HTML themselves; false and undefined are nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.reduce((whole, text, index) => whole + spell(parts[index - 1]) + text) }
}

/** One below the other, without those that are not there. */
export function lines(parts: readonly (Html | false | undefined)[]): Html {
  return { html: parts.flatMap((part) => (part ? [part.html] : [])).join('\n') }
}

function spell(part: Part): string {
  if (part === undefined || part === false) return ''
  if (typeof part !== 'object') return escapeHtml(String(part))
  return 'html' in part ? part.html : part.map(({ html }) => html).join('\n')
}
