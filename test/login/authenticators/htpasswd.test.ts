/** Signing in by a password file that Debian's htpasswd wrote: who may, who may not, what it costs, what is told. */

import t from 'tap'
import { htpasswdMissing } from '../../../native-fixtures/debian.mjs'
import { htpasswdLine, SCHEMES } from '../../../native-fixtures/htpasswd.mjs'
import { htpasswd } from '../../../src/login/authenticators/htpasswd.js'
import { folderOf, line, signing } from './files.js'

const skip = htpasswdMissing() ?? false
const WRONG = { ok: false, reason: 'wrong' }
const PASSWORD = 'correct horse'
const account = (uid: string, tokens: string[] = []) => ({ ok: true, account: { uid, tokens, userData: '' } })

t.test('every scheme', { skip }, async (t) => {
  const put = folderOf(t)
  const names = Object.keys(SCHEMES) as (keyof typeof SCHEMES)[]
  const text = names.map((scheme, at) => `${htpasswdLine(`user${at}`, PASSWORD, scheme)}\n`).join('')
  const file = put('passwords', text)
  for (const weakHashes of ['refuse', 'allow'] as const) {
    const { staff, warnings } = signing({ file, weakHashes })
    for (const [at, scheme] of names.entries()) {
      const good = !['des', 'plain', ...(weakHashes === 'refuse' ? ['sha1'] : [])].includes(scheme)
      const uid = `user${at}`
      t.same(await staff.check({ uid, password: PASSWORD }), good ? account(uid) : WRONG, `${scheme}, ${weakHashes}`)
      t.same(await staff.check({ uid, password: `${PASSWORD}!` }), WRONG, `${scheme}, another password`)
    }
    t.equal(warnings.length, weakHashes === 'refuse' ? 3 : 2)
    for (const warning of warnings) t.match(warning, /passwords:\d: .*; fix: htpasswd -B /)
    t.notMatch(warnings.join(), /correct horse|user\d|5en6/, 'neither passwords nor uids nor hashes')
  }
})

t.test('uids are compared as they stand', { skip }, async (t) => {
  const put = folderOf(t)
  const { staff } = signing({ file: put('passwords', line('alice', 'secret') + line('jürgen', 'geheim')) })
  t.same(await staff.check({ uid: 'alice', password: 'secret' }), account('alice'))
  t.same(await staff.check({ uid: 'jürgen', password: 'geheim' }), account('jürgen'))
  for (const uid of ['Alice', 'alic', 'alice ', 'alice\0', 'constructor', '__proto__', '#', 'alice:x', '']) {
    t.same(await staff.check({ uid, password: 'secret' }), WRONG, JSON.stringify(uid))
  }
  t.same(await staff.check({ uid: 'alice', password: '' }), WRONG)
  t.same(await staff.check({ uid: 'alice', password: 'geheim' }), WRONG, "another's password")
})

const HASH = `$2y$04$${'a'.repeat(53)}`
const TROUBLES: readonly (readonly [text: string, trouble: RegExp])[] = [
  ['a password', /passwords:1: there is no colon in it; fix: htpasswd -B .*passwords USER$/],
  [`\n# well\n\na!b:${HASH}`, /passwords:4: its uid is empty, not UTF-8, or has '!'.*; fix: another uid/],
  [`:${HASH}`, /passwords:1: its uid is empty/],
  [`a\tb:${HASH}`, /passwords:1: its uid .* a control byte/],
  [`a :${HASH}`, /passwords:1: its uid .* a blank at an end/],
  [`\ufffd:${HASH}`, /passwords:1: its uid .* not UTF-8/],
  [`a:${HASH}\nb:${HASH}\na:${HASH}`, /passwords:3: its uid stands further up, and the first line counts/],
  [`a:${HASH.replace('04', '17')}`, /passwords:1: checking it would keep a core busy .*; fix: htpasswd -B -C 12/],
  ['a:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', /passwords:1: \{SHA\} has no salt.*; fix: .* or weakHashes: 'allow'/],
  ['a:secret', /passwords:1: no scheme that is taken here/],
]

for (const [text, trouble] of TROUBLES) {
  t.test(`${trouble}`, async (t) => {
    const { warnings } = signing({ file: folderOf(t)('passwords', text) })
    t.match(warnings, [trouble])
    t.equal(warnings.length, 1)
  })
}

t.test('of two lines for a uid the first counts, also where it cannot be used', { skip }, async (t) => {
  const put = folderOf(t)
  const file = put('passwords', `${line('a', 'one')}${line('a', 'two')}b:plain\n${line('b', 'two')}`)
  const { staff, warnings } = signing({ file })
  t.same(await staff.check({ uid: 'a', password: 'one' }), account('a'))
  t.same(await staff.check({ uid: 'a', password: 'two' }), WRONG)
  t.same(await staff.check({ uid: 'b', password: 'two' }), WRONG)
  t.equal(warnings.length, 3)
})

