/** Names in templates: whatever somebody types stays one value of a DN, or of a filter. */

import { FilterParser } from 'ldapts'
import t from 'tap'
import { escapeDn, escapeFilter, spellGroup } from '../../../src/login/authenticators/ldap-names.js'
import { fill } from '../../../src/login/fill.js'

const NAMES = [
  'alice',
  'x,ou=admins',
  'x+cn=admin',
  '"quoted"',
  ' #,+"\\<>;= ',
  '\\',
  '\\2c',
  '*',
  ')(uid=*',
  '*)(objectClass=*))(|(uid=*',
  '\0',
  'a\nb',
  'jürgen 💚',
  '$&$1{uid}',
]

for (const name of NAMES) {
  t.test(JSON.stringify(name), async (t) => {
    const dn = fill('uid={uid},ou=people', { uid: escapeDn(name) })
    t.match(dn, /^uid=(?:[^\0-\x20"#+,;<=>\\\x7f]|\\[0-9a-f]{2})*,ou=people$/, 'one RDN and what was there')
    const value = dn.slice('uid='.length, -',ou=people'.length)
    t.equal(
      value.replace(/\\(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      name,
    )
    const filter = fill('(&(objectClass=person)(uid={uid}))', { uid: escapeFilter(name) })
    const { filters } = FilterParser.parseString(filter) as unknown as { filters: { value: string }[] }
    t.equal(filters.length, 2)
    t.equal(filters[1]?.value, name, 'one comparison with all of it')
  })
}

t.test('what is not known stays', async (t) => t.equal(fill('{a}{b}{constructor}', { a: '1' }), '1{b}{constructor}'))

t.test('a group has one spelling', async (t) => {
  const same = [
    'cn=wheel\\2c (all),ou=groups,dc=example',
    'CN=wheel\\, (all), OU=Groups, DC=example',
    'cn = Wheel\\2C (all) , ou=groups,dc=example',
  ]
  t.equal(new Set(same.map(spellGroup)).size, 1)
  t.not(spellGroup('cn=a\\,ou=b'), spellGroup('cn=a,ou=b'), 'a comma that is a value is another one')
  t.equal(spellGroup('Editors'), 'Editors', 'no DN: as it stands')
})
