/** HAProxy: our action in Lua asks with HEAD and says what the nginx convention says. */

import { signal } from './answers.js'
import type { Convention } from './convention.js'
import { readOriginal } from './original.js'

const FIX = 'ask with authtkt.lua of this version'

export const haproxy: Convention = {
  takesPath: false,
  read: (check) => readOriginal(check, { url: FIX, method: FIX, ip: FIX, host: FIX }),
  respond: signal,
}
