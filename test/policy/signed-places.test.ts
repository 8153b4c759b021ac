/** Where a signed ticket is found, and whose it is: cookies, headers, addresses, long fields. */

import { sign } from 'node:crypto'
import t from 'tap'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import { pairOf } from '../helpers/signing-keys.js'
import { inShort, type Lines, NOW, requestOf } from './guards.js'
import { decideSigned, signedGuard, signedTicket } from './signed-guards.js'

const GOOD = signedTicket()
const BAD = signedTicket({ by: 'otherEd25519' })
const EXACT: GuardOptions = { compat: 'exact', require: 'valid-user' }

function found(headers: Lines, area: AreaOptions = {}, options: GuardOptions = {}): string {
  const guard = signedGuard({ ...options, areas: [{ path: '/', authType: 'mod_auth_pubtkt', ...area }] })
  return inShort(guard.decide(requestOf({ headers })))
}

t.test('in cookies', async (t) => {
  const cases: [cookies: string[], expected: string][] = [
    [[`auth_pubtkt=${GOOD}`], 'allow'],
    [[`a=b; auth_pubtkt=${GOOD}; c=d`], 'allow'],
    [[`a=b;auth_pubtkt=${GOOD}`], 'allow'],
    [['a=b', `auth_pubtkt=${GOOD}`], 'allow'],
    [[`auth_pubtkt="${GOOD}"`], 'allow'],
    [[`auth_pubtkt=${GOOD}"`], 'allow'],
    [[`auth_pubtkt="${GOOD}`], 'allow'],
    [[`auth_pubtkt=; auth_pubtkt=${GOOD}`], 'allow'],
    // What cannot be decoded is passed over.
    [[`auth_pubtkt=%zz; auth_pubtkt=${GOOD}`], 'allow'],
    [[`auth_pubtkt=%00; auth_pubtkt=${GOOD}`], 'allow'],
    [['auth_pubtkt=%zz'], 'redirect malformed'],
    // What can be is the ticket, good or not.
    [[`auth_pubtkt=${BAD}; auth_pubtkt=${GOOD}`], 'redirect signature'],
    [[`auth_pubtkt=short; auth_pubtkt=${GOOD}`], 'redirect malformed'],
    [['auth_pubtkt='], 'redirect absent'],
    [['auth_pubtkt="'], 'redirect malformed'],
    [[`Auth_Pubtkt=${GOOD}`], 'redirect absent'],
    [[], 'redirect absent'],
  ]
  for (const [cookies, expected] of cases) {
    const lines = cookies.map((value) => ['Cookie', value] as const)
    for (const options of [{}, EXACT]) t.equal(found(lines, {}, options), expected, cookies.join(' | ').slice(0, 60))
  }
})

t.test('the end of a name is a name in the module only (P3)', async (t) => {
  const lines: Lines = [['Cookie', `not_auth_pubtkt=${GOOD}`]]
  t.equal(found(lines, {}, EXACT), 'allow')
  t.equal(found(lines), 'redirect absent')
  t.equal(found(lines, { cookieMatch: 'suffix' }), 'allow')
  const shadowed: Lines = [['Cookie', `not_auth_pubtkt=${BAD}; auth_pubtkt=${GOOD}`]]
  t.equal(found(shadowed, {}, EXACT), 'redirect signature')
  t.equal(found(shadowed), 'allow')
})

