/** Tickets for a network: `ipv6Prefix` binds the first bits of an IPv6 address, and leaves IPv4 whole. */

import t from 'tap'
import { createGuard, createIssuer, createVerifier, type Key } from '../../src/index.js'

const now = 1700000000
const keys: Key[] = [{ secret: 'a secret that is long enough', digest: 'sha256' }]
const issue = (ip: string, ipv6Prefix?: number, ring = keys) =>
  createIssuer({ keys: ring, allowShiftableFields: true, ...(ipv6Prefix && { ipv6Prefix }) }).issue(
    { uid: 'alice' },
    { ip, now },
  )
const verdict = (value: string, ip: string, ipv6Prefix?: number, ring = keys) =>
  createVerifier({ keys: ring, ...(ipv6Prefix && { ipv6Prefix }) }).verify(value, { ip }).ok

t.test('any address of the network, none of another', async (t) => {
  for (const ring of [keys, [{ ...(keys[0] as Key), dialect: 'lighttpd' as const }]]) {
    const value = issue('2001:db8:1:2:3:4:5:6', 64, ring)
    t.equal(verdict(value, '2001:db8:1:2:ffff::1', 64, ring), true)
    t.equal(verdict(value, '2001:db8:1:3::1', 64, ring), false)
    t.equal(verdict(value, '2001:db8:1:2:3:4:5:6', undefined, ring), false, 'a verifier that binds all bits')
    t.equal(verdict(issue('192.0.2.7', 64, ring), '192.0.2.8', 64, ring), false)
    t.equal(verdict(issue('::ffff:192.0.2.7', 64, ring), '192.0.2.7', 64, ring), true)
    t.equal(verdict(value, 'no address', 64, ring), false)
  }
})

t.test('a guard takes what an issuer with the same prefix makes', async (t) => {
  const guard = createGuard({ keys, ipv6Prefix: 56, loginUrl: '/login', areas: [{ path: '/' }] })
  const cookie = `auth_tkt=${issue('2001:db8:1:2::7', 56)}`
  const decide = (ip: string) =>
    guard.decide({ method: 'GET', url: '/', headers: ['Host', 'h', 'Cookie', cookie], ip, now }).kind
  t.equal(decide('2001:db8:1:ff::1'), 'allow')
  t.equal(decide('2001:db8:1:100::1'), 'redirect')
})

t.test('bits that there are not', async (t) => {
  for (const ipv6Prefix of [0, 129, 1.5, '64', Number.NaN]) {
    const options = { keys, ipv6Prefix } as never
    t.throws(() => createIssuer(options), { code: 'ERR_TKT_OPTIONS', message: /createIssuer: ipv6Prefix/ })
    t.throws(() => createVerifier(options), { code: 'ERR_TKT_OPTIONS', message: /createVerifier: ipv6Prefix/ })
  }
})
