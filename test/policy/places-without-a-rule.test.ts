/** A place without any `Require`: Apache lets everybody in, but not under an AuthType that asks for users. */

import t from 'tap'
import { readApacheConfig } from '../../src/config/apache.js'
import { createGuard } from '../../src/policy/guard.js'
import { guardOf, requestOf } from './guards.js'

const AUTH_TYPES = [null, 'None', 'Basic', 'TKT'] as const

t.test('no-rule passes, and is 500 where users are asked for all the same', async (t) => {
  for (const compat of ['exact', 'hardened'] as const) {
    for (const authType of AUTH_TYPES) {
      const guard = guardOf({ compat, areas: [{ path: '/', require: 'no-rule', authType, guestLogin: true }] })
      const expected =
        authType === null || authType === 'None' ? { kind: 'pass' } : { kind: 'error', status: 500, reason: 'config' }
      t.match(guard.decide(requestOf()), expected, `${compat} ${authType}`)
    }
  }
})

t.test('as the real server answered', async (t) => {
  const answer = (...lines: string[]) => {
    const text = ['TKTAuthSecret abc', '<Location /p>', ...lines, '</Location>'].join('\n')
    return createGuard(readApacheConfig(text).options).decide(requestOf({ url: '/p' }))
  }
  t.equal(answer().kind, 'pass')
  t.equal(answer('AuthType None', 'TKTAuthLoginURL http://l/').kind, 'pass')
  t.match(answer('AuthType Basic'), { kind: 'error', status: 500 })
  t.match(answer('AuthType Basic', 'TKTAuthLoginURL http://l/'), { kind: 'error', status: 500 })
  t.match(answer('AuthType TKT', 'TKTAuthGuestLogin on'), { kind: 'error', status: 500 })
  t.equal(answer('AuthType Basic', 'Require all granted').kind, 'pass')
})

t.test('inside a rule it says nothing', async (t) => {
  const decide = (require: 'no-rule' | { any: ('no-rule' | 'granted')[] }) =>
    guardOf({ areas: [{ path: '/', require }] }).decide(requestOf())
  t.equal(decide({ any: ['no-rule', 'granted'] }).kind, 'pass')
  t.match(decide({ any: ['no-rule'] }), { kind: 'deny', status: 403 })
})
