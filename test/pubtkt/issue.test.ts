/** What a ticket can carry, to the byte, and what its reader makes of what others put in. */

import { createPrivateKey, sign } from 'node:crypto'
import t from 'tap'
import {
  createAsyncPubtktIssuer,
  createPubtktIssuer,
  createPubtktVerifier,
  type PubtktFields,
  peekSignedTicket,
  plainBauth,
} from '../../src/index.js'
import { pairOf, publicKeyOf, signingKeyOf } from '../helpers/signing-keys.js'

const now = 1_700_000_000
const key = signingKeyOf('ed25519', undefined)
const keys = [publicKeyOf('ed25519', undefined)]
const issuer = createPubtktIssuer({ key })
const least = { uid: 'a', validUntil: now }

/** A ticket with any text, as another issuer might write it. */
function foreign(text: string): string {
  const bytes = Buffer.from(text, 'latin1')
  const signature = sign(null, bytes, createPrivateKey(pairOf('ed25519').privateKey)).toString('base64')
  return Buffer.from(`${text};sig=${signature}`, 'latin1')
    .toString('latin1')
    .replace(/[^A-Za-z0-9]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

t.test('the text of a ticket', async (t) => {
  const textOf = (fields: PubtktFields) => issuer.issue(fields, { encoding: 'raw' }).replace(/;sig=.*/, '')
  t.equal(textOf(least), `uid=a;validuntil=${now};tokens=;udata=`)
  const all = {
    ...least,
    tokens: ['x', 'y z'],
    userData: 'd',
    clientIp: '2001:DB8::0:1',
    gracePeriod: now - 1,
    multifactor: true,
    bauth: plainBauth({ uid: 'a', password: 'b' }),
  }
  t.equal(
    textOf(all),
    `uid=a;cip=2001:db8::1;validuntil=${now};graceperiod=${now - 1};bauth=YTpi;tokens=x,y z;udata=d;multifactor=1`,
  )
  t.equal(
    textOf({ ...least, gracePeriod: 0, multifactor: false, clientIp: undefined, bauth: undefined }),
    textOf(least),
  )
  t.match(
    textOf({ ...least, clientIp: '::ffff:192.0.2.7' }),
    /;cip=192\.0\.2\.7;/,
    "as Apache writes a client's address",
  )
})

t.test('fields that a ticket cannot carry', async (t) => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /fields must be an object/],
    [{ ...least, issuedAt: 1 }, /there is no field 'issuedAt'; the fields are uid, tokens, /],
    [{ ...least, uid: '' }, /uid is empty/],
    [{ ...least, uid: 7 }, /uid must be a string/],
    [{ ...least, uid: 'a;uid=b' }, /uid must not contain `;`/],
    [{ ...least, uid: 'a\n' }, /uid must not contain control bytes/],
    [{ ...least, uid: 'Ł' }, /uid has a char above U\+00FF; charset: 'utf8' would carry it/],
    [{ ...least, uid: 'u'.repeat(65) }, /uid has 65 bytes; mod_auth_pubtkt keeps 64/],
    [{ ...least, tokens: 'a' }, /tokens must be an array of strings/],
    [{ ...least, tokens: ['a', ''] }, /tokens\[1\] is empty/],
    [{ ...least, tokens: ['a,b'] }, /tokens\[0\] must not contain `,`/],
    [{ ...least, tokens: ['a;'] }, /tokens\[0\] must not contain `;`/],
    [{ ...least, tokens: ['t'.repeat(200), 't'.repeat(55)] }, /tokens has 256 bytes; mod_auth_pubtkt keeps 255/],
    [{ ...least, userData: 'x;y' }, /userData must not contain `;`/],
    [{ ...least, userData: 'd'.repeat(256) }, /userData has 256 bytes/],
    [{ ...least, clientIp: 'localhost' }, /clientIp must be an IPv4 or IPv6 address/],
    [{ ...least, clientIp: 7 }, /clientIp must be an IPv4 or IPv6 address/],
    [{ ...least, validUntil: 0 }, /validUntil must be unix time in whole seconds, 1 to/],
    [{ ...least, validUntil: 2 ** 32 }, /validUntil must be unix time/],
    [{ ...least, validUntil: '9' }, /validUntil must be unix time/],
    [{ ...least, gracePeriod: -1 }, /gracePeriod must be unix time/],
    [{ ...least, multifactor: 1 }, /multifactor must be true or false/],
    [{ ...least, bauth: 'a:b' }, /bauth must be base64/],
    [{ ...least, bauth: '' }, /bauth must be base64/],
    [{ ...least, bauth: 'A'.repeat(256) }, /bauth has 256 bytes/],
  ]
  const asyncIssuer = await createAsyncPubtktIssuer({ key })
  for (const [fields, message] of cases) {
    t.throws(() => issuer.issue(fields as never), { code: 'ERR_TKT_FIELD', message })
    await t.rejects(asyncIssuer.issue(fields as never), { code: 'ERR_TKT_FIELD', message })
  }
  const utf8 = createPubtktIssuer({ key, charset: 'utf8' })
  t.throws(() => utf8.issue({ ...least, uid: 'ü'.repeat(33) }), { message: /uid has 66 bytes/ })
  t.throws(() => utf8.issue({ ...least, uid: '\ud800' }), { message: /half of a surrogate pair/ })
})

