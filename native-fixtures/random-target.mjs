/** Seeded request targets: other spellings of a path, odd queries, tickets in the query, absolute ones. */
import { chance } from './random-words.mjs'

/** @import { Value } from './random-ticket.mjs' */
/** @import { Random } from './random.mjs' */

const QUERIES = [
  'x=1',
  'a=1&b=2',
  'a=1;b=2',
  'flag',
  'a==1',
  '&a=1',
  'a=1&&b=2;;',
  ';',
  '',
  'a=%20%26&b=%zz',
  'q=a+b',
  'x=\xe9',
  'back=http%3A%2F%2Fevil.example%2F',
  '?x',
  'a=b?c',
  'q=\'<>"',
  'auth_tkt',
]

/** Other spellings of a path, some of another path. @type {readonly ((path: string, random: Random) => string)[]} */
const SPELLINGS = [
  (path) => path.replace('/', '//'),
  (path) => `${path}//`,
  (path) => path.replace(/\/([^/]*)$/, '/./$1'),
  (path) => `${path}/..`,
  (path) => `${path}/.`,
  (path) => `/zz/..${path}`,
  (path) => `${path}/../../..`,
  (path) => path.replace(/\/([^/]*)$/, '/%2e%2e/$1'),
  (path) => `${path}/%2E/y`,
  (path) => path.replace(/[a-z]/, (char) => `%${char.charCodeAt(0).toString(16)}`),
  (path, random) =>
    `${path}${random.pick(['%2f', '%2Fx', '%5c', '%00', '%2f%zz', '%0d%0a', '%01', '%7f', '%zz', '%', '%4', '%u0041'])}`,
  (path, random) =>
    `${path}${random.pick(['%3f', '%3Fx=1', '%23', '%25', '%2541', '%20', '%22', '%c3%a9', '\xe9', '%e9', '%26', '%3d', '%3b', '%2b'])}`,
  (path, random) =>
    `${path}${random.pick([';x', ';/x', '/;a=1/..', '\\', '\\..\\', '|', '"', '<>', '^`{}', "'", '~', '$&', '*', '[1]'])}`,
  (path) => path.toUpperCase(),
  (path) => `${path}#frag`,
  (path) => `/..${path}`,
  (path) => `${path}/...`,
  (path) => `${path}/x/%2e%2E`,
  (path, random) => `${path}/${random.pick(['%00', '%2f', 'x%2Fy'])}/..`,
]

/** @param {Random} random @param {string} path */
export function randomPath(random, path) {
  if (!chance(random, 4)) return path
  const once = random.pick(SPELLINGS)(path, random)
  return chance(random, 4) ? random.pick(SPELLINGS)(once, random) : once
}

/** The target round a path: the query with the URL's ticket, and sometimes the absolute form. @param {Random} random @param {string} path @param {string} query @param {boolean} tls */
export function randomTarget(random, path, query, tls) {
  const target = query === '' && chance(random, 2) ? path : `${path}?${query}`
  if (!chance(random, 16)) return target
  const scheme = chance(random, 4) !== tls ? 'https' : 'http'
  const host = random.pick([
    'www.example.com',
    'Abs.Example.com',
    'v0.example.com',
    'abs.example.com:8081',
    'u@abs.example.com',
    '[::1]:80',
    '',
  ])
  return `${random.pick([scheme, scheme, scheme.toUpperCase()])}://${host}${chance(random, 8) ? '' : target}`
}

/** @param {Random} random @param {string} name @param {Value | undefined} value */
export function randomQuery(random, name, value) {
  const query = chance(random, 2) ? random.pick(QUERIES) : ''
  if (!value) return chance(random, 16) ? `${name}=&${query}` : query
  const argument = `${name}=${value.value}`
  return random.pick([
    argument,
    `${query}&${argument}`,
    `${argument}&${query}`,
    `${query};${argument}`,
    `x=1&${argument};y=2`,
  ])
}
