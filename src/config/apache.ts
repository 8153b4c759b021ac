/** Apache's configuration as the guard's options. */

import type { AreaOptions, GuardOptions, HostOptions } from '../policy/options.js'
import { asksForUser } from '../policy/require.js'
import { servingOf } from './apache-serving.js'
import { areasOf, checkSeen, type Seen } from './areas.js'
import { type ApacheConfigOptions, type Context, createContext } from './context.js'
import { type KeyOptions, type KeySources, ringOf } from './keyring.js'
import { surveyServers } from './leading.js'
import { mainPortsOf } from './main-ports.js'
import type { Note } from './notes.js'
import { readServer, type Server } from './servers.js'
import type { Serving } from './serving.js'
import { serverKeys, warnOfMissingKey } from './signed-keys.js'
import { handOver, settleModule } from './ticket-module.js'
import { isSection, readTree, type Statement } from './tree.js'
import { checkWhole } from './whole.js'
import { words } from './words.js'

export interface ApacheConfig {
  readonly options: GuardOptions
  /** What a gateway has beside its guard. */
  readonly serving: Serving
  readonly notes: Note[]
  /** Where the secret of each key of `options` stands. */
  readonly keySources: KeySources
}

/** What DirectoryIndex has in Debian. */
const INDEX_NAMES = ['index.html', 'index.cgi', 'index.pl', 'index.php', 'index.xhtml', 'index.htm']

/**
 * The guard's options and what an operator should know. The text is latin-1, one char a byte. What is not understood and
 * bears on who may enter is an error (`ERR_TKT_CONFIG`), unless `allowSkipped` names it.
 */
export function readApacheConfig(text: string, options: ApacheConfigOptions = {}): ApacheConfig {
  const { context, statements } = readStatements(text, options)
  const main = readServer(context, statements)
  const indexNames = [...INDEX_NAMES, ...directoryIndexes(statements)]
  const seen: Seen = new Set()

  const keys = ringOf(context, main, undefined, context.keySources)
  const { areas, folders } = areasOf(context, main, undefined, seen, indexNames)
  const read = main.hosts.map((host) => ({ host, ...areasOf(context, main, host, seen, indexNames) }))
  const hosts = read.flatMap(({ host, areas }) => hostsOf(context, main, host, areas))
  checkSeen(context, [main, ...main.hosts], seen)
  // All that was read before it is read again as what it is.
  if (context.tickets.late) return readApacheConfig(text, { ...options, module: 'mod_auth_pubtkt' })
  warnOfMissing(context, main, undefined, areas, keys)

  const guardOptions: GuardOptions = {
    compat: context.exact ? 'exact' : 'hardened',
    ...(isSigned(context) ? { module: 'mod_auth_pubtkt' } : {}),
    order: 'listed',
    default: 'pass',
    ...(context.exact ? { minSecretLength: 1, demoSecrets: 'allow' } : {}),
    require: 'no-rule',
    // Those who sign in elsewhere go on with the cookie that the module has.
    ...(isSigned(context) && !context.exact ? { cookieName: 'auth_pubtkt' } : {}),
    ...main.draft.settings,
    ...serverKeys(context, main, undefined),
    ...(keys.length > 0 ? { keys } : {}),
    areas,
    ...(hosts.length > 0 ? { unknownHost: 'first', ...mainPortsOf(statements, hosts), hosts } : {}),
  }
  checkWhole(context, guardOptions)
  const serving = servingOf(context, statements, main, folders, read)
  return { options: guardOptions, serving, notes: context.notes.list(), keySources: context.keySources }
}

/** The main configuration, read again where conditions in it stood before what tells which module it is for. */
function readStatements(text: string, options: ApacheConfigOptions): { context: Context; statements: Statement[] } {
  const first = createContext(options)
  let context = first
  let statements = readTree(first, text, first.file)
  if (!settleModule(first, statements)) {
    context = createContext(options)
    handOver(first.tickets, context.tickets)
    statements = readTree(context, text, context.file)
  }
  surveyServers(context, statements)
  return { context, statements }
}

/** One entry for each address of a VirtualHost. */
function hostsOf(context: Context, main: Server, host: Server, areas: AreaOptions[]): HostOptions[] {
  return host.addresses.map(({ address, port }) => {
    const keys = ringOf(context, main, host, context.keySources)
    warnOfMissing(context, main, host, areas, keys)
    return {
      names: [...new Set(host.names)],
      ...(port === null ? {} : { port }),
      ...(address === null ? {} : { address }),
      ...(keys.length > 0 ? { keys } : {}),
      ...host.draft.settings,
      ...serverKeys(context, main, host),
      areas,
    }
  })
}

/** Names that any DirectoryIndex gives: what they stand for is asked for by the name of the folder, too. */
function directoryIndexes(statements: readonly Statement[]): string[] {
  return statements.flatMap((statement) => {
    if (isSection(statement)) return directoryIndexes(statement.children)
    return statement.name.toLowerCase() === 'directoryindex' ? words(statement.text) : []
  })
}

function isSigned({ tickets }: Context): boolean {
  return tickets.module === 'mod_auth_pubtkt'
}

function warnOfMissing(
  context: Context,
  main: Server,
  host: Server | undefined,
  areas: readonly AreaOptions[],
  keys: readonly KeyOptions[],
): void {
  if (isSigned(context)) {
    warnOfMissingKey(context, main, host, areas)
    return
  }
  const asking = areas.find(({ require }) => require !== undefined && asksForUser(require))
  if (keys.length > 0 || !asking) return
  const place = { file: context.file, line: 1 }
  context.notes.warn(
    place,
    `TKTAuthSecret: is missing, and ${asking.name} asks for a user; requests there are answered 500`,
  )
}
