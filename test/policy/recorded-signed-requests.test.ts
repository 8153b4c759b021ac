/**
 * Every recorded request of the real mod_auth_pubtkt, asked of a guard with `compat: 'exact'`: the same status, Location,
 * identity and Authorization, byte for byte. The directives are put into options here, by hand and by the letter.
 */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { headerOf } from '../../src/http/headers.js'
import { createGuard } from '../../src/policy/guard.js'
import type { AreaOptions } from '../../src/policy/options.js'
import type { SignatureDigest } from '../../src/types.js'
import { vectorsOf } from '../helpers/recorded.js'
import { type Exchange, recordedAnswer, requestOf, seenOf } from '../helpers/recorded-exchange.js'

type Vector = Exchange & {
  readonly config: readonly string[]
  readonly config_parent?: readonly string[]
}

interface Draft extends AreaOptions {
  publicKey?: string
  digest?: SignatureDigest
}

const on = (text = '') => text.toLowerCase() === 'on'
const digestOf = (text = '') => (text === 'DSS1' ? 'sha1' : (text.toLowerCase() as SignatureDigest))

const OPTIONS: Readonly<Record<string, (args: readonly string[], area: Draft) => Draft>> = {
  LoginURL: ([url]) => ({ loginUrl: url }),
  TimeoutURL: ([url]) => ({ timeoutUrl: url }),
  PostTimeoutURL: ([url]) => ({ postTimeoutUrl: url }),
  UnauthURL: ([url]) => ({ unauthUrl: url }),
  RefreshURL: ([url]) => ({ refreshUrl: url }),
  BadIPURL: ([url]) => ({ badIpUrl: url }),
  MultifactorURL: ([url]) => ({ multifactorUrl: url }),
  CookieName: ([name]) => ({ cookieName: name }),
  BackArgName: ([name]) => ({ backArgName: name }),
  Header: (names) => ({ ticketHeaders: [...names] }),
  RequireSSL: ([flag]) => ({ requireSsl: on(flag) }),
  RequireMultifactor: ([flag]) => ({ requireMultifactor: on(flag) }),
  FakeBasicAuth: ([flag]) => ({ fakeBasicAuth: on(flag) }),
  PassthruBasicAuth: ([flag]) => ({ passthruBasicAuth: on(flag) }),
  PassthruBasicKey: ([key]) => ({ passthruKey: key }),
  Token: (args, area) => ({ tokens: [...(area.tokens ?? []), ...args] }),
  // A key brings its old digest along, whatever stood before it.
  PublicKey: ([file = '']) => ({
    publicKey: readFileSync(`native-fixtures/recorded/${file}`, 'utf8'),
    digest: 'sha1',
  }),
  Digest: ([name]) => ({ digest: digestOf(name) }),
  Debug: () => ({}),
}

function areaOf(path: string, lines: readonly string[], outer: Draft): Draft {
  const area: Draft = { path }
  for (const line of lines) {
    const [name = '', ...args] = line.split(/\s+/)
    if (name.startsWith('TKTAuth')) {
      Object.assign(area, OPTIONS[name.slice(7)]?.(args, area) ?? { unknown: name })
    } else if (name === 'AuthType') {
      area.authType = args[0] === 'None' ? 'None' : 'mod_auth_pubtkt'
    } else if (name === 'Require') {
      area.require = args[0] === 'valid-user' ? 'valid-user' : { users: args.slice(1) }
    }
  }
  const publicKey = area.publicKey ?? outer.publicKey
  const digest = area.digest ?? outer.digest
  return publicKey === undefined ? area : { ...area, publicKey, digest: digest as SignatureDigest }
}

function optionsOf({ publicKey, digest, ...area }: Draft): AreaOptions {
  return publicKey === undefined ? area : { ...area, publicKeys: [{ publicKey, digest }] }
}

/** Where we differ from the module on purpose. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'pubtkt/cache-otherkey-warm': "P1: another key's ticket is none, whatever is remembered",
  'pubtkt/cache-otherdigest-warm': "P1: another digest's ticket is none, whatever is remembered",
}

t.test('exact answers every recorded request as the module did', async (t) => {
  const vectors = vectorsOf<Vector>('recorded/mod_auth_pubtkt')
  for (const vector of vectors) {
    const outer = areaOf(vector.location.replace(/[^/]+\/$/, ''), vector.config_parent ?? [], {})
    const area = areaOf(vector.location, vector.config, outer)
    const guard = createGuard({
      compat: 'exact',
      module: 'mod_auth_pubtkt',
      require: 'granted',
      order: 'listed',
      // A3: what the module believes.
      trustedProxies: 'any',
      areas: [...(vector.config_parent ? [optionsOf(outer)] : []), optionsOf(area)],
    })
    const request = requestOf(vector)
    const decision = guard.decide(request)
    const own = headerOf(request.headers.flat() as string[], 'authorization') ?? null
    const authorization = decision.kind !== 'allow' ? null : (decision.authorization ?? own)
    const ours = { ...seenOf(decision), authorization }
    const { response } = vector
    const env = response.status === 200 ? response.env : undefined
    const theirs = { ...recordedAnswer(vector), authorization: env?.HTTP_AUTHORIZATION ?? null }
    // An answer to HEAD has no body that could tell.
    if (response.status === 200 && !env) t.equal(ours.status, theirs.status, vector.id)
    else if (vector.id in DIFFERENT) t.notSame(ours, theirs, `${vector.id}: ${DIFFERENT[vector.id]}`)
    else t.strictSame(ours, theirs, vector.id)
  }
  t.ok(vectors.length > 130, `${vectors.length} recordings`)
})
