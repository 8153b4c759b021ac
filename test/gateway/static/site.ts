/** A folder of real files, a server of ours in front of it, and a client that sends and shows bytes as they are. */

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { createFiles, type FilesOptions } from '../../../src/gateway/static/files.js'
import type { Extra } from '../../../src/gateway/static/send.js'
import { readTarget } from '../../../src/http/target.js'

export interface Answer {
  readonly status: number
  /** Names in lower case; one that is there twice has both values. */
  readonly headers: Readonly<Record<string, string>>
  /** One char a byte. */
  readonly body: string
}

export interface Asking {
  readonly method?: string
  readonly headers?: readonly string[]
}

export type Ask = (target: string, asking?: Asking) => Promise<Answer>

export interface Site {
  readonly folder: string
  readonly port: number
  readonly ask: Ask
  readonly errors: unknown[]
}

export interface SiteOptions extends Partial<FilesOptions> {
  /** Behind which prefix the folder is. */
  readonly route?: string
  readonly extra?: Extra
  /** Hands on what the client sent, as no guard does. */
  readonly unjudged?: boolean
}

/** Files by name; a name is bytes, one char each. */
export type Tree = Readonly<Record<string, string>>

export function plant(folder: string, tree: Tree): void {
  for (const [name, content] of Object.entries(tree)) {
    const file = join(folder, name)
    mkdirSync(Buffer.from(dirname(file), 'latin1'), { recursive: true })
    if (!name.endsWith('/')) writeFileSync(Buffer.from(file, 'latin1'), content, 'latin1')
    else mkdirSync(Buffer.from(file, 'latin1'), { recursive: true })
  }
}

export function folderFor(t: Test, tree: Tree = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'authtkt-files-')))
  t.teardown(() => {
    // Whoever is not root cannot remove what it has shut.
    execFileSync('chmod', ['-R', 'u+rwX', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  plant(folder, tree)
  return folder
}

/** Ours, as a gateway calls it: the guard's spelling of the path, without what the route has taken. */
export async function serve(t: Test, folder: string, options: SiteOptions = {}): Promise<Site> {
  const { route = '', extra = { setCookies: [], noStore: false }, unjudged = false, ...rest } = options
  const errors: unknown[] = []
  const files = createFiles({
    folder,
    index: ['index.html', 'second.html', 'index.cgi'],
    onError: (error) => errors.push(error),
    ...rest,
  })
  const server = createServer((request, response) => {
    const { url = '' } = request
    const target = unjudged ? { url } : readTarget(url)
    if (typeof target === 'string') response.writeHead(target === 'syntax' ? 400 : 404).end()
    else files(request, response, (target.url.split('?')[0] as string).slice(route.length), extra)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { folder, port, ask: (target, asking) => ask(port, target, asking), errors }
}

export function bytesOf(port: number, target: string, { method = 'GET', headers = [] }: Asking = {}): Buffer {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...headers, 'Connection: close', '', '']
  return Buffer.from(lines.join('\r\n'), 'latin1')
}

/** One request on a connection of its own, until the server closes it. */
export async function ask(port: number, target: string, asking?: Asking): Promise<Answer> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytesOf(port, target, asking))
  return parse(await rest(socket))
}

export async function rest(socket: Socket, patience = 10_000): Promise<string> {
  let text = ''
  socket.on('error', () => {})
  socket.setTimeout(patience, () => {
    text = 'nothing came for too long'
    socket.destroy()
  })
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

export function parse(text: string): Answer {
  const end = text.indexOf('\r\n\r\n')
  const [line = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const header of lines) {
    const name = header.slice(0, header.indexOf(':')).toLowerCase()
    const value = header.slice(name.length + 2)
    headers[name] = name in headers ? `${headers[name]} | ${value}` : value
  }
  return { status: Number(line.split(' ')[1]), headers, body: text.slice(end + 4) }
}

/** Files that were touched just now are not kept in memory: this is how long "just now" lasts, and a little more. */
export const settle = () => sleep(2200)

/** Root reads whatever it likes: for a while we are somebody else. Returns the way back. */
export function asNobody(): () => void {
  if (process.geteuid?.() !== 0) return () => {}
  process.seteuid?.(65_534)
  return () => process.seteuid?.(0)
}
