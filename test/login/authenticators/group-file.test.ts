/** Groups of Apache's group files as tokens: all of them, some of them, under other names. */

import t from 'tap'
import { htpasswdMissing } from '../../../native-fixtures/debian.mjs'
import { readMemberships } from '../../../src/login/authenticators/group-file.js'
import { readGroupTokens } from '../../../src/login/authenticators/group-tokens.js'
import { folderOf, line, signing } from './files.js'

const TEXT = 'editors: alice bob\nadmins: bob\nwriters: alice\neditors: carol\n'

const CASES: readonly (readonly [
  name: string,
  tokens: string[] | Record<string, string> | undefined,
  bob: string[],
])[] = [
  ['left out: all, by their names', undefined, ['editors', 'admins']],
  ['a list: these', ['admins', 'nothing'], ['admins']],
  ['a record: these, by other names', { admins: 'root', editors: 'write' }, ['write', 'root']],
  ['two groups with one token', { admins: 'staff', editors: 'staff' }, ['staff']],
  ['none', [], []],
]

for (const [name, tokens, bob] of CASES) {
  t.test(name, async (t) => {
    const { tokens: read, troubles } = readMemberships(TEXT, 'groups', tokens && readGroupTokens('htpasswd', tokens))
    t.same(read.get('bob'), bob)
    t.equal(read.get('dave'), undefined)
    t.same(troubles, [])
  })
}

t.test('a group whose name can be no token is told of, unless it is not meant', async (t) => {
  const text = 'a,b: alice\nc!d: alice\nx\u0001: alice\n: alice\nfine: alice\n'
  const { tokens, troubles } = readMemberships(text, 'groups', undefined)
  t.same(tokens.get('alice'), ['fine'])
  t.match(troubles, [/^groups: no token can be called 'a,b'; fix: /, /'c!d'/, /'x\\u0001'/])
  t.same(readMemberships(text, 'groups', new Map([['a,b', 'ab']])).tokens.get('alice'), ['ab'])
  t.same(readMemberships(text, 'groups', new Map()).troubles, [])
})

t.test('who has signed in has them', { skip: htpasswdMissing() ?? false }, async (t) => {
  const put = folderOf(t)
  const file = put('passwords', line('alice', 'secret') + line('dave', 'secret'))
  const { staff, warnings } = signing({ file, groupFile: put('groups', `${TEXT}a!b: alice`), tokens: ['editors'] })
  t.match(await staff.check({ uid: 'alice', password: 'secret' }), { account: { tokens: ['editors'] } })
  t.match(await staff.check({ uid: 'dave', password: 'secret' }), { account: { tokens: [] } })
  t.same(warnings, [])
})
