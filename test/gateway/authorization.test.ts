/** The Authorization header that signed tickets have for the application, and what brings such tickets, on the way through. */

import { generateKeyPairSync } from 'node:crypto'
import t, { type Test } from 'tap'
import type { GuardOptions } from '../../src/policy/options.js'
import { createPubtktIssuer } from '../../src/pubtkt/issue.js'
import { gateway, headOf, rawUpstream, talk } from './gateways.js'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const issuer = createPubtktIssuer({ key: { privateKey: privatePem, digest: 'sha256' } })

const BAUTH = Buffer.from('alice:wonderland').toString('base64')
const BASIC = `Basic ${BAUTH}`
const FAKE = `Basic ${Buffer.from('alice:password').toString('base64')}`
const MINE = 'Basic Y2xpZW50OnB3'
const value = issuer.issue({ uid: 'alice', bauth: BAUTH, validUntil: 4_000_000_000 })
const poor = issuer.issue({ uid: 'alice', validUntil: 4_000_000_000 })

const OPTIONS: Partial<GuardOptions> = {
  keys: undefined,
  publicKeys: [{ publicKey: publicPem, digest: 'sha256' }],
  areas: [
    { path: '/passed', authType: 'mod_auth_pubtkt', passthruBasicAuth: true, cookieName: 'auth_pubtkt' },
    { path: '/fake', authType: 'mod_auth_pubtkt', fakeBasicAuth: true, cookieName: 'auth_pubtkt' },
    {
      path: '/kept',
      authType: 'mod_auth_pubtkt',
      fakeBasicAuth: true,
      clientAuthorization: 'keep',
      cookieName: 'auth_pubtkt',
    },
    { path: '/neither', authType: 'mod_auth_pubtkt', ticketHeaders: ['X-Ticket', 'Cookie'], cookieName: 'auth_pubtkt' },
  ],
}

async function seen(t: Test, target: string, lines: readonly string[], options: Partial<GuardOptions> = {}) {
  const upstream = await rawUpstream(t, OK)
  const gate = await gateway(t, upstream.url, { options: { ...OPTIONS, ...options } })
  const text = await talk(t, gate.port, headOf(target, [...lines, 'Connection: close']))
  const all = (upstream.seen[0] ?? '').split('\r\n').slice(1, -2)
  const named = (name: string) => all.filter((line) => line.toLowerCase().startsWith(`${name}:`))
  return { text, all, authorization: named('authorization').map((line) => line.slice('authorization: '.length)) }
}

const ticket = `Cookie: a=1; auth_pubtkt=${value}; b=2`
const spoofs = [`authorization: ${MINE}`, `AUTHORIZATION: ${MINE}`, 'Authorization: Bearer x']

t.test('what the application gets as Authorization', async (t) => {
  for (const lines of [[], spoofs]) {
    t.strictSame((await seen(t, '/passed', [ticket, ...lines])).authorization, [BASIC], 'bauth')
    t.strictSame((await seen(t, '/fake', [ticket, ...lines])).authorization, [FAKE])
    t.strictSame((await seen(t, '/passed', [`Cookie: auth_pubtkt=${poor}`, ...lines])).authorization, [], 'no bauth')
  }
  t.strictSame((await seen(t, '/kept', [ticket, `Authorization: ${MINE}`])).authorization, [MINE])
  t.strictSame((await seen(t, '/kept', [ticket])).authorization, [FAKE])
  t.strictSame((await seen(t, '/neither', [ticket, `Authorization: ${MINE}`])).authorization, [MINE])
  t.strictSame((await seen(t, '/open', [ticket, `Authorization: ${MINE}`])).authorization, [MINE])
  const hop = await seen(t, '/passed', [ticket, 'Connection: authorization'])
  t.strictSame(hop.authorization, [BASIC], 'a client cannot have ours dropped on the way')
})

t.test('in shadow mode everything goes on as it came', async (t) => {
  const { authorization, all } = await seen(t, '/passed', [ticket, ...spoofs], { shadow: true })
  t.strictSame(authorization, [MINE, MINE, 'Bearer x'])
  t.ok(all.includes(ticket))
})

t.test('upgrades', async (t) => {
  const upstream = await rawUpstream(t, 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
  const gate = await gateway(t, upstream.url, { options: OPTIONS })
  const lines = [ticket, `Authorization: ${MINE}`, 'Connection: Upgrade', 'Upgrade: websocket']
  await talk(
    t,
    gate.port,
    headOf('/passed', [...lines, 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==']),
  )
  const got = (upstream.seen[0] ?? '').split('\r\n').filter((line) => /^authorization:/i.test(line))
  t.strictSame(got, [`Authorization: ${BASIC}`])
})

t.test('signed tickets end here, in cookies and in headers', async (t) => {
  const cookies = ({ all }: { all: readonly string[] }) => all.filter((line) => /^cookie:|^x-ticket:/i.test(line))
  t.strictSame(cookies(await seen(t, '/passed', [ticket])), ['Cookie: a=1; b=2'])
  t.strictSame(cookies(await seen(t, '/neither', [`X-Ticket: ${value}`, 'Cookie: a=1'])), ['Cookie: a=1'])
  t.strictSame(cookies(await seen(t, '/open', [`x-ticket: ${value}`])), [])
  const exact: Partial<GuardOptions> = { compat: 'exact', module: 'mod_auth_pubtkt' }
  for (const [sent, left] of [
    [`a=1; my_auth_pubtkt=${value}; b=2`, ['Cookie: a=1; b=2']],
    [`a=1;x=y auth_pubtkt=${value}`, ['Cookie: a=1']],
    [`my_auth_pubtkt="${value}"`, []],
    ['a=1; auth_pubtkt2=x', ['Cookie: a=1; auth_pubtkt2=x']],
  ] as const)
    t.strictSame(cookies(await seen(t, '/open', [`Cookie: ${sent}`], exact)), left, sent)
  t.strictSame(
    cookies(await seen(t, '/open', [`Cookie: my_auth_pubtkt=${value}`])),
    [`Cookie: my_auth_pubtkt=${value}`],
    'where only whole names count',
  )
})
