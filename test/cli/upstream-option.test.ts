/** What --upstream takes over of a configuration: what is served or run on this machine, and nothing else. */

import t from 'tap'
import { withOverrides } from '../../src/cli/serving.js'
import { readApacheConfig } from '../../src/config/apache.js'
import type { Content } from '../../src/config/serving.js'
import { createFinder } from '../../src/gateway/routes.js'

const SITE = `
Listen 80
Listen 443
<VirtualHost *:80>
  ServerName www.example.com
  Redirect permanent / https://www.example.com/
</VirtualHost>
<VirtualHost *:443>
  ServerName www.example.com
  DocumentRoot /srv
  Redirect gone /old
  ScriptAlias /cgi-bin /usr/lib/cgi-bin
  ProxyPass /api http://127.0.0.1:4000/v1
  RewriteEngine on
  RewriteRule ^/secret - [F]
  RewriteRule ^/app/(.*) http://127.0.0.1:5000/$1 [P]
</VirtualHost>
<VirtualHost *:443>
  ServerName static.example.com
  ProxyPass /own !
  ProxyPass / http://127.0.0.1:6000/
  DocumentRoot /srv/static
</VirtualHost>
`

const { options, serving } = readApacheConfig(SITE)
const { serving: changed } = withOverrides({ options, serving }, { upstream: 'http://127.0.0.1:3000/' })

function leads(content: Content, url: string): string {
  const find = createFinder(
    content.routes.map((route) => ({
      path: route.path,
      pattern: route.kind === 'nobody' ? route.pattern : undefined,
      to: route,
    })),
  )
  const found = find(url)
  if (found === undefined) return 'nowhere'
  const { to, rest } = found
  return to.kind === 'upstream' ? `${to.url} ${rest}` : to.kind === 'redirect' ? `${to.status} ${to.url}` : to.kind
}

const ROWS: [host: number, url: string, answer: string][] = [
  [0, '/secret', '301 https://www.example.com/'],
  [1, '/page?a=b', 'http://127.0.0.1:3000/ /page?a=b'],
  [1, '/old', '410 '],
  [1, '/cgi-bin/x', 'http://127.0.0.1:3000/cgi-bin /x'],
  [1, '/api/x', 'http://127.0.0.1:4000/v1 /x'],
  [1, '/secret/x', 'nobody'],
  [1, '/app/x', 'http://127.0.0.1:3000/ /app/x'],
  [2, '/x', 'http://127.0.0.1:6000/ /x'],
  [2, '/own/x', 'http://127.0.0.1:3000/own /x'],
]

t.test('--upstream', async (t) => {
  for (const [host, url, answer] of ROWS) t.equal(leads(changed.hosts[host] as Content, url), answer, `${host} ${url}`)
  t.equal(leads(changed.main, '/'), 'http://127.0.0.1:3000/ /')
})
