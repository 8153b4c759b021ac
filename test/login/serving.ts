/** `authtkt serve` with a login as a process of two workers, its files, and browsers that open a connection a request. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { htpasswdLine } from '../../native-fixtures/htpasswd.mjs'
import { CLIENTS, type Running } from '../../native-fixtures/oidc-provider.mjs'
import { type ServeProcess, startServe } from '../helpers/serve-process.js'
import { startApp } from '../helpers/served.js'
import { type Browser, openBrowser } from './desk.js'
import { provider } from './oidc-browser.js'

export const SECRET = 'the secret of two workers, which is long'
export const UID = 'ada'
export const PASSWORD = 'battery staple of Ada'

export interface Site extends ServeProcess {
  readonly origin: string
  readonly there: Running
  browser(): Browser
  put(name: string, text: string): string
  /** Writes the configuration anew, with other parts. */
  configure(parts?: object): void
  /** With other authenticators. */
  configureLogin(authenticators: readonly object[]): void
  /** SIGHUP, and all workers have read it. */
  reload(): Promise<void>
  /** Lines of the access log, oldest first, once there are so many. */
  requests(
    count: number,
  ): Promise<{ readonly pid: number; readonly method: string; readonly path: string; readonly ip: string }[]>
}

export interface SiteOptions {
  readonly flags?: readonly string[]
  /** Parts of the configuration beside the usual ones. */
  readonly parts?: object
}

/** It ends with the test. Two workers, one person, and a provider called `corp`. */
export async function startLogin(t: Test, { flags = [], parts = {} }: SiteOptions = {}): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-login-'))
  const put = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const redirectUris: string[] = []
  const there = await provider(t, { redirectUris })
  const app = await startApp(t)
  put('users', `${htpasswdLine(UID, PASSWORD, 'bcrypt')}\n`)
  put('secret', SECRET)
  put('client-secret', CLIENTS.post.secret)
  const usual = configurationOf(there, app.url)
  let login: object = usual.login
  const configure = (more: object = {}) => put('authtkt.json', JSON.stringify({ ...usual, login, ...parts, ...more }))
  const config = configure()
  const serve = await startServe(t, ['--config', config, '--workers', '2', '--access-log', ...flags])
  t.teardown(() => rmSync(folder, { recursive: true }))
  const origin = serve.urls.gateway as string
  // Its port is known only now.
  redirectUris.push(`${origin}/login/corp/callback`)
  await there.stop()
  await there.start()
  const lines = () =>
    serve
      .messages()
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))
  const clock = {
    get now() {
      return Math.floor(Date.now() / 1000)
    },
  }
  return {
    ...serve,
    origin,
    there,
    put,
    configure,
    configureLogin(authenticators) {
      login = { ...usual.login, authenticators }
      configure()
    },
    browser: () => openBrowser(origin, '/login', clock, true),
    async reload() {
      const times = serve.messages().split('configuration reloaded').length
      serve.child.kill('SIGHUP')
      await serve.says('configuration reloaded', times)
    },
    async requests(count) {
      await serve.says('"msg":"request"', count)
      return lines().filter(({ msg }) => msg === 'request')
    },
  }
}

function configurationOf({ issuer }: Running, upstream: string) {
  return {
    keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
    upstream,
    areas: [{ path: '/' }],
    gateway: { listen: '127.0.0.1:0' },
    login: {
      authenticators: [{ type: 'htpasswd', file: 'users' }],
      providers: [{ name: 'corp', issuer, clientId: CLIENTS.post.id, clientSecret: { file: 'client-secret' } }],
    },
  }
}