t.test('what stands after a second colon is not the password', { skip }, async (t) => {
  const file = folderOf(t)('passwords', `${line('a', 'one').trim()}:Alice Example:x\n`)
  t.same(await signing({ file }).staff.check({ uid: 'a', password: 'one' }), account('a'))
})

t.test('an unknown uid costs what most of the known ones do', { skip }, async (t) => {
  const lines = [
    htpasswdLine('old', 'x', 'apr1'),
    htpasswdLine('a', 'x', 'bcrypt, cost 10'),
    htpasswdLine('b', 'x', 'bcrypt'),
    htpasswdLine('c', 'x', 'bcrypt, cost 10'),
  ]
  const { staff, worked } = signing({ file: folderOf(t)('passwords', `${lines.join('\n')}\nweak:plain\n`) })
  t.same(await staff.check({ uid: 'nobody', password: 'x' }), WRONG, 'though the password is that of the stand-in')
  t.same(await staff.check({ uid: 'weak', password: 'plain' }), WRONG)
  t.same(worked, ['bcrypt 10', 'bcrypt 10'], 'one hash each, of the commonest kind')
  await staff.check({ uid: 'a', password: 'y' })
  await staff.check({ uid: 'old', password: 'y' })
  t.same(worked.slice(2), ['bcrypt 10', 'apr1 0'])
})

t.test('a file with nobody in it', async (t) => {
  const { staff, worked } = signing({ file: folderOf(t)('passwords', '') })
  t.same(await staff.check({ uid: 'a', password: 'x' }), WRONG)
  t.same(worked, [])
})

t.test('two at once, a hundred wait, the others are told so', { skip }, async (t) => {
  let running = 0
  let most = 0
  const file = folderOf(t)('passwords', line('alice', 'secret'))
  const { staff } = signing({ file }, async (password) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return password === 'secret'
  })
  const all = await Promise.all(Array.from({ length: 110 }, () => staff.check({ uid: 'alice', password: 'secret' })))
  t.equal(most, 2)
  t.equal(all.filter(({ ok }) => ok).length, 102)
  t.same(all.at(-1), { ok: false, reason: 'unavailable', cause: 'htpasswd: 100 sign-ins are waiting already' })
  t.match(await staff.check({ uid: 'alice', password: 'secret' }), { ok: true }, 'and then there is room again')
})

t.test('a failure is no answer, and says nothing of what it was given', { skip }, async (t) => {
  const file = folderOf(t)('passwords', line('alice', 'secret'))
  const { staff } = signing({ file }, async (password) => {
    throw new RangeError(`no ${password}`)
  })
  const cause = 'htpasswd: checking a password failed (RangeError)'
  for (let time = 0; time < 3; time++) {
    t.same(await staff.check({ uid: 'alice', password: 'secret' }), { ok: false, reason: 'unavailable', cause })
  }
  const other = signing({ file }, () => Promise.reject('secret'))
  t.match(await other.staff.check({ uid: 'alice', password: 'secret' }), { cause: /failed \(string\)/ })
})

t.test('options', async (t) => {
  const put = folderOf(t)
  const file = put('passwords', '# nobody\n')
  const bad = (options: object, message: RegExp, code = 'ERR_TKT_OPTIONS') =>
    t.throws(() => htpasswd({ file, ...options }), { code, message }, `${message}`)
  t.equal(htpasswd({ file }).name, 'htpasswd')
  t.equal(htpasswd({ file, name: 'staff' }).name, 'staff')
  bad({ groupfile: 'x' }, /^htpasswd: there is no option 'groupfile' here; did you mean 'groupFile'\?/)
  bad({ file: 7 }, /^htpasswd: file: /)
  bad({ weakHashes: true }, /^htpasswd: weakHashes: /)
  bad({ warn: 'loudly' }, /^htpasswd: warn: /)
  bad({ tokens: ['a'] }, /^htpasswd: tokens: there are no groups without a groupFile/)
  bad({ tokens: ['a,b'], groupFile: file }, /^htpasswd: tokens: 'a,b' can be no token.* write \{ 'a,b': 'a-token' \}/)
  bad({ tokens: { a: '' }, groupFile: file }, /^htpasswd: tokens: '' can be no token/)
  bad({ file: put('none') }, /none' cannot be read \(ENOENT\); fix: htpasswd -B -c .*none USER/, 'ERR_TKT_CONFIG')
  bad({ groupFile: put('none') }, /none' cannot be read \(ENOENT\); fix: make one/, 'ERR_TKT_CONFIG')
})

t.test('warnings go to the process where nobody else wants them', async (t) => {
  const heard = new Promise<Error>((resolve) => process.once('warning', resolve))
  htpasswd({ file: folderOf(t)('passwords', 'a:plain\n') })
  t.match(await heard, { message: /passwords:1: no scheme/ })
})
