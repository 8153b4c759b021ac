/** Every directive of mod_auth_pubtkt, what it sets and what is refused. */

import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import type { ApacheConfigOptions } from '../../src/config/context.js'
import { ownerOf, SIGNED_NAMES, TICKET_NAMES } from '../../src/config/known.js'
import { areas, notes, read, trouble, wrong } from './config-helpers.js'
import { DSA, ED25519, keyFiles, OTHER, RSA, signedSettings } from './pubtkt-helpers.js'

const key = new Uint8Array(Buffer.from('0123456789abcde\xe9', 'latin1'))
const options: ApacheConfigOptions = { module: 'mod_auth_pubtkt', files: keyFiles() }
const inside = (lines: string) => `<Location /x>\n${lines}\n</Location>`

t.test('each directive sets its option', async (t) => {
  const rows: [lines: string, settings: Record<string, unknown>][] = [
    ['TKTAuthLoginURL http://a/', { loginUrl: 'http://a/' }],
    ['tktauthtimeouturl "/a"', { timeoutUrl: '/a' }],
    ['TKTAuthPostTimeoutURL /a', { postTimeoutUrl: '/a' }],
    ['TKTAuthUnauthURL /a', { unauthUrl: '/a' }],
    ['TKTAuthRefreshURL /a', { refreshUrl: '/a' }],
    ['TKTAuthBadIPURL /a', { badIpUrl: '/a' }],
    ['TKTAuthMultifactorURL /a', { multifactorUrl: '/a' }],
    ['TKTAuthHeader X-Ticket', { ticketHeaders: ['X-Ticket'] }],
    ['TKTAuthHeader  X-Ticket   "Cookie"  Other ', { ticketHeaders: ['X-Ticket', 'Cookie', 'Other'] }],
    ['TKTAuthHeader "" cookie', { ticketHeaders: ['Cookie'] }],
    ['TKTAuthHeader a\nTKTAuthHeader b', { ticketHeaders: ['b'] }],
    ['TKTAuthCookieName my', { cookieName: 'my' }],
    ['TKTAuthBackArgName ret', { backArgName: 'ret' }],
    ['TKTAuthBackArgName None', { backArgName: 'None' }],
    ['TKTAuthRequireSSL on', { requireSsl: true }],
    ['TKTAuthFakeBasicAuth ON', { fakeBasicAuth: true }],
    ['TKTAuthPassthruBasicAuth off', { passthruBasicAuth: false }],
    ['TKTAuthRequireMultifactor on # trailing', { requireMultifactor: true }],
    ['TKTAuthToken a b\nTKTAuthToken c', { tokens: ['a', 'b', 'c'] }],
    ['TKTAuthToken NULL a', { tokens: [] }],
    ['TKTAuthDebug 1 3 2', { debug: 2 }],
    ['TKTAuthPublicKey /k/rsa.pub', { publicKeys: [{ publicKey: RSA, digest: 'sha1' }] }],
    ['TKTAuthPublicKey /k/rsa.pub\nTKTAuthPublicKey /k/dsa.pub', { publicKeys: [{ publicKey: DSA, digest: 'sha1' }] }],
    ['TKTAuthDigest SHA256', {}],
    ['TKTAuthPassthruBasicKey 0123456789abcde\xe9', { passthruKey: key }],
    ['AuthType mod_auth_pubtkt', { authType: 'mod_auth_pubtkt' }],
    ['AuthType MOD_AUTH_PUBTKT', { authType: 'mod_auth_pubtkt' }],
    ['AuthType none', { authType: 'None' }],
    ['AuthType tkt', { authType: 'TKT' }],
    ['AuthType Digest', { authType: 'Basic' }],
  ]
  for (const [lines, expected] of rows) t.same(signedSettings(lines), expected, lines)
})

