/** The JSON Schema accepts what the reader accepts. */

import { execFileSync } from 'node:child_process'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { configSchema } from '../../src/config/schema.js'

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(configSchema())

const GOOD: unknown[] = [
  {},
  { $schema: './schema.json', compat: 'exact', timeout: '2h' },
  {
    keys: [
      { secret: { file: 'a' }, digest: 'md5' },
      { secret: { env: 'A' }, digest: 'sha512', dialect: 'lighttpd' },
    ],
  },
  { keys: [{ secret: { apacheFile: 'a', line: 3 }, digest: 'sha256', acceptUntil: '2030-01-01' }] },
  { keys: [{ secret: 'inline', digest: 'md5', acceptUntil: 1700000000 }] },
  { hosts: [81, 'any' as const, 'none' as const, null].map((namedPort) => ({ names: ['a'], namedPort })) },
  { hosts: [{ names: ['a', '*.b'], port: null, keys: [{ secret: { env: 'A' }, digest: 'md5' }], areas: [] }] },
  { groups: { file: 'groups' }, areas: [{ path: '/a', groups: { staff: ['a'] }, require: { groups: ['staff'] } }] },
  {
    areas: [
      {
        path: '/',
        require: { all: ['valid-user', { not: { ips: ['10.0.0.0/8'] } }, { any: [{ none: ['denied'] }] }] },
      },
    ],
  },
  { timeoutRefresh: 0.5, cookieSecure: 'tls', trustedProxies: 'any' },
  {
    gateway: {},
    upstream: 'http://a',
    routes: [{ path: '/a', files: 'a' }],
    reverse: [{ path: '/', url: 'http://a' }],
  },
  {
    areas: [
      { path: '/a', require: 'granted', upstream: 'unix:/a' },
      { path: '/b', files: 'b' },
    ],
  },
  {
    hosts: [
      {
        names: ['a'],
        files: '.',
        fallback: false,
        routes: [{ path: '/', nobody: 'why', pattern: 'a' }],
        areas: [{ path: '/', files: 'a' }],
      },
    ],
  },
  {
    gateway: {
      listen: [
        '80',
        { address: '*:443', tls: { cert: 'c', key: 'k' } },
        { address: '1', tls: [{ names: ['a'], cert: 'c', key: 'k' }] },
      ],
      admin: '9',
      forwardAuth: { listen: 'unix:/a', peers: ['::1'] },
      identity: { uid: 'X-User', tokens: ['a', 'b'] },
      forwardTicket: true,
      timeouts: { idle: '2m', head: 3 },
      limits: { bodyBytes: null, waiting: 0 },
      workers: 2,
    },
  },
  {
    login: {
      authenticators: [
        { type: 'htpasswd', file: 'users' },
        { type: 'ldap', url: 'ldaps://a', bindDn: 'uid={uid}' },
      ],
      providers: [{ name: 'a', issuer: 'https://a', clientId: 'b', clientSecret: { env: 'C' } }],
    },
  },
]
const BAD: unknown[] = [
  [],
  { compatt: 'exact' },
  { keys: [{ secret: { file: 'a', env: 'b' }, digest: 'md5' }] },
  { keys: [{ secret: 7, digest: 'md5' }] },
  { keys: [{ secret: { file: 'a' } }] },
  { areas: [{ require: 'nobody' }] },
  { timeoutRefresh: 2 },
  { hosts: [{}] },
  { upstreem: 'http://a' },
  { fallback: true },
  { gateway: { listn: '80' } },
  { gateway: { listen: { addres: '80' } } },
  { gateway: { timeouts: { idel: 1 } } },
  { gateway: { workers: 0 } },
  { login: { authenticators: [{ type: 'htpaswd', file: 'users' }] } },
  { login: { providers: [{ name: 'a', issuer: 'https://a', clientId: 'b', clientSecret: 7 }] } },
  { routes: [{ path: '/a', upstrem: 'http://a' }] },
  { hosts: [{ names: ['a'], gateway: {} }] },
  { areas: [{ path: '/a', routes: [] }] },
]

t.test('good and bad configurations', async (t) => {
  for (const config of GOOD) t.ok(validate(config), JSON.stringify([config, validate.errors]))
  for (const config of BAD) t.notOk(validate(config), JSON.stringify(config))
})

t.test('it is a draft 2020-12 schema with descriptions', async (t) => {
  const schema = configSchema() as { $schema: string; properties: Record<string, { description?: string }> }
  t.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema')
  for (const [name, { description }] of Object.entries(schema.properties)) t.ok(description, name)
})

t.test('a build step writes it', async (t) => {
  const path = `${t.testdir({})}/schema.json`
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [...process.execArgv, 'src/config/write-schema.ts', ...args], { stdio: 'pipe' })
  run(path)
  const { readFileSync } = await import('node:fs')
  t.same(JSON.parse(readFileSync(path, 'utf8')), configSchema())
  t.throws(() => run())
})
