/** A configuration that loads authz_core is a whole one: what it does not load is not loaded. A part of one says nothing. */

import t from 'tap'
import { readApacheConfig } from '../../src/config/apache.js'
import type { ApacheConfigOptions } from '../../src/config/context.js'
import { createGuard } from '../../src/policy/guard.js'

const NEED = 'Require valid-user\nTKTAuthLoginURL http://l/'
const load = (...names: string[]) => names.map((name) => `LoadModule ${name}_module modules/mod_${name}.so`).join('\n')
const inside = (condition: string, lines: string) =>
  `<IfModule ${condition}>\n<Location /x>\n${lines}\n</Location>\n</IfModule>`

function answer(text: string, options: ApacheConfigOptions = {}): string {
  const guard = createGuard({ ...readApacheConfig(`TKTAuthSecret s\n${text}`, options).options, selfTest: false })
  return guard.decide({ method: 'GET', url: '/x', headers: ['Host', 'h'], ip: '127.0.0.1', now: 0 }).kind
}

t.test('in a whole configuration every condition on modules is decided', async (t) => {
  const whole = load('alias', 'authz_core', 'cgi')
  const table: [condition: string, kind: string][] = [
    ['mod_cgi.c', 'redirect'],
    ['mod_alias.c', 'redirect'],
    ['core.c', 'redirect'],
    ['auth_tkt_module', 'redirect'],
    ['mod_dir.c', 'pass'],
    ['!mod_dir.c', 'redirect'],
    ['mod_never_heard_of.c', 'pass'],
    ['!mod_access_compat.c', 'redirect'],
    ['!mod_alias.c', 'pass'],
  ]
  for (const [condition, kind] of table) t.equal(answer(`${whole}\n${inside(condition, NEED)}`), kind, condition)
})

t.test('a part of one that asks for users under an unknown condition is an error', async (t) => {
  for (const text of [inside('mod_cgi.c', NEED), `${load('auth_tkt')}\n${inside('!mod_cgi.c', NEED)}`]) {
    t.throws(() => answer(text), {
      code: 'ERR_TKT_CONFIG',
      message: /IfModule>: nobody can know here whether mod_cgi\.c/,
    })
  }
  t.equal(answer(inside('mod_dir.c', NEED)), 'redirect', 'of the usual set')
  t.equal(answer(inside('mod_cgi.c', NEED), { modules: ['cgi'] }), 'redirect')
  t.equal(answer(inside('mod_cgi.c', NEED), { modules: ['dir'] }), 'pass', 'the caller has named all')
})

t.test('a module that is loaded where it is missing is there, and nothing more is known', async (t) => {
  const once = (name: string, lines = `LoadModule ${name}_module x.so`) =>
    `<IfModule !mod_${name}.c>\n${lines}\n</IfModule>\n`
  t.equal(answer(once('cgi') + inside('mod_cgi.c', NEED)), 'redirect')
  t.equal(answer(once('cgi') + inside('!mod_cgi.c', NEED)), 'pass')
  // No module has this name, so Apache loads it each time; the name of the module that it is counts.
  t.equal(answer(once('mpm_prefork') + inside('prefork.c', NEED)), 'redirect')
  // Also where it counted as loaded before: a whole configuration has no modules but those that it loads.
  for (const name of ['cgi', 'dir']) {
    const text = `${once(name)}${load('authz_core')}\n${inside(`mod_${name}.c`, NEED)}`
    t.equal(answer(text), 'redirect', `${name} stays loaded`)
  }

  const unknown = { code: 'ERR_TKT_CONFIG', message: /IfModule>: nobody can know here whether mod_\w+\.c/ }
  const tables = [
    once('authz_core') + inside('mod_cgi.c', NEED),
    once('cgi') + inside('mod_ssl.c', NEED),
    once('cgi', 'LoadModule ssl_module x.so'),
    once('cgi', 'LoadModule cgi_module x.so\nRequire valid-user'),
    once('cgi', 'LoadModule'),
    '<IfModule mod_cgi.c>\nLoadModule cgi_module x.so\n</IfModule>',
  ]
  for (const text of tables) t.throws(() => answer(text), unknown, text)
})
