/** Converting: what was written is read as the same answers, listeners and limits. */

import { Ajv2020 } from 'ajv/dist/2020.js'
import t from 'tap'
import { readConfig } from '../../src/config/json.js'
import { configSchema } from '../../src/config/schema.js'
import { NO_CONTENT, NO_SERVING, type Serving } from '../../src/config/serving.js'
import { toJson } from '../../src/config/write.js'
import { filesOf, read } from './config-helpers.js'
import { SITE, SITE_FILES } from './serving-site.js'

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(configSchema())

/** Without where things stand: that is another file now. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'at')
      .map(([key, inner]) => [key, withoutPlaces(inner)]),
  )
}

const place = (path: string, lines: string) => `<Location ${path}>\n${lines}\n</Location>`
const host = (lines: string) => `<VirtualHost *>\n${lines}\n</VirtualHost>`
const TEXTS = [
  '',
  SITE,
  'DocumentRoot /srv\nProxyPass /a/ http://a/x timeout=3\nProxyPassReverse /b http://b\nAlias /a /gone\nAlias /aa /x',
  'ProxyPass / http://b\nProxyPassMatch \\.do$ http://b\nProxyPreserveHost On',
  `ProxyPass /a unix:/run/a|http://h/\nProxyPassReverse /a http://h/\n${place('/a/b', 'ProxyPass !')}`,
  `DocumentRoot /srv\nProxyPass /a http://a\n<FilesMatch \\.php$>\nSetHandler x\n</FilesMatch>\nRedirectMatch ^/x https://y/`,
  `AddHandler foo .foo\nAlias /a /b\nDirectoryIndex a.html b.html\n${host('ServerName a')}\n${host('Alias /c /d')}`,
  `RewriteEngine on\nRewriteRule ^/x - [F]\nProxyPass /m http://m\nProxyPassReverse /m http://m\n${host('Alias /c /d')}`,
  `ProxyPass /m http://m\n${host('ProxyPass /h http://h\nProxyPassReverse /h http://h')}\n${host('DocumentRoot /x')}`,
  `Listen 80\nListen [::1]:443\nSSLEngine on\nSSLCertificateFile /c.pem\n${host('SSLEngine off')}`
    .replace('Listen 80\n', '')
    .replace('SSLEngine off', ''),
  'LimitRequestBody 5\nTimeOut 7\nKeepAliveTimeout 500ms\nRequestHeader set X-U %{REMOTE_USER}e',
]

t.test('an Apache configuration', async (t) => {
  for (const text of TEXTS) {
    const config = read(text, {
      file: '/etc/site.conf',
      files: filesOf(SITE_FILES),
      allowSkipped: ['WSGIScriptAlias', 'RewriteRule'],
    })
    const json = toJson(config.options, config)
    const files = filesOf({ ...SITE_FILES, '/etc/site.conf': text })
    const back = readConfig(json, { file: '/tmp/a.json', files })
    t.same(withoutPlaces(back.serving), withoutPlaces(config.serving), text)
    t.ok(validate(JSON.parse(json)), JSON.stringify(validate.errors))
    if (json.includes('apacheFile')) continue
    const again = toJson(back.options, { keySources: new Map(), serving: back.serving })
    t.same(JSON.parse(again), JSON.parse(json), 'and written again')
  }
})

t.test('all that a gateway can have', async (t) => {
  const at = ''
  const serving: Serving = {
    ...NO_SERVING,
    listen: [{ endpoint: { unix: '/run/a' }, tls: [{ names: [], certFile: '/c', keyFile: '/k', at }], at }],
    main: { routes: [{ kind: 'files', folder: '/f', index: [], programs: [], path: '/', at }], reverse: [] },
    admin: { endpoint: { host: '::1', port: 9 }, tls: undefined, at },
    forwardAuth: { listen: { endpoint: { host: '*', port: 7 }, tls: undefined, at }, peers: ['::1'] },
    identity: { uid: [], tokens: ['X-T'], userData: ['X-D'] },
    forwardTicket: true,
    timeouts: { ...NO_SERVING.timeouts, drain: 1 },
    limits: { ...NO_SERVING.limits, waiting: 0 },
    workers: 3,
  }
  const json = toJson({ compat: 'exact' }, { keySources: new Map(), serving })
  t.same(withoutPlaces(readConfig(json).serving), withoutPlaces(serving))
  t.ok(validate(JSON.parse(json)), JSON.stringify(validate.errors))
})

t.test('files get the names that the text is given', async (t) => {
  const config = read('Listen 1\nSSLEngine on\nSSLCertificateFile c\nDocumentRoot d\nProxyPass /a unix:/s|http://h')
  const json = toJson(config.options, { ...config, pathOf: (file) => `/abs/${file}` })
  t.match(json, /"files": "\/abs\/\/d"|"files": "\/abs\/\.?\/?d"/)
  t.match(json, /"cert": "\/abs\/\.\/c"/)
  t.match(json, /"upstream": "unix:\/abs\/\/s\|http:\/\/h"/)
})

t.test('a host that has what the main server has says so', async (t) => {
  const main = read('ProxyPass /m http://m').serving.main
  const serving: Serving = { ...NO_SERVING, main, hosts: [NO_CONTENT, main] }
  const hosts = [{ names: ['a'] }, { names: ['b'] }]
  const json = JSON.parse(toJson({ hosts }, { keySources: new Map(), serving }))
  t.same(json.hosts[0], { names: ['a'], fallback: false })
  t.same(readConfig(JSON.stringify(json)).serving.hosts.map(withoutPlaces), [NO_CONTENT, main].map(withoutPlaces))
})

t.test('without what is served, the text says nothing of it', async (t) => {
  const { options, keySources } = read(`DocumentRoot /srv\n${host('')}`)
  t.notMatch(toJson(options, { keySources }), /routes|gateway|fallback/)
})
