/** Looking accounts up without a password: in files that change, and in a real slapd. */

import t, { type Test } from 'tap'
import { slapdMissing } from '../../../native-fixtures/debian.mjs'
import type { PasswordAuthenticator } from '../../../src/login/authenticators/authenticator.js'
import { type LdapOptions, ldap } from '../../../src/login/authenticators/ldap.js'
import { BASE, BY_DN, BY_SEARCH, GROUPS, PASSWORD, PEOPLE, READER, serverFor, slapdFor, staffOf } from './directory.js'
import { folderOf, signing } from './files.js'

const skip = slapdMissing() ?? false
const UNKNOWN = { ok: false, reason: 'unknown' }
const account = (uid: string, more: object = {}) => ({ ok: true, account: { uid, tokens: [], userData: '', ...more } })
const HASH = '$2y$04$aaaaaaaaaaaaaaaaaaaaaOeqVQmT6RTyHdSzIXFT8kGhoYVbHGS4u'

function lookUp(staff: PasswordAuthenticator, uid: string) {
  return staff.lookUp?.(uid)
}

t.test(
  'htpasswd: who is in the file and could sign in, with the groups of now, and no password is checked',
  async (t) => {
    const put = folderOf(t)
    const file = put('passwords', `alice:${HASH}\nbob:plain text\n`)
    const groupFile = put('groups', 'staff: alice\n')
    const { staff, worked, clock } = signing({ file, groupFile })
    t.same(await lookUp(staff, 'alice'), account('alice', { tokens: ['staff'] }))
    for (const uid of ['bob', 'Alice', 'eve', '', 'gitlab:17']) t.same(await lookUp(staff, uid), UNKNOWN, uid)
    put('groups', 'staff: bob\nboard: alice\n')
    clock.now += 5000
    t.same(await lookUp(staff, 'alice'), account('alice', { tokens: ['board'] }))
    put('passwords', `eve:${HASH}\n`)
    clock.now += 5000
    t.same(await lookUp(staff, 'alice'), UNKNOWN)
    t.same(await lookUp(staff, 'eve'), account('eve'))
    t.same(worked, [])
  },
)

const AS = { bindAs: READER, password: PASSWORD }
const WAYS: readonly (readonly [string, Partial<LdapOptions>, { open?: boolean }])[] = [
  ['bindDn, as somebody', { ...BY_DN, ...AS }, {}],
  ['search, as somebody', BY_SEARCH, {}],
  ['search, where anybody may', { searchBase: PEOPLE }, { open: true }],
]

for (const [way, options, how] of WAYS) {
  t.test(way, { skip }, async (t) => {
    const slapd = await slapdFor(t, how)
    const staff = await staffOf(t, slapd.url, options)
    for (const uid of ['alice', 'Bob', "O'Brien, (x)", 'a*b', 'jürgen', 'locked']) {
      t.same(await lookUp(staff, uid), account(uid), uid)
    }
    const nobody = ['ALICE', 'nobody', '*', 'ali*', ')(uid=*', 'alice)(objectClass=*', `alice,${PEOPLE}`, 'gitlab:17']
    for (const uid of nobody) t.same(await lookUp(staff, uid), UNKNOWN, uid)
    t.match(await lookUp(staff, 'bad!uid'), { reason: 'unavailable', cause: /cannot stand in a ticket/ })
    const more = { groups: { base: GROUPS }, tokens: ['Editors'], userData: ['sn'] }
    const dave = await lookUp(await staffOf(t, slapd.url, { ...options, ...more }), 'dave')
    t.match(dave, { ok: true, account: { uid: 'dave', tokens: ['Editors'] } })
    await slapd.down()
    t.match(await lookUp(staff, 'alice'), { reason: 'unavailable', cause: 'ldap: connect: ECONNREFUSED' })
    await staff.close?.()
    t.match(await lookUp(staff, 'alice'), { reason: 'unavailable', cause: 'ldap: closed' })
  })
}

t.test('of what people type, the uid need not be a part', { skip }, async (t) => {
  const slapd = await slapdFor(t)
  const filters: [filter: string, found: boolean][] = [
    ['(mail={uid})', true],
    ['(|(cn={uid})(mail={uid})(mail={uid}@example.com))', true],
    ['(&(mail={uid})(objectClass=inetOrgPerson))', true],
    ['(&(mail={uid})(objectClass=device))', false],
    ['(&(cn:caseExactMatch:={uid})(!(mail=alice@example.com)))', false],
  ]
  for (const [filter, found] of filters) {
    const staff = await staffOf(t, slapd.url, { ...BY_SEARCH, filter, uidAttribute: 'uid' })
    t.same(await lookUp(staff, 'alice'), found ? account('alice') : UNKNOWN, filter)
  }
  const staff = await staffOf(t, slapd.url, { ...BY_SEARCH, filter: '(uid={uid})', uidAttribute: 'sn' })
  t.match(await lookUp(staff, 'x'), UNKNOWN, 'several')
})

t.test('whoever looks is not let in, or the base is none', { skip }, async (t) => {
  const slapd = await slapdFor(t)
  const cases: [options: Partial<LdapOptions>, cause: RegExp][] = [
    [{ ...BY_SEARCH, password: 'x' }, /bindAs: InvalidCredentialsError \(49\)/],
    [{ ...BY_DN, ...AS, password: 'x' }, /bindAs: InvalidCredentialsError \(49\)/],
    [{ searchBase: PEOPLE }, /look for the entry: InsufficientAccessError \(50\)/],
    [{ ...BY_SEARCH, searchBase: `ou=nowhere,${BASE}` }, /look for the entry: NoSuchObjectError \(32\)/],
  ]
  for (const [options, cause] of cases) {
    t.match(await lookUp(await staffOf(t, slapd.url, options), 'alice'), { reason: 'unavailable', cause })
  }
  const other = await staffOf(t, slapd.url, { ...AS, bindDn: `uid={uid},ou=nowhere,${BASE}` })
  t.same(await lookUp(other, 'alice'), UNKNOWN)
})

t.test('a server that refuses, or says nothing', async (t) => {
  const { url } = await serverFor(t, (socket) => void socket.destroy())
  t.match(await lookUp(await staffOf(t, url, { ...BY_DN, ...AS }), 'alice'), { reason: 'unavailable' })
  t.equal((await ldapOf(t, url)).lookUp, undefined, 'by the password alone: nobody can say')
})

async function ldapOf(t: Test, url: string): Promise<PasswordAuthenticator> {
  const staff = await ldap({ url, ...BY_DN })
  t.teardown(() => staff.close?.())
  return staff
}
