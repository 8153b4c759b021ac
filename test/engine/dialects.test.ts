/** Each dialect's recipe against its readable twin, and rings that mix them. */

import { randomBytes } from 'node:crypto'
import t from 'tap'
import { DIALECTS } from '../../src/engine/dialects.js'
import { createEngine, DATA, DATA_END, MISMATCH, TOKENS, TOKENS_END, UID, UID_END } from '../../src/engine/engine.js'
import type { Dialect, Digest } from '../../src/types.js'
import { ENGINES } from '../helpers/engines.js'
import { base64, cookieQuoted, referenceTicket } from '../helpers/reference.js'

const NAMES = Object.keys(DIALECTS) as Dialect[]
const DIGESTS: readonly Digest[] = ['md5', 'sha1', 'sha256', 'sha512']
const SECRETS = [1, 8, 31, 32, 55, 56, 63, 64, 65, 100, 128, 129, 1024]
const ADDRESSES = [
  { bytes: Uint8Array.of(192, 0, 2, 7), text: '192.0.2.7' },
  { bytes: Uint8Array.of(32, 1, 13, 184, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), text: '2001:db8::1' },
]
const FIELDS = [
  { uid: 'alice', tokens: '', userData: '' },
  { uid: 'Al-1_.:x %@/+~é', tokens: 'fin,Ad min,x:9', userData: 'a "quoted" text; 100 % , \\ à' },
  { uid: '\xff\xfe!'.slice(0, 2), tokens: 'a', userData: 'x!y!z' },
  { uid: 'u'.repeat(300), tokens: 't'.repeat(70), userData: 'Data_'.repeat(90) },
]
const TIMES = [0, 1, 0x6553f100, 0xffffffff]

const digestsOf = (dialect: Dialect) => (DIALECTS[dialect].hmac ? (['sha256'] as const) : DIGESTS)

/** What an address is hashed as. */
function bound(dialect: Dialect, address: (typeof ADDRESSES)[number]) {
  const ipv6Text = dialect === 'pyramid' && address.bytes.length === 16
  return { address: dialect === 'lighttpd' || ipv6Text ? Buffer.from(address.text) : address.bytes, ipv6Text }
}

type Engine = ReturnType<typeof createEngine>

function read({ fields, text }: Engine) {
  const part = (from: number, end: number) => text(fields[from] as number, fields[end] as number)
  return { uid: part(UID, UID_END), tokens: part(TOKENS, TOKENS_END), userData: part(DATA, DATA_END) }
}

