/** The encrypted user data of yola's auth_tkt: what it wrote we read, what we write it would read, and nothing else. */

import { spawnSync } from 'node:child_process'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { PYTHON, pythonCryptographyMissing } from '../../native-fixtures/debian.mjs'
import { createVerifier, openUserData, sealUserData } from '../../src/index.js'
import { sealWith } from '../../src/ticket/user-data.js'
import { cipherOfb, deriveKeys, joined } from '../../src/ticket/user-data-cipher.js'
import { vectorsOf } from '../helpers/recorded.js'

interface Row {
  readonly id: number
  readonly secret: string
  readonly ticket: string
}
const row = vectorsOf<Row>('recorded/dialects').find(({ id }) => id === 39) as Row
const sealed = row.ticket.split('!')[2] as string
const SECRET = 'payload-secret-0123'
const DATA = { name: 'Alice', n: 1 }
const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i)

t.test('what yola sealed is opened, ticket and all', async (t) => {
  const result = createVerifier({ keys: [{ secret: row.secret, digest: 'md5' }] }).verify(row.ticket, { ip: '0.0.0.0' })
  if (!result.ok) return t.fail(result.reason)
  t.strictSame(await openUserData(result.ticket.userData, { secret: SECRET }), { ok: true, data: DATA })
  t.match(await openUserData(sealed, { secret: Buffer.from(SECRET) }), { ok: true }, 'a secret of bytes')
})

t.test('sealed with the same initialisation vector and salt, the text begins alike and opens again', async (t) => {
  const text = await sealWith(DATA, { secret: SECRET }, counting(16), counting(32))
  // Behind it JSON.stringify leaves out Python's blanks, and each zlib compresses in its own way.
  t.equal(text.slice(0, 66), sealed.slice(0, 66))
  t.strictSame(await openUserData(text, { secret: SECRET }), { ok: true, data: DATA })
})

t.test('no byte of it can be changed so that it says something else', async (t) => {
  const bytes = Buffer.from(sealed, 'base64')
  const changed = Array.from(bytes).flatMap((_, at) => [1, 0x80].map((bit) => flipped(bytes, at, bit)))
  const opened = await Promise.all(changed.map((one) => openUserData(one, { secret: SECRET })))
  const refused = opened.filter(({ ok }) => !ok)
  for (const each of refused) t.strictSame(each, { ok: false, reason: 'digest' })
  // The MAC is of the data: bits that its compression leaves unused, at the end of its last byte, change nothing.
  const others = opened.filter(({ ok }) => ok)
  t.ok(others.length <= 1, `${others.length} of ${changed.length}`)
  for (const each of others) t.strictSame(each, { ok: true, data: DATA })
  for (let length = 0; length < bytes.length; length += 7) {
    const cut = bytes.subarray(0, length).toString('base64')
    t.match(await openUserData(cut, { secret: SECRET }), { ok: false, reason: length > 48 ? 'digest' : 'malformed' })
  }
})

function flipped(bytes: Buffer, at: number, bit: number): string {
  const changed = Buffer.from(bytes)
  changed[at] = (changed[at] as number) ^ bit
  return changed.toString('base64')
}

t.test('another secret opens nothing', async (t) => {
  for (const secret of ['payload-secret-0124', row.secret, 'x', 'x'.repeat(1024)]) {
    t.strictSame(await openUserData(sealed, { secret }), { ok: false, reason: 'digest' })
  }
})

t.test('what is no such text is malformed', async (t) => {
  const texts = [
    '',
    'hello world',
    'AAAA',
    'A'.repeat(64),
    `${sealed}=`,
    sealed.slice(0, -1),
    `${sealed}\n`,
    ` ${sealed}`,
  ]
  // The last bits before the padding are nobody's.
  texts.push(sealed.replace(/0=$/, '1='), 'A'.repeat(8196), '\u{1f600}'.repeat(40))
  for (const text of [...texts, undefined as unknown as string, 7 as unknown as string]) {
    t.strictSame(
      await openUserData(text, { secret: SECRET }),
      { ok: false, reason: 'malformed' },
      `${text}`.slice(0, 20),
    )
  }
})

/** Any bytes in place of the JSON text, sealed by the book with Node's own zlib; `level` 9 packs a bomb. */
async function sealedBytes(json: Uint8Array, spell = (mac: string) => mac): Promise<string> {
  const [iv, salt] = [Uint8Array.from(counting(16)), Uint8Array.from(counting(32))]
  const keys = await deriveKeys(Uint8Array.from(Buffer.from(SECRET)), salt)
  const mac = Buffer.from(await crypto.subtle.sign('HMAC', keys.mac, joined(json, iv, salt))).toString('hex')
  const packed = deflateSync(joined(json, Buffer.from(spell(mac))), { level: 9 })
  return Buffer.from(joined(iv, salt, await cipherOfb(Uint8Array.from(packed), keys.cipher, iv))).toString('base64')
}

t.test('genuine and no object: malformed', async (t) => {
  for (const json of ['', '[]', 'null', '7', '"x"', '{"n": NaN}', '{', '\ufeff{}']) {
    t.strictSame(await openUserData(await sealedBytes(Buffer.from(json)), { secret: SECRET }), {
      ok: false,
      reason: 'malformed',
    })
  }
  const notUtf8 = await openUserData(await sealedBytes(Buffer.from('{"a":"\xff"}', 'latin1')), { secret: SECRET })
  t.strictSame(notUtf8, { ok: false, reason: 'malformed' })
  const upperCase = await sealedBytes(Buffer.from('{}'), (mac) => mac.toUpperCase())
  t.strictSame(await openUserData(upperCase, { secret: SECRET }), { ok: false, reason: 'digest' })
  const escaped = await sealedBytes(Buffer.from('{"name": "Zo\\u00eb", "t": true}'))
  t.strictSame(await openUserData(escaped, { secret: SECRET }), { ok: true, data: { name: 'Zoë', t: true } })
})

