/** Seeded configurations of an Apache with mod_auth_pubtkt, and what requests have to know of them. */
import { INNER, PORT, SUFFIXES, TLS_PORT } from './random-config.mjs'
import { randomSignedPlace, randomSigner } from './random-signed-place.mjs'
import { chance } from './random-words.mjs'

/** @import { Node } from './config-tree.mjs' */
/** @import { SignedHints } from './random-signed-place.mjs' */
/** @import { Random } from './random.mjs' */
/** @import { KeyPair } from './signing-keys.mjs' */

/** @typedef {{ matches: RegExp, hints: SignedHints }} SignedSection */
/**
 * The main server, or a virtual host.
 * @typedef {object} SignedHost
 * @property {string | undefined} name of a virtual host
 * @property {readonly SignedSection[]} sections in the order in which Apache merges them
 * @property {readonly string[]} paths that lie in or near its sections
 */
/** @typedef {{ nodes: readonly Node[], hosts: readonly SignedHost[], pairs: readonly KeyPair[] }} SignedConfig the first host is the main server */

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

/** The inside of a server. @param {Random} random @param {readonly KeyPair[]} pairs @param {readonly string[]} trees @param {number} often it has no key: once in so many */
function randomServer(random, pairs, trees, often) {
  /** @type {SignedHints} */
  const hints = {}
  const key = chance(random, often) ? [] : randomSigner(random, pairs, hints)
  const made = trees.flatMap((tree) => randomTree(random, pairs, tree))
  return {
    nodes: [...key, ...made.map(({ node }) => node)],
    sections: [{ matches: /^/, hints }, ...made.map(({ section }) => section)],
    paths: trees.flatMap((tree) => SUFFIXES.map((suffix) => `${tree}${suffix}`)),
  }
}

/** @param {Random} random @param {readonly KeyPair[]} pairs @param {SignedHost} main @param {string} name @returns {{ node: Node, host: SignedHost }} */
function randomHost(random, pairs, main, name) {
  const { nodes, sections, paths } = randomServer(random, pairs, [random.pick(['/t0', '/h'])], 2)
  const names = [`ServerName ${name}`, ...(chance(random, 2) ? [`ServerAlias alias-${name} *.wild-${name}`] : [])]
  return {
    node: { open: `VirtualHost *:${PORT}`, children: [...names.map((line) => ({ line })), ...nodes] },
    host: { name, sections: [...main.sections, ...sections], paths: [...main.paths, ...paths] },
  }
}

/** @param {Random} random @param {readonly KeyPair[]} pairs @param {boolean} tls there is a port for TLS @returns {SignedConfig} */
export function randomSignedConfig(random, pairs, tls) {
  // Without any key the answer is 500 everywhere that a user is asked for.
  const { nodes, sections, paths } = randomServer(random, pairs, TREES, 10)
  const main = { name: undefined, sections, paths: [...paths, '/', '/none'] }
  const names = chance(random, 3) ? ['v0.example.com', 'v1.example.com'] : []
  const hosts = names.map((name) => randomHost(random, pairs, main, name))
  const tlsHost = { open: `VirtualHost *:${TLS_PORT}`, children: [{ line: 'SSLEngine on' }] }
  return {
    nodes: [...nodes, ...hosts.map(({ node }) => node), ...(tls ? [tlsHost] : [])],
    hosts: [main, ...hosts.map(({ host }) => host)],
    pairs,
  }
}

/** What tickets for a path are made by. @param {SignedHost} host @param {string} path @param {readonly KeyPair[]} pairs */
export function signedHintsOf({ sections }, path, pairs) {
  /** @type {Required<SignedHints>} */
  const merged = {
    cookieName: 'auth_pubtkt',
    headers: ['cookie'],
    tokens: [],
    users: [],
    signer: { pair: /** @type {KeyPair} */ (pairs[0]), digest: 'sha1' },
    digest: null,
    passthruKey: null,
  }
  for (const { matches, hints } of sections) {
    if (!matches.test(path)) continue
    Object.assign(merged, hints)
    if (hints.digest) merged.signer = { ...merged.signer, digest: hints.digest }
  }
  return merged
}
