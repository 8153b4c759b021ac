import t from 'tap'
import { DIALECTS } from '../../src/engine/dialects.js'
import { recipeNumber } from '../../src/engine/engine.js'
import { instantiate } from '../../src/engine/module.js'
import { ENGINES } from '../helpers/engines.js'
import { base64, referenceTicket } from '../helpers/reference.js'

const secret = Buffer.from('S3cr3t-that-must-not-leak-anywhere!')
const address = Buffer.from([192, 0, 2, 7])
const ticket = referenceTicket({
  dialect: 'apache',
  digest: 'sha256',
  secret,
  address,
  issuedAt: 1,
  uid: 'Zq1Zq2Zq3',
  tokens: '',
  userData: 'Yd1Yd2Yd3'.repeat(100),
})

for (const [build, module] of ENGINES) {
  const open = (digest: 'md5' | 'sha256' = 'sha256') => {
    const e = instantiate(module)
    const memory = Buffer.from(e.memory.buffer)
    secret.copy(memory, e.RING.value + e.KEY_SECRET.value)
    const number = { md5: e.MD5, sha256: e.SHA256 }[digest].value
    t.equal(e.loadKey(0, number, recipeNumber(e, DIALECTS.apache), secret.length), 0)
    address.copy(memory, e.ADDRESS.value)
    return { e, memory, put: (text: string) => memory.write(text, e.COOKIE.value, 'latin1') }
  }

  t.test(`verifying in pieces: what cannot be (${build})`, async (t) => {
    const { e, put } = open()
    t.equal(e.longMessage(0, 4, 0), 0, 'nothing is open')
    t.equal(e.concludeLong(), e.MISUSE.value)
    e.closeLong(0)
    t.equal(e.openLong(e.COOKIE_MAX.value + 1), e.TOO_LONG.value)
    t.equal(e.openLong(-1), e.TOO_LONG.value)
    t.equal(e.openLong(put('"a\\041b"')), e.MISUSE.value, 'escapes')
    t.equal(e.openLong(put('no ticket')), e.MALFORMED.value)
    t.equal(e.openLong(put(base64(ticket))), 1)
    for (const [index, length, text] of [
      [1, 4, 0],
      [-1, 4, 0],
      [0, 5, 0],
      [0, 4, 65],
    ] as const) {
      t.equal(e.longMessage(index, length, text), 0)
      t.equal(e.concludeLong(), e.MISUSE.value, 'no message is out')
    }
    e.closeLong(0)
    t.equal(e.longMessage(0, 4, 0), 0, 'closed')
    const short = open('md5')
    t.equal(short.e.openLong(short.put(base64(ticket))), 1)
    t.equal(short.e.longMessage(0, 4, 0), 0, 'not with MD5')
    const late = open()
    t.equal(late.e.openLong(late.put(base64('x'.repeat(80) + ticket.slice(80)))), 1)
    t.equal(late.e.longMessage(0, 4, 0), 0, 'no timestamp')
  })

  t.test(`a message that the next key makes nothing of is wiped all the same (${build})`, async (t) => {
    const { e, memory, put } = open()
    t.equal(e.openLong(put(base64(ticket))), 1)
    t.ok(e.longMessage(0, 4, 0) > 0)
    t.equal(e.longMessage(1, 4, 0), 0)
    t.notOk(memory.subarray(e.MESSAGE.value, e.MESSAGE.value + 1200).includes('Yd1Yd2'))
    e.closeLong(0)
  })

  t.test(`given up half-way, nothing is left (${build})`, async (t) => {
    const { e, memory, put } = open()
    for (const text of [base64(ticket), ticket]) {
      t.equal(e.openLong(put(text)), 1)
      const length = e.longMessage(0, 4, 0)
      t.ok(memory.subarray(e.MESSAGE.value, e.MESSAGE.value + length).includes('Yd1Yd2'))
      memory.fill(0xaa, e.STATE.value, e.STATE.value + 32)
      e.closeLong(0)
      for (const needle of ['Zq1Zq2', 'Yd1Yd2', ticket.slice(0, 8), '\xaa\xaa\xaa']) {
        t.notOk(memory.includes(Buffer.from(needle, 'latin1')))
      }
      const ring = e.RING.value
      t.equal(memory.indexOf(secret), ring + e.KEY_SECRET.value)
      t.equal(memory.indexOf(secret, ring + e.KEY_SECRET.value + 1), -1)
    }
  })
}
