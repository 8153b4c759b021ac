/** The page that people are sent to: the form, or who they are; in the words that fit why they were sent. */

import type { Answer } from '../adapters/answer.js'
import { argument } from './back.js'
import type { Asked, Desk } from './desk.js'
import { formPage, unauthPage, visitorPage } from './pages.js'
import { wayBackOf } from './ways.js'

/** The conventions of mod_auth_tkt's login scripts: `?timeout=1`, `?post=1` (or `?posttimeout=1`), `?unauth=1`. */
export function signInPage(desk: Desk, asked: Asked): Answer {
  const { messages } = desk
  const { visitor, query } = asked.visit
  const way = wayBackOf(desk, asked)
  const says = (name: string) => (argument(query, name) ?? '0') !== '0'
  if (visitor !== undefined && !says('other')) {
    return says('unauth') ? unauthPage(desk, asked, visitor, way) : visitorPage(desk, asked, visitor, way)
  }
  if (says('unauth')) return formPage(desk, asked, way, { message: messages.unauth })
  if (says('post') || says('posttimeout')) return formPage(desk, asked, way, { message: messages.postTimeout })
  return formPage(desk, asked, way, says('timeout') ? { message: messages.timeout, kind: 'status' } : {})
}
