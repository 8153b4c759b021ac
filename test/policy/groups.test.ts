/** Group files as mod_authz_groupfile reads them. */

import t from 'tap'
import { readGroups } from '../../src/policy/groups.js'

const FILES: readonly (readonly [name: string, text: string, groups: Record<string, string[]>])[] = [
  ['one line a group', 'staff: alice bob\nadmins: carol\n', { staff: ['alice', 'bob'], admins: ['carol'] }],
  ['a group that stands twice has both lines', 'staff: alice\nstaff: bob', { staff: ['alice', 'bob'] }],
  ['blanks and tabs, in any number', '  staff :\talice   bob\t\n', { staff: ['alice', 'bob'] }],
  ['a backslash continues a line', 'staff: alice \\\n  bob\n', { staff: ['alice', 'bob'] }],
  ['comments, empty lines and lines without a colon say nothing', '# a: b\n\nnothing\n', {}],
  ['a group may be empty', 'staff:\n', { staff: [] }],
  ['a colon in a uid', 'staff: a:b', { staff: ['a:b'] }],
  [
    'names of what every object has',
    '__proto__: alice\ntoString: bob',
    { ['__proto__']: ['alice'], toString: ['bob'] },
  ],
]

for (const [name, text, groups] of FILES) {
  t.test(name, async (t) => {
    const read = readGroups(text)
    t.same(Object.entries(read), Object.entries(groups))
  })
}