t.test('sizes are bounded, both ways', async (t) => {
  const longest = 65536 - 64
  const text = (length: number) => Buffer.from(`{"a":"${'x'.repeat(length - 8)}"}`)
  t.match(await openUserData(await sealedBytes(text(longest)), { secret: SECRET }), { ok: true })
  const bomb = await sealedBytes(text(longest + 1))
  t.ok(bomb.length < 8192)
  t.strictSame(await openUserData(bomb, { secret: SECRET }), { ok: false, reason: 'digest' })
  const large = await sealedBytes(text(5_000_000))
  t.ok(large.length < 8192)
  t.strictSame(await openUserData(large, { secret: SECRET }), { ok: false, reason: 'digest' })

  const tooLong = { code: 'ERR_TKT_FIELD', message: /too long/ }
  await t.rejects(sealUserData({ a: 'x'.repeat(longest) }, { secret: SECRET }), tooLong)
  const noise = Array.from(crypto.getRandomValues(new Uint8Array(9000)), (byte) => byte.toString(36)).join('')
  await t.rejects(sealUserData({ a: noise }, { secret: SECRET }), tooLong)
})

t.test('misuse throws, and says nothing of secret or data', async (t) => {
  const secrets = [undefined, '', 7, 'x'.repeat(1025), '\ud800']
  for (const secret of secrets as string[]) {
    await t.rejects(openUserData(sealed, { secret }), { code: 'ERR_TKT_OPTIONS', message: /^openUserData: / })
    await t.rejects(sealUserData(DATA, { secret }), { code: 'ERR_TKT_OPTIONS', message: /^sealUserData: / })
  }
  const misspelt = { secret: SECRET, salt: 'x' } as { secret: string }
  await t.rejects(openUserData(sealed, misspelt), { code: 'ERR_TKT_OPTIONS', message: /'salt'/ })
  const cycle: Record<string, unknown> = { private: 'private' }
  cycle.cycle = cycle
  for (const data of [
    cycle,
    { n: 1n },
    [],
    null,
    'private',
    { toJSON: () => 'private' },
    { toJSON: () => undefined },
  ]) {
    const error = await sealUserData(data as Record<string, unknown>, { secret: SECRET }).catch((error) => error)
    t.match(error, { code: 'ERR_TKT_FIELD' })
    t.notMatch(`${error.message}${error.cause}`, /private/)
  }
})

t.test('whatever is sealed is opened as it was, and never looks the same twice', async (t) => {
  const property = fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), fc.string({ minLength: 1 }), seals)
  await fc.assert(property, { numRuns: 100 })
  t.pass()
})

async function seals(data: Record<string, unknown>, secret: string): Promise<boolean> {
  const [one, two] = [await sealUserData(data, { secret }), await sealUserData(data, { secret })]
  const opened = await openUserData(one, { secret })
  return one !== two && opened.ok && JSON.stringify(opened.data) === JSON.stringify(data)
}

/** The recipe in Python, by the cryptography package: our own ten lines, on the library that yola's are on. */
const RECIPE = `
import base64, hashlib, hmac, json, os, sys, zlib
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

def keys(secret, salt):
    key = hashlib.pbkdf2_hmac('sha1', secret, salt, 1000, 32)
    return hashlib.sha256(key + b'MAC').digest(), hashlib.sha256(key + b'encrypt').digest()[:16]

def ofb(data, key, iv):
    return Cipher(algorithms.AES(key), modes.OFB(iv)).encryptor().update(data)

for line in sys.stdin:
    secret, text, data = json.loads(line)
    secret, raw = secret.encode(), base64.b64decode(text)
    iv, salt = raw[:16], raw[16:48]
    mac_key, key = keys(secret, salt)
    plain = zlib.decompress(ofb(raw[48:], key, iv))
    mac = hmac.new(mac_key, plain[:-64] + iv + salt, 'sha256').hexdigest().encode()
    iv, salt = os.urandom(16), os.urandom(32)
    mac_key, key = keys(secret, salt)
    own = json.dumps(data).encode()
    packed = zlib.compress(own + hmac.new(mac_key, own + iv + salt, 'sha256').hexdigest().encode())
    sealed = base64.b64encode(iv + salt + ofb(packed, key, iv)).decode()
    print(json.dumps([mac == plain[-64:], json.loads(plain[:-64].decode()), sealed]))
`

t.test(
  'Python reads what we seal, and we read what it seals',
  { skip: pythonCryptographyMissing() ?? false },
  async (t) => {
    const cases = fc.sample(
      fc.record({
        data: fc.dictionary(fc.string(), fc.string({ unit: 'grapheme' })),
        secret: fc.string({ minLength: 1 }),
      }),
      50,
    )
    const lines = await Promise.all(
      cases.map(async ({ data, secret }) => JSON.stringify([secret, await sealUserData(data, { secret }), data])),
    )
    const python = spawnSync(PYTHON, ['-c', RECIPE], { input: lines.join('\n'), encoding: 'utf8', timeout: 60_000 })
    t.equal(python.stderr, '')
    const answers = python.stdout.trim().split('\n')
    t.equal(answers.length, cases.length)
    for (const [i, { data, secret }] of cases.entries()) {
      const [genuine, read, text] = JSON.parse(answers[i] as string)
      t.equal(genuine, true)
      t.equal(JSON.stringify(read), JSON.stringify(JSON.parse(JSON.stringify(data))))
      const opened = await openUserData(text, { secret })
      t.equal(JSON.stringify(opened.ok && opened.data), JSON.stringify(data))
    }
  },
)