for (const [build, module] of ENGINES) {
  for (const dialect of NAMES) {
    t.test(`${dialect}: sealed and read as its twin has it (${build})`, async (t) => {
      const wrong: string[] = []
      for (const [i, length] of SECRETS.entries()) {
        for (const digest of digestsOf(dialect)) {
          const engine = createEngine(module)
          const secret = randomBytes(length)
          engine.loadKey(secret, digest, DIALECTS[dialect])
          for (const [j, fields] of FIELDS.entries()) {
            const address = ADDRESSES[(i + j) % 2] as (typeof ADDRESSES)[number]
            const issuedAt = TIMES[(i + j) % TIMES.length] as number
            engine.useAddress(address)
            const what = { dialect, digest, secret, issuedAt, ...fields, ...bound(dialect, address) }
            const ticket = referenceTicket(what)
            const joined = `${fields.uid}!${fields.tokens}!${fields.userData}`
            if (engine.seal(joined, issuedAt, 'raw') !== ticket) wrong.push(`seal ${digest} ${length} ${j}`)
            if (engine.verify(base64(ticket)) !== 1) wrong.push(`verify ${digest} ${length} ${j}`)
            else if (JSON.stringify(read(engine)) !== JSON.stringify(fields))
              wrong.push(`read ${digest} ${length} ${j}`)
            engine.wipe()
            const short = referenceTicket({ ...what, short: true })
            const readable = fields.tokens !== '' || !fields.userData.includes('!')
            if (readable && engine.verify(base64(short)) !== 1) wrong.push(`verify short ${digest} ${length} ${j}`)
            engine.wipe()
          }
        }
      }
      t.same(wrong, [])
    })

    t.test(`${dialect}: no byte of a ticket can be changed (${build})`, async (t) => {
      const wrong: string[] = []
      for (const digest of digestsOf(dialect)) {
        const engine = createEngine(module)
        const secret = Buffer.from('S3cr3t-that-must-not-leak-anywhere!')
        engine.loadKey(secret, digest, DIALECTS[dialect])
        const address = ADDRESSES[0] as (typeof ADDRESSES)[number]
        engine.useAddress(address)
        const fields = { uid: 'al ice@example', tokens: 'one,two', userData: 'Some data' }
        const ticket = referenceTicket({
          dialect,
          digest,
          secret,
          issuedAt: 0x6553f1ab,
          ...fields,
          ...bound(dialect, address),
        })
        for (let at = 0; at < ticket.length; at++) {
          const char = ticket.charCodeAt(at)
          const other = `${ticket.slice(0, at)}${String.fromCharCode(char ^ 1)}${ticket.slice(at + 1)}`
          if (engine.verify(base64(other)) > 0) wrong.push(`${digest} ${at}`)
        }
        if (engine.verify(base64(ticket)) !== 1) wrong.push(digest)
        engine.wipe()
      }
      t.same(wrong, [])
    })
  }

  t.test(`a ring of all dialects finds the key, whatever stands before it (${build})`, async (t) => {
    const ring = NAMES.flatMap((dialect) =>
      digestsOf(dialect).map((digest) => ({ dialect, digest, secret: randomBytes(40) })),
    )
    const engine = createEngine(module)
    for (const { secret, digest, dialect } of ring) engine.loadKey(secret, digest, DIALECTS[dialect])
    for (const address of ADDRESSES) {
      engine.useAddress(address)
      for (const [index, key] of ring.entries()) {
        for (const fields of FIELDS) {
          const ticket = referenceTicket({ ...key, issuedAt: 1700000000, ...fields, ...bound(key.dialect, address) })
          t.equal(engine.verify(base64(ticket)), index + 1, `${key.dialect} ${key.digest}`)
          t.same(read(engine), fields)
          engine.wipe()
        }
      }
    }
  })

  t.test(`Python's cookies: octal escapes, lines of base64, b'...' (${build})`, async (t) => {
    const secret = randomBytes(20)
    const engine = createEngine(module)
    const keys = ['pyramid', 'paste', 'apache'] as const
    for (const dialect of keys) engine.loadKey(secret, 'md5', DIALECTS[dialect])
    const address = ADDRESSES[0] as (typeof ADDRESSES)[number]
    engine.useAddress(address)
    const what = { digest: 'md5', secret, address: address.bytes, issuedAt: 1700000000 } as const
    for (const fields of FIELDS) {
      const ticket = referenceTicket({ ...what, dialect: 'pyramid', ...fields })
      t.equal(engine.verify(cookieQuoted(ticket)), 1, 'WebOb')
      t.same(read(engine), fields)
      engine.wipe()
      const sealed = engine.seal(`${fields.uid}!${fields.tokens}!${fields.userData}`, 1700000000, 'quoted') as string
      t.match(sealed, /^(?:"[ -~]*"|[!#-+\--:<-[\]-~]*)$/, 'a cookie can carry it')
      t.equal(engine.verify(sealed), 1, 'ours')
      t.same(read(engine), fields)
      engine.wipe()
      t.equal(engine.verify(`"b'${base64(ticket)}'"`), 1, 'str() of bytes')
      t.equal(engine.verify(`b'${base64(ticket)}'`), 1, 'without quotes')
      const lines = `"${base64(ticket).replace(/.{76}/g, '$&\\012')}\\012"`
      t.equal(engine.verify(lines), 1, 'lines')
      engine.wipe()
    }
    const odd = referenceTicket({ ...what, dialect: 'apache', uid: 'alice', tokens: '', userData: 'C:\\101\\x' })
    t.equal(engine.verify(`"${odd}"`), 1, 'a backslash that is no escape')
    t.equal(read(engine).userData, 'C:\\101\\x')
    engine.wipe()
    t.equal(engine.verify(`"${odd.replace('alice', 'bob')}\\`), MISMATCH)
    const alone = createEngine(module)
    alone.loadKey(secret, 'md5', DIALECTS.apache)
    alone.useAddress(address)
    t.equal(alone.verify(`b'${base64(odd)}'`), 0, "mod_auth_tkt's tickets are not written so")
  })

  t.test(`what cannot be read is refused: padding, escapes, lengths (${build})`, async (t) => {
    const secret = randomBytes(20)
    const engine = createEngine(module)
    for (const dialect of ['passport-authtkt', 'plone', 'paste'] as const)
      engine.loadKey(secret, 'sha256', DIALECTS[dialect])
    const address = ADDRESSES[0] as (typeof ADDRESSES)[number]
    engine.useAddress(address)
    const what = { digest: 'sha256', secret, address: address.bytes, issuedAt: 7, uid: 'alice', tokens: '' } as const
    const good = referenceTicket({ ...what, dialect: 'passport-authtkt', userData: 'x' })
    t.equal(engine.verify(base64(good)), 1)
    engine.wipe()
    for (const bad of [`${good}x`, `${good} `, good.replace('=', '*')]) {
      t.ok(engine.verify(base64(bad)) <= 0, 'behind the padding')
    }
    const nul = referenceTicket({ ...what, dialect: 'paste', uid: 'al\0ice', userData: 'x' })
    t.equal(engine.verify(base64(nul)), MISMATCH, 'an escaped NUL in a uid')
    const plone = referenceTicket({ ...what, dialect: 'plone', userData: 'x' })
    t.equal(engine.verify(base64(plone)), 2)
    engine.wipe()
    for (let length = 0; length < plone.length; length++) {
      if (engine.verify(base64(plone.slice(0, length))) > 0) t.fail(`plone cut at ${length}`)
    }
    t.equal(engine.verify(plone), 0, 'raw bytes are no cookie')
    t.equal(engine.verify(base64(`${plone}\0more`)), 0, 'a NUL')
    const long = createEngine(module)
    long.loadKey(secret, 'sha256', DIALECTS.paste)
    t.equal(long.seal(`${'%'.repeat(3000)}!!`, 1, 'raw'), undefined, 'escapes make it too long')
    t.equal(long.seal(`a!!${'"'.repeat(3000)}`, 1, 'quoted'), undefined, 'so do these')
    t.equal(long.seal(`a!!${'b'.repeat(8100)}`, 1, 'quoted'), undefined)
    const passport = createEngine(module)
    passport.loadKey(secret, 'sha256', DIALECTS['passport-authtkt'])
    t.equal(passport.seal(`a!!${'b'.repeat(7000)}`, 1, 'raw'), undefined, 'and base64 inside')
  })
}
