/** A real slapd of OpenLDAP on free loopback ports: its own folder, its own directory of a few people and groups. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startChild } from './child.mjs'
import { OPENSSL, SLAPADD, SLAPD } from './debian.mjs'

/**
 * @typedef {object} Slapd
 * @property {string} url `ldap://127.0.0.1:PORT`
 * @property {string} secureUrl `ldaps://127.0.0.1:PORT`
 * @property {number} port
 * @property {string} ca its certificate as PEM, which signs itself
 * @property {() => Promise<void>} down ends the server, and keeps its directory and ports
 * @property {() => Promise<void>} up starts it again
 * @property {() => Promise<void>} stop ends the server and removes its folder
 */

export const BASE = 'dc=example,dc=com'
export const PEOPLE = `ou=people,${BASE}`
export const GROUPS = `ou=groups,${BASE}`
/** May read the directory, as a service account does. */
export const READER = `cn=reader,${BASE}`
/** Everybody's, the reader's too. */
export const PASSWORD = 'correct horse battery'

const PATIENCE = 10_000

/** @param {{ unauthenticated?: boolean }} [options] `unauthenticated`: a DN with no password is welcome (RFC 4513, 5.1.2) */
export async function startSlapd({ unauthenticated = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'authtkt-slapd-'))
  try {
    const ca = await makeCertificate(folder)
    await mkdir(join(folder, 'data'))
    await writeFile(join(folder, 'slapd.conf'), configuration(folder, unauthenticated))
    await writeFile(join(folder, 'people.ldif'), people())
    const files = ['-f', join(folder, 'slapd.conf'), '-l', join(folder, 'people.ldif')]
    execFileSync(SLAPADD, files, { stdio: ['ignore', 'ignore', 'pipe'] })
    return await serving(folder, ca)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** @param {string} folder @param {string} ca @returns {Promise<Slapd>} */
async function serving(folder, ca) {
  const [port, securePort] = [await freePort(), await freePort()]
  const [url, secureUrl] = [`ldap://127.0.0.1:${port}`, `ldaps://127.0.0.1:${securePort}`]
  // `-d 0` keeps it in the foreground, so that it dies with this process.
  const args = ['-f', join(folder, 'slapd.conf'), '-h', `${url}/ ${secureUrl}/`, '-d', '0']
  /** @type {import('./child.mjs').Child | undefined} */
  let child
  const down = async () => {
    await child?.stop()
  }
  const up = async () => {
    child = await startChild(SLAPD, args)
    for (const end = Date.now() + PATIENCE; Date.now() < end && !child.isOver(); await delay(20)) {
      if ((await listens(port)) && (await listens(securePort))) return
    }
    await down()
    throw new Error(`slapd did not start: ${child.complaint()}`)
  }
  const stop = async () => {
    await down()
    await rm(folder, { recursive: true, force: true })
  }
  await up()
  return { url, secureUrl, port, ca, down, up, stop }
}

/** @param {string} folder @param {boolean} unauthenticated */
const configuration = (folder, unauthenticated) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile ${folder}/slapd.pid
${unauthenticated ? 'allow bind_anon_dn' : ''}
TLSCertificateFile ${folder}/cert.pem
TLSCertificateKeyFile ${folder}/key.pem
TLSCACertificateFile ${folder}/cert.pem
database mdb
suffix "${BASE}"
directory ${folder}/data
maxsize 10485760
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
`

/** uid, and what else there is to say. The names are those that go wrong where somebody forgets to escape. */
const PERSONS = [
  ['alice', ['mail: alice@example.com', 'displayName: Alice & Co = 100 %', 'mobile: 1', 'mobile: 2']],
  ['Bob', ['mail: team@example.com']],
  ['carol', ['mail: team@example.com']],
  ["O'Brien, (x)", ['mail: obrien@example.com']],
  ['a*b', []],
  ['jürgen', ['displayName: Jürgen']],
  [' #+"\\<>;=', []],
  ['bad!uid', []],
]

function people() {
  const persons = PERSONS.map(([uid, more]) => entry(`uid=${escaped(uid)},${PEOPLE}`, person(`${uid}`, [...more])))
  const memberOf = (/** @type {string} */ group) => `memberOf: cn=${escaped(group)},${GROUPS}`
  return [
    entry(BASE, ['objectClass: dcObject', 'objectClass: organization', 'dc: example', 'o: Example']),
    entry(PEOPLE, ['objectClass: organizationalUnit', 'ou: people']),
    entry(GROUPS, ['objectClass: organizationalUnit', 'ou: groups']),
    entry(READER, [
      'objectClass: organizationalRole',
      'objectClass: simpleSecurityObject',
      'cn: reader',
      `userPassword: ${PASSWORD}`,
    ]),
    ...persons,
    entry(`cn=two names,${PEOPLE}`, [
      ...person('two', ['uid: zwei', 'cn: two names']).filter((line) => line !== 'cn: two'),
    ]),
    entry(`cn=no uid,${PEOPLE}`, [
      'objectClass: person',
      'cn: no uid',
      'sn: x',
      'description: nobody',
      `userPassword: ${PASSWORD}`,
    ]),
    entry(
      `uid=locked,${PEOPLE}`,
      person('locked', []).filter((line) => !line.startsWith('userPassword')),
    ),
    entry(`uid=dave,${PEOPLE}`, person('dave', [memberOf('Editors'), memberOf('admins'), memberOf('wheel, (all)')])),
    ...['Editors', 'admins', 'wheel, (all)'].map((name) =>
      entry(`cn=${escaped(name)},${GROUPS}`, [
        'objectClass: groupOfNames',
        `cn: ${name}`,
        `member: uid=dave,${PEOPLE}`,
        ...(name === 'Editors' ? [`member: uid=${escaped("O'Brien, (x)")},${PEOPLE}`] : []),
      ]),
    ),
  ].join('\n')
}

/** @param {string} uid @param {readonly string[]} more */
const person = (uid, more) => [
  'objectClass: inetOrgPerson',
  `uid: ${uid}`,
  `cn: ${uid}`,
  'sn: x',
  `userPassword: ${PASSWORD}`,
  ...more,
]

/** LDIF (RFC 2849). Values may be anything, so all of them are base64. @param {string} dn @param {readonly string[]} lines */
function entry(dn, lines) {
  const coded = [`dn: ${dn}`, ...lines].map((line) => {
    const [, name, value] = /** @type {string[]} */ (/^(\w+): (.*)$/s.exec(line))
    return `${name}:: ${Buffer.from(`${value}`).toString('base64')}`
  })
  return `${coded.join('\n')}\n`
}

/** @param {unknown} value as part of a DN (RFC 4514) */
const escaped = (value) =>
  `${value}`.replace(/[,+"\\<>;=#]|^ | $/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** @param {string} folder @returns {Promise<string>} */
export async function makeCertificate(folder) {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const about = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const out = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  execFileSync(OPENSSL, ['req', '-x509', ...ec, ...about, ...out], { stdio: 'ignore' })
  return readFile(join(folder, 'cert.pem'), 'utf8')
}

/** @param {number} port @returns {Promise<boolean>} */
async function listens(port) {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}