t.test('digests, in letters of any case', async (t) => {
  const rows = [
    ['SHA1', 'sha1'],
    ['dss1', 'sha1'],
    ['Sha224', 'sha224'],
    ['SHA256', 'sha256'],
    ['sha384', 'sha384'],
    ['SHA512', 'sha512'],
  ]
  for (const [name, digest] of rows) {
    const lines = `TKTAuthPublicKey /k/rsa.pub\nTKTAuthDigest ${name}`
    t.match(signedSettings(lines), { publicKeys: [{ digest }] }, name)
  }
})

t.test('what a directive cannot be is an error that names file, line and directive', async (t) => {
  const rows: [lines: string, message: RegExp][] = [
    ['TKTAuthLoginURL ""', /site\.conf:2: TKTAuthLoginURL: takes one argument$/],
    ['TKTAuthRefreshURL a b', /takes one argument; put quotes/],
    ['TKTAuthBadIPURL "a b"', /cannot be used: an URL has no spaces/],
    ['TKTAuthHeader', /names no header, so that no ticket is ever found/],
    ['TKTAuthHeader ""', /names no header/],
    ['TKTAuthHeader a:b', /cannot be used: this is no name of a header/],
    ['TKTAuthCookieName "a;b"', /a cookie name has letters/],
    ['TKTAuthToken', /needs at least one argument/],
    ['TKTAuthFakeBasicAuth yes', /must be On or Off/],
    ['TKTAuthDebug', /needs at least one argument/],
    ['TKTAuthDebug 1 -1', /must be whole numbers/],
    ['TKTAuthDigest MD5', /must be SHA1, DSS1, SHA224, SHA256, SHA384 or SHA512$/],
    ['TKTAuthPassthruBasicKey Xq9', /^site\.conf:2: TKTAuthPassthruBasicKey: must have exactly 16 characters$/],
    ['TKTAuthPassthruBasicKey 0123456789abcdefg', /must have exactly 16 characters$/],
    ['TKTAuthPublicKey', /takes one argument$/],
    ['TKTAuthPublicKey /k/none.pub', /TKTAuthPublicKey: '\/k\/none\.pub' cannot be read; check that it exists/],
    ['TKTAuthSecret Xq9', /TKTAuthSecret: is mod_auth_tkt's, and this is read as mod_auth_pubtkt's configuration/],
    ['TKTAuthPublicKy /k/rsa.pub', /did you mean TKTAuthPublicKey\?/],
  ]
  for (const [lines, message] of rows) {
    const found = wrong(inside(lines), options)
    t.match(found, message, lines)
    t.match(found, /^site\.conf:2: /, `${lines}: place`)
    t.notMatch(found, /Xq9/, 'nothing secret is told')
  }
})

t.test('files are read as the module reads them', async (t) => {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 1024,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const spki = 'BEGIN PUBLIC KEY-----'
  const ecdsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })
  // The rows are what Apache 2.4 with Debian's module 0.13 and OpenSSL 3 says of such files.
  const good: [what: string, text: string][] = [
    ['alone', RSA],
    ['with other text', `hello\n${RSA}tail`],
    ['with CRLF', RSA.replaceAll('\n', '\r\n')],
    ['spaces at ends of lines', RSA.replaceAll('\n', '  \n')],
    ['behind the private key', pair.privateKey + RSA],
    ['behind one that is none', `-----${spki}\nAAAA\n-----END PUBLIC KEY-----\n${RSA}`],
    ['before another', RSA + OTHER],
  ]
  const bad: [what: string, text: string, message: RegExp][] = [
    ['a private key', pair.privateKey, /is a private key, .*openssl pkey -in \/etc\/key\.pub -pubout/],
    ['nothing', '', /is empty/],
    ['no end', RSA.replace(/-----END[^\n]*\n/, ''), /is cut off/],
    ['one line', RSA.replaceAll('\n', ''), /holds no public key in PEM/],
    ['spaces at the starts of lines', RSA.replace(/^/gm, ' '), /holds no public key in PEM/],
    ['Ed25519', ED25519, /is of another kind|another kind than RSA and DSA/],
    ['Ed25519 before RSA', ED25519 + RSA, /another kind than RSA and DSA/],
    ['ECDSA', ecdsa.toString(), /another kind than RSA and DSA/],
  ]
  const text = inside('TKTAuthPublicKey key.pub')
  const given = (pem: string): ApacheConfigOptions => ({ ...options, files: keyFiles({ '/etc/key.pub': pem }) })
  for (const [what, pem] of good) {
    t.same(
      areas(`ServerRoot /etc\n${text}`, given(pem)),
      [{ path: '/x', publicKeys: [{ publicKey: RSA, digest: 'sha1' }] }],
      what,
    )
  }
  for (const [what, pem, message] of bad) {
    const found = trouble(() => read(text, { ...given(pem), file: '/etc/site.conf' }))
    t.match(found, /^\/etc\/site\.conf:2: TKTAuthPublicKey: '\/etc\/key\.pub':? /, what)
    t.match(found, message, what)
    t.notMatch(found, /MI[A-Za-z0-9]{8}|BEGIN (?!PUBLIC KEY\))/, 'nothing of the file is told')
  }
  t.match(areas(`ServerRoot /etc\n${text}`, given(pair.publicKey)), [{ publicKeys: [{ publicKey: pair.publicKey }] }])
  t.match(wrong(text, { module: 'mod_auth_pubtkt' }), /names another file, and no file access was given/)
})

