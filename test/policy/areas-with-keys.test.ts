/** Keys of an area count in place of those around it; equal ones share a ring, and bad ones are found at the start. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import { keyringMaker } from '../../src/policy/keyrings.js'
import type { GuardOptions } from '../../src/policy/options.js'
import { FOREIGN_KEY, inShort, KEY, LOGIN, OLD_KEY, requestOf, ticketOf } from './guards.js'

const make = (options: GuardOptions) => createGuard({ loginUrl: LOGIN, selfTest: false, ...options })

t.test('the innermost keys count', async (t) => {
  const areas = [
    { path: '/' },
    { path: '/a', keys: [OLD_KEY] },
    { path: '/a/b' },
    { path: '/a/c', keys: [FOREIGN_KEY] },
    { path: '/a/open', require: 'granted' as const, keys: [] },
    { pattern: '^/.*/x$', require: 'valid-user' as const, keys: [KEY] },
  ]
  const hosts = [
    { names: ['h'], keys: [FOREIGN_KEY] },
    { names: ['own'], areas: [{ path: '/', keys: [OLD_KEY] }] },
  ]
  const guard = make({ keys: [KEY], areas, hosts, unknownHost: 'main' })
  const cases: [host: string, url: string, key: typeof KEY][] = [
    ['www.example.com', '/', KEY],
    ['www.example.com', '/a', OLD_KEY],
    ['www.example.com', '/a/b', OLD_KEY],
    ['www.example.com', '/a/c/d', FOREIGN_KEY],
    ['www.example.com', '/a/c/x', KEY],
    ['h', '/', FOREIGN_KEY],
    ['h', '/a', OLD_KEY],
    ['own', '/a', OLD_KEY],
  ]
  for (const [host, url, right] of cases) {
    for (const key of [KEY, OLD_KEY, FOREIGN_KEY]) {
      const seen = inShort(guard.decide(requestOf({ host, url, ticket: ticketOf({ key }) })))
      t.equal(seen === 'allow', key === right, `${host}${url}: ${seen}`)
    }
  }
})

t.test('equal keys share a keyring', async (t) => {
  const { keyringOf } = keyringMaker({ selfTest: false, utf8: false, pythonCookies: false })
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i)
  const lists = [
    [KEY],
    [OLD_KEY],
    [KEY, OLD_KEY],
    [{ ...KEY, secret: bytes }],
    [{ ...KEY, dialect: 'lighttpd' as const }],
    [{ ...KEY, acceptUntil: 5 }],
    [{ ...KEY, strict: { alice: ['a'] } }],
    [],
  ]
  const made = lists.map((keys) => keyringOf(keys))
  t.equal(new Set(made).size, lists.length)
  for (const [i, keys] of lists.entries()) {
    t.equal(keyringOf(keys), made[i])
    const copy = keys.map((key) => ({
      ...key,
      secret: typeof key.secret === 'string' ? key.secret : key.secret.slice(),
    }))
    t.equal(keyringOf(copy), made[i], `copy ${i}`)
  }
  t.not(keyringOf([{ ...KEY, secret: bytes.subarray(1) }]), made[3])
  t.equal(made[0]?.ringFor(true), made[0]?.ringFor(true))
  t.equal(made.at(-1)?.ringFor(true), undefined)
})

t.test('what is wrong with them is said at the start, and what is secret never', async (t) => {
  const cases: [options: GuardOptions, says: RegExp][] = [
    [{ areas: [{ path: '/' }, { path: '/a', keys: [KEY] }] }, /areas\[0\]: asks for a user/],
    [{ areas: [{ path: '/a', keys: [] }], keys: [KEY] }, /areas\[0\]: asks for a user/],
    [{ areas: [{ path: '/a', keys: [] }, { path: '/a/b' }], keys: [KEY] }, /areas\[0\]: asks for a user/],
    [{ areas: [{ path: '/a', keys: [{ ...KEY, secret: 'changeme' }] }] }, /areas\[0\]\.keys\[0\]\.secret: .*manual/],
    [{ areas: [{ path: '/a', keys: [{ ...KEY, secret: 'hunter2' }] }] }, /areas\[0\]\.keys\[0\]\.secret: .*7 bytes/],
    [
      { hosts: [{ names: ['h'], areas: [{ path: '/a', keys: [{ ...KEY, secret: 'hunter2' }] }] }] },
      /hosts\[0\]\.areas\[0\]\.keys/,
    ],
  ]
  for (const [options, says] of cases) {
    t.throws(() => make(options), { code: 'ERR_TKT_OPTIONS', message: says })
    t.throws(() => make(options), { message: /^(?!.*(hunter2|changeme))/ })
  }
  t.doesNotThrow(() => make({ areas: [{ path: '/a', keys: [KEY] }, { path: '/a/b' }] }), 'the keys around it')
  t.doesNotThrow(() => make({ areas: [{ path: '/a', require: 'granted' }] }))
  const long = { ...KEY, secret: 'x'.repeat(1025) }
  t.throws(() => make({ keys: [KEY], areas: [{ pattern: '^/x', keys: [long] }] }), { code: 'ERR_TKT_OPTIONS' })
})
