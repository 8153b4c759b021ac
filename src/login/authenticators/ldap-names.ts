/** Names put into templates: nothing that somebody types ends the place it was put in. */

/** As a value in a DN (RFC 4514, 2.4): in hex, which is allowed for every char and at every place. */
export function escapeDn(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are escaped, too
  return value.replace(/[\x00-\x20"#+,;<=>\\\x7f]/g, hex)
}

/** As a value in a filter (RFC 4515, 3). */
export function escapeFilter(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are escaped, too
  return value.replace(/[\x00-\x1f*()\\\x7f]/g, hex)
}

function hex(char: string): string {
  return `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/**
 * One spelling for a group's DN: servers differ in case, in blanks after commas, and in what they escape and how. What
 * has no `=` is no DN, and stays.
 */
export function spellGroup(name: string): string {
  if (!name.includes('=')) return name
  return name
    .replace(/\\([ "#+,;<=>\\])/g, (_, char: string) => hex(char))
    .replace(/ *([,+=]) */g, '$1')
    .toLowerCase()
}
