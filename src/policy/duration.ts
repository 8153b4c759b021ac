/** Lengths of time as people write them. */

/** M is 30 days and y is 365, as in mod_auth_tkt's convert_to_seconds. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800, M: 2592000, y: 31536000 }

/** `7200`, `2h`, `1h30m`: whole seconds, or undefined where the text is no such length. */
export function parseDuration(text: string): number | undefined {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  if (!/^(?:\d{1,10}[smhdwMy])+$/.test(text)) return undefined
  let seconds = 0
  for (const [, number, unit] of text.matchAll(/(\d+)([smhdwMy])/g)) {
    seconds += Number(number) * (UNITS[unit as string] as number)
  }
  return seconds
}
