/** A whole site for a browser: `authtkt serve` with two workers, people in an htpasswd file, an application behind it. */

import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { htpasswdLine } from '../../native-fixtures/htpasswd.mjs'
import { escapeHtml } from '../../src/login/html.js'
import { type ServeProcess, startServe } from '../helpers/serve-process.js'

export const SECRET = 'the secret of a site that browsers visit'
export const PASSWORD = 'open sesame & <more> \u00e4'
const GROUPS = 'admin: ada\nstaff: ada ben\n'

export interface Site {
  /** Origin: scheme, host and port. */
  readonly url: string
  /** The application's, which no gateway is in front of. */
  readonly behind: string
  /** What the application has been sent. */
  readonly posted: readonly string[]
  readonly process: ServeProcess
}

export interface SiteOptions {
  /** Parts of the configuration. */
  readonly areas?: readonly object[]
  readonly more?: object
  readonly login?: object
  readonly tls?: { readonly certFile: string; readonly keyFile: string }
  /** More files, by name. */
  readonly files?: Readonly<Record<string, string>>
}

/** A field of a form, as pages see it. */
export interface Field {
  value: string
}

/** It ends with the test. */
export async function startSite(t: Test, options: SiteOptions = {}): Promise<Site> {
  const { areas = [], more = {}, login = {}, tls, files = {} } = options
  const posted: string[] = []
  const behind = await startApplication(t, posted)
  const config = {
    keys: [{ secret: { file: 'secret' }, digest: 'sha256' }],
    upstream: behind,
    areas: [
      { path: '/' },
      { path: '/admin', tokens: ['admin'] },
      { path: '/lounge', guestLogin: true, guestUser: 'guest' },
      ...areas,
    ],
    ...more,
    gateway: {
      listen: tls ? { address: '127.0.0.1:0', tls: { cert: tls.certFile, key: tls.keyFile } } : '127.0.0.1:0',
      workers: 2,
    },
    login: { authenticators: [{ type: 'htpasswd', file: 'users', groupFile: 'groups' }], ...login },
  }
  const folder = t.testdir({
    secret: SECRET,
    users: `${['ada', 'ben'].map((uid) => htpasswdLine(uid, PASSWORD, 'apr1')).join('\n')}\n`,
    groups: GROUPS,
    'authtkt.json': JSON.stringify(config),
    ...files,
  })
  for (const name of ['secret', ...Object.keys(files)]) chmodSync(`${folder}/${name}`, 0o600)
  const process = await startServe(t, ['--config', `${folder}/authtkt.json`])
  return { url: process.urls.gateway as string, behind, posted, process }
}

async function startApplication(t: Test, posted: string[]): Promise<string> {
  const server = createServer((request, response) => void answer(request, response, posted)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Pages that say what was asked for and by whom, with links and forms of their own. */
async function answer(request: IncomingMessage, response: ServerResponse, posted: string[]): Promise<void> {
  const { method, url = '', headers } = request
  const body = await text(request)
  if (method === 'POST') posted.push(`${url} ${body}`)
  const shown = { url, uid: headers['remote-user'] ?? null, tokens: headers['remote-user-tokens'] ?? null }
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.end(`<!doctype html>
<html lang="en"><head><title>The application</title><link rel="icon" href="data:,"></head>
<body><h1>The application</h1><pre>${escapeHtml(JSON.stringify(shown))}</pre>
<p><a href="#part">Part</a> <a href="/elsewhere?from=here#part">Elsewhere</a> <a href="/login/logout">Leave</a></p>
<form method="post" action="${escapeHtml(url)}"><input name="form" value="a field of the application">
<textarea name="text" aria-label="Text"></textarea><button>Save</button></form>
<form method="post" action="${escapeHtml(url)}" enctype="multipart/form-data"><input type="file" name="file" aria-label="File">
<button>Upload</button></form></body></html>
`)
}

/** What the application says; fails on a page that is not the application's. */
export async function shown(page: Page): Promise<{ url: string; uid: string | null; tokens: string | null }> {
  return JSON.parse((await page.locator('pre').textContent()) ?? '')
}

/** Fills in the form that is there, and sends it. */
export async function signIn(page: Page, uid = 'ada', password = PASSWORD): Promise<void> {
  await page.getByLabel('User').fill(uid)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

/** Leaves by the application's link, and says yes. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Leave' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
}

/** The heading and the note of a page of the login. */
export async function says(page: Page): Promise<{ title: string; note: string }> {
  const note = page.locator('.note')
  return {
    title: (await page.locator('h1').textContent()) ?? '',
    note: (await note.count()) === 0 ? '' : ((await note.first().textContent()) ?? ''),
  }
}
