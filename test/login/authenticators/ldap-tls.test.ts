/** TLS to the directory: who is believed, and somebody in between who speaks before it begins. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { Client } from 'ldapts'
import t, { type Test } from 'tap'
import { slapdMissing } from '../../../native-fixtures/debian.mjs'
import { makeCertificate } from '../../../native-fixtures/slapd.mjs'
import {
  BIND_RESPONSE,
  BY_DN,
  EXTENDED_RESPONSE,
  idOf,
  PASSWORD,
  result,
  serverFor,
  slapdFor,
  staffOf,
  WAYS,
  WRONG,
} from './directory.js'

const skip = slapdMissing() ?? false
const ALICE = { uid: 'alice', password: PASSWORD }

/** PEM, for this machine or for another host. */
async function certificate(t: Test, names?: string): Promise<{ cert: string; key: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'authtkt-ldap-tls-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return { cert: await makeCertificate(folder, names), key: readFileSync(join(folder, 'key.pem'), 'utf8') }
}

t.test('by a real slapd', { skip }, async (t) => {
  const slapd = await slapdFor(t)
  const localhost = slapd.url.replace('127.0.0.1', 'localhost')
  const file = join(mkdtempSync(join(tmpdir(), 'authtkt-ca-')), 'ca.pem')
  writeFileSync(file, slapd.ca)
  t.teardown(() => rmSync(join(file, '..'), { recursive: true }))
  const { cert: other } = await certificate(t)
  for (const [way, options] of WAYS) {
    const both: readonly (readonly [string, object])[] = [
      [slapd.secureUrl, options],
      [slapd.url, { ...options, startTls: true }],
      [localhost, { ...options, startTls: true }],
    ]
    for (const [url, tls] of both) {
      const name = `${way}, ${url}`
      for (const ca of [slapd.ca, file]) {
        const staff = await staffOf(t, url, { ...tls, ca })
        t.match(await staff.check(ALICE), { ok: true, account: { uid: 'alice' } }, name)
        t.same(await staff.check({ ...ALICE, password: 'x' }), WRONG)
      }
      for (const ca of [other, undefined]) {
        const staff = await staffOf(t, url, { ...tls, ...(ca && { ca }) })
        const checked = await staff.check(ALICE)
        t.match(checked, { ok: false, reason: 'unavailable', cause: /^ldap: TLS: .*(?:SELF_SIGNED|CERT|VERIFY)/ }, name)
        t.notMatch(JSON.stringify(checked), /battery|alice/)
      }
    }
  }
})

/** Speaks StartTLS, answers every bind with 49 through TLS; `before` is said in plain text, with the yes to StartTLS. */
async function refusing(t: Test, certificateName?: string, before = Buffer.alloc(0)) {
  const { cert, key } = await certificate(t, certificateName)
  const heard: Buffer[] = []
  const { url } = await serverFor(t, (socket) => {
    socket.once('data', (request) => {
      socket.write(Buffer.concat([result(idOf(request), EXTENDED_RESPONSE, 0), before]))
      const secure = new TLSSocket(socket, { isServer: true, cert, key })
      secure.on('error', () => {})
      secure.on('data', (bind) => {
        heard.push(bind)
        secure.write(result(idOf(bind), BIND_RESPONSE, 49))
      })
    })
  })
  return { url, ca: cert, heard }
}

t.test('a certificate of another host: nothing is said to it', { skip }, async (t) => {
  const { url, ca, heard } = await refusing(t, 'DNS:other.example.com')
  const staff = await staffOf(t, url, { ...BY_DN, startTls: true, ca })
  const cause = 'ldap: TLS: ERR_TLS_CERT_ALTNAME_INVALID'
  t.same(await staff.check(ALICE), { ok: false, reason: 'unavailable', cause })
  t.same(heard, [])
})

/** A good answer to the bind of this message ID, but for its last 14 bytes: those of the real answer fill it up. */
const begun = (id: number) => Buffer.from([0x30, 26, 2, 1, id, BIND_RESPONSE, 21, 10, 1, 0, 4, 0, 4, 14])

t.test('an answer that somebody in between has begun before TLS', { skip }, async (t) => {
  const naive = await refusing(t, undefined, begun(3))
  const client = new Client({ url: naive.url })
  t.teardown(() => client.unbind())
  await client.startTLS({ ca: naive.ca, host: '127.0.0.1' })
  await t.resolves(client.bind('uid=alice', 'another password'), 'the package alone believes it')
  for (const id of [1, 2, 3, 4]) {
    const { url, ca } = await refusing(t, undefined, begun(id))
    const staff = await staffOf(t, url, { ...BY_DN, startTls: true, ca })
    t.same(await staff.check({ uid: 'alice', password: 'another password' }), WRONG, `message ${id}`)
  }
})
