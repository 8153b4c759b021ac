/** Signing in by a real slapd: who may, who may not, and what the account is. */

import { Client } from 'ldapts'
import t from 'tap'
import { slapdMissing } from '../../../native-fixtures/debian.mjs'
import type { LdapOptions } from '../../../src/login/authenticators/ldap.js'
import {
  BASE,
  BY_DN,
  BY_SEARCH,
  GROUPS,
  PASSWORD,
  PEOPLE,
  serverFor,
  slapdFor,
  staffOf,
  WAYS,
  WRONG,
} from './directory.js'

const skip = slapdMissing() ?? false
const account = (uid: string, more: object = {}) => ({ ok: true, account: { uid, tokens: [], userData: '', ...more } })
const REST = `,${PEOPLE}`

const INJECTIONS = [
  'nobody',
  '*',
  'a*',
  'ali*',
  ')(uid=*',
  '*)(uid=*))(|(uid=*',
  'alice)(objectClass=*',
  'alice\0',
  '\0',
  `alice${REST}`,
  `alice,ou=people`,
  'alice+cn=alice',
  'alice\\',
  '\\61lice',
  '"alice"',
  '#616c696365',
  '',
  'EXTERNAL',
  'x'.repeat(5000),
]

for (const [way, options] of WAYS) {
  t.test(way, { skip }, async (t) => {
    const slapd = await slapdFor(t)
    const staff = await staffOf(t, slapd.url, options)

    await t.test('everybody, however they are called', async (t) => {
      for (const uid of ['alice', 'Bob', "O'Brien, (x)", 'a*b', 'jürgen', 'dave']) {
        t.same(await staff.check({ uid, password: PASSWORD }), account(uid), uid)
        t.same(await staff.check({ uid, password: `${PASSWORD}!` }), WRONG, `${uid}, another password`)
      }
      t.same(await staff.check({ uid: ' #+"\\<>;=', password: PASSWORD }), account(' #+"\\<>;='))
    })

    await t.test("the uid is as the directory spells it: one account, whatever somebody's keyboard does", async (t) => {
      for (const uid of ['ALICE', 'Alice', 'aLiCe'])
        t.same(await staff.check({ uid, password: PASSWORD }), account('alice'))
      t.same(await staff.check({ uid: 'bob', password: PASSWORD }), account('Bob'))
      t.same(await staff.check({ uid: 'JÜRGEN', password: PASSWORD }), account('jürgen'))
    })

    await t.test('nobody by a name that is made to mean something else', async (t) => {
      for (const uid of INJECTIONS) {
        t.same(await staff.check({ uid, password: PASSWORD }), WRONG, JSON.stringify(uid.slice(0, 40)))
      }
    })

    await t.test('an account without a password', async (t) => {
      t.same(await staff.check({ uid: 'locked', password: PASSWORD }), WRONG)
      t.same(await staff.check({ uid: 'locked', password: '' }), WRONG)
    })

    await t.test('a uid that no ticket can carry', async (t) => {
      const cause = "ldap: the entry's uid cannot stand in a ticket"
      t.same(await staff.check({ uid: 'bad!uid', password: PASSWORD }), { ok: false, reason: 'unavailable', cause })
      t.same(await staff.check({ uid: 'bad!uid', password: 'x' }), WRONG, 'which only its owner hears of')
    })

    await t.test('many at once', async (t) => {
      const complain = (warning: Error) => t.fail(warning.message)
      process.on('warning', complain)
      t.teardown(() => process.off('warning', complain))
      const all = await Promise.all(
        Array.from({ length: 70 }, (_, at) => staff.check({ uid: 'alice', password: at % 2 ? PASSWORD : 'x' })),
      )
      t.equal(all.filter(({ ok }) => ok).length, 32)
      t.same(all[69], { ok: false, reason: 'unavailable', cause: 'ldap: 64 sign-ins are under way already' })
      t.same(await staff.check({ uid: 'alice', password: PASSWORD }), account('alice'))
    })
  })
}

t.test('an empty password: slapd would say yes', { skip }, async (t) => {
  const slapd = await slapdFor(t, { unauthenticated: true })
  const client = new Client({ url: slapd.url })
  t.teardown(() => client.unbind())
  await t.resolves(client.bind(`uid=alice${REST}`, ''), 'RFC 4513, 5.1.2')
  for (const [way, options] of WAYS) {
    const staff = await staffOf(t, slapd.url, options)
    for (const uid of ['alice', 'nobody']) t.same(await staff.check({ uid, password: '' }), WRONG, `${way}, ${uid}`)
  }
  let connections = 0
  const { url } = await serverFor(t, () => connections++)
  for (const [, options] of WAYS) {
    const staff = await staffOf(t, url, options)
    t.same(await staff.check({ uid: 'alice', password: '' }), WRONG)
    t.same(await staff.check({ uid: '', password: 'x' }), WRONG)
  }
  t.equal(connections, 0, 'no server is asked')
})

