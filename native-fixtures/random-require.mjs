/** Seeded `Require` lines and containers, such as Apache starts with. */
import { argument, chance, some } from './random-words.mjs'

/** @import { Node } from './config-tree.mjs' */
/** @import { Hints } from './random-place.mjs' */
/** @import { Random } from './random.mjs' */

const ADDRESSES = [
  '192.0.2.0/24',
  '192.0.2.10',
  '10.1',
  '2001:db8::/32',
  '198.51.100.7 192.0.2.11',
  '10.0.0.0/255.0.0.0',
]
const USERS = ['alice', 'bob', 'guest', 'J\xfcrgen', 'al ice']

/** @param {Random} random @param {Hints} hints @param {boolean} [negative] @returns {Node} */
function rule(random, hints, negative = false) {
  const users = some(random, USERS, 2)
  const kind = random.pick([
    'user',
    'user',
    'user',
    'granted',
    'denied',
    'ip',
    'local',
    'method',
    'valid-user',
    'valid-user',
  ])
  if (kind === 'user') hints.users = [...(hints.users ?? []), ...users]
  const texts = {
    user: `user ${users.map(argument).join(' ')}`,
    granted: 'all granted',
    denied: 'all denied',
    ip: `ip ${random.pick(ADDRESSES)}`,
    local: 'local',
    method: `method ${random.pick(['GET', 'GET POST', 'PUT OPTIONS'])}`,
    'valid-user': 'valid-user',
  }
  return { line: `Require ${negative ? 'not ' : ''}${texts[/** @type {keyof texts} */ (kind)]}` }
}

/** @param {Random} random @param {Hints} hints @param {number} depth @returns {Node} */
function container(random, hints, depth) {
  const kind = random.pick(['RequireAny', 'RequireAll', 'RequireAll', ...(depth > 0 ? ['RequireNone'] : [])])
  /** @type {Node[]} */
  const children = Array.from({ length: 1 + random.int(3) }, () =>
    depth < 2 && chance(random, 4) ? container(random, hints, depth + 1) : rule(random, hints),
  )
  // Where one rule must grant, Apache refuses negative ones; where all must, one has to be positive.
  if (kind !== 'RequireAll') return { open: kind, children: children.map((child) => positive(child, random, hints)) }
  if (chance(random, 2)) children.push(rule(random, hints, true))
  return { open: kind, children: [positive(/** @type {Node} */ (children[0]), random, hints), ...children.slice(1)] }
}

/** @param {Node} node @param {Random} random @param {Hints} hints @returns {Node} */
const positive = (node, random, hints) => ('open' in node && node.open === 'RequireNone' ? rule(random, hints) : node)

/** @param {Random} random @param {Hints} hints @returns {Node[]} */
export function randomRequirements(random, hints) {
  const dice = random.int(20)
  if (dice === 0 && chance(random, 2)) return []
  if (dice < 12) return [{ line: 'Require valid-user' }]
  if (dice < 13) return [{ line: `Require all ${random.pick(['granted', 'denied'])}` }]
  if (dice < 16) return Array.from({ length: 1 + random.int(2) }, () => rule(random, hints))
  if (dice < 17) return [rule(random, hints), container(random, hints, 0)].map((node) => positive(node, random, hints))
  return [container(random, hints, 0)]
}
