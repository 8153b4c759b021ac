/** Require and its containers become the guard's rules. */

import t from 'tap'
import { filesOf, notes, settings, wrong } from './config-helpers.js'

const place = (lines: string) => `<Location /x>\n${lines}\n</Location>`

t.test('each form has its rule', async (t) => {
  const rows: [lines: string, rule: unknown][] = [
    ['Require valid-user', 'valid-user'],
    ['require valid-user with what follows', 'valid-user'],
    ['Require user alice "bob b"', { users: ['alice', 'bob b'] }],
    ['Require user', 'denied'],
    ['Require group a b', { groups: ['a', 'b'] }],
    ['Require group', 'denied'],
    ['Require all granted', 'granted'],
    ['Require all DENIED', 'denied'],
    ['Require local', { ips: ['127.0.0.0/8', '::1'] }],
    ['Require method GET POST', { methods: ['GET', 'POST'] }],
    ['Require ip 10.1 10.2.3.4 10. 10.0.0.0/8', { ips: ['10.1.0.0/16', '10.2.3.4', '10.0.0.0/8', '10.0.0.0/8'] }],
    ['Require ip 10.0.0.0/255.255.0.0 2001:db8::/32 ::1', { ips: ['10.0.0.0/16', '2001:db8::/32', '::1'] }],
    ['Require valid-user\nRequire ip 10', { any: ['valid-user', { ips: ['10.0.0.0/8'] }] }],
    [
      '<RequireAll>\nRequire valid-user\nRequire not user bob\n</RequireAll>',
      { all: ['valid-user', { not: { users: ['bob'] } }] },
    ],
    ['<RequireAny>\nRequire valid-user\nFoo\n</RequireAny>', { any: ['valid-user'] }],
    [
      '<requireall>\n<RequireNone>\nRequire user a\n</RequireNone>\n<RequireAny>\n</RequireAny>\nRequire valid-user\n</RequireAll>',
      { all: [{ none: [{ users: ['a'] }] }, 'valid-user'] },
    ],
    ['<RequireAny>\n</RequireAny>', undefined],
  ]
  for (const [lines, rule] of rows) t.same(settings(lines).require, rule, lines)
})

t.test('what Apache does not start with is an error', async (t) => {
  const rows: [lines: string, message: RegExp][] = [
    ['Require all maybe', /'granted' or 'denied'/],
    ['Require all', /'granted' or 'denied'/],
    ['Require ip', /'ip' needs at least one argument/],
    ['Require ip foo', /'foo' is no IPv4 or IPv6/],
    ['Require ip 10.1/8', /'10.1\/8' is no IPv4/],
    ['Require ip 10.0.0.0/255.0.255.0', /is no IPv4/],
    ['Require ip 10.0.0.0/999.0.0.0', /is no IPv4/],
    ['Require ip 10.0.0.300', /is no IPv4/],
    ['Require method get', /'get' is no method/],
    ['Require method', /needs at least one/],
    ['Require not valid-user', /negative rule has no effect/],
    ['<RequireNone>\nRequire valid-user\n</RequireNone>', /negative rule has no effect/],
    ['<RequireAny>\nRequire not user a\n</RequireAny>', /negative rule has no effect/],
    ['<RequireAll>\nRequire not user a\n</RequireAll>', /only negative rules/],
    ['<RequireAny x>\nRequire valid-user\n</RequireAny>', /takes no arguments/],
  ]
  for (const [lines, message] of rows) t.match(wrong(place(lines)), message, lines)
})

t.test('empty containers are told', async (t) => {
  t.match(notes(place('<RequireAny>\n</RequireAny>')), [/<RequireAny>: is empty/])
})

t.test('groups come from their file', async (t) => {
  const files = filesOf({ '/etc/groups': '# staff\nstaff: alice bob\\\n carol\nstaff: dave\nnothing\nempty:\n' })
  t.same(settings('AuthGroupFile /etc/groups\nRequire group staff', { files }), {
    groups: { staff: ['alice', 'bob', 'carol', 'dave'], empty: [] },
    require: { groups: ['staff'] },
  })
  t.match(
    wrong(place('AuthGroupFile /etc/none'), { files }),
    /site\.conf:2: AuthGroupFile: '\/etc\/none' cannot be read/,
  )
  t.match(wrong(place('AuthGroupFile none'), { file: '/etc/a.conf', files }), /'\/etc\/none' cannot be read/)
  t.match(wrong(place('AuthGroupFile /etc/groups')), /no file access was given/)
})
