/**
 * Where Debian's packages put the native pieces, and the reason to give when one of them is not there.
 *
 * AUTHTKT_NATIVE_ROOT names a folder that a package was unpacked into with `dpkg -x`; it is searched before `/`. That
 * way packages that conflict with each other (mod_auth_tkt and mod_auth_pubtkt) can both be used, and neither has to be
 * installed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unpacked } from './unpacked.mjs'

/** Comes with `apache2-bin`, which brings no service; the `apache2` package adds one. */
export const APACHE = '/usr/sbin/apache2'
/** The server's own modules, next to which Debian puts the third-party ones. */
export const SERVER_MODULES = '/usr/lib/apache2/modules'
export const PERL = '/usr/bin/perl'
/** Makes throw-away certificates. */
export const OPENSSL = '/usr/bin/openssl'
/** The proxies that ask our forward-auth endpoints. */
export const NGINX = '/usr/sbin/nginx'
export const CADDY = '/usr/bin/caddy'
export const HAPROXY = '/usr/sbin/haproxy'
/** What the login is tried with: a browser, the authors of htpasswd files, a directory server. */
export const CHROMIUM = '/usr/bin/chromium'
export const HTPASSWD = '/usr/bin/htpasswd'
export const SLAPD = '/usr/sbin/slapd'
export const SLAPADD = '/usr/sbin/slapadd'

/** What other issuers are written in. */
export const PYTHON = '/usr/bin/python3'
export const PHP = '/usr/bin/php'
export const RUBY = '/usr/bin/ruby'
export const TCLSH = '/usr/bin/tclsh'
/** The server that mod_authn_tkt is a module of. Debian does not have the module. */
export const LIGHTTPD = '/usr/sbin/lighttpd'

const TKT_MODULE = 'usr/lib/apache2/modules/mod_auth_tkt.so'
// Debian ships the issuers as examples, not as libraries.
const EXAMPLES = 'usr/share/doc/libapache2-mod-auth-tkt/examples'
const PERL_LIB = `${EXAMPLES}/cgi`
const PYTHON_LIB = '/usr/lib/python3/dist-packages'
const TCL_LIB = '/usr/share/tcltk'
/** What mod_auth_pubtkt's Perl issuer asks openssl with. */
const IPC_RUN3 = '/usr/share/perl5/IPC/Run3.pm'

/** It conflicts with mod_auth_tkt: where it is not installed, it is unpacked. */
const PUBTKT_PACKAGE = 'libapache2-mod-auth-pubtkt'
const PUBTKT_MODULE = 'usr/lib/apache2/modules/mod_auth_pubtkt.so'
const PUBTKT_EXAMPLES = `usr/share/doc/${PUBTKT_PACKAGE}/examples`

/** @param {string} path below a root @returns {string | undefined} */
function locate(path) {
  const roots = [process.env.AUTHTKT_NATIVE_ROOT ?? '/', '/']
  return roots.map((root) => join(root, path)).find((file) => existsSync(file))
}

/** @param {string} path below a root, or in the unpacked package @returns {string | undefined} */
function locatePubtkt(path) {
  const found = locate(path)
  if (found !== undefined) return found
  const folder = unpacked(PUBTKT_PACKAGE)
  return folder === undefined ? undefined : join(folder, path)
}

/** mod_auth_pubtkt's file. @returns {string | undefined} */
export const pubtktModule = () => locatePubtkt(PUBTKT_MODULE)

/** The folder with the issuers that come with it. @returns {string | undefined} */
export const pubtktExamples = () => locatePubtkt(PUBTKT_EXAMPLES)

/** Why no Apache with mod_auth_pubtkt can be started here. @returns {string | undefined} */
export function pubtktMissing() {
  if (!existsSync(APACHE)) return 'apache2 is not installed'
  if (!existsSync(OPENSSL)) return 'openssl is not installed'
  return pubtktModule() ? undefined : `${PUBTKT_PACKAGE} is neither installed nor to be had`
}

/** Why its issuers cannot be run here. @returns {string | undefined} */
export function pubtktIssuersMissing() {
  if (!pubtktExamples()) return `${PUBTKT_PACKAGE} is neither installed nor to be had`
  if (!existsSync(OPENSSL)) return 'openssl is not installed'
  if (!existsSync(PHP)) return 'php-cli is not installed'
  if (!existsSync(PERL)) return 'perl is not installed'
  return existsSync(IPC_RUN3) ? undefined : 'libipc-run3-perl is not installed'
}

