/** Who is behind a proxy: X-Forwarded-For, -Proto, -Host and Forwarded (RFC 7239), believed from trusted hops only. */

import type { Matcher } from './cidr.js'
import { headerOf } from './headers.js'

export interface Origin {
  /** Address of the first hop that is no trusted proxy; undefined where a proxy does not say it. */
  readonly ip: string | undefined
  readonly scheme: string | undefined
  readonly host: string | undefined
}

export type ForwardedHeaders = 'x-forwarded' | 'forwarded' | 'both'

interface Hop {
  ip: string | undefined
  scheme: string | undefined
  host: string | undefined
}

/**
 * The request as it reached the first proxy, `ip` being the one that asked us. Each proxy appends what it saw, so the
 * lists are read from the right, as far as hops are trusted: what stands further left, a client may have made up.
 * Undefined where the two kinds of headers contradict each other.
 */
export function originOf(
  flat: readonly string[],
  ip: string,
  trusted: Matcher,
  kind: ForwardedHeaders,
): Origin | undefined {
  const standard = kind === 'x-forwarded' ? undefined : headerOf(flat, 'forwarded')
  const byStandard = standard === undefined ? undefined : walk(readForwarded(standard), ip, trusted)
  if (kind === 'forwarded') return byStandard ?? { ip, scheme: undefined, host: undefined }
  const byCustom = walk(readXForwarded(flat, ip), ip, trusted)
  if (byStandard === undefined) return byCustom
  return agree(byStandard, byCustom) || !X_HEADERS.some((name) => headerOf(flat, name) !== undefined)
    ? byStandard
    : undefined
}

const X_HEADERS = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host']

/** A proxy that sets the one kind hands the other on as the client made it up. */
function agree(a: Origin, b: Origin): boolean {
  const same = (one: string | undefined, other: string | undefined) =>
    one === undefined || other === undefined || one === other
  return a.ip === b.ip && same(a.scheme, b.scheme) && same(a.host, b.host)
}

function walk(hops: readonly Hop[], ip: string, trusted: Matcher): Origin {
  let origin: Origin = { ip, scheme: undefined, host: undefined }
  for (let i = hops.length - 1; i >= 0; i--) {
    const hop = hops[i] as Hop
    origin = { ip: hop.ip, scheme: hop.scheme ?? origin.scheme, host: hop.host ?? origin.host }
    if (hop.ip === undefined || !trusted(hop.ip)) break
  }
  return origin
}

function readXForwarded(flat: readonly string[], ip: string): Hop[] {
  const addresses = listOf(headerOf(flat, 'x-forwarded-for'))
  const schemes = listOf(headerOf(flat, 'x-forwarded-proto'))
  const hosts = listOf(headerOf(flat, 'x-forwarded-host'))
  // Many proxies overwrite -Proto and -Host where they append to -For: the last entry of a shorter list goes furthest.
  const at = (list: string[], fromRight: number) => list[Math.max(0, list.length - 1 - fromRight)]
  // A proxy that does not say for whom it asks may still say how it was asked.
  if (addresses.length === 0) return [{ ip, scheme: schemeOf(schemes.at(-1)), host: hosts.at(-1) }]
  return addresses.map((text, index) => {
    const fromRight = addresses.length - 1 - index
    return { ip: nodeAddress(text), scheme: schemeOf(at(schemes, fromRight)), host: at(hosts, fromRight) }
  })
}

function readForwarded(value: string): Hop[] {
  const elements = splitOutsideQuotes(value, ',')
  // A client's quote that nothing closes would swallow what the proxies append: nobody knows who asks.
  if (elements === undefined) return [{ ip: undefined, scheme: undefined, host: undefined }]
  return elements.map((element) => {
    const hop: Hop = { ip: undefined, scheme: undefined, host: undefined }
    for (const pair of splitOutsideQuotes(element, ';') as string[]) {
      const [, name = '', value = ''] = /^\s*([a-z]+)\s*=(.*)$/is.exec(pair) ?? []
      const text = value.trim()
      const plain = text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/gs, '$1') : text
      if (/^for$/i.test(name)) hop.ip = nodeAddress(plain)
      else if (/^proto$/i.test(name)) hop.scheme = schemeOf(plain)
      else if (/^host$/i.test(name)) hop.host = plain
    }
    return hop
  })
}

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : value.split(',').map((text) => text.trim())
}

/** `192.0.2.7`, `192.0.2.7:4711`, `[2001:db8::7]:4711`, `2001:db8::7`: the address alone. Nothing for obfuscated names. */
function nodeAddress(text: string): string | undefined {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\w+)?$|^([0-9a-fA-F:.]+)$/.exec(text)
  return parts?.[1] ?? parts?.[2] ?? parts?.[3]
}

function schemeOf(text: string | undefined): string | undefined {
  const scheme = text?.toLowerCase()
  return scheme === 'https' || scheme === 'wss' ? 'https' : scheme === 'http' || scheme === 'ws' ? 'http' : undefined
}

/** Undefined where a quote is never closed. */
function splitOutsideQuotes(text: string, separator: string): string[] | undefined {
  const parts: string[] = []
  let from = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && quoted) i++
    else if (text[i] === '"') quoted = !quoted
    else if (text[i] === separator && !quoted) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return quoted ? undefined : parts
}