t.test('in headers, in the order that is given', async (t) => {
  const area = { ticketHeaders: ['X-Ticket', 'Cookie', 'X-Other'] }
  const cases: [headers: Lines, expected: string][] = [
    [[['x-ticket', GOOD]], 'allow'],
    [[['X-TICKET', `  ${GOOD} `]], 'allow'],
    [[['Cookie', `auth_pubtkt=${GOOD}`]], 'allow'],
    [[['X-Other', GOOD]], 'allow'],
    [
      [
        ['Cookie', 'auth_pubtkt=short'],
        ['X-Other', GOOD],
      ],
      'allow',
    ],
    [
      [
        ['X-Ticket', '%zz'],
        ['Cookie', 'auth_pubtkt=%zz'],
        ['X-Other', GOOD],
      ],
      'allow',
    ],
    [
      [
        ['X-Ticket', ''],
        ['X-Other', GOOD],
      ],
      'allow',
    ],
    [
      [
        ['X-Ticket', 'short'],
        ['X-Other', GOOD],
      ],
      'redirect malformed',
    ],
    [
      [
        ['X-Ticket', BAD],
        ['Cookie', `auth_pubtkt=${GOOD}`],
      ],
      'redirect signature',
    ],
    // Quotes are taken off cookies only.
    [[['X-Ticket', `"${GOOD}"`]], 'redirect signature'],
    // Two lines are one, and a signature ends where its base64 does.
    [
      [
        ['X-Ticket', GOOD],
        ['X-Ticket', BAD],
      ],
      'allow',
    ],
  ]
  for (const [headers, expected] of cases) t.equal(found(headers, area), expected, JSON.stringify(headers).slice(0, 60))
  t.equal(found([['Cookie', `auth_pubtkt=${GOOD}`]], { ticketHeaders: ['X-Ticket'] }), 'redirect absent')
})

t.test('addresses are compared as such, or as in the module as text (P6)', async (t) => {
  const cases: [clientIp: string, ip: string, hardened: boolean, exact: boolean][] = [
    ['192.0.2.7', '192.0.2.7', true, true],
    ['192.0.2.7', '::ffff:192.0.2.7', true, true],
    ['192.0.2.7', '192.0.2.70', false, false],
    ['2001:db8::1', '2001:db8::1', true, true],
    ['2001:db8::1', '2001:DB8:0:0::1', true, true],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1', true, false],
    ['::ffff:192.0.2.7', '192.0.2.7', true, false],
    ['nowhere', 'nowhere', true, true],
    ['nowhere', '192.0.2.7', false, false],
  ]
  for (const [clientIp, ip, hardened, exact] of cases) {
    const ticket = forged({ cip: clientIp })
    const seen = (options: GuardOptions) => inShort(decideSigned({}, ticket, { ip }, options)) === 'allow'
    t.equal(seen({}), hardened, `hardened ${clientIp} ${ip}`)
    t.equal(seen(EXACT), exact, `exact ${clientIp} ${ip}`)
  }
  const ticket = signedTicket({ clientIp: '2001:db8::1' })
  const near = { ip: '2001:db8::2' }
  t.equal(inShort(decideSigned({}, ticket, near)), 'redirect address')
  t.equal(inShort(decideSigned({ ipv6Prefix: 64 }, ticket, near)), 'allow')
  t.equal(inShort(decideSigned({ ipv6Prefix: 64 }, ticket, { ip: '2001:db8:1::1' })), 'redirect address')
  t.equal(inShort(decideSigned({ ignoreIp: true }, ticket, { ip: '192.0.2.7' })), 'allow')
  t.equal(inShort(decideSigned({}, ticket, { ip: undefined })), 'redirect address')
})

t.test('long fields are cut in the module, so that one user is another; here they are refused (P5)', async (t) => {
  const long = forged({ uid: `${'u'.repeat(64)}x` })
  t.equal(inShort(decideSigned({}, long)), 'redirect malformed')
  const cut = decideSigned({}, long, {}, EXACT)
  t.match(cut, { kind: 'allow', identity: { uid: 'u'.repeat(64) } })
  t.match(decideSigned({ longFields: 'cut' }, long), { kind: 'allow', identity: { uid: 'u'.repeat(64) } })
})

