/** Bodies that are of no use any more: browsers read an answer only once they have sent all. */

import type { IncomingMessage } from 'node:http'

/** Bytes that are read all the same; who sends more has had time enough to see the answer. */
const SKIP_MAX = 16 * 1024 * 1024

export function skip(message: IncomingMessage): void {
  let left = SKIP_MAX
  message.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) message.socket.destroy()
  })
  message.resume()
}
