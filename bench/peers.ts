/**
 * What would people pick instead? passport-authtkt, the one package for such tickets on npm, with tickets that it has
 * issued itself; and fast-jwt with HS256, whose token is another format that says the same, in a cookie of the same use.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { createVerifier, type Key, type Ticket } from 'authtkt'
import { createVerifier as createJwtVerifier, createSigner } from 'fast-jwt'
import { type Contender, type Plan, type Race, race } from './measure.js'
import { batchOf } from './rows.js'
import { raceSheet, type Sheet } from './sheet.js'
import { BATCH, CLIENTS, forge, HEX_LENGTH, SECRET, tickets, ticketText } from './workloads.js'

interface AuthTkt {
  getCookie(uid: string, options: { tokens: string[]; userData: string; timestamp: number; ip: string }): string
  validateCookie(cookie: string, options: { ip: string }): unknown
}
const { AuthTkt } = createRequire(import.meta.url)('passport-authtkt') as { AuthTkt: new (secret: string) => AuthTkt }

/** One way to carry a ticket in a cookie. */
interface Peer {
  readonly name: string
  issue(ticket: Ticket, ip: string): string
  /** Another char where its check lies. */
  forge(cookieValue: string, i: number): string
  verify(cookieValue: string, ip: string): unknown
  /** What it found in its own words, in ours; undefined where it was refused. */
  read(found: unknown): Ticket | undefined
}

const forgedText = (cookieValue: string, at: number): string =>
  Buffer.from(forge(Buffer.from(cookieValue, 'base64').toString('latin1'), at), 'latin1').toString('base64')

function ours(name: string, key: Omit<Key, 'secret'>, issue: Peer['issue'], lazyTicket = false): Peer {
  const verifier = createVerifier({ keys: [{ ...key, secret: SECRET }], lazyTicket })
  return {
    name,
    issue,
    forge: (cookieValue, i) => forgedText(cookieValue, i % HEX_LENGTH[key.digest as 'md5']),
    verify: (cookieValue, ip) => verifier.verify(cookieValue, { ip }),
    read(found) {
      const result = found as ReturnType<typeof verifier.verify>
      return result.ok ? result.ticket : undefined
    },
  }
}

const byRecipe =
  (digest: 'md5' | 'sha256'): Peer['issue'] =>
  (ticket, ip) =>
    Buffer.from(ticketText(digest, SECRET, ip, ticket), 'latin1').toString('base64')

function passportAuthtkt(): Peer {
  const authtkt = new AuthTkt(SECRET)
  return {
    name: 'passport-authtkt',
    issue: ({ uid, tokens, userData, issuedAt }, ip) =>
      authtkt.getCookie(uid, { tokens, userData, timestamp: issuedAt, ip }),
    forge: (cookieValue, i) => forgedText(cookieValue, i % HEX_LENGTH.md5),
    verify: (cookieValue, ip) => authtkt.validateCookie(cookieValue, { ip }),
    read(found) {
      if (found === null) return undefined
      const { userid, tokens, userData, timestamp } = found as Record<string, never>
      return { uid: userid, tokens, userData, issuedAt: timestamp }
    },
  }
}

/** Its cache off, as ours is. It throws where it refuses: catching that is part of its use. The address it does not bind. */
function fastJwt(): Peer {
  const sign = createSigner({ key: SECRET, algorithm: 'HS256' })
  const verify = createJwtVerifier({ key: SECRET, algorithms: ['HS256'], cache: false })
  return {
    name: 'fast-jwt HS256 (a JWT)',
    issue: ({ uid, tokens, userData, issuedAt }) => sign({ uid, tokens, userData, iat: issuedAt }),
    forge(cookieValue, i) {
      const at = cookieValue.lastIndexOf('.') + 1 + (i % 40)
      return cookieValue.slice(0, at) + (cookieValue[at] === 'A' ? 'B' : 'A') + cookieValue.slice(at + 1)
    },
    verify(cookieValue) {
      try {
        return verify(cookieValue)
      } catch {
        return undefined
      }
    },
    read(found) {
      if (found === undefined) return undefined
      const { uid, tokens, userData, iat } = found as Record<string, never>
      return { uid, tokens, userData, issuedAt: iat }
    },
  }
}

/** Who stands in one table with whom; the last one is what the others are held against. */
function groups(): Readonly<Record<string, readonly Peer[]>> {
  const passport = passportAuthtkt()
  const key = { digest: 'md5', dialect: 'passport-authtkt' } as const
  return {
    passport: [ours('authtkt', key, passport.issue), ours('authtkt lazy', key, passport.issue, true), passport],
    jwt: [
      ours('authtkt sha256', { digest: 'sha256' }, byRecipe('sha256')),
      ours('authtkt sha256 lazy', { digest: 'sha256' }, byRecipe('sha256'), true),
      fastJwt(),
    ],
  }
}

/** Everybody must be right about every ticket, the good ones and the forged. */
function contender(peer: Peer, kind: 'valid' | 'forged'): Contender {
  const cookies = tickets('typical').map((ticket, i) => {
    const ip = CLIENTS[i] as string
    const good = peer.issue(ticket, ip)
    const value = kind === 'valid' ? good : peer.forge(good, i)
    assert.deepEqual(peer.read(peer.verify(value, ip)), kind === 'valid' ? ticket : undefined, peer.name)
    return value
  })
  return { name: peer.name, sample: batchOf(peer.verify, cookies, CLIENTS) }
}

type Row = Race & { readonly name: string }
export type PeerResults = Readonly<Record<string, readonly Row[]>>

export function peerResults(plan: Plan): PeerResults {
  const raced = (kind: 'valid' | 'forged', peers: readonly Peer[]): Row => {
    const contenders = peers.map((peer) => contender(peer, kind))
    return { name: `verify typical ${kind}`, ...race(contenders, peers.at(-1)?.name as string, BATCH, plan) }
  }
  return Object.fromEntries(
    Object.entries(groups()).map(([name, peers]) => {
      process.stderr.write(`peers, ${name}\n`)
      return [name, [raced('valid', peers), raced('forged', peers)]]
    }),
  )
}

const TITLES: Readonly<Record<string, string>> = {
  passport: 'The same tickets, read by passport-authtkt',
  jwt: 'A ticket, or a JWT that says the same',
}

export const peerTables = (results: PeerResults): Sheet[] =>
  Object.entries(results).map(([name, rows]) => {
    const [first = '', second = '', other = ''] = rows[0]?.timings.map((timing) => timing.name) ?? []
    const ratios = { [first]: `${first} to ${other}`, [second]: `${second} to ${other}` }
    return raceSheet({ name: `peers-${name}`, title: TITLES[name] as string, corner: 'ns per ticket' }, rows, ratios)
  })
