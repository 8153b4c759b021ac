/** Rules grant what mod_authz_core grants, and no more: checked against its state table, written out. */

import fc from 'fast-check'
import t from 'tap'
import { type Asker, compileRule, type Rule, type Verdict } from '../../../src/policy/require.js'
import { type Asked, decideIn, guardOf, inShort, requestOf, ticketOf } from '../guards.js'

const groups = { staff: ['alice', 'carol'], none: [] }

/** AUTHZ_LOGIC_AND and AUTHZ_LOGIC_OR: what two neighbours come to (apply_authz_sections). */
const AND: Readonly<Record<Verdict, Readonly<Record<Verdict, Verdict>>>> = {
  granted: { granted: 'granted', denied: 'denied', 'no-user': 'no-user', neutral: 'granted' },
  denied: { granted: 'denied', denied: 'denied', 'no-user': 'denied', neutral: 'denied' },
  'no-user': { granted: 'no-user', denied: 'denied', 'no-user': 'no-user', neutral: 'no-user' },
  neutral: { granted: 'granted', denied: 'denied', 'no-user': 'no-user', neutral: 'neutral' },
}
const OR: typeof AND = {
  granted: { granted: 'granted', denied: 'granted', 'no-user': 'granted', neutral: 'granted' },
  denied: { granted: 'granted', denied: 'denied', 'no-user': 'no-user', neutral: 'denied' },
  'no-user': { granted: 'granted', denied: 'no-user', 'no-user': 'no-user', neutral: 'no-user' },
  neutral: { granted: 'granted', denied: 'denied', 'no-user': 'no-user', neutral: 'neutral' },
}
const NOT: Readonly<Record<Verdict, Verdict>> = {
  granted: 'denied',
  denied: 'neutral',
  'no-user': 'neutral',
  neutral: 'neutral',
}
const NOT_ASKING = { ...NOT, 'no-user': 'no-user' } as const

function expected(rule: Rule, { uid, ip, method }: Asker, asking: boolean): Verdict {
  const user = (yes: boolean): Verdict => (uid === undefined ? 'no-user' : yes ? 'granted' : 'denied')
  const fold = (rules: Rule[], table: typeof AND) =>
    rules.map((one) => expected(one, { uid, ip, method }, asking)).reduce((a, b) => table[a][b], 'neutral' as Verdict)
  const not = asking ? NOT_ASKING : NOT
  if (rule === 'granted' || rule === 'denied') return rule
  if (rule === 'no-rule') return 'neutral'
  if (rule === 'valid-user') return user(true)
  if ('users' in rule) return user(rule.users.includes(uid as string))
  if ('groups' in rule) return user(rule.groups.includes('staff') && groups.staff.includes(uid as string))
  if ('ips' in rule) return ip.startsWith('10.') === rule.ips.includes('10.0.0.0/8') ? 'granted' : 'denied'
  if ('methods' in rule) return rule.methods.includes(method.replace('HEAD', 'GET')) ? 'granted' : 'denied'
  if ('not' in rule) return not[expected(rule.not, { uid, ip, method }, asking)]
  if ('any' in rule) return fold(rule.any, OR)
  if ('all' in rule) return fold(rule.all, AND)
  return not[fold(rule.none, OR)]
}

const leaf: fc.Arbitrary<Rule> = fc.constantFrom<Rule>(
  'granted',
  'denied',
  'no-rule',
  'valid-user',
  { users: ['alice', 'bob'] },
  { users: ['carol'] },
  { groups: ['staff'] },
  { groups: ['none', 'unknown'] },
  { ips: ['10.0.0.0/8'] },
  { ips: ['0.0.0.0/5', '12.0.0.0/6', '192.0.0.0/4'] },
  { methods: ['GET'] },
  { methods: ['POST', 'PUT'] },
)
const { rule } = fc.letrec<{ rule: Rule; list: Rule[] }>((tie) => ({
  list: fc.array(tie('rule'), { minLength: 1, maxLength: 4 }),
  rule: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    leaf,
    tie('rule').map((not) => ({ not })),
    tie('list').map((any) => ({ any })),
    tie('list').map((all) => ({ all })),
    tie('list').map((none) => ({ none })),
  ),
}))
const asker = fc.record({
  uid: fc.constantFrom(undefined, 'alice', 'bob', 'carol', 'dave', ''),
  ip: fc.constantFrom('10.1.2.3', '192.0.2.7', '13.0.0.1'),
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE'),
})

t.test('every tree of rules says what mod_authz_core says', async () => {
  fc.assert(
    fc.property(rule, asker, fc.boolean(), (tree, who, asking) => {
      return compileRule(tree, groups, asking)(who) === expected(tree, who, asking)
    }),
    { numRuns: 20000 },
  )
})

