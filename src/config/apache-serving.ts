/** What an Apache configuration serves, beside what its guard decides. */

import { identityOf, limitsOf } from './apache-limits.js'
import { contentOf } from './content.js'
import type { Context } from './context.js'
import { linesIn, programEndings } from './diversions.js'
import { listenersOf, tlsOf } from './listeners.js'
import { PROGRAMS } from './programs.js'
import type { Server } from './servers.js'
import { NO_SERVING, type Serving } from './serving.js'
import type { Placed } from './stricter.js'
import type { Statement } from './tree.js'

export interface HostFolders {
  readonly host: Server
  readonly folders: readonly Placed[]
}

/** `hosts` in the order of the configuration, as the guard's are: one entry for each address. */
export function servingOf(
  context: Context,
  statements: readonly Statement[],
  main: Server,
  folders: readonly Placed[],
  hosts: readonly HostFolders[],
): Serving {
  const files = [{ folders }, ...hosts].flatMap((one) => one.folders.map(({ section }) => section.at))
  const all = [...statements, ...files.filter(({ name }) => name === '.htaccess')]
  const rewrites = linesIn(all).some(({ name, text }) => /^rewriteengine$/i.test(name) && /^"?on/i.test(text))
  const documents = { programs: [...new Set([...PROGRAMS, ...programEndings(all)])] }
  const content = (host: Server | undefined, folders: readonly Placed[]) =>
    contentOf({ context, main, host, folders, tls: tlsOf(main, host) !== undefined, rewrites, documents })
  return {
    ...NO_SERVING,
    listen: listenersOf(context, main),
    main: content(undefined, folders),
    hosts: hosts.flatMap(({ host, folders }) => {
      const own = content(host, folders)
      return host.addresses.map(() => own)
    }),
    identity: identityOf(context, statements),
    ...limitsOf(context, main),
  }
}
