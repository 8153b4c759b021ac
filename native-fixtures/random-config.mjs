/** Seeded Apache configurations: sections within sections, patterns, virtual hosts, and what requests have to know of them. */
import { quoted } from './apache-server.mjs'
import { randomSecret } from './random.mjs'
import { randomPlace } from './random-place.mjs'
import { chance } from './random-words.mjs'

/** @import { Node } from './config-tree.mjs' */
/** @import { Hints } from './random-place.mjs' */
/** @import { Random } from './random.mjs' */

/** @typedef {'md5' | 'sha256' | 'sha512'} Digest */
/** @typedef {{ digest: Digest, secret: string, secretOld: string | undefined }} Keys */
/** @typedef {{ matches: RegExp, owns: boolean, hints: Hints }} Section */
/**
 * A server of the configuration: the main one, or a virtual host.
 * @typedef {object} Host
 * @property {string | undefined} name of a virtual host
 * @property {Keys} keys
 * @property {readonly Section[]} sections in the order in which Apache merges them
 * @property {readonly string[]} paths that lie in or near its sections
 */
/** @typedef {{ nodes: readonly Node[], hosts: readonly Host[] }} Config the first host is the main server */

/** Where the ports go: they are known when the servers run. */
export const PORT = '@PORT@'
export const TLS_PORT = '@TLS_PORT@'

/** What sections match, with a regex for the same. @type {readonly ((tree: string) => readonly [string, RegExp])[]} */
export const INNER = [
  (tree) => [`Location "${tree}/in"`, RegExp(`^${tree}/in(/|$)`)],
  (tree) => [`Location "${tree}/in/deep"`, RegExp(`^${tree}/in/deep(/|$)`)],
  (tree) => [`Location "${tree}/dir/"`, RegExp(`^${tree}/dir/`)],
  (tree) => [`Location "${tree}/*/w"`, RegExp(`^${tree}/[^/]*/w`)],
  (tree) => [`Location "${tree}/i?"`, RegExp(`^${tree}/i[^/]`)],
  (tree) => [`Location "${tree}/[a-c]x"`, RegExp(`^${tree}/[a-c]x`)],
  (tree) => [`Location "${tree}/sp ace"`, RegExp(`^${tree}/sp ace(/|$)`)],
  (tree) => [`Location "${tree}/caf\xe9"`, RegExp(`^${tree}/caf\xe9(/|$)`)],
  (tree) => [`Location ~ "^${tree}/(in|out)/x"`, RegExp(`^${tree}/(in|out)/x`)],
  (tree) => [`LocationMatch "${tree}/m[0-9]+"`, RegExp(`${tree}/m[0-9]+`)],
  (tree) => [`LocationMatch "^${tree}/.*\\.gif$"`, RegExp(`^${tree}/.*\\.gif$`)],
  (tree) => [`LocationMatch "(?i)^${tree}/CI"`, RegExp(`^${tree}/ci`, 'i')],
  (tree) => [`LocationMatch "^${tree}/(?!in)[[:alpha:]]+$"`, RegExp(`^${tree}/(?!in)[A-Za-z]+$`)],
  (tree) => [`LocationMatch ^${tree}/\\w+/\\w$`, RegExp(`^${tree}/\\w+/\\w$`)],
  (tree) => [`Location "${tree}/[!a-c]x"`, RegExp(`^${tree}/[^a-c/]x`)],
  (tree) => [`Location "${tree}*"`, RegExp(`^${tree}[^/]*`)],
  (tree) => [`location ${tree}/in/`, RegExp(`^${tree}/in/`)],
  (tree) => [`LocationMatch "^${tree}/.x$"`, RegExp(`^${tree}/.x$`, 's')],
  (tree) => [`LocationMatch "(?i)^${tree}/\xe9"`, RegExp(`^${tree}/\xe9`)],
  (tree) => [`LocationMatch "^${tree}/\\s|^${tree}/\xe9\\b"`, RegExp(`^${tree}/[ \n\xe9]`)],
  (tree) => [`Location "${tree}/*"`, RegExp(`^${tree}/[^/]*`)],
]
export const SUFFIXES = [
  '',
  '/',
  '/x',
  '/in',
  '/in/',
  '/in/deep/z',
  '/in/w',
  '/dir',
  '/dir/',
  '/dir/y',
  '/ix',
  '/bx',
  '/sp%20ace/',
  '/caf\xe9',
  '/out/x',
  '/m7',
  '/a.gif',
  '/a%0a.gif',
  '/%0ax',
  '/%c9',
  '/%e9/x',
  '/%a0',
  '/%20',
  '/ci',
  '/CI/x',
  'x',
  '/In/x',
]

