/** The guard's options for a configuration of mod_auth_pubtkt: Location sections round its directives and Require. */

import { readFileSync } from 'node:fs'
import type { Node } from '../../native-fixtures/config-tree.mjs'
import { print } from '../../native-fixtures/config-tree.mjs'
import type { GuardOptions } from '../../src/index.js'
import type { SignatureDigest } from '../../src/types.js'

type Settings = Record<string, unknown>

/** Directives whose argument is the setting. */
const TEXTS: Readonly<Record<string, string>> = {
  loginurl: 'loginUrl',
  timeouturl: 'timeoutUrl',
  posttimeouturl: 'postTimeoutUrl',
  unauthurl: 'unauthUrl',
  refreshurl: 'refreshUrl',
  badipurl: 'badIpUrl',
  multifactorurl: 'multifactorUrl',
  cookiename: 'cookieName',
  backargname: 'backArgName',
}
const FLAGS: Readonly<Record<string, string>> = {
  requiressl: 'requireSsl',
  fakebasicauth: 'fakeBasicAuth',
  passthrubasicauth: 'passthruBasicAuth',
  requiremultifactor: 'requireMultifactor',
}
const AUTH_TYPES: Readonly<Record<string, string>> = {
  mod_auth_pubtkt: 'mod_auth_pubtkt',
  none: 'None',
  basic: 'Basic',
}

const WORD = /"((?:\\.|[^"\\])*)"|'([^']*)'|(\S+)/g
const wordsOf = (text: string) =>
  Array.from(text.matchAll(WORD), ([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '')

/** A directive's part in the settings of its place. */
function take(settings: Settings, line: string): void {
  const [name = '', ...values] = wordsOf(line)
  const directive = name.toLowerCase().replace(/^tktauth/, '')
  const [value = ''] = values
  const text = TEXTS[directive]
  const flag = FLAGS[directive]
  if (text) settings[text] = value
  if (flag) settings[flag] = value.toLowerCase() === 'on'
  if (directive === 'authtype') settings.authType = AUTH_TYPES[value.toLowerCase()] ?? null
  if (directive === 'header') settings.ticketHeaders = values
  if (directive === 'passthrubasickey') settings.passthruKey = Buffer.from(value, 'latin1')
  if (directive === 'token') settings.tokens = [...((settings.tokens as string[]) ?? []), ...values]
  if (directive === 'publickey') settings.publicKeys = [{ publicKey: readFileSync(value, 'utf8'), digest: 'sha1' }]
  if (directive === 'digest') {
    const digest = value.toLowerCase().replace('dss1', 'sha1') as SignatureDigest
    settings.publicKeys = (settings.publicKeys as object[] | undefined)?.map((key) => ({ ...key, digest }))
  }
}

function settingsOf(nodes: readonly Node[]): Settings {
  const settings: Settings = {}
  // As Apache joins them: a comment goes on behind a backslash, too.
  const lines = print(nodes.filter((node) => 'line' in node))
    .replace(/\\\n/g, '')
    .split('\n')
  for (const line of lines) if (!/^\s*#/.test(line)) take(settings, line)
  // A list that begins with it asks for none.
  if ((settings.tokens as string[] | undefined)?.[0] === 'NULL') settings.tokens = []
  if (settings.publicKeys === undefined) delete settings.publicKeys
  return settings
}

/** Places and rules are read by `read`, the rest here. */
export function signedOptions(nodes: readonly Node[], read: (text: string) => GuardOptions): GuardOptions {
  const sections = nodes
    .filter((node) => 'open' in node)
    .filter(({ open }) => open.startsWith('Location') || open.startsWith('location'))
  const places = sections.map(({ open, children }, i) => {
    const rules = children.filter((node) => ('open' in node ? true : /^\s*Require /.test(node.line)))
    return { open, children: [{ line: `TKTAuthCookieName place${i}` }, ...rules] }
  })
  const { areas = [], ...whole } = read(print(places))
  return {
    ...whole,
    compat: 'exact',
    module: 'mod_auth_pubtkt',
    ...settingsOf(nodes),
    areas: areas.map(({ cookieName, backArgName, timeoutRefresh, ...area }) => {
      const place = sections[Number(cookieName?.replace('place', ''))]
      return { ...area, ...settingsOf(place?.children ?? []) }
    }),
  }
}
