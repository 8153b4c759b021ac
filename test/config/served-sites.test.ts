/** A whole configuration: what its hosts answer, and that its guard is the one that it was. */

import t from 'tap'
import { createGuard } from '../../src/policy/guard.js'
import { filesOf, read } from './config-helpers.js'
import { leadsTo, routeAt } from './serving-helpers.js'
import { SITE, SITE_FILES } from './serving-site.js'

const config = read(SITE, {
  file: '/etc/apache2/site.conf',
  files: filesOf(SITE_FILES),
  allowSkipped: ['WSGIScriptAlias', 'RewriteRule'],
})
const { serving, options } = config

t.test('each host answers what the real one would, or nothing', async (t) => {
  const [plain, www, wiki] = serving.hosts as [never, never, never]
  const rows: [content: never, path: string, answer: string][] = [
    [plain, '/', 'nobody'],
    [plain, '/app', 'nobody'],
    [www, '/', '/srv/www/'],
    [www, '/icons/a.png', '/usr/share/icons/a.png'],
    [www, '/app/x', 'http://127.0.0.1:3000/app/x'],
    [www, '/app/static/a.js', '/srv/www/app/static/a.js'],
    [www, '/app/api/users', '/run/api.sock http://api/v1/users'],
    [www, '/app/api', 'http://127.0.0.1:3000/app/api'],
    [www, '/php/a.php', 'nobody'],
    [www, '/php/a.txt', '/srv/www/php/a.txt'],
    [www, '/cgi-bin/a', 'nobody'],
    [www, '/old/a', 'nobody'],
    [www, '/older', '/srv/www/older'],
    [www, '/locked/a', 'nobody'],
    [www, '/members/a', '/srv/www/members/a'],
    [wiki, '/media/a', '/srv/wiki/media/a'],
    [wiki, '/page', 'nobody'],
    [wiki, '/metrics', 'nobody'],
  ]
  for (const [content, path, answer] of rows) t.equal(leadsTo(content, path), answer, path)
  t.match(routeAt(www, '/app/x'), { preserveHost: true, timeout: 5 })
  t.match(routeAt(www, '/app/api/x'), { preserveHost: false })
  const files = routeAt(www, '/members/a')
  t.ok(files?.kind === 'files' && files.programs.includes('.run') && files.programs.includes('.foo'))
  t.match(routeAt(wiki, '/metrics'), { why: /a backend by ajp: is not asked here/ })
})

t.test('the rest of what it serves', async (t) => {
  t.match(serving.listen, [
    { endpoint: { port: 80 }, tls: undefined },
    {
      endpoint: { port: 443 },
      tls: [
        {
          names: ['www.example.com', 'example.com'],
          certFile: '/etc/apache2/tls/www.pem',
          keyFile: '/etc/apache2/tls/www.key',
        },
        { names: ['wiki.example.com'], certFile: '/etc/apache2/tls/wiki.pem', keyFile: '/etc/apache2/tls/wiki.pem' },
      ],
    },
  ])
  t.same(serving.identity.uid, ['Remote-User', 'X-User'])
  t.equal(serving.limits.bodyBytes, 1_048_576)
  t.equal(serving.hosts.length, options.hosts?.length)
})

t.test('the guard judges as before', async (t) => {
  const guard = createGuard({ ...options, selfTest: false })
  const ask = (host: string, url: string, port = 443) => {
    const headers = [['Host', host]] as const
    return guard.decide({ method: 'GET', url, headers, ip: '127.0.0.1', tls: port === 443, port, now: 1 }).kind
  }
  t.equal(ask('www.example.com', '/app/x'), 'redirect')
  t.equal(ask('www.example.com', '/app/static/x'), 'redirect')
  t.equal(ask('www.example.com', '/members/x'), 'redirect')
  t.equal(ask('www.example.com', '/.htaccess'), 'deny')
  t.equal(ask('www.example.com', '/'), 'pass')
  t.equal(ask('wiki.example.com', '/'), 'pass')
})

t.test('what a Location takes out of a backend is served from a folder, and kept as the folder is', async (t) => {
  const text = `TKTAuthSecret s\nDocumentRoot /srv\nProxyPass / http://b/\n<Location /in>\nProxyPass !\n</Location>
<Directory /srv/in>\nTKTAuthLoginURL /l\nRequire valid-user\n</Directory>`
  const { options, serving } = read(text)
  t.equal(leadsTo(serving.main, '/in/x'), '/srv/in/x')
  const guard = createGuard({ ...options, selfTest: false })
  const request = { method: 'GET', url: '/in/x', headers: [['Host', 'a']] as const, ip: '127.0.0.1', now: 1 }
  t.equal(guard.decide(request).kind, 'redirect')
})
