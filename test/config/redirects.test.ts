/** Redirect and RewriteRule lines that send every request of a place elsewhere: which are read, and as what. */

import t from 'tap'
import { read } from './config-helpers.js'
import { routeAt } from './serving-helpers.js'

const main = (text: string) => read(text).serving.main

const REDIRECTS: [line: string, path: string, status: number, url: string][] = [
  ['Redirect /a http://b/c', '/a', 302, 'http://b/c'],
  ['Redirect temp /a http://b/c', '/a', 302, 'http://b/c'],
  ['Redirect permanent / https://b/', '/', 301, 'https://b/'],
  ['Redirect seeother /a /b', '/a', 303, '/b'],
  ['Redirect 308 /a https://b', '/a', 308, 'https://b'],
  ['Redirect gone /a', '/a', 410, ''],
  ['Redirect 404 /a', '/a', 404, ''],
  ['RedirectPermanent /a https://b', '/a', 301, 'https://b'],
  ['RedirectTemp /a https://b', '/a', 302, 'https://b'],
]

t.test('redirects of a path', async (t) => {
  for (const [line, path, status, url] of REDIRECTS) {
    t.match(
      main(`DocumentRoot /srv\n${line}`).routes,
      [{ kind: 'redirect', path, status, url, at: 'site.conf:2: ' }],
      line,
    )
  }
})

t.test('what would not be one is nobody’s', async (t) => {
  for (const line of [
    'Redirect /a',
    'Redirect gone /a http://b',
    'Redirect 200 /a',
    'Redirect /a //b',
    'Redirect /a http://b c',
  ]) {
    t.match(routeAt(main(`DocumentRoot /srv\n${line}`), '/a'), { kind: 'nobody' }, line)
  }
})

t.test('a folder handed back below a backend takes its redirect along', async (t) => {
  const text = 'Redirect /a http://b/x\nProxyPass /a/b !\nProxyPass /a http://c\nProxyPass / http://d/'
  t.match(routeAt(main(text), '/a/b'), { kind: 'redirect', path: '/a/b', url: 'http://b/x/b' })
})

const rule = (line: string, condition = 'RewriteCond %{HTTPS} off\n') =>
  `RewriteEngine on\n${condition}RewriteRule ${line}`

t.test('all requests to the same path elsewhere', async (t) => {
  const rows: [line: string, status: number, url: string][] = [
    ['^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]', 301, 'https://*'],
    ['^/?(.*)$ https://%{SERVER_NAME}/$1 [L,R=308]', 308, 'https://*'],
    ['(.*) https://%{HTTP_HOST}$1 [R]', 302, 'https://*'],
    ['.* https://www.example.com:8443%{REQUEST_URI} [redirect=303]', 303, 'https://www.example.com:8443'],
  ]
  for (const [line, status, url] of rows) {
    t.match(main(rule(line)).routes, [{ kind: 'redirect', path: '/', status, url }], line)
  }
})

t.test('other rules are nobody’s', async (t) => {
  const rows = [
    '^/a(.*)$ https://www.example.com/$1 [R]',
    '^(.*)$ https://www.example.com/other [R]',
    '^(.*)$ https://www.example.com/$1 [P]',
    '^ https://www.example.com/$1 [R]',
    '^(.*)$ /x$1 [R]',
  ]
  for (const line of rows) t.notMatch(main(rule(line)).routes, [{ kind: 'redirect' }], line)
})

t.test('a redirect for some requests only is none', async (t) => {
  t.same(main(rule('^ https://x%{REQUEST_URI} [R]', 'RewriteCond %{HTTP_USER_AGENT} bot\n')).routes, [])
})
