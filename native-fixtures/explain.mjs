/** Which of the deliberate differences account for one that was seen. */

/** @import { Deliberate, Difference, Outcome, Part } from './deliberate.mjs' */

/** The entries that explain all of a difference; undefined where a part of it is left. @param {Difference} difference @param {readonly Deliberate[]} list @returns {string[] | undefined} */
export function explain(difference, list) {
  const { parts } = difference
  /** @type {Set<string>} */
  const ids = new Set()
  for (const part of parts.includes('status') ? /** @type {const} */ (['status']) : parts) {
    const entries = list.filter((each) => each.parts.includes(part) && each.covers(difference))
    const plain = entries.find(({ undo }) => !undo)
    const found = plain ? [plain] : undone(entries, difference, part)
    if (found.length === 0) return undefined
    for (const { id } of found) ids.add(id)
  }
  return [...ids]
}

/** The fewest of the entries that, undone, make our text the module's. @param {readonly Deliberate[]} entries @param {Difference} difference @param {Part} part */
function undone(entries, { request, apache, ours }, part) {
  const wanted = textOf(apache, part)
  for (let set = 1; set < 1 << entries.length; set++) {
    const chosen = entries.filter((_, bit) => set & (1 << bit))
    if (chosen.reduce((text, { undo }) => undo?.(text, request) ?? text, textOf(ours, part)) === wanted) return chosen
  }
  return []
}

/** @param {Outcome} outcome @param {Part} part */
const textOf = ({ location, setCookies }, part) => (part === 'location' ? (location ?? '') : setCookies.join('\n'))
