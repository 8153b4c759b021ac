import { deepStrictEqual as deepEqual } from 'node:assert'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { BAD_ESCAPE, createSplitter, MALFORMED, SPLIT, TOO_LONG } from '../../src/engine/pubtkt.js'
import { SPLITTERS } from '../helpers/engines.js'
import { type Split, splitPlainly, splitWith } from '../helpers/pubtkt-twin.js'

const NOTHING = { uid: undefined, cip: undefined, tokens: undefined, udata: undefined, bauth: undefined }

/** The text fields that are said of a value with a signature; what is not named must be missing. */
const FIELDS: readonly [name: string, signed: string, texts: Partial<Record<keyof typeof NOTHING, string>>][] = [
  [
    'all of them',
    'uid=a;cip=::1;tokens=x,y;udata=u d;bauth=YTpi',
    { uid: 'a', cip: '::1', tokens: 'x,y', udata: 'u d', bauth: 'YTpi' },
  ],
  ['an empty value is there', 'uid=;tokens=', { uid: '', tokens: '' }],
  ['of duplicates the last wins', 'uid=alice;uid=bob', { uid: 'bob' }],
  ['even when it is empty', 'uid=alice;uid=', { uid: '' }],
  ['empty parts are skipped', ';;uid=alice;;;udata=d;;', { uid: 'alice', udata: 'd' }],
  ['parts without = are skipped', 'uid;uid=alice;tokens;bauth', { uid: 'alice' }],
  ['the first = splits', 'uid=a=b;udata==', { uid: 'a=b', udata: '=' }],
  ['keys are exact', ' uid=a;uid =b;UID=c;xuid=d;uidx=e;uid=f', { uid: 'f' }],
  ['a key is none of what it begins or ends with', 'token=a;tokensx=b;data=c;auth=d;xbauth=e;ci=f;cips=g', {}],
  ['an empty key', '=uid;=;==a;uid=x', { uid: 'x' }],
  ['sig= at the start is a part like others', 'sig=AAAA;uid=x', { uid: 'x' }],
  ['so is sig without =', 'uid=x;sig;signature=y', { uid: 'x' }],
  ['nothing at all', '', {}],
]

const NUMBERS: readonly [text: string, number: number][] = [
  ['1700003600', 1700003600],
  ['0', 0],
  ['', 0],
  ['x', 0],
  ['12x34', 12],
  ['0x10', 0],
  ['1e9', 1],
  ['007', 7],
  ['+5', 5],
  ['-5', 4294967291],
  ['-1', 4294967295],
  ['--1', 0],
  ['+-1', 0],
  ['- 1', 0],
  [' \t\n\v\f\r42', 42],
  ['\x0842', 0],
  ['\xa042', 0],
  ['4294967295', 4294967295],
  ['4294967296', 0],
  ['4294967297', 1],
  ['9223372036854775807', 4294967295],
  ['9223372036854775808', 4294967295],
  ['18446744073709551616', 4294967295],
  ['18446744073709551617', 4294967295],
  ['-9223372036854775807', 1],
  ['-9223372036854775808', 0],
  ['-9223372036854775809', 0],
  ['-18446744073709551615', 0],
  ['9'.repeat(400), 4294967295],
  [`${'0'.repeat(400)}7`, 7],
]

const SIGNATURES: readonly [name: string, value: string, hex: string | undefined][] = [
  ['with padding', 'uid=x;sig=AAEC/w==', '000102ff'],
  ['without', 'uid=x;sig=AAEC/w', '000102ff'],
  ['a lone last char is ignored', 'uid=x;sig=AAECA', '000102'],
  ['a lone char is no signature', 'uid=x;sig=A', undefined],
  ['two chars are one byte', 'uid=x;sig=/w', 'ff'],
  ['what stands behind it is not looked at', 'uid=x;sig=AAEC!;uid=y', '000102'],
  ['the first of two', 'uid=x;sig=AAEC;sig=/////w', '000102'],
  ['the first of two, though it is empty', 'uid=x;sig=;sig=AAEC', undefined],
  ['a plus is a blank and ends it', 'uid=x;sig=AAEC+AEC', '000102'],
  ['a plus as it should be written', 'uid=x;sig=AAEC%2BAEC', '000102f80102'],
  ['base64url ends it', 'uid=x;sig=AAEC-AEC_', '000102'],
  ['padding only', 'uid=x;sig===', undefined],
  ['none', 'uid=x;sig', undefined],
  ['none of the text', 'uid=x', undefined],
  ['of no text', ';sig=AAEC', '000102'],
  ['not one without ;', 'sig=AAEC', undefined],
  ['not of another key', 'uid=x;sig2=AAEC;xsig=AAEC;sig =AAEC', undefined],
  ['one that is all escaped', '%3b%73%69%67%3D%41%41%45%43', '000102'],
]

