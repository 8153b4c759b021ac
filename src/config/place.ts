/** What stands inside a section: settings, rules, Files sections; and nothing that is not understood. */

import { readDirective } from './access.js'
import type { Context } from './context.js'
import { several } from './directives.js'
import { createDraft, type Draft, ruleOf } from './draft.js'
import { forbidUnread, holdsAuth } from './guarding.js'
import { isContainer, readContainer, refuseNegative } from './require.js'
import { type Directive, isSection, type Section, type Statement } from './tree.js'

export interface PlaceContent {
  readonly draft: Draft
  /** Files and FilesMatch sections in it, in order. */
  readonly files: Section[]
  /** AllowOverride of the section itself: may .htaccess files set what is read here? Undefined: not said. */
  readonly override: 'none' | 'list' | 'some' | 'auth' | undefined
}

/** Reads the statements of a section (`Files` may stand in folders only). */
export function readPlace(context: Context, statements: readonly Statement[], withFiles: boolean): PlaceContent {
  const draft = createDraft('section')
  const files: Section[] = []
  let override: PlaceContent['override']
  let last: Directive | undefined
  for (const statement of statements) {
    const name = statement.name.toLowerCase()
    if (isSection(statement)) {
      if (withFiles && (name === 'files' || name === 'filesmatch')) files.push(statement)
      else readInnerSection(context, draft, statement)
    } else if (name === 'allowoverride' || name === 'allowoverridelist') {
      override = strongest(override, overrideOf(statement))
    } else {
      readDirective(context, draft, statement)
    }
    if (draft.rules.length > 0) last ??= statement
  }
  if (last) refuseNegative(last, 'Require', draft.rules)
  const rule = ruleOf(draft)
  if (rule !== undefined) draft.settings.require = rule
  return { draft, files, override }
}

function readInnerSection(context: Context, draft: Draft, section: Section): void {
  if (isContainer(section)) {
    const rule = readContainer(context, section)
    if (rule !== undefined) draft.rules.push(rule)
  } else if (holdsAuth(section)) {
    forbidUnread(context, section)
    draft.denied = true
  } else {
    context.notes.skipped(section, `<${section.name}>`)
  }
}

const RANKS = ['none', 'list', 'some', 'auth'] as const

function strongest(a: PlaceContent['override'], b: PlaceContent['override']): PlaceContent['override'] {
  const rank = (value: PlaceContent['override']) => RANKS.indexOf(value as 'none')
  return rank(a) > rank(b) ? a : b
}

/** AllowOverride has classes of directives, AllowOverrideList has directives. */
function overrideOf(at: Directive): 'none' | 'list' | 'some' | 'auth' {
  const given = several(at).map((word) => word.toLowerCase())
  if (given.some((word) => word === 'all' || word === 'authconfig' || /^(?:tktauth|require|auth)/.test(word)))
    return 'auth'
  if (given.every((word) => word === 'none')) return 'none'
  return /list$/i.test(at.name) ? 'list' : 'some'
}
