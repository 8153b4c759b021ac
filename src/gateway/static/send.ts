/** Bytes of a file on their way to a client, and the short answers of a server of files. */

import type { FileHandle } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { sentence } from '../../adapters/answer.js'

/** What the guard wants sent with whatever is answered. */
export interface Extra {
  readonly setCookies: readonly string[]
  readonly noStore: boolean
}

const CHUNK = 262_144

const SENTENCES: Readonly<Record<number, string>> = {
  200: '',
  301: 'This folder has a slash at its end.\n',
  405: 'This can only be read.\n',
  412: 'This is not the version that was asked for.\n',
  416: 'There is no such part of this file.\n',
  501: 'programs are not run here\n',
}

/** `head` with the guard's cookies; itself where there are none. */
export function withExtra(head: string[], { setCookies, noStore }: Extra): string[] {
  if (setCookies.length === 0 && !noStore) return head
  const cookies = setCookies.flatMap((cookie) => ['Set-Cookie', cookie])
  return noStore ? [...head, 'Cache-Control', 'no-store', ...cookies] : [...head, ...cookies]
}

/** A status with a sentence. `head`: name, value, name, value ... */
export function say(response: ServerResponse, status: number, extra: Extra, head: readonly string[] = []): void {
  const body = SENTENCES[status] ?? sentence(status)
  const type = body === '' ? [] : ['Content-Type', 'text/plain; charset=utf-8']
  response.writeHead(status, withExtra([...head, ...type, 'Content-Length', String(body.length)], extra))
  response.end(body, 'latin1')
}

/** So many bytes of a file; fewer where it has become shorter. */
export async function readBytes(handle: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

/**
 * Sends so many bytes of a file behind a head that has promised them. Where the file has become shorter the connection
 * ends: an answer that ended as usual would look whole, and the client would wait for the rest.
 */
export async function pour(handle: FileHandle, response: ServerResponse, start: number, length: number): Promise<void> {
  for (let sent = 0; sent < length; ) {
    const chunk = await readBytes(handle, start + sent, Math.min(CHUNK, length - sent))
    if (chunk.length === 0 || response.destroyed) {
      response.destroy()
      return
    }
    sent += chunk.length
    if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

/** Once more can be written, or nobody is there any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done)
      resolve()
    }
    if (response.destroyed) resolve()
    else response.on('drain', done).on('close', done)
  })
}