for (const [build, module] of SPLITTERS) {
  const splitter = createSplitter(module)
  const same = (t: Test, value: string, name: string) => {
    const found = splitWith(splitter, value)
    t.same(found, splitPlainly(value), name)
    return found
  }

  t.test(`text fields (${build})`, async (t) => {
    for (const [name, signed, texts] of FIELDS) {
      const found = same(t, `${signed};sig=AAEC`, name)
      t.same(found.texts, { ...NOTHING, ...texts }, name)
      t.equal(found.signed, signed, 'what was signed is as it came')
    }
  })

  t.test(`numbers are read as glibc reads them (${build})`, async (t) => {
    for (const key of ['validuntil', 'graceperiod', 'multifactor']) {
      for (const [text, number] of NUMBERS) {
        const found = same(
          t,
          `${key}=${encodeURIComponent(text).replaceAll('%C2%A0', '%A0')};sig=AAEC`,
          `${key}=${text.slice(0, 30)}`,
        )
        t.equal(found.numbers?.[key], number)
      }
    }
  })

  t.test(`signatures (${build})`, async (t) => {
    for (const [name, value, hex] of SIGNATURES) {
      const found = same(t, value, name)
      t.equal(found.status, hex === undefined ? MALFORMED : SPLIT, name)
      t.equal(found.signature, hex, name)
    }
  })

  t.test(`escapes (${build})`, async (t) => {
    const texts = {
      'al%20ice': 'al ice',
      'al+ice': 'al ice',
      'al%2Bice': 'al+ice',
      '%e9%E9\xe9': '\xe9\xe9\xe9',
      '%2541': '%41',
    }
    for (const [written, uid] of Object.entries(texts)) {
      t.equal(same(t, `uid=${written};sig=AAEC`, written).texts?.uid, uid)
    }
    for (const bad of ['%', '%4', '%4g', '%g4', '%%41', '%00', '%+41', '% 41', '%\xe94', '%:0', '%/0', '%@0', '%`0']) {
      // At the end, in front, and on both sides of the sixteenth byte.
      for (const value of [`uid=a;sig=AAEC${bad}`, `${bad}uid=a;sig=AAEC`, `uid=abcdefghij${bad};sig=AAEC`]) {
        t.same(same(t, value, value), { status: BAD_ESCAPE, length: 0 } satisfies Split)
      }
    }
  })

  t.test(`lengths (${build})`, async (t) => {
    const text = (length: number) => 'uid=a;udata=;sig=AAEC'.replace('udata=', `udata=${'d'.repeat(length - 21)}`)
    for (const length of [63, 64, 65, 1023, 1024]) {
      const found = same(t, text(length), `${length} bytes`)
      t.match(found, { status: SPLIT, length })
    }
    t.same(same(t, text(1025), '1025 bytes'), { status: TOO_LONG, length: 1025 })
    t.match(same(t, text(1024).replaceAll('d', '%64'), '1024 bytes in escapes'), { status: SPLIT, length: 1024 })
    t.same(same(t, text(8192), '8192 bytes'), { status: TOO_LONG, length: 8192 })
    t.same(same(t, text(8193), '8193 bytes'), { status: TOO_LONG, length: 0 })
    t.same(same(t, `${text(8191)}%`, 'a bad escape comes before the length'), { status: BAD_ESCAPE, length: 0 })
    t.same(same(t, '', 'no text'), { status: MALFORMED, length: 0 })
    t.same(same(t, `${text(64)}\u0141`, 'a char above 0xFF'), { status: MALFORMED, length: 0 })
    for (let length = 0; length < 200; length++)
      same(t, `uid=${'\xe9%C3'.repeat(length)};sig=${'Az09'.repeat(length)}`, `${length}`)
  })

  t.test(`what can be read in one way only (${build})`, async (t) => {
    const plain = (value: string, name: string) => same(t, value, name).plain
    const base = 'uid=alice;validuntil=1;tokens=a,b;udata=some words that are not short'
    t.equal(plain(`${base};sig=AAEC`, 'a usual one'), true)
    for (let at = 0; at <= base.length; at++) {
      for (const byte of ['\x01', '\x1f', '\x7f'] as const) {
        t.equal(plain(`${base.slice(0, at)}${byte}${base.slice(at)};sig=AAEC`, `a control byte at ${at}`), false)
      }
      t.equal(plain(`${base.slice(0, at)}\xff ~${base.slice(at)};sig=AAEC`, `no control byte at ${at}`), true)
    }
    t.equal(plain(`${base};sig=AAEC\x01`, 'a control byte that nobody signed'), true)
    t.equal(plain(`${base};sig=AAEC;uid=bob;uid=bob`, 'fields that nobody signed'), true)
    for (const key of ['uid', 'cip', 'tokens', 'udata', 'bauth', 'validuntil', 'graceperiod', 'multifactor']) {
      t.equal(plain(`${key}=1;x=1;${key}=1;sig=AAEC`, `${key} twice`), false)
      t.equal(plain(`${key}=;${key}=;sig=AAEC`, `${key} twice, and empty`), false)
      t.equal(plain(`${key}=1;${key};sig=AAEC`, `${key} once, and a word`), true)
    }
    t.equal(plain('x=1;x=2;=1;=2;1;2;sig=AAEC', 'what is no field'), true)
  })

  const piece = fc.oneof(
    fc.constantFrom('uid=', 'cip=', 'tokens=', 'udata=', 'bauth=', 'validuntil=', 'graceperiod=', 'multifactor='),
    fc.constantFrom(';', ';sig=', '=', '%3B', '%3D', '%3bsig%3d', '+', '%2B', '%25', 'sig', ' ', '-', '%0A'),
    fc.constant('d'.repeat(250)),
    fc.constantFrom('%', '%0', '%00', '\0', '%zz', 'uid', 'validunti', 'multifactor', 'x'),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.base64String({ maxLength: 64 }),
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 40 }),
  )
  const near = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))
  // Few random values end in a signature, and few near-tickets have no bad escape.
  const sound = near.map((text) => `${text.replace(/%(?![0-9a-f]{2})|%00|\0/gi, '')};sig=AAEC`)

  t.test(`it splits as its plain twin does (${build})`, async (t) => {
    const seen = new Set<number>()
    const law = fc.property(fc.oneof(near, sound), (value) => {
      const found = splitWith(splitter, value)
      seen.add(found.status)
      deepEqual(found, splitPlainly(value))
    })
    fc.assert(law, { numRuns: 3000 })
    t.same([...seen].sort(), [SPLIT, MALFORMED, TOO_LONG, BAD_ESCAPE].sort(), 'and all answers came')
  })
}
