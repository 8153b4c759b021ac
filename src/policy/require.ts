/** Who may enter: the rules of Apache's `Require` and its containers, and how they combine (mod_authz_core). */

import { z } from 'zod'
import { parseAddress } from '../http/address.js'
import { createMatcher, type Matcher, parseRange } from '../http/cidr.js'

/**
 * `granted` and `denied` ask for nobody; `no-rule` is a place without any `Require`: it passes, but answers 500 under an
 * authType that asks for users, as Apache does; `valid-user`, `users` and `groups` need a user; `ips` are addresses or CIDRs.
 * `{ not }` denies where the inner rule grants, and says nothing elsewhere.
 */
export type Rule =
  | 'valid-user'
  | 'granted'
  | 'denied'
  | 'no-rule'
  | { users: string[] }
  | { groups: string[] }
  | { ips: string[] }
  | { methods: string[] }
  | { not: Rule }
  | { any: Rule[] }
  | { all: Rule[] }
  | { none: Rule[] }

const range = z.string().refine((text) => parseRange(text) !== undefined, {
  error: (issue) => `'${issue.input}' is no IPv4 or IPv6 address or CIDR, such as 10.0.0.0/8`,
})
const names = z.array(z.string().min(1)).min(1)
const rules = z.lazy(() => z.array(ruleSchema).min(1))

/** What an object that is a rule may hold. */
export const RULE_KEYS = ['users', 'groups', 'ips', 'methods', 'not', 'any', 'all', 'none'] as const
const WANTED = `a rule is 'valid-user', 'granted', 'denied', 'no-rule', or an object with one of ${RULE_KEYS.join(', ')}`

export const ruleSchema: z.ZodType<Rule, Rule> = z
  .union(
    [
      z.enum(['valid-user', 'granted', 'denied', 'no-rule']),
      z.strictObject({ users: names }),
      z.strictObject({ groups: names }),
      z.strictObject({ ips: z.array(range).min(1) }),
      z.strictObject({ methods: names }),
      z.strictObject({ not: z.lazy(() => ruleSchema) }),
      z.strictObject({ any: rules }),
      z.strictObject({ all: rules }),
      z.strictObject({ none: rules }),
    ],
    { error: WANTED },
  )
  .meta({ id: 'Rule' })

/** Whether a rule looks at who asks: if not, nobody needs a ticket. */
export function asksForUser(rule: Rule): boolean {
  return rule === 'valid-user' || mentions(rule, 'valid-user') || mentions(rule, 'users') || mentions(rule, 'groups')
}

/** Whether a kind of rule stands anywhere in it. */
function mentions(rule: Rule, kind: string): boolean {
  if (typeof rule === 'string') return rule === kind
  if (kind in rule) return true
  if ('not' in rule) return mentions(rule.not, kind)
  const inner = 'any' in rule ? rule.any : 'all' in rule ? rule.all : 'none' in rule ? rule.none : []
  return inner.some((one) => mentions(one, kind))
}

/** What a rule says. `no-user`: nothing yet, but a user may change that. */
export type Verdict = 'granted' | 'denied' | 'no-user' | 'neutral'

/** Who asks; `uid` is undefined before anybody is known. */
export interface Asker {
  readonly uid: string | undefined
  readonly ip: string
  readonly method: string
}

export type Check = (asker: Asker) => Verdict

export type Groups = Readonly<Record<string, readonly string[]>>

/**
 * The rule as a function. Groups are names to uids (AuthGroupFile). `asking`: a negated rule on users asks for one; in
 * Apache it does not, so that `not user bob` beside `all granted` lets everybody in, bob included.
 */
export function compileRule(rule: Rule, groups: Groups, asking: boolean): Check {
  if (rule === 'granted' || rule === 'denied') return () => rule
  if (rule === 'no-rule') return () => 'neutral'
  if (rule === 'valid-user') return ({ uid }) => (uid === undefined ? 'no-user' : 'granted')
  if ('users' in rule) return userCheck(new Set(rule.users))
  if ('groups' in rule) return userCheck(new Set(rule.groups.flatMap((name) => groups[name] ?? [])))
  if ('ips' in rule) return addressCheck(createMatcher(rule.ips))
  if ('methods' in rule) {
    const methods = new Set(rule.methods.map(sameMethod))
    return ({ method }) => (methods.has(sameMethod(method)) ? 'granted' : 'denied')
  }
  if ('not' in rule) return negate([rule.not], compileRule(rule.not, groups, asking), asking)
  if ('any' in rule) return anyOf(rule.any.map((inner) => compileRule(inner, groups, asking)))
  if ('all' in rule) return allOf(rule.all.map((inner) => compileRule(inner, groups, asking)))
  return negate(rule.none, anyOf(rule.none.map((inner) => compileRule(inner, groups, asking))), asking)
}

/** HEAD is GET without the body, for Apache too: who may not do the one may not do the other. */
function sameMethod(method: string): string {
  return method === 'HEAD' ? 'GET' : method
}

function userCheck(users: ReadonlySet<string>): Check {
  return ({ uid }) => (uid === undefined ? 'no-user' : users.has(uid) ? 'granted' : 'denied')
}

function addressCheck(within: Matcher): Check {
  return ({ ip }) => (within(ip) ? 'granted' : 'denied')
}

/** A client without a readable address could be any of those that are kept out by theirs. */
function negate(rules: readonly Rule[], check: Check, asking: boolean): Check {
  const byAddress = rules.some((rule) => mentions(rule, 'ips'))
  return (asker) => {
    if (byAddress && parseAddress(asker.ip) === undefined) return 'denied'
    const verdict = check(asker)
    if (verdict === 'no-user' && asking) return 'no-user'
    return verdict === 'granted' ? 'denied' : 'neutral'
  }
}

function anyOf(checks: readonly Check[]): Check {
  return (asker) => {
    let result: Verdict = 'neutral'
    for (const check of checks) {
      const verdict = check(asker)
      if (verdict === 'granted') return 'granted'
      if (verdict === 'no-user' || result === 'neutral') result = verdict
    }
    return result
  }
}

function allOf(checks: readonly Check[]): Check {
  return (asker) => {
    let result: Verdict = 'neutral'
    for (const check of checks) {
      const verdict = check(asker)
      if (verdict === 'denied') return 'denied'
      if (verdict === 'no-user' || result === 'neutral') result = verdict
    }
    return result
  }
}