t.test('a ticket of 1024 bytes and no more', async (t) => {
  const rsa = createPubtktIssuer({ key: signingKeyOf('rsa', 'sha256') })
  const most = { uid: 'u'.repeat(64), tokens: ['t'.repeat(255)], userData: 'd'.repeat(255), validUntil: now }
  const bytes = (fields: PubtktFields) => rsa.issue(fields, { encoding: 'raw' }).length
  const room = 1024 - bytes({ ...most, bauth: 'AAAA' }) + 4
  const full = { ...most, bauth: 'A'.repeat(room) }
  t.equal(bytes(full), 1024)
  const verifier = createPubtktVerifier({ keys: [publicKeyOf('rsa', 'sha256')] })
  t.match(verifier.verify(rsa.issue(full), { now }), { ok: true, ticket: full }, 'nothing of it is cut')
  t.throws(() => rsa.issue({ ...full, bauth: 'A'.repeat(room + 1) }), {
    code: 'ERR_TKT_FIELD',
    message: /the ticket would have 1025 bytes; mod_auth_pubtkt takes 1024/,
  })
})

t.test('options', async (t) => {
  const misuse = (run: () => unknown, message: RegExp) => t.throws(run, { code: 'ERR_TKT_OPTIONS', message })
  misuse(() => createPubtktIssuer(undefined as never), /createPubtktIssuer: needs an object/)
  misuse(() => createPubtktIssuer({ key, now } as never), /there is no option 'now'/)
  misuse(() => createPubtktIssuer({ key: { ...key, secret: 'x' } as never }), /key: there is no option 'secret'/)
  misuse(() => createPubtktIssuer({ key, charset: 'ascii' as never }), /charset must be one of latin1, utf8/)
  misuse(() => issuer.issue(least, { encoding: 'base64' as never }), /encoding must be one of percent, raw/)
  misuse(() => issuer.issue(least, { now } as never), /there is no option 'now'/)
  const verifier = createPubtktVerifier({ keys })
  misuse(() => verifier.verify('x', undefined as never), /verify: now must be unix time/)
  misuse(() => verifier.verify('x', { now: 1.5 }), /verify: now must be unix time/)
  misuse(() => createPubtktVerifier({ keys, key } as never), /there is no option 'key'/)
  misuse(() => createPubtktVerifier({ keys, longFields: 'keep' as never }), /longFields must be one of cut, refuse/)
  misuse(() => createPubtktVerifier({ keys, strictFields: 1 as never }), /strictFields must be true or false/)
  misuse(() => createPubtktVerifier({ keys, charset: 'ascii' as never }), /charset must be one of latin1, utf8/)
  for (const entries of [1, 2.5, 2 ** 21, '9']) {
    misuse(() => createPubtktVerifier({ keys, cache: { entries: entries as never } }), /cache\.entries must be a whole/)
  }
  misuse(() => createPubtktVerifier({ keys, cache: 'yes' as never }), /cache: needs an object/)
})