/** The module's file. @returns {string | undefined} */
export const tktModule = () => locate(TKT_MODULE)

/** The folder to put on Perl's library path. @returns {string | undefined} */
export const perlLibrary = () => (locate(join(PERL_LIB, 'Apache/AuthTkt.pm')) ? locate(PERL_LIB) : undefined)

/** Why no Apache with mod_auth_tkt can be started here. @returns {string | undefined} */
export function apacheMissing() {
  if (!existsSync(APACHE)) return 'apache2 is not installed'
  if (!tktModule()) return 'libapache2-mod-auth-tkt is not installed'
  return undefined
}

/** The library that moves a process's clock, below a folder named after the machine. @returns {string | undefined} */
export function fakeTimeLibrary() {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').filter((name) => name.includes('-linux-')) : []
  return folders.flatMap((name) => locate(`usr/lib/${name}/faketime/libfaketime.so.1`) ?? []).at(0)
}

/** Why no process's clock can be moved here. @returns {string | undefined} */
export const fakeTimeMissing = () => (fakeTimeLibrary() ? undefined : 'libfaketime is not installed')

/** Why the Perl issuer cannot be run here. @returns {string | undefined} */
export function perlMissing() {
  if (!existsSync(PERL)) return 'perl is not installed'
  if (!perlLibrary()) return 'Apache/AuthTkt.pm of libapache2-mod-auth-tkt is not installed'
  return undefined
}

/** An issuer that mod_auth_tkt brings along. @param {string} name @returns {string | undefined} */
export const contribFile = (name) => locate(join(EXAMPLES, name))

/** @param {string} program @param {string} name of its package @param {string} file below the examples */
function contribIssuerMissing(program, name, file) {
  if (!existsSync(program)) return `${name} is not installed`
  if (!contribFile(file)) return `${file} of libapache2-mod-auth-tkt is not installed`
  return undefined
}

/** Why one of the issuers that come with mod_auth_tkt cannot be run here. @returns {string | undefined} */
export const python2IssuerMissing = () => contribIssuerMissing(PYTHON, 'python3', 'auth_ticket.py')
export const phpMissing = () => contribIssuerMissing(PHP, 'php-cli', 'auth_ticket.inc.php')
export const rubyMissing = () => contribIssuerMissing(RUBY, 'ruby', 'auth_tkt.rb')
/** @returns {string | undefined} */
export function tclMissing() {
  const libraries = existsSync(TCL_LIB) ? readdirSync(TCL_LIB) : []
  if (!libraries.some((name) => name.startsWith('tcllib'))) return 'tcllib is not installed'
  return contribIssuerMissing(TCLSH, 'tcl', 'tcl/auth_tkt.tcl')
}

/** @param {string} name of the package @param {string} file below Python's library */
const pythonMissing = (name, file) =>
  existsSync(PYTHON) && existsSync(join(PYTHON_LIB, file)) ? undefined : `${name} is not installed`

/** Why one of the frameworks cannot be run here. @returns {string | undefined} */
export const pasteMissing = () => pythonMissing('python3-paste', 'paste/auth/auth_tkt.py')
export const pyramidMissing = () => pythonMissing('python3-pyramid', 'pyramid/authentication.py')
export const repozeMissing = () => pythonMissing('python3-repoze.who', 'repoze/who/plugins/auth_tkt.py')
/** Yola's issuer encrypts with it. */
export const pythonCryptographyMissing = () => pythonMissing('python3-cryptography', 'cryptography/__init__.py')

/** Why no lighttpd can be started here. */
export const lighttpdMissing = () => (existsSync(LIGHTTPD) ? undefined : 'lighttpd is not installed')

/** Why one of the proxies cannot be started here. */
export const nginxMissing = () => (existsSync(NGINX) ? undefined : 'nginx is not installed')
export const caddyMissing = () => (existsSync(CADDY) ? undefined : 'caddy is not installed')
export const haproxyMissing = () => (existsSync(HAPROXY) ? undefined : 'haproxy is not installed')

/** Why the login cannot be tried with one of them here. */
export const chromiumMissing = () => (existsSync(CHROMIUM) ? undefined : 'chromium is not installed')
export const htpasswdMissing = () => (existsSync(HTPASSWD) ? undefined : 'apache2-utils is not installed')
export const slapdMissing = () => (existsSync(SLAPD) ? undefined : 'slapd is not installed')

