/** A gateway in this process, in front of a small app that tells what it was asked. */

import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { type Overrides, withOverrides } from '../../src/cli/serving.js'
import { readApacheConfig } from '../../src/config/apache.js'
import { nodeFiles } from '../../src/config/files.js'

import { createLog } from '../../src/gateway/log.js'
import { createMetrics } from '../../src/gateway/metrics.js'
import { type Running, serve } from '../../src/gateway/serve.js'

export interface App {
  readonly url: string
  readonly port: number
}

/** What the app answers: what it was asked, and the headers with that. */
export type Asked = { readonly method: string; readonly url: string; readonly headers: Record<string, string> }

const tell = (request: IncomingMessage, response: ServerResponse) => {
  const { method, url, headers } = request
  response.setHeader('Content-Type', 'application/json')
  request.resume().once('end', () => response.end(JSON.stringify({ method, url, headers })))
}

export async function startApp(
  t: Test,
  handle: (q: IncomingMessage, r: ServerResponse) => unknown = tell,
): Promise<App> {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port }
}

export interface Served extends Running {
  readonly port: number
  /** The log so far, one object a line. */
  log(): Record<string, unknown>[]
}

/** `text` is a configuration in Apache's syntax, strings are bytes. It ends with the test. */
export async function startServed(t: Test, text: string, flags: Overrides = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-served-'))
  const logFile = join(folder, 'log')

  const log = createLog('info', openSync(logFile, 'a'))
  const load = () => {
    const config = readApacheConfig(text, { files: nodeFiles })
    const { serving } = config
    return withOverrides({ options: config.options, serving }, { listen: [{ host: '127.0.0.1', port: 0 }], ...flags })
  }
  const running = await serve({ load, log, createMetrics })
  t.teardown(async () => {
    await running.drain()
    rmSync(folder, { recursive: true })
  })
  const port = Number(new URL(running.urls[0] as string).port)
  const lines = () => readFileSync(logFile, 'utf8').split('\n').filter(Boolean)
  return { ...running, port, log: () => lines().map((line) => JSON.parse(line)) }
}
