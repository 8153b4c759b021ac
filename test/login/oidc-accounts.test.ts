/** What somebody's claims at a real provider become here: uid, tokens, userData; or a refusal. */

import t from 'tap'
import { createIssuer } from '../../src/index.js'
import { type AccountRules, accountOf, isSub } from '../../src/login/authenticators/claims.js'
import type { OidcOptions } from '../../src/login/authenticators/oidc.js'
import { ours, provider, signIn } from './oidc-browser.js'

interface Row {
  readonly name: string
  readonly account: string
  readonly options: Partial<OidcOptions>
  readonly expect: object
}

const refused = { ok: false, reason: 'refused' }
const GROUPS = { claim: 'groups', allow: { staff: 'employee', 'my-group/admins': 'admin', 'a,b': 'employee' } }

const rows: readonly Row[] = [
  { name: 'one with the e-mail', account: 'alice', options: {}, expect: { account: { uid: 'corp:1001' } } },
  { name: 'another with the same e-mail', account: 'bob', options: {}, expect: { account: { uid: 'corp:1002' } } },
  {
    name: 'an odd sub',
    account: 'odd',
    options: { name: 'x-1' },
    expect: { account: { uid: 'x-1:a%20b%21c%25d/%C3%A9;"' } },
  },
  {
    name: 'a known sub',
    account: 'odd',
    options: { accounts: { 'a b!c%d/é;"': 'oddity', 1001: 'alice' }, unknownAccounts: 'refuse' },
    expect: { account: { uid: 'oddity' } },
  },
  {
    name: 'an unknown sub',
    account: 'bob',
    options: { accounts: { 1001: 'alice' }, unknownAccounts: 'refuse' },
    expect: refused,
  },
  {
    name: 'an unknown sub among known ones',
    account: 'bob',
    options: { accounts: { 1001: 'alice' } },
    expect: { account: { uid: 'corp:1002' } },
  },
  {
    name: 'groups by other names, each once',
    account: 'alice',
    options: { tokens: GROUPS },
    expect: { account: { tokens: ['employee', 'admin'] } },
  },
  {
    name: 'groups by their own names',
    account: 'alice',
    options: { tokens: { claim: 'groups', allow: ['visitors', 'staff', 'toString'] } },
    expect: { account: { tokens: ['staff'] } },
  },
  {
    name: 'one group that is no list',
    account: 'odd',
    options: { tokens: GROUPS },
    expect: { account: { tokens: ['employee'] } },
  },
  { name: 'no such group', account: 'bob', options: { tokens: GROUPS }, expect: { account: { tokens: [] } } },
  {
    name: 'a nested claim',
    account: 'alice',
    options: { tokens: { claim: 'realm_access.roles', allow: ['writer'] } },
    expect: { account: { tokens: ['writer'] } },
  },
  {
    name: 'a nested claim that is not there',
    account: 'bob',
    options: { tokens: { claim: 'realm_access.roles', allow: ['writer'] } },
    expect: { account: { tokens: [] } },
  },
  {
    name: 'a claim with dots in its name',
    account: 'alice',
    options: { tokens: { claim: 'https://example.com/groups', allow: { 'spaced out': 'spaced' } } },
    expect: { account: { tokens: ['spaced'] } },
  },
  {
    name: 'a claim of the ID token',
    account: 'alice',
    options: { tokens: { claim: 'groups_direct', allow: ['staff'] }, userInfo: false },
    expect: { account: { tokens: ['staff'] } },
  },
  {
    name: 'a claim of the userinfo endpoint, which is not asked',
    account: 'alice',
    options: { tokens: GROUPS, userInfo: false },
    expect: { account: { tokens: [] } },
  },
  {
    name: 'one of the tokens that are required',
    account: 'alice',
    options: { tokens: GROUPS, required: ['admin'] },
    expect: { account: { tokens: ['employee', 'admin'] } },
  },
  {
    name: 'none of the tokens that are required',
    account: 'bob',
    options: { tokens: GROUPS, required: ['admin', 'employee'], accounts: { 1002: 'bob' } },
    expect: refused,
  },
  {
    name: 'userData',
    account: 'alice',
    options: { userData: ['name', 'email_verified', 'groups', 'nothing', 'auth_time.nothing'] },
    expect: { account: { userData: 'name=Alice%20%C3%84.%20Example&email_verified=true' } },
  },
]

t.test('accounts', async (t) => {
  const there = await provider(t)
  const issuer = createIssuer({ keys: [{ secret: 'a secret of the oidc tests', digest: 'sha256' }] })
  for (const { name, account, options, expect } of rows) {
    const finished = await signIn(t, ours(there, options), account)
    t.match(finished, expect, name)
    if (finished.ok) t.ok(issuer.issue(finished.account, { ip: '192.0.2.7', now: 1 }), 'a ticket carries it')
    t.equal(
      there.seen.splice(0).some(({ path }) => path === '/me'),
      options.userInfo !== false,
    )
  }
})

const RULES: AccountRules = {
  name: 'n',
  accounts: new Map(),
  unknownAccounts: 'allow',
  tokens: undefined,
  required: undefined,
  userData: [],
}

t.test('userData has an end', async (t) => {
  const claims = { long: 'é'.repeat(171), short: 'x', 'odd name': 1.5, 'a.b': { c: { 'd.e': '!\u{10ffff}' } } }
  const of = (...userData: string[]) => accountOf('1', claims, { ...RULES, userData })?.userData
  t.equal(of('long', 'short'), 'short=x', 'a value that does not fit is left out')
  t.equal(of('short', 'odd name'), 'short=x&odd%20name=1.5')
  t.equal(of('a.b.c.d.e'), 'a.b.c.d.e=%21%F4%8F%BF%BF', 'dots everywhere')
  t.equal(of('a.b.c', 'a.b.x', 'a', 'short.length', '__proto__.x', 'constructor.name'), '')
})

t.test('what a sub can be', async (t) => {
  for (const sub of ['1', 'é', ' ', 'x'.repeat(255)]) t.ok(isSub(sub))
  for (const sub of ['', 'x'.repeat(256), '\ud800', 'x\udc00y', 1, null, undefined, ['1']]) t.notOk(isSub(sub))
  const uids = ['a', 'A', '%61', '%2561', 'é', 'e\u0301', 'a!', 'a%21', ' a', '\0a', '\u{10000}'].map(
    (sub) => accountOf(sub, {}, RULES)?.uid,
  )
  t.equal(new Set(uids).size, uids.length, 'two of them are never one uid')
  for (const uid of uids) t.match(uid, /^n:[\x22-\x24\x26-\x7e%]+$/)
})
