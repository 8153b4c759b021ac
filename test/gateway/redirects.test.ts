/** Redirect lines of the configuration: where the client is sent, and that the guard is asked first. */

import t from 'tap'
import { request } from 'undici'
import { startServed } from '../helpers/served.js'

const SITE = `
TKTAuthSecret "a secret of these tests"
Redirect permanent /old https://www.example.com/new
Redirect /here /there/
Redirect gone /gone
Redirect seeother /all/ http://other.example.com/
Redirect /bare/ https://portal.example.com
Redirect 403 /$int
RedirectMatch ^/x/(.*) http://other.example.com/$1
DocumentRoot /
<Location /old/members>
  AuthType None
  Require valid-user
  TKTAuthLoginURL https://login.example.com/
</Location>`

const ROWS: [path: string, status: number, location: string | undefined][] = [
  ['/old', 301, 'https://www.example.com/new'],
  ['/old/a%20b?x=1', 301, 'https://www.example.com/new/a%20b?x=1'],
  ['/older', 404, undefined],
  ['/here/x', 302, 'http://www.example.com/there/x'],
  ['/here//evil.example.com', 302, 'http://www.example.com/there/evil.example.com'],
  ['/gone', 410, undefined],
  ['/all/x', 303, 'http://other.example.com/x'],
  ['/bare/@evil.example.com/', 302, 'https://portal.example.com/@evil.example.com/'],
  ['/bare/.evil.example.com/', 302, 'https://portal.example.com/.evil.example.com/'],
  ['/bare/?a=b', 302, 'https://portal.example.com?a=b'],
  ['/$int/x', 403, undefined],
  ['/%24int/x', 403, undefined],
  ['/$int?x', 403, undefined],
  ['/$integer', 404, undefined],
  ['/x/y', 501, undefined],
  ['/old/members', 307, 'https://login.example.com/?back=http%3a%2f%2fwww.example.com%2fold%2fmembers'],
]

t.test('redirects of the configuration', async (t) => {
  const { port } = await startServed(t, SITE)
  for (const [path, status, location] of ROWS) {
    const answer = await request(`http://127.0.0.1:${port}${path}`, { headers: { host: 'www.example.com' } })
    const text = await answer.body.text()
    t.same([answer.statusCode, answer.headers.location], [status, location], path)
    if (location) t.match(text, `<a href="${location.replaceAll('&', '&#38;')}">here</a>`)
  }
})

t.test('the rule that sends everybody to TLS', async (t) => {
  const rule = 'RewriteEngine on\nRewriteCond %{HTTPS} off\nRewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]'
  const { port } = await startServed(t, `${rule}\nDocumentRoot /`)
  const answer = await request(`http://127.0.0.1:${port}/a?b=c`, { headers: { host: 'www.example.com:8080' } })
  await answer.body.dump()
  t.same([answer.statusCode, answer.headers.location], [301, 'https://www.example.com/a?b=c'])
})