t.test('the old form of RSA keys is read, too', async (t) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const old = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const found = areas(inside('TKTAuthPublicKey /old.pub'), { ...options, files: keyFiles({ '/old.pub': old }) })
  t.match(found, [{ publicKeys: [{ publicKey: pem }] }])
})

t.test('three directives stand outside of sections, too, as Apache has it', async (t) => {
  const trio = 'TKTAuthPublicKey /k/rsa.pub\nTKTAuthDigest SHA256\nTKTAuthPassthruBasicKey 0123456789abcde\xe9\n'
  const place = '<Location /x>\nAuthType mod_auth_pubtkt\nRequire valid-user\n</Location>'
  t.same(notes(trio + place, options), [])
  t.match(read(trio + place, options).options, {
    module: 'mod_auth_pubtkt',
    compat: 'exact',
    publicKeys: [{ publicKey: RSA, digest: 'sha256' }],
    passthruKey: key,
  })
  t.match(notes(`TKTAuthLoginURL /l\n${trio}${place}`, options), [/^1: TKTAuthLoginURL: stands outside of a section/])
})

t.test('what surprises is noted', async (t) => {
  const rows: [lines: string, message: RegExp][] = [
    ['TKTAuthRequireSSL on # trailing', /what follows the first argument has no effect/],
    ['AuthType Basic', /AuthType: 'Basic' asks nobody for a ticket; requests that need a user there are answered 500/],
    ['AuthType TKT', /AuthType: 'TKT' asks nobody/],
    [
      'TKTAuthDigest SHA256\nTKTAuthPublicKey /k/rsa.pub',
      /^2: TKTAuthDigest: has no effect: the TKTAuthPublicKey of line 3/,
    ],
    ['TKTAuthPassthruBasicKey ${Xq9}56789abcde', /^2: TKTAuthPassthruBasicKey: a variable in it is not defined/],
  ]
  for (const [lines, message] of rows) {
    t.match(notes(inside(lines), options), [message], lines)
    t.notMatch(notes(inside(lines), options).join(), /Xq9/)
  }
  t.same(notes(inside('TKTAuthDigest DSS1\nTKTAuthPublicKey /k/rsa.pub\nAuthType None'), options), [])
})

t.test('there are 19 directives, 9 of them in both modules', async (t) => {
  t.equal(SIGNED_NAMES.length, 19)
  t.equal(SIGNED_NAMES.filter((name) => ownerOf(name) === undefined).length, 9)
  t.equal(TICKET_NAMES.filter((name) => ownerOf(name) === 'mod_auth_tkt').length, 17)
  for (const name of SIGNED_NAMES) t.notMatch(wrong(inside(`${name} a b c`), options), /unknown|bearing|read as/, name)
})
