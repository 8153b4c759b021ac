/** `bauth`: opened as the module does, sealed as its PHP does, on both platforms. */

import t from 'tap'
import {
  createPubtktVerifier,
  nodeSignatures,
  openBauth,
  openBauthAsync,
  plainBauth,
  type SignatureHost,
  sealBauth,
  sealBauthAsync,
  webCryptoSignatures,
} from '../../src/index.js'
import { directiveOf, publicKeyFor, ROWS, valuesOf } from '../helpers/recorded-pubtkt.js'

const node = nodeSignatures() as SignatureHost
const web = webCryptoSignatures()
const KEY = '0123456789abcdef'
const iv = Uint8Array.from({ length: 16 }, (_, i) => i)
const base64 = (text: string | Uint8Array) => Buffer.from(text as string).toString('base64')

t.test('as the real module opened it', async (t) => {
  const rows = ROWS.filter((row) => directiveOf(row, 'TKTAuthPassthruBasicKey') !== undefined)
  t.equal(rows.length, 4)
  for (const row of rows) {
    const keys = [publicKeyFor(row) as NonNullable<ReturnType<typeof publicKeyFor>>]
    const result = createPubtktVerifier({ keys }).verify(valuesOf(row)[0]?.text, { ip: row.client_ip, now: row.now })
    if (!result.ok) return t.fail(row.id)
    const key = directiveOf(row, 'TKTAuthPassthruBasicKey') as string
    const opened = openBauth(result.ticket.bauth, key)
    t.equal(await openBauthAsync(result.ticket.bauth, key), opened)
    const { status, env } = row.response
    t.equal(opened === undefined ? 500 : 200, status, row.id)
    t.equal(opened === undefined ? undefined : `Basic ${opened}`, env?.HTTP_AUTHORIZATION, row.id)
  }
})

t.test('what was sealed opens, on the same and the other platform', async (t) => {
  for (const length of [0, 1, 12, 13, 14, 29, 30, 157]) {
    const credentials = { uid: 'al', password: 'p'.repeat(length) }
    const wanted = base64(`al:${credentials.password}`)
    const sealed = sealBauth(credentials, KEY, node, iv)
    t.equal(await sealBauthAsync(credentials, Buffer.from(KEY), web, iv), sealed)
    t.ok(Buffer.from(sealed, 'base64').length === 16 + Math.ceil((3 + length) / 16) * 16 && sealed.length <= 255)
    t.equal(openBauth(sealed, Buffer.from(KEY), node), wanted)
    t.equal(await openBauthAsync(sealed, KEY, web), wanted)
    const [one, other] = [sealBauth(credentials, KEY), await sealBauthAsync(credentials, KEY)]
    t.not(one, other, 'never twice the same')
    t.equal(openBauth(other, KEY), wanted)
    t.equal(await openBauthAsync(one, KEY), wanted)
  }
})

t.test('what is none', async (t) => {
  const cases: readonly (readonly [bauth: string, opened: string | undefined])[] = [
    ['', ''],
    ['YWxpY2U6eA==', 'YWxpY2U6eA=='],
    [base64(new Uint8Array(16)), base64(new Uint8Array(16))],
    ['not base64!', 'not base64!'],
    [base64(new Uint8Array(17)), undefined],
    [base64(new Uint8Array(33)), undefined],
    // A lone char at the end is no byte; what stands behind the first odd char is not looked at.
    [`${base64(new Uint8Array(33)).slice(0, 44)}A`, undefined],
    [`${base64(new Uint8Array(17)).slice(0, 23)}*AAAA`, undefined],
  ]
  for (const [bauth, opened] of cases) {
    t.equal(openBauth(bauth, KEY), opened, bauth)
    t.equal(await openBauthAsync(bauth, KEY), opened, bauth)
  }
  const empty = sealBauth({ uid: 'a', password: '' }, KEY, node, iv).slice(0, 21)
  t.equal(openBauth(empty, KEY), empty)
})

t.test('the platforms agree on blocks', async (t) => {
  const key = Buffer.from(KEY)
  for (const length of [0, 16, 32, 160]) {
    const text = Uint8Array.from({ length }, (_, i) => 255 - i)
    const encrypted = node.encrypt(key, iv, text)
    t.strictSame(Buffer.from(await web.encrypt(key, iv, text)), Buffer.from(encrypted))
    t.strictSame(Buffer.from(node.decrypt(key, iv, encrypted)), Buffer.from(text))
    t.strictSame(Buffer.from(await web.decrypt(key, iv, encrypted)), Buffer.from(text))
  }
})

t.test('plain', async (t) => {
  t.equal(plainBauth({ uid: 'al', password: 'ü:' }), base64('al:ü:'))
  t.equal(plainBauth({ uid: 'a', password: 'p'.repeat(187) }).length, 252)
})

t.test('what cannot be sealed', async (t) => {
  const field = (message: RegExp) => ({ code: 'ERR_TKT_FIELD', message })
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ uid: '', password: 'hunter2' }, /uid must be a string that is not empty/],
    [{ uid: 7, password: 'hunter2' }, /uid must be a string/],
    [{ uid: 'a:b', password: 'hunter2' }, /uid must be a string that is not empty and has no `:`/],
    [{ uid: 'a', password: undefined }, /password must be a string/],
    [{ uid: 'a', password: 'hunter2\0' }, /no NUL/],
    [{ uid: 'a', password: 'hunter2\ud800' }, /half of a surrogate pair/],
  ]
  for (const [credentials, message] of cases) {
    t.throws(() => plainBauth(credentials as never), field(message))
    t.throws(() => sealBauth(credentials as never, KEY), field(message))
    await t.rejects(sealBauthAsync(credentials as never, KEY), field(message))
    try {
      plainBauth(credentials as never)
    } catch (error) {
      t.notMatch((error as Error).message, /hunter2/)
    }
  }
  t.throws(
    () => plainBauth({ uid: 'a', password: 'p'.repeat(188) }),
    field(/189 bytes together; a ticket has room for 188/),
  )
  t.throws(() => sealBauth({ uid: 'a', password: 'p'.repeat(159) }, KEY), field(/160 bytes together; .* room for 159/))
  for (const key of ['short', KEY + KEY, new Uint8Array(15), undefined]) {
    const misuse = { code: 'ERR_TKT_OPTIONS', message: /key must have 16 bytes/ }
    t.throws(() => sealBauth({ uid: 'a', password: 'b' }, key as never), misuse)
    t.throws(() => openBauth('', key as never), misuse)
    await t.rejects(sealBauthAsync({ uid: 'a', password: 'b' }, key as never), misuse)
    await t.rejects(openBauthAsync('', key as never), misuse)
  }
})
