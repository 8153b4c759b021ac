/** Check requests as each proxy asks them. */

import type { ConventionName } from '../../../src/gateway/forward-auth/server.js'
import { requestBytes, sendBytes, valuesOf, type WireAnswer } from '../../helpers/proxied.js'

export const ip = '127.0.0.1'

/** A check as the proxy asks it. */
export function check(name: ConventionName, url: string, lines: readonly string[] = [], method = 'GET') {
  const scheme = 'http'
  if (name === 'nginx' || name === 'haproxy') {
    const said = [`X-Original-URL: ${scheme}://www.example.com${url}`, `X-Original-Method: ${method}`]
    return {
      target: `/auth/${name}`,
      lines: [...said, `X-Original-IP: ${ip}`, 'X-Original-Host: www.example.com', ...lines],
    }
  }
  if (name === 'envoy') {
    return {
      method,
      target: `/auth/envoy${url}`,
      lines: [`X-Original-IP: ${ip}`, `X-Forwarded-Proto: ${scheme}`, ...lines],
    }
  }
  const said = [`X-Forwarded-Method: ${method}`, `X-Forwarded-Uri: ${url}`, 'X-Forwarded-Host: www.example.com']
  return {
    target: `/auth/${name}`,
    lines: [...said, `X-Forwarded-Proto: ${scheme}`, `X-Forwarded-For: ${ip}`, ...lines],
  }
}

export const ask = (port: number, ...args: Parameters<typeof check>) => sendBytes(port, requestBytes(check(...args)))
export const header = ({ headers }: WireAnswer, name: string) => valuesOf(headers, name)
