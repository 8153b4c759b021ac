/** The differences between Apache with mod_auth_pubtkt and this package that are meant: those of any Apache, and its own. */
import { DELIBERATE } from './deliberate.mjs'

/** @import { Deliberate } from './deliberate.mjs' */

/** They have to do with requests, not with tickets. */
const OF_ANY = [
  'forwarded-host',
  'malformed-forwarded-host',
  'answered-by-core',
  'no-host-in-target',
  'bad-host-behind-target',
  'target-without-host',
  'empty-host',
  'wrong-twice',
  'hidden-and-dropped',
  'node-methods',
  'node-target-bytes',
  'two-hosts',
]

/** @type {readonly Deliberate[]} */
const OWN = []

/** @type {readonly Deliberate[]} */
export const DELIBERATE_SIGNED = [...DELIBERATE.filter(({ id }) => OF_ANY.includes(id)), ...OWN]