t.test('in a guard: what grants nobody a user passes, what needs one asks, what grants nothing denies', async () => {
  const options = { compat: 'exact', groups } as const
  fc.assert(
    // `no-rule` is no rule inside others, and a place of its own elsewhere.
    fc.property(
      rule.filter((tree) => tree !== 'no-rule'),
      asker,
      fc.constantFrom('exact', 'hardened'),
      (tree, who, compat) => {
        const asked: Asked = {
          method: who.method,
          ip: who.ip,
          ...(who.uid ? { ticket: ticketOf({ uid: who.uid, ip: who.ip }) } : {}),
        }
        const asking = compat === 'hardened'
        const bare = expected(tree, { ...who, uid: undefined }, asking)
        const known = expected(tree, { ...who, uid: who.uid || undefined }, asking)
        const wanted =
          bare === 'granted'
            ? 'pass'
            : bare !== 'no-user'
              ? 'deny 403 user'
              : !who.uid
                ? 'redirect absent'
                : known === 'granted'
                  ? 'allow'
                  : 'deny 403 user'
        return inShort(decideIn({ require: tree }, asked, { ...options, compat })) === wanted
      },
    ),
    { numRuns: 1500 },
  )
})

t.test('a negated rule on users lets everybody in under Apache, and asks for a user in hardened', async (t) => {
  const require: Rule = { all: ['granted', { not: { users: ['bob'] } }] }
  const bob = { ticket: ticketOf({ uid: 'bob' }) }
  t.equal(inShort(decideIn({ require }, bob, { compat: 'exact' })), 'pass', 'bob included')
  t.equal(inShort(decideIn({ require }, bob)), 'deny 403 user')
  t.equal(inShort(decideIn({ require })), 'redirect absent')
  t.equal(inShort(decideIn({ require }, { ticket: ticketOf() })), 'allow')
})

t.test('what no rule grants is denied, before and after signing in', async (t) => {
  const signedIn = { ticket: ticketOf() }
  const nothing: Rule[] = [
    'denied',
    { not: 'granted' },
    { not: 'denied' },
    { none: ['denied'] },
    { ips: ['10.0.0.0/8'] },
    { methods: ['PUT'] },
  ]
  for (const require of nothing) {
    for (const compat of ['exact', 'hardened'] as const) {
      t.equal(inShort(decideIn({ require }, {}, { compat })), 'deny 403 user', JSON.stringify(require))
      t.equal(inShort(decideIn({ require }, signedIn, { compat })), 'deny 403 user', JSON.stringify(require))
    }
  }
  t.equal(inShort(decideIn({ require: { not: { methods: ['GET'] } } }, { method: 'HEAD' })), 'deny 403 user')
  t.equal(
    inShort(decideIn({ require: { all: ['granted', { not: { methods: ['GET'] } }] } }, { method: 'HEAD' })),
    'deny 403 user',
  )
})

t.test('names of groups are no names of properties', async (t) => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    t.equal(
      inShort(decideIn({ require: { groups: [name] } }, { ticket: ticketOf({ uid: 'length' }) })),
      'deny 403 user',
      name,
    )
  }
})

t.test('a user whom the rules do not name gets 403, or 401 under an authType of the server', async (t) => {
  const require: Rule = { users: ['bob'] }
  const alice = { ticket: ticketOf() }
  for (const [authType, status] of [
    ['Basic', 401],
    ['TKT', 401],
    ['None', 403],
    [null, 403],
  ] as const) {
    t.equal(inShort(decideIn({ require, authType }, alice, { compat: 'exact' })), `deny ${status} user`)
    t.equal(inShort(decideIn({ require, authType }, alice)), 'deny 403 user')
    t.equal(inShort(decideIn({ require, authType }, alice, { compat: 'exact', deniedStatus: 403 })), 'deny 403 user')
  }
})

t.test('a client without a readable address is none of those that a negated rule lets in', async (t) => {
  const out = { ips: ['10.0.0.0/8'] }
  for (const require of [
    { all: ['granted', { not: out }] },
    { all: ['granted', { none: [{ any: [out] }] }] },
  ] as Rule[]) {
    const guard = guardOf({ areas: [{ path: '/', require }] })
    t.equal(guard.decide(requestOf({ ip: '192.0.2.7' })).kind, 'pass')
    for (const ip of [undefined, '', '192.0.2.7:443', 'unknown', '10.1.2.3']) {
      t.match(guard.decide(requestOf({ ip })), { kind: 'deny', status: 403 }, String(ip))
    }
  }
})
