/** Password and group files that change while people sign in: written over, exchanged, gone, half written. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { HTPASSWD, htpasswdMissing } from '../../../native-fixtures/debian.mjs'
import { folderOf, line, signing } from './files.js'

const skip = htpasswdMissing() ?? false

/** Alice and Bob in a file, and how to ask whether somebody may sign in once a second has passed. */
function twoUsers(t: Test) {
  const put = folderOf(t)
  const [alice, bob] = [line('alice', 'secret'), line('bob', 'secret')]
  const file = put('passwords', alice + bob)
  const made = signing({ file, groupFile: put('groups', 'staff: alice bob\n') })
  const may = async (uid: string, password = 'secret') => (await made.staff.check({ uid, password })).ok
  const later = (ms = 1000) => {
    made.clock.now += ms
  }
  return { ...made, put, file, alice, bob, may, later }
}

t.test('written over', { skip }, async (t) => {
  const { put, alice, may, later } = twoUsers(t)
  t.ok(await may('bob'))
  put('passwords', alice)
  t.ok(await may('bob'), 'within the second')
  later()
  t.notOk(await may('bob'))
  t.ok(await may('alice'))
})

t.test("by Debian's htpasswd", { skip }, async (t) => {
  const { file, may, later } = twoUsers(t)
  execFileSync(HTPASSWD, ['-D', file, 'bob'], { stdio: 'ignore' })
  execFileSync(HTPASSWD, ['-i', '-B', '-C', '4', file, 'carol'], {
    input: 'new one\n',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  later()
  t.notOk(await may('bob'))
  t.ok(await may('carol', 'new one'))
})

t.test('exchanged', { skip }, async (t) => {
  const { put, file, bob, may, later } = twoUsers(t)
  const next = put('next', bob)
  const then = new Date(Date.now() - 60_000)
  utimesSync(next, then, then)
  renameSync(next, file)
  later(5000)
  t.notOk(await may('alice'))
  t.ok(await may('bob'))
})

t.test('a second write in the same tick, as long as the first', { skip }, async (t) => {
  const { file, alice, bob, may, later } = twoUsers(t)
  writeFileSync(file, `${alice}# x\n`)
  later()
  t.notOk(await may('bob'))
  writeFileSync(file, `${bob}# xyz\n`)
  later()
  t.ok(await may('bob'))
  t.notOk(await may('alice'))
})

t.test('gone: its users stay, until there is a good one', { skip }, async (t) => {
  const { put, file, alice, may, later, warnings } = twoUsers(t)
  rmSync(file)
  for (let second = 0; second < 5; second++) {
    later()
    t.ok(await may('bob'))
  }
  t.match(warnings, [/passwords: it cannot be read \(ENOENT\); its former users stay/])
  t.equal(warnings.length, 1, 'told once')
  put('passwords', alice)
  later()
  t.notOk(await may('bob'))
  rmSync(file)
  later()
  t.ok(await may('alice'))
  t.equal(warnings.length, 2, 'and again the next time')
})

t.test('a folder in its place', { skip }, async (t) => {
  const { file, may, later, warnings } = twoUsers(t)
  rmSync(file)
  mkdirSync(file)
  later()
  t.ok(await may('bob'))
  t.match(warnings, [/it cannot be read \(EISDIR\)/])
})

t.test('emptied: a moment of htpasswd, or a mistake', { skip }, async (t) => {
  const { put, file, may, later, warnings } = twoUsers(t)
  truncateSync(file)
  later()
  t.ok(await may('bob'))
  later(60_000)
  t.ok(await may('bob'))
  t.match(warnings, [/passwords: it is empty; fix: a line '# nobody' where .*; its former users stay/])
  t.equal(warnings.length, 1)
  put('passwords', '# nobody\n')
  later()
  t.notOk(await may('bob'), 'said on purpose')
})

t.test('half written: a line that has not ended yet', { skip }, async (t) => {
  const { put, alice, bob, may, later, warnings } = twoUsers(t)
  put('passwords', bob + alice.slice(0, 20))
  later()
  t.ok(await may('alice'), 'for two seconds')
  later(10_000)
  t.notOk(await may('alice'), 'then that is what it says')
  t.ok(await may('bob'))
  t.match(warnings, [/passwords:2: no scheme/])
})

t.test('lines that cannot be used are told of once for each reading', { skip }, async (t) => {
  const { put, file, alice, may, later, warnings } = twoUsers(t)
  put('passwords', `${alice}bob:plain\n`)
  for (let second = 0; second < 5; second++) {
    later()
    t.ok(await may('alice'))
  }
  t.equal(warnings.length, 1)
  const past = new Date(Date.now() - 60_000)
  utimesSync(file, past, past)
  later()
  await may('alice')
  t.equal(warnings.length, 1, 'touched, not changed')
})

t.test('groups', { skip }, async (t) => {
  const { put, staff, may, later, warnings } = twoUsers(t)
  const tokens = async (uid: string) => {
    const checked = await staff.check({ uid, password: 'secret' })
    return checked.ok ? checked.account.tokens : undefined
  }
  t.same(await tokens('bob'), ['staff'])
  put('groups', 'staff: alice\nothers: bob\n')
  later()
  t.same(await tokens('bob'), ['others'])
  rmSync(put('groups'))
  later()
  t.same(await tokens('bob'), ['others'])
  t.match(warnings, [/groups: it cannot be read \(ENOENT\); its former groups stay/])
  t.ok(await may('alice'))
})

t.test('a clock that is put back', { skip }, async (t) => {
  const { put, alice, may, later } = twoUsers(t)
  put('passwords', alice)
  later(-3_600_000)
  t.notOk(await may('bob'))
})