/** @param {Random} random @param {Keys | undefined} outer @returns {{ nodes: Node[], keys: Keys }} */
function randomKeys(random, outer) {
  const secret = outer && chance(random, 2) ? undefined : randomSecret(random, random.pick([1, 20, 64, 65, 130]))
  const secretOld = chance(random, 2) ? randomSecret(random, 20) : undefined
  /** @type {Digest | undefined} */
  const digest = chance(random, outer ? 2 : 4) ? undefined : random.pick(['md5', 'sha256', 'sha512'])
  const nodes = [
    ...(secret === undefined ? [] : [{ line: `TKTAuthSecret ${quoted(secret)}` }]),
    ...(secretOld === undefined ? [] : [{ line: `TKTAuthSecretOld ${quoted(secretOld)}` }]),
    ...(digest === undefined ? [] : [{ line: `TKTAuthDigestType ${digest.toUpperCase()}` }]),
  ]
  const keys = {
    secret: secret ?? outer?.secret ?? '',
    secretOld: secretOld ?? outer?.secretOld,
    digest: digest ?? outer?.digest ?? 'md5',
  }
  return { nodes, keys }
}

/** One tree of paths: a section and some within it. @param {Random} random @param {string} tree @returns {{ node: Node, section: Section }[]} */
function randomTree(random, tree) {
  const outer = /** @type {const} */ ([
    random.pick(tree === '/' ? [`Location "/"`] : [`Location "${tree}"`, `Location "${tree}"`, `Location "${tree}/"`]),
    RegExp(`^${tree}`),
  ])
  const inner = Array.from({ length: tree === '/' ? 0 : random.int(4) }, () => random.pick(INNER)(tree))
  const made = [outer, ...inner].map(([open, matches], index) => {
    const { nodes, hints, owns } = randomPlace(random, index > 0)
    return { node: { open, children: nodes }, section: { matches, owns, hints } }
  })
  // Apache goes by the order in the file, not by depth.
  return chance(random, 6) ? made.reverse() : made
}

/** @param {Random} random @param {readonly string[]} names */
function randomTrees(random, names) {
  const made = names.flatMap((name) => randomTree(random, name))
  return {
    nodes: made.map(({ node }) => node),
    sections: made.map(({ section }) => section),
    paths: names.flatMap((name) => SUFFIXES.map((suffix) => `${name}${suffix}`.replace('//', '/'))),
  }
}

/** @param {Random} random @param {Host} main @param {string} name @returns {{ node: Node, host: Host }} */
function randomHost(random, main, name) {
  const { nodes, keys } = randomKeys(random, main.keys)
  const trees = randomTrees(random, [random.pick(['/t0', '/h']), '/h2'])
  const names = [`ServerName ${name}`, ...(chance(random, 2) ? [`ServerAlias alias-${name} *.wild-${name}`] : [])]
  const node = {
    open: `VirtualHost *:${PORT}`,
    children: [...names.map((line) => ({ line })), ...nodes, ...trees.nodes],
  }
  const sections = [...main.sections, ...trees.sections]
  return { node, host: { name, keys, sections, paths: [...main.paths, ...trees.paths] } }
}

/** @param {Random} random @param {boolean} tls there is a port for TLS @returns {Config} */
export function randomConfig(random, tls) {
  // Without any secret the answer is 500 everywhere that a user is asked for.
  const bare = chance(random, 20)
  const { nodes, keys } = randomKeys(random, undefined)
  const trees = randomTrees(random, ['/t0', '/t1', '/t2', '/t3', ...(chance(random, 3) ? ['/'] : [])])
  const main = { name: undefined, keys, sections: trees.sections, paths: [...trees.paths, '/', '/none'] }
  const count = chance(random, 2) ? 0 : 2
  const hosts = Array.from({ length: count }, (_, i) => randomHost(random, main, `v${i}.example.com`))
  const tlsHost = { open: `VirtualHost *:${TLS_PORT}`, children: [{ line: 'SSLEngine on' }] }
  return {
    nodes: [...(bare ? [] : nodes), ...trees.nodes, ...hosts.map(({ node }) => node), ...(tls ? [tlsHost] : [])],
    hosts: [main, ...hosts.map(({ host }) => host)],
  }
}

/** What tickets for a path are made by. @param {Host} host @param {string} path @returns {Required<Hints>} */
export function hintsOf({ sections }, path) {
  /** @type {Required<Hints>} */
  const merged = { cookieName: 'auth_tkt', timeout: 7200, refresh: 0.5, ignoreIp: false, tokens: [], users: [] }
  for (const { matches, owns, hints } of sections) {
    if (!matches.test(path)) continue
    // These two are not inherited where a section has a directive of the module.
    if (owns) Object.assign(merged, { cookieName: 'auth_tkt', refresh: 0.5 })
    Object.assign(merged, hints)
  }
  return merged
}
