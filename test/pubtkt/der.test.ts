/** DER has one spelling for each value; what has another is refused, as OpenSSL does. */

import { createPublicKey, createSign, createVerify } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { bitsOf, derSignature, elementsOf, insideOf, oidText, rawSignature } from '../../src/pubtkt/der.js'
import { pairOf } from '../helpers/signing-keys.js'

const bytes = (...each: readonly number[]) => Uint8Array.from(each)
const half = (...front: readonly number[]) => [...front, ...new Array(32 - front.length).fill(7)]

t.test('signatures to raw and back', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(32), (raw, zeroes) => {
      raw.fill(0, 0, zeroes)
      raw.fill(0, 32, 64 - zeroes)
      const back = rawSignature(derSignature(raw))
      return back !== undefined && Buffer.compare(back, raw) === 0
    }),
  )
})

t.test('whatever OpenSSL signs or refuses is read or refused here', async (t) => {
  const { publicKey, privateKey } = pairOf('ecdsa')
  const key = createPublicKey(publicKey)
  const verified = (signature: Uint8Array) => createVerify('sha256').update('x').verify(key, signature)
  for (let i = 0; i < 50; i++) {
    const signature = createSign('sha256').update('x').sign(privateKey)
    const raw = rawSignature(signature) as Uint8Array
    t.strictSame(Buffer.from(derSignature(raw)), signature)
    const [r, s] = [raw.subarray(0, 32), raw.subarray(32)]
    const others = [
      bytes(...signature, 0),
      bytes(0x30, 0x81, ...signature.subarray(1)),
      bytes(0x30, signature.length, 2, 34, 0, ...half(0), ...signature.subarray(4)),
      bytes(0x30, 70, 2, 33, 0, ...r, 2, 33, 0, ...s).with(1, 70),
    ]
    for (const other of others) {
      const again = rawSignature(other)
      // Where both have their top bit set, the last is the signature itself.
      t.equal(again !== undefined && Buffer.compare(again, raw) === 0, verified(other))
    }
  }
})

t.test('signatures that are none', async (t) => {
  const cases: readonly (readonly number[])[] = [
    [],
    [0x30],
    [0x30, 0],
    [0x30, 3, 2, 1, 1],
    [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1],
    [0x31, 6, 2, 1, 1, 2, 1, 1],
    [0x30, 6, 2, 1, 1, 3, 1, 1],
    [0x30, 6, 2, 1, 0x80, 2, 1, 1],
    [0x30, 5, 2, 0, 2, 1, 1],
    [0x30, 7, 2, 2, 0, 1, 2, 1, 1],
    [0x30, 6, 2, 1, 1, 2, 1, 1, 0],
    [0x30, 7, 2, 1, 1, 2, 1, 1],
    [0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0],
    [0x30, 38, 2, 33, 1, ...new Array(32).fill(1), 2, 1, 1],
  ]
  for (const each of cases) t.equal(rawSignature(bytes(...each)), undefined, `${each.slice(0, 12)}`)
  t.ok(rawSignature(bytes(0x30, 6, 2, 1, 1, 2, 1, 1)))
})

t.test('lengths', async (t) => {
  t.strictSame(elementsOf(bytes()), [])
  t.strictSame(elementsOf(bytes(4, 1, 9, 5, 0)), [
    { tag: 4, body: bytes(9) },
    { tag: 5, body: bytes() },
  ])
  for (const length of [0, 1, 127, 128, 255, 256, 65535]) {
    const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
    const whole = bytes(4, ...head, ...new Array(length).fill(1))
    t.equal(elementsOf(whole)?.[0]?.body.length, length)
    t.equal(elementsOf(whole.subarray(0, -1))?.length, undefined, 'cut short')
    t.equal(insideOf(whole, 0x30), undefined, 'another tag')
  }
  t.equal(elementsOf(bytes(4, 0x81, 1, 9)), undefined, 'a longer form than needed')
  t.equal(elementsOf(bytes(4, 0x82, 0, 1, 9)), undefined)
  t.equal(elementsOf(bytes(4, 0x83, 0, 0, 1, 9)), undefined)
})

t.test('numbers', async (t) => {
  t.equal(oidText(bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7)), '1.2.840.10045.3.1.7')
  t.equal(oidText(bytes(0x2b, 0x65, 0x70)), '1.3.101.112')
  t.equal(bitsOf(bytes(0)), 0)
  t.equal(bitsOf(bytes(0, 0x80)), 8)
  t.equal(bitsOf(bytes(1, 0)), 9)
})
