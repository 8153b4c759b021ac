/** Settings that signed tickets have no use for are told at the start, where they serve nothing else. */

import t from 'tap'
import type { GuardOptions } from '../../src/policy/options.js'
import { signingKeyOf } from '../helpers/signing-keys.js'
import { KEY } from './guards.js'
import { PUBLIC_KEY, signedGuard } from './signed-guards.js'

const SIGNED = { authType: 'mod_auth_pubtkt' as const }
const DIGEST = { authType: 'TKT' as const }
/** Asks for tickets with a digest where nothing else is said. */
const MIXED = { module: undefined, keys: [KEY], publicKeys: [PUBLIC_KEY()] }
const NO_USE = 'of no use, as signed tickets are asked for'
const TIMES = 'of no use, as signed tickets end when the login says that makes them'

const CASES: [what: string, options: GuardOptions, warnings: string[]][] = [
  ['nothing', {}, []],
  ['nothing is asked of it', { guestLogin: false, clockSkew: null, timeoutUrl: 'https://login.example.com/' }, []],
  ['for all', { guestLogin: true, guestUser: 'g' }, [`guestLogin, guestUser: ${NO_USE}`]],
  ['for all, exact', { ...SIGNED, compat: 'exact', clockSkew: 5 }, [`clockSkew: ${NO_USE}`]],
  ['an area', { areas: [{ path: '/' }, { path: '/a', guestCookie: true }] }, [`area /a: guestCookie: ${NO_USE}`]],
  [
    'by its name',
    { areas: [{ name: 'shop', pattern: '^/a', missingSecret: 'fail' }] },
    [`area shop: missingSecret: ${NO_USE}`],
  ],
  [
    'keys',
    { areas: [{ path: '/', keys: [KEY] }] },
    ['area /: keys: of no use, as signed tickets are checked with publicKeys'],
  ],
  [
    'a host, and an area of it',
    { hosts: [{ names: ['h'], guestLogin: true, areas: [{ path: '/x', oldKeyClock: 'keep' }] }] },
    [`host h: guestLogin: ${NO_USE}`, `area /x of host h: oldKeyClock: ${NO_USE}`],
  ],
  [
    "a host with the main server's areas",
    { hosts: [{ names: ['h'], guestUser: 'g' }] },
    [`host h: guestUser: ${NO_USE}`],
  ],
  [
    'told once',
    { areas: [{ path: '/', guestUser: 'g' }], hosts: [{ names: ['h'] }] },
    [`area /: guestUser: ${NO_USE}`],
  ],
  [
    'nowhere',
    {
      module: undefined,
      publicKeys: undefined,
      guestLogin: true,
      areas: [],
      hosts: [{ names: ['h'], guestUser: 'g', areas: [] }],
    },
    [],
  ],
  ['keys of all', { keys: [KEY] }, []],
  ['clocks', { timeout: '1h', timeoutRefresh: 0.3 }, [`timeout, timeoutRefresh: ${TIMES}`]],
  ['clocks of our login', { timeout: '1h', refreshWithin: 60, signingKey: signingKeyOf('ed25519', undefined) }, []],
  [
    'for other areas, too',
    { ...MIXED, guestUser: 'g', timeout: '1h', areas: [{ path: '/' }, { path: '/s', ...SIGNED }] },
    [],
  ],
  [
    'for areas inside, too',
    { ...MIXED, areas: [{ path: '/s', ...SIGNED, guestUser: 'g' }, { path: '/s/d', ...DIGEST }, { path: '/sd' }] },
    [],
  ],
  [
    'for areas inside that ask for the same',
    { ...MIXED, areas: [{ path: '/s', ...SIGNED, guestUser: 'g' }, { path: '/s/d' }, { path: '/sd' }] },
    [`area /s: guestUser: ${NO_USE}`],
  ],
  [
    'for another host, too',
    { ...MIXED, guestUser: 'g', areas: [{ path: '/', ...SIGNED }], hosts: [{ names: ['h'], areas: [{ path: '/' }] }] },
    [],
  ],
  [
    'a host of one kind beside others',
    { ...MIXED, hosts: [{ names: ['h'], ...SIGNED, guestUser: 'g', timeout: '1h', areas: [{ path: '/' }] }] },
    [`host h: guestUser: ${NO_USE}`, `host h: timeout: ${TIMES}`],
  ],
]

for (const [what, options, expected] of CASES) {
  t.test(what, async (t) => {
    t.strictSame(signedGuard(options as GuardOptions).warnings, expected)
  })
}
