/** How people sign in, as our configuration says it: in the whole one and in a file of its own; one line for every mistake. */

import t from 'tap'
import { readConfig, readLogin } from '../../src/config/json.js'
import { loadLogin } from '../../src/config/load.js'
import { filesOf, trouble } from './config-helpers.js'

const FILES = filesOf({ '/etc/tkt/ldap-password': 'of the search\n', '/etc/tkt/gitlab': 'of the client\n' })
const where = { file: '/etc/tkt/authtkt.json', files: FILES, environment: { OIDC: 'of the environment' } }

const read = (login: unknown) => readConfig(JSON.stringify({ login }, null, 1), where).serving.login
const wrong = (login: unknown) => trouble(() => read(login))
const HTPASSWD = { type: 'htpasswd', file: 'users' }
const GITLAB = { name: 'gitlab', issuer: 'https://gitlab.example.com', clientId: 'x' }
const LDAP = { type: 'ldap', url: 'ldaps://ldap.example.com', bindDn: 'uid={uid},dc=example' }

t.test('a signing key that is none is refused, in a file and in the configuration itself', (t) => {
  const block = (label: string) => `-----BEGIN ${label}-----\nc2VjcmV0\n-----END ${label}-----\n`
  const signing = (privateKey: string) =>
    wrong({ authenticators: [HTPASSWD], signingKey: { privateKey, digest: 'sha256' } })
  for (const label of ['PUBLIC KEY', 'ENCRYPTED PRIVATE KEY', 'CERTIFICATE']) {
    const said = signing(block(label))
    t.match(said, /^\/etc\/tkt\/authtkt\.json:\d+: login\.signingKey\.privateKey: /, label)
    t.notMatch(said, /c2VjcmV0/)
  }
  t.end()
})

t.test('files begin at the folder of the configuration, secrets are read', async (t) => {
  t.strictSame(
    read({
      path: '/auth',
      authenticators: [
        { ...HTPASSWD, groupFile: '/srv/groups' },
        { type: 'module', file: 'own.mjs' },
        { ...LDAP, bindDn: undefined, searchBase: 'dc=example', ca: 'ca.pem', password: { file: 'ldap-password' } },
        LDAP,
      ],
      providers: [
        { ...GITLAB, clientSecret: { file: 'gitlab' } },
        { ...GITLAB, name: 'other', clientSecret: { env: 'OIDC' } },
        { ...GITLAB, name: 'public' },
        { ...GITLAB, name: 'inline', clientSecret: 'in the text' },
      ],
    }),
    {
      path: '/auth',
      authenticators: [
        { type: 'htpasswd', file: '/etc/tkt/users', groupFile: '/srv/groups' },
        { type: 'module', file: '/etc/tkt/own.mjs' },
        {
          type: 'ldap',
          url: 'ldaps://ldap.example.com',
          searchBase: 'dc=example',
          ca: '/etc/tkt/ca.pem',
          password: 'of the search',
        },
        LDAP,
      ],
      providers: [
        { ...GITLAB, clientSecret: 'of the client' },
        { ...GITLAB, name: 'other', clientSecret: 'of the environment' },
        { ...GITLAB, name: 'public' },
        { ...GITLAB, name: 'inline', clientSecret: 'in the text' },
      ],
      at: '/etc/tkt/authtkt.json:2: login',
    },
  )
  t.equal(readConfig('{}').serving.login, undefined)
})

t.test('one line for every mistake', async (t) => {
  const at = (line: number, place: string) => `/etc/tkt/authtkt.json:${line}: ${place}: `
  for (const [login, message] of [
    [{}, `${at(2, 'login')}nobody could sign in; give authenticators or providers`],
    [{ paht: '/x' }, /authtkt\.json:3: login\.paht: there is no option 'paht' here; did you mean 'path'\?/],
    [{ path: 'login' }, /login\.path: give a plain path/],
    [{ path: '/login/' }, /login\.path: give a plain path/],
    [{ url: 'login' }, /login\.url: give an URL/],
    [{ url: 'https://a.example/x', authenticators: [HTPASSWD] }, /login\.url: must end in the login's path, \/login$/],
    [{ home: '//evil.example', authenticators: [HTPASSWD] }, /login\.home: give a path, or an URL with http/],
    [{ backHosts: ['a:80'] }, /login\.backHosts\[0\]: a host is a name/],
    [{ authenticators: [{ type: 'htpaswd' }] }, /login\.authenticators\[0\]\.type: /],
    [
      { authenticators: [{ ...HTPASSWD, flie: 'x' }] },
      /login\.authenticators\[0\]\.flie: there is no option 'flie' here; did you mean 'file'\?/,
    ],
    [{ authenticators: [{ type: 'htpasswd' }] }, /login\.authenticators\[0\]\.file: /],
    [{ authenticators: [{ ...LDAP, searchBase: 'x' }] }, /login\.authenticators\[0\]: give bindDn, or searchBase/],
    [{ authenticators: [{ ...LDAP, bindDn: undefined }] }, /login\.authenticators\[0\]: give bindDn, or searchBase/],
    [{ authenticators: [{ ...LDAP, url: 'http://x' }] }, /login\.authenticators\[0\]\.url: give ldap:/],
    [
      { authenticators: [{ ...LDAP, password: { file: 'none' } }] },
      /login\.authenticators\[0\]\.password: 'none' cannot be read/,
    ],
    [{ providers: [GITLAB, GITLAB] }, /login\.providers\[1\]\.name: two providers have this name/],
    [{ providers: [{ ...GITLAB, name: 'Git Lab' }] }, /login\.providers\[0\]\.name: small letters/],
    [
      { providers: [{ ...GITLAB, clientSecret: { env: 'NONE' } }] },
      /login\.providers\[0\]\.clientSecret: the environment has no NONE/,
    ],
    [
      { providers: [{ ...GITLAB, tokens: { claim: 'groups', allow: [], calim: 'x' } }] },
      /login\.providers\[0\]\.tokens\.calim: there is no option 'calim'/,
    ],
    [{ providers: [GITLAB], passthru: true }, /login\.passthru: nobody signs in with a password here; give authentic/],
    [{ providers: [{ ...GITLAB, prompt: 'x' }] }, /login\.providers\[0\]\.prompt: /],
  ] as const) {
    t.match(wrong(login), message, JSON.stringify(login))
  }
})

t.test('in a file of its own', async (t) => {
  const text = JSON.stringify({ $schema: 'x', authenticators: [HTPASSWD] })
  t.match(readLogin(text), {
    config: { authenticators: [HTPASSWD], providers: [], at: 'login.json:1: login' },
    notes: [],
  })
  t.match(
    trouble(() => readLogin('[]')),
    /^login\.json:1: JSON: must be an object/,
  )
  t.match(
    trouble(() => readLogin('{"flie": 1}')),
    /^login\.json:1: flie: there is no option/,
  )
  t.match(
    trouble(() => readLogin('{}', { file: 'a.json' })),
    /^a\.json:1: .*nobody could sign in/,
  )
  const dir = t.testdir({ 'login.json': text })
  t.match(loadLogin(`${dir}/login.json`), { config: { authenticators: [{ file: `${dir}/users` }] } })
  t.match(
    trouble(() => loadLogin(`${dir}/none.json`)),
    /none\.json: login: cannot be read/,
  )
})