/** What mod_auth_tkt's own test suite is written with: packages of Perl modules, with the module that tells. */
const SUITE = {
  'libapache2-mod-perl2': 'Apache::TestRun',
  'libwww-perl': 'LWP',
  'libdatetime-perl': 'DateTime',
}

/** Why that suite cannot be run here, beside what an Apache needs. @returns {string | undefined} */
export function suiteMissing() {
  if (!existsSync(PERL)) return 'perl is not installed'
  for (const [name, module] of Object.entries(SUITE)) {
    if (spawnSync(PERL, [`-M${module}`, '-e1'], { stdio: 'ignore' }).status !== 0) return `${name} is not installed`
  }
  return undefined
}

/** Where the Perl issuer lies: slim images leave such folders out. */
const PERL_DOCS = '/usr/share/doc/libapache2-mod-auth-tkt'
/** `apache2-bin`, not `apache2`: the latter would start a service on port 80. */
const PACKAGES = ['apache2-bin', 'libapache2-mod-auth-tkt', 'perl']
/** The issuers of `npm run record -- issuers`, besides those. */
const ISSUERS = ['python3-paste', 'python3-pyramid', 'python3-repoze.who', 'php-cli', 'ruby', 'tcl', 'tcllib']
/** What the tests need besides those: nothing that is recorded depends on it. */
const TOOLS = [
  'lighttpd',
  'libfaketime',
  'openssl',
  'nginx',
  'caddy',
  'haproxy',
  'chromium',
  'apache2-utils',
  'slapd',
  'python3-cryptography',
  'libipc-run3-perl',
  ...Object.keys(SUITE),
]
/** Debian asks this program before a package starts its service; 101 says no. Containers often have one. */
const POLICY = '/usr/sbin/policy-rc.d'

/** The first reason why something cannot be run here. @returns {string | undefined} */
function anyMissing() {
  const openssl = existsSync(OPENSSL) ? undefined : 'openssl is not installed'
  const proxies = nginxMissing() ?? caddyMissing() ?? haproxyMissing()
  const login = chromiumMissing() ?? htpasswdMissing() ?? slapdMissing()
  const frameworks = pasteMissing() ?? pyramidMissing() ?? repozeMissing() ?? pythonCryptographyMissing()
  const issuers = perlMissing() ?? python2IssuerMissing() ?? phpMissing() ?? rubyMissing() ?? tclMissing()
  const servers = lighttpdMissing() ?? apacheMissing() ?? fakeTimeMissing() ?? suiteMissing() ?? openssl
  const signed = pubtktMissing() ?? pubtktIssuersMissing()
  return servers ?? issuers ?? frameworks ?? proxies ?? login ?? signed
}

/** Installs what is missing with apt-get; throws where that cannot be done. */
export function installMissing() {
  const reason = anyMissing()
  if (!reason) return
  const packages = [...PACKAGES, ...ISSUERS, ...TOOLS]
  const wanted = `${reason}; wanted: ${packages.join(' ')}`
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`${wanted} (there is no apt-get here)`)
  if (process.getuid?.() !== 0) throw new Error(`${wanted} (run this as root, or install them)`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'inherit', env })
  const options = [
    '-qy',
    '--no-install-recommends',
    '--no-upgrade',
    '-o',
    `Dpkg::Options::=--path-include=${PERL_DOCS}/*`,
  ]
  // The module is there and its Perl is not: installed where documentation is left out.
  if (!apacheMissing() && perlMissing()) options.push('--reinstall')
  withoutServices(() => execFileSync('apt-get', ['install', ...options, ...packages], { stdio: 'inherit', env }))
}

/** The packages of web servers, proxies and slapd would start services on ports 80, 443 and 389. @param {() => unknown} install */
function withoutServices(install) {
  if (existsSync(POLICY)) return install()
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return install()
  } finally {
    rmSync(POLICY)
  }
}

/** The installed version of each package. @param {readonly string[]} [packages] @returns {Record<string, string>} */
export function versions(packages = PACKAGES) {
  if (packages.length === 0) return {}
  const lines = execFileSync('dpkg-query', ['-W', ...packages], { encoding: 'utf8' })
    .trim()
    .split('\n')
  return Object.fromEntries(lines.map((line) => line.split('\t')))
}
