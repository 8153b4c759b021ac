/** Keys that protect little: secrets that are too short or printed in manuals, recipes that bind no field's borders. */

import type { ParsedKey } from './options.js'

/** In the manuals and examples of the modules and of what issues their tickets. */
const DEMO = [
  'w b@5b15#664038f.f9d8U19b7e25 664eY9ad2%4393e,a2ef',
  'Managed by an admin is unable to read instructions :-)',
  'This is my shiny test secret',
  'vhostlocalsecret',
  'sharedsecret',
  'sharedsecret.passwd',
  'secret',
  'seekrit',
  'sosecret',
  'mysecret',
  'changeme',
  'password',
]

/** What is wrong with a secret, or undefined. Never repeats it. */
export function weakSecret(
  secret: string | Uint8Array,
  minLength: number,
  demo: 'refuse' | 'allow',
): string | undefined {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  const text = new TextDecoder().decode(bytes)
  if (demo === 'refuse' && DEMO.includes(text))
    return 'this secret stands in a manual: make one of your own, such as 32 random bytes'
  if (bytes.length < minLength) return `this secret has ${bytes.length} bytes; it needs ${minLength} or more`
  return undefined
}

/** Whether tickets of a key can be read in other ways than they were issued (L9). */
export function isShiftable({ dialect, strict }: ParsedKey): boolean {
  return dialect === 'lighttpd' && strict === undefined
}
