/** Lines that hand requests to a program, or send them elsewhere: none of that is done here. */

import type { Route } from './serving.js'
import { type Directive, isSection, type Statement } from './tree.js'
import { words } from './words.js'

/** What the lines of one place do with all requests there. */
export interface Diversion {
  readonly at: Directive
  readonly why: string
}

/** Filters that carry out what stands in a file. */
const SERVER_FILTER = /(?:^|;)(?:includes|php)(?:;|$)/i
const PROGRAM_TYPE = /x-httpd-|x-perl|x-php|x-python/i
const PROGRAMS_ARE_NOT_RUN = 'programs are not run here; give --upstream'
const REWRITTEN = 'rewriting and redirects are not done here; give --upstream, or take it out'

/** Of several lines that say who handles a place, the last counts; `plain`: programs are switched off again. */
export function handlerOf(lines: readonly Directive[]): Diversion | 'plain' | undefined {
  let found: Diversion | 'plain' | undefined
  for (const at of lines) {
    const [first = '', ...others] = words(at.text)
    switch (at.name.toLowerCase()) {
      case 'sethandler':
        found = /^(?:none|default-handler)$/i.test(first) ? 'plain' : { at, why: PROGRAMS_ARE_NOT_RUN }
        break
      case 'forcetype':
        if (PROGRAM_TYPE.test(first)) found = { at, why: PROGRAMS_ARE_NOT_RUN }
        break
      case 'setoutputfilter':
        if (SERVER_FILTER.test(first)) found = { at, why: PROGRAMS_ARE_NOT_RUN }
        break
      case 'action':
        // A type that files have without any line that says so.
        if (/\//.test(first) && !/\/x-/i.test(first) && others.length > 0) found = { at, why: PROGRAMS_ARE_NOT_RUN }
        break
    }
  }
  return found
}

/** A redirect of a whole section, or a rule of it that counts. */
export function departureOf(lines: readonly Directive[], tls: boolean, rewrites: boolean): Diversion | undefined {
  const redirect = lines.find(({ name, text }) => /^redirect(?:match|permanent|temp)?$/i.test(name) && text !== '')
  const at = redirect ?? rulesOf(lines, tls, rewrites)[0]
  return at && { at, why: REWRITTEN }
}

/** RewriteRule lines that count for all requests that they match, and do something with them. */
export function rulesOf(lines: readonly Directive[], tls: boolean, engine: boolean): Directive[] {
  const rules: Directive[] = []
  let on = engine
  let always = true
  for (const at of lines) {
    const name = at.name.toLowerCase()
    if (name === 'rewriteengine') on = !/^"?off/i.test(at.text)
    else if (name === 'rewritecond') always &&= isAlways(at, tls)
    else if (name === 'rewriterule') {
      if (always && diverts(at)) rules.push(at)
      always = true
    }
  }
  return on ? rules : []
}

/**
 * A condition on where a request goes says nothing more than that this server is meant. Others, as on what the client
 * sends or on files that exist, leave requests that are answered as if there was no rule.
 */
function isAlways(at: Directive, tls: boolean): boolean {
  const [subject = '', test = ''] = words(at.text)
  if (/%\{(?:HTTPS|SERVER_PORT|REQUEST_SCHEME)\}/i.test(subject)) return !tls
  if (/%\{(?:SERVER_NAME|HTTP_HOST|HTTP:Host)\}/i.test(subject)) return !test.startsWith('!')
  return /%\{(?:REQUEST_URI|THE_REQUEST)\}/i.test(subject)
}

/** `-` alone leaves the request as it is. */
function diverts(at: Directive): boolean {
  const [, target, flags = ''] = words(at.text)
  return target !== '-' || /(?:^|[[,\s])(?:F|forbidden|G|gone|R|redirect|P|proxy|H|handler)(?:[=,\]\s]|$)/i.test(flags)
}

/** What a line of a server sends elsewhere: a path, or what an expression matches. */
export function departure(at: Directive): { readonly path: string } | { readonly regex: string } | undefined {
  const [first = '', second = ''] = words(at.text)
  switch (at.name.toLowerCase()) {
    case 'redirectmatch':
      return { regex: isStatus(first) ? second : first }
    case 'redirect':
    case 'redirectpermanent':
    case 'redirecttemp': {
      const path = isStatus(first) ? second : first
      return path.startsWith('/') ? { path } : undefined
    }
    case 'jkmount':
      return first.includes('*') ? { path: first.replace(/\|?\/?[^/]*\*.*$/s, '') || '/' } : { path: first }
    default:
      return undefined
  }
}

const STATUSES: Readonly<Record<string, number>> = { permanent: 301, temp: 302, seeother: 303, gone: 410 }

/** A Redirect with a path; undefined for all else. */
export function redirectOf(at: Directive): Route | undefined {
  const name = at.name.toLowerCase()
  if (!/^redirect(?:permanent|temp)?$/.test(name)) return undefined
  const [first = '', ...others] = words(at.text)
  const named = name === 'redirect' && isStatus(first)
  const [path = '', url = '', ...more] = named ? others : [first, ...others]
  const word = named ? first.toLowerCase() : name === 'redirectpermanent' ? 'permanent' : 'temp'
  const status = STATUSES[word] ?? Number(word)
  const away = status >= 300 && status < 400
  if (!path.startsWith('/') || more.length > 0 || away !== (url !== '') || status < 300) return undefined
  if (away && !/^(?:https?:\/\/[^\s/]|\/(?!\/))[!-~]*$/i.test(url)) return undefined
  return { kind: 'redirect', path, url, status, at: `${at.file}:${at.line}: ${at.name}` }
}

/**
 * The rule that nearly every site has: all requests to the same path of another scheme or host. Undefined for all else.
 * `*` stands for the request's host.
 */
export function wholeRedirectOf(at: Directive): Route | undefined {
  const [pattern = '', target = '', flags = ''] = words(at.text)
  if (!/^(?:\^|\^?(?:\/\??)?\(?\.\*\)?\$?)$/.test(pattern)) return undefined
  const [, scheme = '', named = '', rest = ''] =
    /^(https?):\/\/(%\{(?:HTTP_HOST|SERVER_NAME)\}|[\w.:-]+)(.*)$/i.exec(target) ?? []
  const whole = pattern.includes('(') ? /^(?:%\{REQUEST_URI\}|\/?\$1)$/ : /^%\{REQUEST_URI\}$/
  const [, status = '302'] = /(?:^|[[,\s])(?:R|redirect)(?:=(301|302|303|307|308))?(?:[,\]\s]|$)/i.exec(flags) ?? []
  if (scheme === '' || !whole.test(rest) || !/(?:^|[[,\s])(?:R|redirect)(?:[=,\]\s]|$)/i.test(flags)) return undefined
  const host = named.startsWith('%') ? '*' : named
  const url = `${scheme.toLowerCase()}://${host}`
  return { kind: 'redirect', path: '/', url, status: Number(status), at: `${at.file}:${at.line}: ${at.name}` }
}

function isStatus(word: string): boolean {
  return /^(?:permanent|temp|seeother|gone|\d{3})$/i.test(word)
}

export const WHY = { programs: PROGRAMS_ARE_NOT_RUN, rewritten: REWRITTEN }

/** Endings of files that any line of the configuration hands to a program, in small letters. */
export function programEndings(statements: readonly Statement[]): string[] {
  const all = linesIn(statements)
  const actions = all.filter(({ name }) => /^action$/i.test(name)).map(({ text }) => words(text)[0]?.toLowerCase())
  return all.flatMap((at) => {
    const [first = '', ...others] = words(at.text)
    const handed = handsOver(at.name.toLowerCase(), first, actions)
    return handed ? others.map((ending) => `.${ending.toLowerCase().replace(/^\./, '')}`) : []
  })
}

function handsOver(name: string, first: string, actions: readonly (string | undefined)[]): boolean {
  switch (name) {
    case 'addhandler':
      return !/^(?:none|default-handler)$/i.test(first)
    case 'addtype':
      return PROGRAM_TYPE.test(first) || actions.includes(first.toLowerCase())
    case 'addoutputfilter':
      return SERVER_FILTER.test(first)
    default:
      return name === 'fcgidwrapper' || name === 'fcgiwrapper'
  }
}

/** All lines, those of sections among them. */
export function linesIn(statements: readonly Statement[]): Directive[] {
  return statements.flatMap((statement) => (isSection(statement) ? linesIn(statement.children) : [statement]))
}
