/** A browser's cookies over undici: one name for all servers, whatever their ports. */

import { CookieJar } from 'tough-cookie'
import { request } from 'undici'

export interface Page {
  readonly status: number
  readonly location: string | undefined
  readonly text: string
  readonly setCookies: readonly string[]
  readonly headers: Record<string, string | string[] | undefined>
}

export interface Browser {
  readonly jar: CookieJar
  /** Asks a server of this machine by `host`. Redirects are not followed. */
  visit(port: number, path: string, options?: { method?: 'GET' | 'POST'; body?: string; type?: string }): Promise<Page>
  /** The cookie that it would send there, or undefined. */
  cookie(name: string): Promise<string | undefined>
}

export function openBrowser(host: string): Browser {
  const jar = new CookieJar()
  const urlOf = (port: number, path = '/') => `http://${host}:${port}${path}`
  return {
    jar,
    async visit(port, path, { method = 'GET', body, type } = {}) {
      const cookie = await jar.getCookieString(urlOf(port, path))
      const answer = await request(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { host: `${host}:${port}`, ...(cookie && { cookie }), ...(type && { 'content-type': type }) },
        ...(body !== undefined && { body }),
      })
      const { headers, statusCode } = answer
      const setCookies = [headers['set-cookie'] ?? []].flat()
      for (const line of setCookies) await jar.setCookie(line, urlOf(port, path))
      const location = headers.location as string | undefined
      return { status: statusCode, location, text: await answer.body.text(), setCookies, headers }
    },
    async cookie(name) {
      const cookies = await jar.getCookies(urlOf(80))
      return cookies.find(({ key }) => key === name)?.value
    },
  }
}
