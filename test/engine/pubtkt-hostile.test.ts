import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import t from 'tap'
import { createSplitter, instantiateSplitter, MALFORMED, SPLIT, TOO_LONG } from '../../src/engine/pubtkt.js'
import { SPLITTERS } from '../helpers/engines.js'
import { splitPlainly, splitWith } from '../helpers/pubtkt-twin.js'

/** How far behind a buffer 16-byte loads and stores may reach. */
const BEHIND = 32
/** Read as part of a ticket, it would change the answer. */
const BAIT = ';uid=bait;sig=AAEC%41'

const full = (head: string, fill: string, tail: string) => {
  const room = 8192 - head.length - tail.length
  return head + fill.repeat(Math.ceil(room / fill.length)).slice(0, room) + tail
}

const HOSTILE: readonly [name: string, value: string][] = [
  ['blanks', full('', '+', '')],
  ['escapes', full('', '%41', '')],
  ['escapes, and one cut short at the end', full('', '%41', '%4')],
  ['a percent sign at the end', full('uid=a;sig=', 'A', '%')],
  ['separators', full('', ';', '')],
  ['equals', full('', '=', '')],
  ['signatures', full('', ';sig=', '')],
  ['a signature as long as the value', full('uid=a;sig=', 'A', '')],
  ['a signature at the very end', full('uid=', 'a', ';sig=AAEC')],
  ['half a signature at the very end', full('uid=', 'a', ';sig')],
  ['digits', full('validuntil=', '9', '')],
  ['bytes above 0x7f', full('', '\xff', '')],
  ['NULs', full('', '\0', '')],
  ['1024 bytes of digits', `validuntil=${'9'.repeat(1004)};sig=AAEC`],
  ['1024 bytes of signature', `uid=a;sig=${'/'.repeat(1014)}`],
  ['1024 bytes and no end', `validuntil=${'9'.repeat(1013)}`],
  ['one more', `validuntil=${'9'.repeat(1014)}`],
]

for (const [build, module] of SPLITTERS) {
  t.test(`no answer depends on what else is in memory (${build})`, async (t) => {
    const e = instantiateSplitter(module)
    const memory = Buffer.from(e.memory.buffer)
    const splitter = createSplitter(module)
    const lay = (at: number, length: number) => memory.fill(BAIT, at, at + length, 'latin1')
    const split = (value: string) => {
      lay(e.TEXT.value, 8192 + BEHIND)
      lay(e.SIGNATURE.value, 768 + BEHIND)
      lay(e.VALUE.value, 8192 + BEHIND)
      memory.write(value, e.VALUE.value, 'latin1')
      const status = e.split(value.length)
      const fields = Buffer.from(memory.subarray(e.FIELDS.value, e.FIELDS.value + 68))
      return { status, fields: fields.toString('hex') }
    }
    const clean = (value: string) => {
      const status = splitter.split(value)
      return {
        status,
        fields: Buffer.from(Uint8Array.from(new Uint8Array(splitter.fields.buffer, e.FIELDS.value, 68))).toString(
          'hex',
        ),
      }
    }
    for (const [name, value] of HOSTILE) t.same(split(value), clean(value), name)
    for (let cut = 0; cut < 80; cut++) {
      const value = 'uid=alice;validuntil=12;graceperiod=34;tokens=a;cip=::1;multifactor=1;sig=AAECAwQ='.slice(0, cut)
      t.same(split(value), clean(value), `${cut} bytes`)
    }
    const part = fc.constantFrom('uid=', 'validuntil=7', ';', ';sig=', 'AAEC', '%41', '+', 'multifacto', 'x')
    const law = fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
      const value = parts.join('')
      return JSON.stringify(split(value)) === JSON.stringify(clean(value))
    })
    t.doesNotThrow(() => fc.assert(law, { numRuns: 500 }))
  })

  t.test(`nothing outside the regions is touched, and no byte of a value stays (${build})`, async (t) => {
    const e = instantiateSplitter(module)
    const memory = Buffer.from(e.memory.buffer)
    const regions = [
      [e.VALUE.value, 8192],
      [e.TEXT.value, 8192],
      [e.SIGNATURE.value, 768],
    ] as const
    const last = Math.max(...regions.map(([at, length]) => at + length), e.FIELDS.value + 68) + 64
    memory.fill(0xa5, last)
    const before = Buffer.from(memory)
    for (const [name, value] of [
      ...HOSTILE,
      ['a good one', 'uid=a;bauth=c2VjcmV0OnNlY3JldA==;sig=AAECAwQF'] as const,
    ]) {
      memory.write(value, e.VALUE.value, 'latin1')
      const status = e.split(value.length)
      const region = memory.subarray(e.VALUE.value, e.VALUE.value + 8192)
      t.ok(
        region.every((byte) => byte === 0),
        `no value is left: ${name}`,
      )
      if (status !== e.SPLIT.value) {
        memory.fill(0, e.FIELDS.value, e.FIELDS.value + 4)
        t.ok(memory.equals(before), `refused, nothing is left but its length: ${name}`)
      }
      e.wipe()
      t.ok(memory.equals(before), `wiped: ${name}`)
    }
  })

  t.test(`the corpus splits as its plain twin says (${build})`, async (t) => {
    const splitter = createSplitter(module)
    for (const [name, value] of HOSTILE) t.same(splitWith(splitter, value), splitPlainly(value), name)
    for (let length = 0; length <= 1100; length++) {
      const value = randomBytes(length).toString('latin1')
      t.same(splitWith(splitter, value), splitPlainly(value), `${length} random bytes`)
    }
    t.same(splitWith(splitter, 'A'.repeat(1 << 20)), { status: TOO_LONG, length: 0 }, '1 MB')
  })

  t.test(`a refused value leaves nothing of the one before (${build})`, async (t) => {
    const splitter = createSplitter(module)
    const good = 'uid=alice;bauth=c2VjcmV0;sig=AAEC'
    for (const bad of ['', 'x', '%', 'A'.repeat(9000), `${good}\u0141`, '\u0141'.repeat(40)]) {
      t.equal(splitter.split(good), SPLIT)
      t.not(splitter.split(bad), SPLIT)
      t.same([...splitter.fields].slice(1), Array(16).fill(0))
      t.equal(Buffer.from(splitter.fields.buffer).indexOf('alice'), -1)
    }
    t.equal(splitter.split(good), SPLIT)
    const [signed, signature] = [splitter.signed(), splitter.signature()]
    splitter.wipe()
    t.ok([...signed, ...signature].every((byte) => byte === 0))
    t.same([...splitter.fields], Array(17).fill(0))
  })

  t.test(`a host's mistakes are answered, not followed (${build})`, async (t) => {
    const e = instantiateSplitter(module)
    const memory = Buffer.from(e.memory.buffer)
    for (const length of [-1, 8193, 0x7fffffff, -0x80000000]) {
      memory.write('uid=alice;sig=AAEC', e.VALUE.value)
      t.equal(e.split(length), e.MISUSE.value)
      t.equal(memory.indexOf('alice'), -1, 'and the value is wiped')
    }
    t.equal(e.split(0), MALFORMED)
  })
}
