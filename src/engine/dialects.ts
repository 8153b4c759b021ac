/** What tells the C modules' tickets apart, as data. */

import type { Dialect } from '../types.js'
import type { Recipe } from './engine.js'

export const DIALECTS: Readonly<Record<Dialect, Recipe>> = {
  /** mod_auth_tkt: ticket_digest and parse_ticket in mod_auth_tkt.c. */
  apache: {
    addressText: false,
    separated: true,
    hex: true,
    anyCase: false,
    nulEnds: true,
    encodings: ['raw', 'percent', 'base64'],
  },
  /** mod_authn_tkt: nothing between the hashed fields, so a ticket's field borders can be shifted. */
  lighttpd: {
    addressText: true,
    separated: false,
    hex: false,
    anyCase: true,
    nulEnds: false,
    encodings: ['base64'],
  },
}
