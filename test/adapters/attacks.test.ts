/** However /admin is spelt: no handler behind it runs without a ticket, on any server. */

import t from 'tap'
import type { GuardOptions } from '../../src/policy/options.js'
import { bytesOf, raw, statusOf } from './client.js'
import { SERVERS, start } from './servers.js'
import { cookie, OLD_SECRET, siteGuard } from './site.js'

const TARGETS = [
  '/admin',
  '/admin/',
  '/admin?x',
  '/admin/deep',
  '/admin/deep/',
  '//admin',
  '///admin//deep',
  '/./admin',
  '/admin/.',
  '/public/../admin',
  '/public/..//admin',
  '/public/./../admin/deep',
  '/public/%2e%2e/admin',
  '/public/.%2E/admin',
  '/public%2f..%2fadmin',
  '/public/..%2fadmin',
  '/public/..%5cadmin',
  '/public\\..\\admin',
  '/public/..\\admin',
  '\\admin',
  '/\\admin',
  '/%5cadmin',
  '/%61dmin',
  '/%2561dmin',
  '/%61%64%6D%69%6e/deep',
  '/ADMIN',
  '/Admin/Deep',
  '/%41DMIN',
  '/admin;x',
  '/admin;x/deep',
  '/;/admin',
  '/public/..;/admin',
  '/admin%3bx',
  '/admin.',
  '/admin./deep',
  '/admin%20',
  '/admin%00',
  '/admin%0a',
  '/admin#',
  '/public#/../admin',
  '/public?/../../admin',
  '/admin%23',
  '/admin%3fx',
  '/admin%',
  '/%zz/../admin',
  '/public/%252e%252e/admin',
  '/public/%c0%ae%c0%ae/admin',
  '/public/%e0%80%ae./admin',
  '/../admin',
  '/%2e/admin',
  '?/admin',
  '*',
  'admin',
  'http://site.test/admin',
  'http://site.test//admin',
  'http://site.test/public/../admin',
  'http://site.test/%61dmin',
  'HTTP://SITE.test/admin/deep',
  'https://site.test/admin',
  'http://other.test/admin',
  'http://site.test:80/admin',
  'http://admin@site.test/admin',
  'http://site.test\\admin',
  'http://site.test',
  'http://site.test?/admin',
  'http:/admin',
  'http:///admin',
  'ftp://site.test/admin',
  'javascript:/admin',
]

const HOSTS: readonly (readonly string[])[] = [
  ['Host: site.test'],
  ['Host: site.test', 'Host: other.test'],
  ['Host: a/admin'],
  [],
]
const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS', 'PROPFIND']
const BAD_TICKETS = [
  [],
  [`Cookie: ${cookie('alice', { age: 100_000 })}`],
  [`Cookie: ${cookie('alice', { ip: '10.0.0.1' })}`],
  [`Cookie: ${cookie('alice').slice(0, -8)}`],
  ['Cookie: auth_tkt=', `Cookie: auth_tkt="${'!'.repeat(200)}"`],
  [`Cookie: other_tkt=${cookie('alice', { secret: OLD_SECRET }).slice(9)}`],
]

const GUARDS: Readonly<Record<string, Partial<GuardOptions>>> = {
  'open by default': {},
  'an area around an open one': { areas: [{ path: '/' }, { path: '/public', require: 'granted' }] },
  'by prefix and by pattern': {
    areas: [
      { pattern: '^/admin', require: 'valid-user' },
      { path: '/public', require: 'granted' },
    ],
  },
}

for (const [policy, options] of Object.entries(GUARDS)) {
  const guard = siteGuard(options)
  for (const name of Object.keys(SERVERS)) {
    t.test(`${name}: ${policy}`, async (t) => {
      const site = await start(t, name, guard)
      const admins = () => site.log.runs.filter((route) => /^\/admin(?:\/|$)/.test(route))
      for (const target of TARGETS) {
        for (const [index, host] of HOSTS.entries()) {
          const headers = [...host, ...(BAD_TICKETS[(index + target.length) % BAD_TICKETS.length] as string[])]
          const method = METHODS[(index * 7 + target.length) % METHODS.length] as string
          await Promise.all([
            raw(site.port, bytesOf(target, headers, 'GET')),
            raw(site.port, bytesOf(target, headers, method)),
          ])
          t.strictSame(admins(), [], `${target} with ${host.join(', ') || 'no Host'}`)
        }
      }
      t.strictSame(
        site.log.errors.filter((error) => !isClientError(error)),
        [],
        'and nothing fails',
      )
    })
  }
}

/** Fastify tells its error handler about targets that it cannot decode. */
function isClientError(error: unknown): boolean {
  return (error as { statusCode?: number }).statusCode === 400
}

t.test('with a ticket, the plain spellings work', async (t) => {
  const guard = siteGuard()
  const headers = ['Host: site.test', `Cookie: ${cookie('alice')}`]
  for (const name of Object.keys(SERVERS)) {
    const site = await start(t, name, guard)
    for (const target of ['/admin', '/admin?x=/../public', '/admin/deep', '/%61dmin']) {
      t.equal(statusOf(await raw(site.port, bytesOf(target, headers))), 200, `${name} ${target}`)
    }
    for (const target of ['//admin', '/public/../admin', 'http://site.test/admin']) {
      const status = statusOf(await raw(site.port, bytesOf(target, headers)))
      t.ok([200, 400].includes(status), `${name} ${target}: run as judged, or not at all (${status})`)
    }
    t.equal(statusOf(await raw(site.port, bytesOf('http://other.test/admin', headers))), 400, `${name}: two hosts`)
  }
})

t.test('virtual hosts: no open host opens another', async (t) => {
  const guard = siteGuard({
    unknownHost: 'refuse',
    areas: [],
    hosts: [
      { names: ['open.test'], areas: [{ path: '/', require: 'granted' }] },
      { names: ['shut.test'], areas: [{ path: '/' }] },
    ],
  })
  for (const name of Object.keys(SERVERS)) {
    const site = await start(t, name, guard)
    const status = async (target: string, ...headers: string[]) =>
      statusOf(await raw(site.port, bytesOf(target, headers)))
    t.equal(await status('/admin', 'Host: open.test'), 200, name)
    t.equal(await status('/admin', 'Host: shut.test'), 307, name)
    t.equal(await status('http://open.test/admin', 'Host: shut.test'), 400, name)
    t.equal(await status('http://shut.test/admin', 'Host: open.test'), 400, name)
    t.equal(await status('/admin', 'Host: open.test', 'Host: shut.test'), 400, name)
    t.equal(await status('/admin', 'Host: shut.test', 'Host: open.test'), 400, name)
    t.equal(site.log.runs.length, 1)
  }
})