t.test('fields that 0.13 cuts are refused, or cut as it does', async (t) => {
  const cases: readonly (readonly [text: string, cut: object])[] = [
    [`uid=${'u'.repeat(65)}`, { uid: 'u'.repeat(64) }],
    [`uid=a;tokens=${'t'.repeat(250)},admin,root`, { tokens: ['t'.repeat(250), 'admi'] }],
    [`uid=a;udata=${'d'.repeat(256)}`, { userData: 'd'.repeat(255) }],
    [`uid=a;bauth=${'A'.repeat(256)}`, { bauth: 'A'.repeat(255) }],
  ]
  for (const [text, cut] of cases) {
    const value = foreign(`${text};validuntil=${now}`)
    t.match(createPubtktVerifier({ keys, longFields: 'cut' }).verify(value, { now }), { ok: true, ticket: cut })
    t.strictSame(createPubtktVerifier({ keys }).verify(value, { now }), { ok: false, reason: 'malformed' })
  }
  const address = foreign(`uid=a;validuntil=${now};cip=${'1'.repeat(40)}`)
  t.match(createPubtktVerifier({ keys, longFields: 'cut' }).verify(address, { now, ip: '::1' }), { reason: 'address' })
  t.match(createPubtktVerifier({ keys }).verify(address, { now, ip: '::1' }), { reason: 'malformed' })
})

t.test('numbers and commas as the module takes them', async (t) => {
  const twice = { ok: false, reason: 'malformed' }
  for (const text of [`uid=a;validuntil=${now};uid=b`, `uid=a\n;validuntil=${now}`]) {
    t.strictSame(createPubtktVerifier({ keys }).verify(foreign(text), { now }), twice, 'unless it is allowed')
  }
  const read = (text: string) => {
    const result = createPubtktVerifier({ keys, strictFields: false }).verify(foreign(text), { now })
    return result.ok ? result.ticket : result.reason
  }
  t.match(read(`uid=a;validuntil= +${now}x;multifactor=1`), { validUntil: now, multifactor: true })
  t.match(read('uid=a;validuntil=-1;multifactor=01;tokens=a,,b,'), {
    validUntil: 0xffffffff,
    multifactor: true,
    tokens: ['a', '', 'b', ''],
  })
  for (const multifactor of ['', '0', '2', 'yes', '-1', '4294967298']) {
    t.match(read(`uid=a;validuntil=${now};multifactor=${multifactor}`), { multifactor: false }, multifactor)
  }
  t.match(read(`uid=a;validuntil=${now};uid=b;UID=c;x`), {
    uid: 'b',
    tokens: [],
    userData: '',
    clientIp: '',
    bauth: '',
  })
  t.equal(read(`uid=;validuntil=${now};tokens=${'a'.repeat(60)}`), 'malformed')
  t.equal(read('uid=a;validuntil=0'), 'malformed')
  t.equal(read('uid=a;validuntil=4294967296'), 'malformed')
})

t.test('cookie values that are no tickets', async (t) => {
  const good = issuer.issue(least)
  for (const cache of [true, false]) {
    const verifier = createPubtktVerifier({ keys, cache })
    const verdict = (value: unknown) => {
      const result = verifier.verify(value as string, { now })
      return result.ok ? 'ok' : result.reason
    }
    t.equal(verdict(undefined), 'absent')
    t.equal(verdict(''), 'absent')
    t.equal(verdict(7), 'malformed')
    for (const text of ['"', '""', 'x', '%', '%00', '\0', 'Ł', ';sig=', 'uid=a;sig=AAAA'])
      t.equal(verdict(text), 'malformed')
    t.equal(verdict('a'.repeat(1025)), 'too-long')
    t.equal(verdict('a'.repeat(9000)), 'too-long')
    for (const text of [good, `"${good}"`, `"${good}`, `${good}"`]) t.equal(verdict(text), 'ok')
    t.equal(verdict(`""${good}`), 'signature')
  }
})

t.test('peeking shows a claim, and no credential', async (t) => {
  const fields = { ...least, tokens: ['x'], clientIp: '192.0.2.7', multifactor: true }
  const bauth = plainBauth({ uid: 'a', password: 'hunter2' })
  const value = issuer.issue({ ...fields, bauth })
  const forged = value.slice(0, -10)
  for (const each of [value, `"${value}"`, forged]) {
    const peeked = peekSignedTicket(each)
    const wanted = { verified: false, hasBauth: true, userData: '', gracePeriod: 0, ...fields }
    t.strictSame(peeked, wanted)
    t.notOk(JSON.stringify(peeked).includes(bauth))
  }
  t.match(peekSignedTicket(issuer.issue(least)), { hasBauth: false })
  t.match(
    peekSignedTicket(foreign(`uid=${'u'.repeat(300)};validuntil=1`)),
    { uid: 'u'.repeat(300) },
    'fields are whole',
  )
  const none = [undefined, '', 'x', '%zz', 'uid=a;validuntil=9', 'a'.repeat(2000), foreign('uid=a'.padEnd(70, 'a'))]
  for (const each of none) t.equal(peekSignedTicket(each as string), undefined)
})
