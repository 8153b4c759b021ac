/**
 * A folder's files as an area's content, as Apache serves them. Headers, conditions and ranges are `@fastify/send`'s;
 * here is what lies round it: which file it is, what is never served, and small files answered from memory.
 */

import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import fastifySend from '@fastify/send'
import { readTarget } from '../../http/target.js'
import { createCache, isSame, isSettled, type Kept, SMALL } from './cache.js'
import { createFinder } from './find.js'
import { diskPath, missing, readPath } from './names.js'
import { type Extra, pour, readBytes, say, withExtra } from './send.js'

export interface FilesOptions {
  readonly folder: string
  /** Names tried for a folder itself. */
  readonly index: readonly string[]
  /** Extensions of what a server would run, `.cgi`: such files are never shown. */
  readonly programs?: readonly string[] | undefined
  /** Is given what the disk fails with; the client has its 500 by then. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** Answers a request; `path` is what the judged path has below the route, percent-encoded. Never throws or rejects. */
export type ServeFiles = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  extra: Extra,
) => void | Promise<void>

const ALLOW = ['Allow', 'GET, HEAD, OPTIONS']
/** Where a file that is open has a name of its own: the library asks for names, and the disk may change meanwhile. */
const OPEN_FILES = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd'
/** Whether an answer may be kept is for the guard and the clients to say, as with Apache. */
const SEND = { root: OPEN_FILES, dotfiles: 'allow', index: false, cacheControl: false, contentType: false } as const

export function createFiles(options: FilesOptions): ServeFiles {
  const find = createFinder({ ...options, folder: resolve(options.folder) })
  const cache = createCache()

  async function answer(request: IncomingMessage, response: ServerResponse, path: string, extra: Extra): Promise<void> {
    const bytes = readPath(path)
    if (typeof bytes === 'number') return say(response, bytes, extra)
    const found = await find(bytes)
    if (typeof found === 'number') return say(response, found, extra)
    if (found === 'folder') return addSlash(request, response, extra)
    const handle = await openFile(found.file)
    if (typeof handle === 'number') return say(response, handle, extra)
    try {
      const kept = await sendFile(request, response, handle, found.file, extra)
      if (kept && found.first) cache.set(path, kept)
    } finally {
      await handle.close()
    }
  }

  return (request, response, below, extra) => {
    const { method, url = '' } = request
    if (method !== 'GET' && method !== 'HEAD') return say(response, method === 'OPTIONS' ? 200 : 405, extra, ALLOW)
    const path = below === '' ? '/' : below
    if (path === '/' && !endsInSlash(url)) return addSlash(request, response, extra)
    const kept = cache.get(path)
    if (kept && sendKept(request, response, kept, extra)) return
    return answer(request, response, path, extra).catch((error) => {
      if (response.headersSent) response.destroy()
      else say(response, 500, extra)
      options.onError?.(error)
    })
  }
}

/** The route's own folder can be asked for without its slash, which the path below the route does not tell. */
function endsInSlash(url: string): boolean {
  const target = readTarget(url)
  return typeof target !== 'string' && target.path.endsWith('/')
}

/** To the same path of the same server: it has been judged, so it begins with one slash. */
function addSlash({ url = '' }: IncomingMessage, response: ServerResponse, extra: Extra): void {
  const target = readTarget(url)
  if (typeof target === 'string') say(response, 400, extra)
  else say(response, 301, extra, ['Location', target.url.replace(/(?=\?)|$/, '/')])
}

async function openFile(file: string): Promise<FileHandle | 403 | 404> {
  try {
    // A pipe that has come in its place must not make us wait for somebody to write to it.
    return await open(diskPath(file), constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const why = missing(error)
    if (why === undefined) throw error
    return why === 'shut' ? 403 : 404
  }
}

/** What can be kept of the answer, if anything. */
async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  handle: FileHandle,
  file: string,
  extra: Extra,
): Promise<Kept | undefined> {
  // As if for HEAD: the library decides, the bytes are ours to send. It would open the file again.
  const asked = Object.create(request, { method: { value: 'HEAD' } }) as IncomingMessage
  const { type, statusCode, headers, metadata } = await fastifySend(asked, `/${handle.fd}`, SEND)
  if (type !== 'file') {
    const range = headers['Content-Range']
    say(response, statusCode, extra, range === undefined ? [] : ['Content-Range', range])
    return undefined
  }
  const unchanged = flat(headers, ['Content-Length'])
  if (statusCode === 304) {
    response.writeHead(304, withExtra(unchanged, extra)).end()
    return undefined
  }
  const head = [...flat(headers, []), ...typeOf(file)]
  if (request.method === 'HEAD') {
    response.writeHead(statusCode, withExtra(head, extra)).end()
    return undefined
  }
  const start = Number(/^bytes (\d+)/.exec(headers['Content-Range'] ?? '')?.[1] ?? 0)
  const length = Number(headers['Content-Length'])
  if (length > SMALL) {
    response.writeHead(statusCode, withExtra(head, extra))
    await pour(handle, response, start, length)
    return undefined
  }
  const bytes = await readBytes(handle, start, length)
  if (bytes.length < length) {
    response.destroy()
    return undefined
  }
  const body = bytes.toString('latin1')
  response.writeHead(statusCode, withExtra(head, extra)).end(body, 'latin1')
  const { stat } = metadata
  if (statusCode !== 200 || !isSettled(stat, Date.now()) || !isSame(stat, await handle.stat())) return undefined
  return { file: diskPath(file), stat, head, unchanged, etag: headers.ETag as string, body }
}

/** Whole answers, and the one condition that clients mostly send; false: the library is to say. */
function sendKept(request: IncomingMessage, response: ServerResponse, kept: Kept, extra: Extra): boolean {
  if (!isConditional(request.rawHeaders)) {
    response.writeHead(200, withExtra(kept.head, extra))
    if (request.method === 'HEAD') response.end()
    else response.end(kept.body, 'latin1')
    return true
  }
  const { headers } = request
  if (
    headers['if-none-match'] !== kept.etag ||
    headers['if-match'] !== undefined ||
    headers['if-unmodified-since'] !== undefined ||
    headers['cache-control'] !== undefined
  ) {
    return false
  }
  response.writeHead(304, withExtra(kept.unchanged, extra)).end()
  return true
}

/** Reads the lines as they came: `headers` would make an object of them, which whole answers do without. */
function isConditional(rawHeaders: readonly string[]): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const initial = name.charCodeAt(0) | 0x20
    if ((initial === 0x69 || initial === 0x72) && /^(?:if-|range$)/i.test(name)) return true
  }
  return false
}

function flat(headers: Readonly<Record<string, string>>, without: readonly string[]): string[] {
  return Object.entries(headers).flatMap(([name, value]) => (without.includes(name) ? [] : [name, String(value)]))
}

/** By the name that it lies under; an unknown one has no type, as in Apache. */
function typeOf(file: string): string[] {
  const type = fastifySend.mime.getType(file.slice(file.lastIndexOf('/')))
  if (type === null) return []
  return ['Content-Type', fastifySend.isUtf8MimeType(type) ? `${type}; charset=utf-8` : type]
}
