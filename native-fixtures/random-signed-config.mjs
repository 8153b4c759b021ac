/** Seeded configurations of an Apache with mod_auth_pubtkt, and what requests have to know of them. */
import { INNER, SUFFIXES, TLS_PORT } from './random-config.mjs'
import { randomSignedPlace, randomSigner } from './random-signed-place.mjs'
import { chance } from './random-words.mjs'

/** @import { Node } from './config-tree.mjs' */
/** @import { SignedHints } from './random-signed-place.mjs' */
/** @import { Random } from './random.mjs' */
/** @import { KeyPair } from './signing-keys.mjs' */

/** @typedef {{ matches: RegExp, hints: SignedHints }} SignedSection in the order in which Apache merges them */
/** @typedef {{ nodes: readonly Node[], sections: readonly SignedSection[], paths: readonly string[], pairs: readonly KeyPair[] }} SignedConfig */

/** One tree of paths: a section and some within it. @param {Random} random @param {readonly KeyPair[]} pairs @param {string} tree */
function randomTree(random, pairs, tree) {
  const open = random.pick([`Location "${tree}"`, `Location "${tree}"`, `Location "${tree}/"`])
  const outer = /** @type {const} */ ([open, RegExp(`^${tree}`)])
  const inner = Array.from({ length: random.int(4) }, () => random.pick(INNER)(tree))
  return [outer, ...inner].map(([open, matches], index) => {
    const { nodes, hints } = randomSignedPlace(random, pairs, index > 0)
    return { node: { open, children: nodes }, section: { matches, hints } }
  })
}

const TREES = ['/t0', '/t1', '/t2', '/t3']

/** @param {Random} random @param {readonly KeyPair[]} pairs @param {boolean} tls there is a port for TLS @returns {SignedConfig} */
export function randomSignedConfig(random, pairs, tls) {
  /** @type {SignedHints} */
  const hints = {}
  // Without any key the answer is 500 everywhere that a user is asked for.
  const main = chance(random, 10) ? [] : randomSigner(random, pairs, hints)
  const made = TREES.flatMap((tree) => randomTree(random, pairs, tree))
  const tlsHost = { open: `VirtualHost *:${TLS_PORT}`, children: [{ line: 'SSLEngine on' }] }
  return {
    nodes: [...main, ...made.map(({ node }) => node), ...(tls ? [tlsHost] : [])],
    sections: [{ matches: /^/, hints }, ...made.map(({ section }) => section)],
    paths: [...TREES.flatMap((tree) => SUFFIXES.map((suffix) => `${tree}${suffix}`)), '/', '/none'],
    pairs,
  }
}

/** What tickets for a path are made by. @param {SignedConfig} config @param {string} path */
export function signedHintsOf({ sections, pairs }, path) {
  /** @type {Required<SignedHints>} */
  const merged = {
    cookieName: 'auth_pubtkt',
    headers: ['cookie'],
    tokens: [],
    users: [],
    signer: { pair: /** @type {KeyPair} */ (pairs[0]), digest: 'sha1' },
    passthruKey: null,
  }
  for (const { matches, hints } of sections) if (matches.test(path)) Object.assign(merged, hints)
  return merged
}
