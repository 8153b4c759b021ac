/** Pages that are served here and by nobody else: the login's. The gateway knows no more of them than this. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Visit } from '../policy/visit.js'

export interface Pages {
  /** They are this path and all below it. */
  readonly path: string
  /** Those that anybody must be able to ask for. */
  readonly paths: readonly string[]
  /** Names of the virtual hosts that have them; undefined: all, and the main server. */
  readonly hosts: readonly string[] | undefined
  /** `accept`: tells a client that waits with its body to go on. */
  handle(
    message: IncomingMessage,
    response: ServerResponse,
    visit: Visit | undefined,
    now: number,
    accept: (() => void) | undefined,
  ): Promise<void>
  close(): Promise<void>
}
