/** Limits, times and header names that Apache's configuration has for all of a server. */

import type { Context } from './context.js'
import { linesIn } from './diversions.js'
import { secondsOf } from './proxy-pass.js'
import type { Server } from './servers.js'
import {
  IDENTITY_NAMES,
  type IdentityNames,
  isHeaderName,
  LIMITS,
  type Limits,
  TIMEOUTS,
  type Timeouts,
} from './serving.js'
import type { Statement } from './tree.js'
import { words } from './words.js'

const NAMES = /^(?:limitrequest(?:fields|fieldsize|line|body)|keepalivetimeout|timeout)$/i

/** Of the main server. Hosts and sections may have their own in Apache; here there is one for all. */
export function limitsOf(context: Context, main: Server): { readonly limits: Limits; readonly timeouts: Timeouts } {
  let limits = LIMITS
  let timeouts = TIMEOUTS
  for (const at of main.lines.filter(({ name }) => NAMES.test(name))) {
    const [word = ''] = words(at.text)
    const number = /^\d{1,15}$/.test(word) ? Number(word) : undefined
    const seconds = secondsOf(word)
    const name = at.name.toLowerCase()
    if (name.endsWith('timeout')) {
      if (seconds === undefined)
        context.notes.warn(at, `${at.name}: is no length of time that can be kept here, and has no effect`)
      else if (name === 'timeout') timeouts = { ...timeouts, idle: seconds, response: seconds }
      else timeouts = { ...timeouts, keepAlive: seconds }
    } else if (number === undefined) {
      context.notes.warn(at, `${at.name}: is no whole number, and has no effect`)
    } else if (name === 'limitrequestbody') {
      limits = { ...limits, bodyBytes: number || null }
    } else if (name === 'limitrequestfields') {
      limits = { ...limits, headers: Math.min(number || 2000, 2000) }
    } else if (name === 'limitrequestline') {
      limits = { ...limits, urlBytes: Math.min(Math.max(number, 1), 1 << 20) }
    } else {
      limits = { ...limits, headBytes: Math.min(Math.max(LIMITS.headBytes, number), 1 << 20) }
    }
  }
  for (const at of main.hosts.flatMap(({ lines }) => lines)) {
    if (NAMES.test(at.name))
      context.notes.warn(at, `${at.name}: counts for all hosts alike here; write it outside of <VirtualHost>`)
  }
  return { limits, timeouts }
}

const VALUE =
  /^(?:%\{(REMOTE_USER(?:_TOKENS|_DATA)?)\}[es]|expr=%\{(?:(?:req)?env:)?(REMOTE_USER(?:_TOKENS|_DATA)?)\})$/i
const FIELDS = { remote_user: 'uid', remote_user_tokens: 'tokens', remote_user_data: 'userData' } as const

/** Headers by which the configuration tells backends who asks: they are added to the usual ones, everywhere. */
export function identityOf(context: Context, statements: readonly Statement[]): IdentityNames {
  const names = {
    uid: [...IDENTITY_NAMES.uid],
    tokens: [...IDENTITY_NAMES.tokens],
    userData: [...IDENTITY_NAMES.userData],
  }
  for (const at of linesIn(statements).filter(({ name }) => /^requestheader$/i.test(name))) {
    const [action = '', name = '', value = '', condition = ''] = words(at.text)
    const [, plain, inner] = VALUE.exec(value) ?? []
    const source = (plain ?? inner)?.toLowerCase()
    const usable =
      /^(?:set|add)$/i.test(action) && isHeaderName(name) && /^(?:env=REMOTE_USER(?:_TOKENS|_DATA)?)?$/i.test(condition)
    if (source === undefined || !usable) context.notes.skipped(at, at.name)
    else names[FIELDS[source as keyof typeof FIELDS]].push(name)
  }
  return { uid: unique(names.uid), tokens: unique(names.tokens), userData: unique(names.userData) }
}

function unique(names: readonly string[]): string[] {
  return names.filter((name, index) => names.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === index)
}
