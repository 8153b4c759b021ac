import t from 'tap'
import { createEngine } from '../../src/engine/engine.js'
import {
  createIssuer,
  createVerifier,
  type IssueContext,
  type IssueFields,
  type IssuerOptions,
  type Key,
} from '../../src/index.js'

const key: Key = { secret: 'a secret', digest: 'md5' }
const issuer = createIssuer({ keys: [key] })
const context: IssueContext = { ip: '127.0.0.1', now: 1700000000 }

t.test('the first key issues, with both separators, in the form asked for', async (t) => {
  const raw = issuer.issue({ uid: 'alice' }, { ...context, encoding: 'raw' })
  t.match(raw, /^[0-9a-f]{32}6553f100alice!!$/)
  t.equal(issuer.issue({ uid: 'alice' }, context), btoa(raw))
  t.equal(issuer.issue({ uid: 'alice' }, { ...context, encoding: 'percent' }), raw.replaceAll('!', '%21'))
  const escaped = issuer.issue(
    { uid: 'al ice/é', tokens: ['a-b._~'], userData: '%;"\xff' },
    { ...context, encoding: 'percent' },
  )
  t.match(escaped, /al%20ice%2F%E9%21a-b._~%21%25%3B%22%FF$/)
})

t.test('fields that a ticket cannot carry are refused by name', async (t) => {
  const cases: [object, RegExp][] = [
    [null as unknown as object, /fields must be an object with a uid/],
    [{ uid: 'a!b' }, /uid must not contain `!`/],
    [{ uid: '' }, /uid is empty/],
    [{}, /uid must be a string/],
    [{ uid: 7 }, /uid must be a string/],
    [{ uid: 'a\0b' }, /uid must not contain control bytes/],
    [{ uid: 'a\n' }, /uid must not contain control bytes/],
    [{ uid: 'a', tokens: ['b', 'c!'] }, /tokens\[1\] must not contain `!`/],
    [{ uid: 'a', tokens: ['b,c'] }, /tokens\[0\] must not contain `,`/],
    [{ uid: 'a', tokens: ['', 'c'] }, /tokens\[0\] is empty/],
    [{ uid: 'a', tokens: ['b', '\x7f'] }, /tokens\[1\] must not contain control bytes/],
    [{ uid: 'a', tokens: ['b', 3] }, /tokens\[1\] must be a string/],
    [{ uid: 'a', tokens: 'b,c' }, /tokens must be an array/],
    [{ uid: 'a', userData: 'x\x1fy' }, /userData must not contain control bytes/],
    [{ uid: 'a', userData: 5 }, /userData must be a string/],
    [{ uid: 'a', userdata: 'x' }, /there is no field 'userdata'; the fields are uid, tokens, userData/],
    [{ uid: 'a\u0141' }, /above U\+00FF/],
    [{ uid: 'a', userData: 'x'.repeat(8200) }, /too long for a cookie value of 8192 bytes/],
    [{ uid: 'a', userData: 'x'.repeat(6200) }, /too long for a cookie value of 8192 bytes/],
  ]
  for (const [fields, message] of cases) {
    t.throws(() => issuer.issue(fields as IssueFields, context), { code: 'ERR_TKT_FIELD', message })
  }
})

t.test('raw values that a Cookie header would spoil are refused', async (t) => {
  for (const userData of ['a;b', 'say "hi"', 'ends with a space ']) {
    t.throws(() => issuer.issue({ uid: 'a', userData }, { ...context, encoding: 'raw' }), { code: 'ERR_TKT_FIELD' })
    t.doesNotThrow(() => issuer.issue({ uid: 'a', userData }, context))
  }
  const hard = issuer.issue({ uid: 'a', userData: 'no-break space\xa0' }, { ...context, encoding: 'raw' })
  t.match(createVerifier({ keys: [key] }).verify(hard, context), { ok: true })
})

t.test('the longest values fit, one byte more does not', async (t) => {
  for (const [encoding, longest] of [
    ['raw', 8010],
    ['base64', 6100],
  ] as const) {
    const value = issuer.issue({ uid: 'a', userData: 'x'.repeat(longest) }, { ...context, encoding })
    t.ok(value.length <= 8192)
    t.match(createVerifier({ keys: [key] }).verify(value, context), { ok: true })
  }
  const percent = { ...context, encoding: 'percent' as const }
  t.throws(() => issuer.issue({ uid: 'a', userData: '\xe9'.repeat(2800) }, percent), /too long for a cookie value/)
  t.match(issuer.issue({ uid: 'a', userData: '\xe9'.repeat(2700) }, percent), /%E9$/)
})

t.test('a field of a megabyte is too long in any charset', async (t) => {
  const utf8 = createIssuer({ keys: [key], charset: 'utf8' })
  for (const userData of ['x'.repeat(1 << 20), 'é'.repeat(1 << 20), '日'.repeat(3000)]) {
    t.throws(() => utf8.issue({ uid: 'a', userData }, context), {
      code: 'ERR_TKT_FIELD',
      message: /too long for a cookie value/,
    })
  }
})

t.test('misuse is an error that names what is wrong', async (t) => {
  const cases: [object, RegExp][] = [
    [null as unknown as object, /context: needs an object/],
    [{ ip: '127.0.0.1', now: 1, encodng: 'raw' }, /there is no option 'encodng'/],
    [{ ip: '127.0.0.1' }, /now must be unix time/],
    [{ ip: '127.0.0.1', now: 1.5 }, /now must be unix time/],
    [{ now: 1 }, /ip must be an IPv4 or IPv6 address, or set ignoreIp/],
    [{ ip: 'localhost', now: 1 }, /ip must be/],
    [{ ip: '127.0.0.1', now: 1, encoding: 'hex' }, /encoding must be one of base64, raw, percent/],
  ]
  for (const [bad, message] of cases) {
    t.throws(() => issuer.issue({ uid: 'a' }, bad as IssueContext), { code: 'ERR_TKT_OPTIONS', message })
  }
  t.throws(
    () => createIssuer({ keys: [key], timeout: 5 } as IssuerOptions),
    /createIssuer: there is no option 'timeout'/,
  )
})

t.test('an engine without a key refuses to seal', async (t) => {
  t.throws(() => createEngine().seal('a!!', 1, 'raw'), { code: 'ERR_TKT_ENGINE' })
})