t.test('searching', { skip }, async (t) => {
  const slapd = await slapdFor(t)
  const staffBy = (options: Partial<LdapOptions>) => staffOf(t, slapd.url, { ...BY_SEARCH, ...options })

  await t.test('another attribute than the uid', async (t) => {
    const staff = await staffBy({ filter: '(mail={uid})', uidAttribute: 'UID' })
    t.same(await staff.check({ uid: 'Alice@Example.com', password: PASSWORD }), account('alice'))
    t.same(await staff.check({ uid: 'team@example.com', password: PASSWORD }), WRONG, 'two people have it')
    t.same(await staff.check({ uid: 'alice', password: PASSWORD }), WRONG)
  })

  await t.test('several people by one name, also more than are asked for', async (t) => {
    const staff = await staffBy({ filter: '(|(uid={uid})(sn={uid}))', uidAttribute: 'uid' })
    t.same(await staff.check({ uid: 'x', password: PASSWORD }), WRONG)
    t.same(await staff.check({ uid: 'carol', password: PASSWORD }), account('carol'))
  })

  await t.test('several uids, or none', async (t) => {
    const staff = await staffBy({ filter: '(cn={uid})', uidAttribute: 'uid' })
    for (const uid of ['two names', 'no uid']) {
      t.match(await staff.check({ uid, password: PASSWORD }), { cause: 'ldap: the entry has not one value of uid' })
      t.same(await staff.check({ uid, password: 'x' }), WRONG)
    }
  })

  await t.test('whoever looks is not let in, or finds nothing', async (t) => {
    const refused = await staffBy({ password: 'another' })
    const cause = 'ldap: bindAs: InvalidCredentialsError (49)'
    t.same(await refused.check({ uid: 'alice', password: PASSWORD }), { ok: false, reason: 'unavailable', cause })
    const nowhere = await staffBy({ searchBase: `ou=nowhere,${BASE}` })
    t.match(await nowhere.check({ uid: 'alice', password: PASSWORD }), {
      cause: 'ldap: look for the entry: NoSuchObjectError (32)',
    })
    const anybody = await staffOf(t, slapd.url, { searchBase: PEOPLE })
    t.match(await anybody.check({ uid: 'alice', password: PASSWORD }), {
      cause: 'ldap: look for the entry: InsufficientAccessError (50)',
    })
  })
})

t.test('searching where anybody may', { skip }, async (t) => {
  const slapd = await slapdFor(t, { open: true })
  const staff = await staffOf(t, slapd.url, { searchBase: PEOPLE })
  t.same(await staff.check({ uid: 'ALICE', password: PASSWORD }), account('alice'))
  t.same(await staff.check({ uid: 'alice', password: 'x' }), WRONG)
  t.same(await staff.check({ uid: 'nobody', password: PASSWORD }), WRONG)
})

const MEMBER_OF = { attribute: 'memberOf' }
const GROUP = (name: string) => `cn=${name},${GROUPS}`
const LOOK_UP = { base: GROUPS }

const TOKENS: readonly (readonly [name: string, options: Partial<LdapOptions>, dave: string[]])[] = [
  ['no list: none', { groups: MEMBER_OF }, []],
  ['no list, looked up: none', { groups: LOOK_UP }, []],
  ['an attribute, by DN', { groups: MEMBER_OF, tokens: { [GROUP('Editors')]: 'editor' } }, ['editor']],
  [
    'however it is spelt',
    { groups: MEMBER_OF, tokens: { [`CN=wheel\\, (all), OU=Groups, ${BASE}`]: 'wheel', 'cn=admins': 'no' } },
    ['wheel'],
  ],
  ['looked up, by their names', { groups: LOOK_UP, tokens: ['Editors', 'nothing'] }, ['Editors']],
  ['looked up, by other names', { groups: LOOK_UP, tokens: { admins: 'root', 'wheel, (all)': 'root' } }, ['root']],
  [
    'another filter and attribute',
    { groups: { base: PEOPLE, filter: '(&(uid={uid})(member={dn}))', attribute: 'uid' }, tokens: ['dave'] },
    [],
  ],
  ['by uid', { groups: { base: PEOPLE, filter: '(uid={uid})', attribute: 'sn' }, tokens: { x: 'people' } }, ['people']],
]

for (const [way, options] of WAYS) {
  t.test(`groups, ${way}`, { skip }, async (t) => {
    const slapd = await slapdFor(t)
    for (const [name, groups, tokens] of TOKENS) {
      const staff = await staffOf(t, slapd.url, { ...options, ...groups })
      t.same(await staff.check({ uid: 'dave', password: PASSWORD }), account('dave', { tokens }), name)
      t.same(await staff.check({ uid: 'dave', password: 'x' }), WRONG)
      t.same(await staff.check({ uid: 'nobody', password: PASSWORD }), WRONG)
    }
    const staff = await staffOf(t, slapd.url, { ...options, groups: LOOK_UP, tokens: ['Editors'] })
    const uid = "O'Brien, (x)"
    t.same(
      await staff.check({ uid, password: PASSWORD }),
      account(uid, { tokens: ['Editors'] }),
      'escaped in the filter',
    )
  })
}

t.test('userData', { skip }, async (t) => {
  const slapd = await slapdFor(t)
  const staff = await staffOf(t, slapd.url, { ...BY_DN, userData: ['displayName', 'mail', 'mobile', 'title'] })
  const userData = 'displayName=Alice%20%26%20Co%20%3D%20100%20%25&mail=alice%40example.com&mobile=1&mobile=2'
  t.same(await staff.check({ uid: 'alice', password: PASSWORD }), account('alice', { userData }))
  const jürgen = account('jürgen', { userData: 'displayName=J%C3%BCrgen' })
  t.same(await staff.check({ uid: 'jürgen', password: PASSWORD }), jürgen)
  t.same(await staff.check({ uid: 'Bob', password: PASSWORD }), account('Bob', { userData: 'mail=team%40example.com' }))
})
