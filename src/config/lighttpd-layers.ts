/** The blocks of a lighttpd configuration that bear on who may enter, with what they say and whom they are for. */

import { nearest } from '../policy/nearest.js'
import type { Context } from './context.js'
import { forbidSkipping } from './guarding.js'
import { ALLOW, DENY, type Ends, endsOf } from './lighttpd-access.js'
import type { Block, Setting } from './lighttpd-blocks.js'
import { type Term, termsOf, undecided } from './lighttpd-conditions.js'
import { isOn, OPTS, readOptions, type TicketOptions } from './lighttpd-options.js'
import { REQUIRE, type Requirement, readRequirements } from './lighttpd-require.js'
import { configError } from './notes.js'

export interface Layer {
  readonly block: Block
  readonly terms: readonly Term[]
  /** Nobody knows whether the terms hold: where the known ones do, nobody enters. */
  readonly unknown: boolean
  readonly options: TicketOptions | undefined
  /** Undefined: the block does not say. */
  readonly requirements: readonly Requirement[] | undefined
  readonly denied: Ends | undefined
  readonly allowed: Ends | undefined
}

const AUTH = [OPTS, REQUIRE, 'auth.backend', 'auth.cache', 'auth.debug', 'auth.extern-authn']
const BEARING = [OPTS, REQUIRE, DENY, ALLOW]
/** What makes other paths of those that are asked, before auth.require looks at them. */
const REWRITES = /^url\.rewrite/
const PARSE_OPTIONS = 'server.http-parseopts'
const LOWERCASE = 'server.force-lowercase-filenames'

export function layersOf(context: Context, blocks: readonly Block[]): Layer[] {
  const asks = blocks.some(({ settings }) => settings.has(REQUIRE))
  for (const { settings } of blocks) {
    for (const setting of settings.values()) checkSetting(context, setting, asks)
  }
  return blocks
    .filter(({ settings }) => BEARING.some((name) => settings.has(name)))
    .map((block) => layerOf(context, block))
}

function layerOf(context: Context, block: Block): Layer {
  const { settings } = block
  const terms = termsOf(block)
  const unknown = undecided(context, terms) !== undefined
  const [opts, require, deny, allow] = BEARING.map((name) => settings.get(name))
  const options = opts && readOptions(context, opts)
  const byAddress = terms.find(({ atom }) => atom.kind === 'who')
  if (options && byAddress && !unknown) {
    const subject = `$${byAddress.block.condition?.subject}`
    throw configError(opts, OPTS, `stands in ${subject}, and cannot depend on that here; put it around that block`)
  }
  return {
    block,
    terms,
    unknown,
    options,
    requirements: require && readRequirements(context, require),
    denied: deny && endsOf(context, deny),
    allowed: allow && endsOf(context, allow),
  }
}

/** What is not read here and bears on who may enter is an error; all else that is not read is told. */
function checkSetting(context: Context, setting: Setting, asks: boolean): void {
  const { name, file, line } = setting
  const at = { file, line, name, text: '' }
  const forbid = (why: string) => forbidSkipping(context, at, name, why)
  if (/^auth\./.test(name) && !AUTH.includes(name) && !name.startsWith('auth.backend.')) {
    const near = nearest(name, AUTH)
    forbid(`is not read here${near ? `; did you mean '${near}'?` : ' and may say who may enter; take it out'}`)
  } else if (name === 'auth.extern-authn' && isOn(setting, name)) {
    forbid('lets in whom another module has let in, which is not done here; take it out')
  } else if (asks && REWRITES.test(name)) {
    forbid('makes other paths before auth.require looks at them, which is not done here; rewrite in the upstream')
  } else if (asks && name === LOWERCASE && isOn(setting, name)) {
    forbid('has paths compared in small letters, which is not done here; take it out')
  } else if (asks && name === PARSE_OPTIONS && !isUsual(setting)) {
    forbid('changes how paths are read, which is not done here; take it out')
  } else if (!isRead(name)) {
    context.notes.skipped(setting, name)
  }
}

/** Only what is so without it as well. */
function isUsual({ value }: Setting): boolean {
  const usual = ['header-strict', 'host-strict', 'host-normalize', 'url-normalize', 'url-normalize-unreserved']
  const more = ['url-normalize-required', 'url-ctrls-reject', 'url-path-2f-decode', 'url-path-dotseg-remove']
  if (value.kind !== 'list') return false
  return value.entries.every((entry) => {
    return entry.key !== undefined && [...usual, ...more].includes(entry.key) && isOn(entry, entry.key)
  })
}

const READ = [...BEARING, PARSE_OPTIONS, 'server.modules', 'server.name', 'server.port', 'server.bind', 'proxy.server']

function isRead(name: string): boolean {
  return READ.includes(name) || name.startsWith('var.') || /^(?:ssl\.(?:engine|pemfile|privkey))$/.test(name)
}
