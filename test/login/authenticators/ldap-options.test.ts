/** What `ldap` is given: what is refused, and what it says of it. */

import t from 'tap'
import { type LdapOptions, ldap } from '../../../src/login/authenticators/ldap.js'
import { readLdapOptions } from '../../../src/login/authenticators/ldap-options.js'

const URL_HERE = 'ldap://127.0.0.1'
const DN = { url: URL_HERE, bindDn: 'uid={uid},dc=example' }
const SEARCH = { url: URL_HERE, searchBase: 'dc=example' }
const SECRET = 'do not tell'

const REFUSED: readonly (readonly [options: object, message: RegExp])[] = [
  [{ ...DN, binddn: 'x' }, /there is no option 'binddn' here; did you mean 'bindDn'\?/],
  [{ ...DN, url: 'ldap://ldap.example.com' }, /url: passwords would .* plain text; ldaps:\/\/ or startTls: true, or/],
  [{ ...DN, url: 'ldap://128.0.0.1' }, /plain text/],
  [{ ...DN, url: 'ldap://127.0.0.1.example.com' }, /plain text/],
  [{ ...DN, url: 'http://127.0.0.1' }, /url: ldap:\/\/HOST/],
  [{ ...DN, url: 'ldap:///' }, /url: ldap:\/\/HOST/],
  [{ ...DN, url: 'nothing' }, /url: ldap:\/\/HOST/],
  [{ ...DN, url: `ldap://user:${SECRET}@127.0.0.1` }, /url: ldap:\/\/HOST/],
  [{ ...DN, url: 'ldap://127.0.0.1/dc=example' }, /and nothing after it/],
  [{ ...DN, url: 'ldaps://127.0.0.1', startTls: true }, /startTls: ldaps:\/\/ has TLS already/],
  [{ url: URL_HERE }, /either bindDn or searchBase/],
  [{ ...DN, ...SEARCH }, /either bindDn or searchBase/],
  [{ ...DN, filter: '(uid={uid})' }, /filter: nobody is looked for with bindDn/],
  [{ ...DN, password: SECRET }, /bindAs and password go together/],
  [{ ...DN, bindAs: 'cn=reader', password: SECRET, uidAttribute: 'cn' }, /bindAs: bindDn cannot be made of what/],
  [{ ...DN, bindDn: '{uid}' }, /bindDn: a DN with '\{uid\}' as a whole value/],
  [{ ...DN, bindDn: 'uid=x{uid},dc=example' }, /bindDn: a DN/],
  [{ ...DN, bindDn: 'uid={uid}x,dc=example' }, /bindDn: a DN/],
  [{ ...DN, bindDn: 'uid={uid},ou={ou}' }, /bindDn: a DN/],
  [{ ...SEARCH, bindAs: 'cn=reader' }, /bindAs and password go together/],
  [{ ...SEARCH, password: SECRET }, /bindAs and password go together/],
  [{ ...SEARCH, bindAs: 'cn=reader', password: '' }, /password: an empty password asks for nothing/],
  [{ ...SEARCH, filter: 'uid={uid}' }, /filter: a filter in parentheses/],
  [{ ...SEARCH, filter: '(uid=alice)' }, /filter: a filter in parentheses is wanted, with \{uid\}/],
  [{ ...SEARCH, filter: '(uid={user})' }, /filter: a filter in parentheses/],
  [{ ...SEARCH, filter: '(&uid={uid})' }, /filter: this is no filter of LDAP/],
  [{ ...SEARCH, filter: '(|(uid={uid})(mail={uid}))' }, /uidAttribute: \{uid\} is compared .* with several/],
  [{ ...SEARCH, filter: '(cn:caseExactMatch:={uid})' }, /uidAttribute: /],
  [{ ...SEARCH, uidAttribute: 'a,b' }, /uidAttribute: this is no name of an attribute/],
  [{ ...DN, groups: { attribute: 'member of' } }, /groups/],
  [{ ...DN, groups: { base: 'x', filter: '(member={group})' } }, /groups.filter: .* \{dn\} or \{uid\}/],
  [{ ...DN, groups: { base: 'x', filter: '(&member={dn})' }, tokens: ['x'] }, /groups.filter: this is no filter/],
  [{ ...DN, tokens: ['x'] }, /tokens: there are no groups/],
  [{ ...DN, groups: { attribute: 'memberOf' }, tokens: ['cn=a,dc=b'] }, /'cn=a,dc=b' can be no token.* write \{/],
  [{ ...DN, timeout: 0 }, /timeout: /],
  [{ ...DN, ca: '/nothing/here' }, /ca: '\/nothing\/here' cannot be read \(ENOENT\); fix: a file of PEM/],
]

for (const [options, message] of REFUSED) {
  t.test(`${message}`, async (t) => {
    const error = await ldap(options as LdapOptions).then(
      () => undefined,
      (error: Error) => error,
    )
    t.match(error, { name: 'TktError', message: /^ldap: / })
    t.match(error?.message, message)
    t.notMatch(error?.message, SECRET)
  })
}

const SERVERS: readonly (readonly [options: Partial<LdapOptions>, server: object])[] = [
  [{ url: 'ldaps://ldap.example.com' }, { host: 'ldap.example.com', port: 636, tls: 'first', timeout: 5000 }],
  [{ url: 'ldaps://[2001:db8::1]:1636/' }, { host: '2001:db8::1', port: 1636, tls: 'first' }],
  [
    { url: 'ldap://ldap.example.com', startTls: true },
    { port: 389, tls: 'start' },
  ],
  [
    { url: 'ldap://ldap.example.com', insecure: true },
    { port: 389, tls: 'none' },
  ],
  [
    { url: 'ldap://localhost:3890', timeout: 1.5 },
    { host: 'localhost', port: 3890, tls: 'none', timeout: 1500 },
  ],
  [{ url: 'ldap://[::1]' }, { host: '::1', tls: 'none' }],
]

for (const [options, server] of SERVERS) {
  t.test(`${options.url} is fine`, async (t) => t.match(readLdapOptions({ ...DN, ...options }).server, server))
}

t.test('defaults', async (t) => {
  t.match(readLdapOptions({ ...DN, bindDn: 'cn={uid}+ou=x,dc=example' }), { name: 'ldap', uidAttribute: 'cn' })
  t.match(readLdapOptions(SEARCH), {
    uidAttribute: 'uid',
    find: { by: 'search', filter: '(uid={uid})', as: undefined },
  })
  t.match(readLdapOptions({ ...SEARCH, filter: '(|(mail={uid})(mail={uid}))' }), { uidAttribute: 'mail' })
  t.match(readLdapOptions({ ...SEARCH, groups: { base: 'ou=groups' }, tokens: ['x'] }), {
    groups: { attribute: 'cn', search: { base: 'ou=groups', filter: '(member={dn})' } },
  })
  t.equal(readLdapOptions({ ...SEARCH, groups: { base: 'x' } }).groups, undefined, 'no tokens: nobody is asked')
  t.equal((await ldap({ ...DN, name: 'staff' })).name, 'staff')
})

t.test('without the package', async (t) => {
  const absent = () => Promise.reject(new Error("Cannot find package 'ldapts'"))
  await t.rejects(ldap(DN, absent), {
    code: 'ERR_TKT_CONFIG',
    message: "login: ldap needs the package 'ldapts': npm install ldapts@8",
  })
})