t.test('a redirect as the module writes it, by the version', async (t) => {
  const ask = (url: string, host: string, options: object = {}) => {
    const guard = signedGuard({ ...EXACT, areas: [{ path: '/', authType: 'mod_auth_pubtkt' }] })
    const decision = guard.decide(requestOf({ url, host, ...options }))
    return decision.kind === 'redirect' ? `${decision.status} ${decision.location.split('back=')[1]}` : decision.kind
  }
  t.equal(ask('/a?b&c=1;d', 'H.example.com:80'), '307 http%3a%2f%2fh.example.com%2fa%3fb%26c%3d1%3bd')
  t.equal(ask('/a?', 'h:8080', { httpVersion: '1.0' }), '302 http%3a%2f%2fh%3a8080%2fa%3f')
  t.equal(ask('/', 'h:443', { tls: true }), '307 https%3a%2f%2fh%2f')
  t.equal(ask('/%0a', 'h'), '307 http%3a%2f%2fh%2f%250a', 'control bytes stay escaped (A13)')
})

t.test('a ticket that can be read in two ways is read in the module only (P9)', async (t) => {
  const until = `validuntil=${NOW + 60}`
  const texts: [text: string, uid: string][] = [
    [`uid=mallory;${until};udata=x;uid=admin`, 'admin'],
    [`uid=a;${until};tokens=x;tokens=y`, 'a'],
    [`uid=a;${until};validuntil=${NOW + 90}`, 'a'],
    [`uid=a\r\nX: y;${until}`, 'a\r\nX: y'],
    [`uid=a;${until};udata=\x01`, 'a'],
  ]
  for (const [text, uid] of texts) {
    for (const round of ['new', 'remembered']) {
      const strict = decideSigned({}, signed(text))
      t.equal(inShort(strict), 'redirect malformed', `${round} ${JSON.stringify(text)}`)
      t.match(decideSigned({ strictFields: false }, signed(text)), { kind: 'allow', identity: { uid } })
      t.match(decideSigned({}, signed(text), {}, EXACT), { kind: 'allow', identity: { uid } })
    }
  }
  // Fields that nobody knows may stand as often as they like.
  t.equal(inShort(decideSigned({}, signed(`uid=a;x=1;x=2;;plain;${until};=;=`))), 'allow')
  const guard = signedGuard({
    areas: [{ path: '/' }, { path: '/loose', strictFields: false }],
  })
  const ask = (url: string) =>
    inShort(guard.decide(requestOf({ url, ticket: signed(texts[0]?.[0] as string), cookieName: 'auth_pubtkt' })))
  t.strictSame(['/loose', '/', '/loose', '/'].map(ask), ['allow', 'redirect malformed', 'allow', 'redirect malformed'])
})

t.test('ipv6: refuse means that no ticket is bound to such a client', async (t) => {
  const ticket = signedTicket({ clientIp: '2001:db8::1' })
  for (const ip of ['2001:db8::1', '2001:db8:ffff::99']) {
    for (const cipMatch of ['address', 'text'] as const) {
      t.equal(
        inShort(decideSigned({ ipv6: 'refuse', cipMatch }, ticket, { ip })),
        'redirect address',
        `${ip} ${cipMatch}`,
      )
    }
  }
  t.equal(inShort(decideSigned({ ipv6: 'refuse' }, signedTicket({ clientIp: '192.0.2.7' }))), 'allow')
})

t.test('names that come again and again are not looked at for ever', async (t) => {
  const lines = (count: number): Lines => [['Cookie', `${'auth_pubtkt=%zz; '.repeat(count)}auth_pubtkt=${GOOD}`]]
  t.equal(found(lines(15)), 'allow')
  t.equal(found(lines(16)), 'redirect malformed')
})

/** A ticket that our issuer would not make, signed all the same. */
function forged(fields: Record<string, string>): string {
  const text = Object.entries({ uid: 'alice', validuntil: String(NOW + 60), ...fields })
    .map(([name, value]) => `${name}=${value}`)
    .join(';')
  return signed(text)
}

/** A text, signed. */
function signed(text: string): string {
  const signature = sign(null, Buffer.from(text, 'latin1'), pairOf('ed25519').privateKey)
  return encodeURIComponent(`${text};sig=${signature.toString('base64')}`)
}
