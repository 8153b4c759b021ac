/** The same folder served by the real Apache and by us: status and the headers that matter, request by request. */

import { chmodSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadModules, startServer } from '../../../native-fixtures/apache-server.mjs'
import { apacheMissing } from '../../../native-fixtures/debian.mjs'
import { type Answer, type Asking, ask, asNobody, plant, serve } from './site.js'

const missing = apacheMissing()

const TREE = {
  'page.html': '<p>page\n',
  'style.css': 'p{}\n',
  'notes.txt': '0123456789',
  'picture.png': '\x89PNG',
  plain: 'plain\n',
  'empty.txt': '',
  'index.html': 'root\n',
  'both/index.html': 'first\n',
  'both/second.html': 'second\n',
  'later/second.html': 'second\n',
  'none/x.txt': 'x',
  'a b.txt': 'blank\n',
  'a:b/index.html': 'colon\n',
  '100%.txt': 'percent\n',
  'a%41.txt': 'twice\n',
  'caf\xe9.txt': 'latin-1\n',
  'caf\xc3\xa9.txt': 'utf-8\n',
  '.dot.txt': 'dot\n',
  '.htaccess': '',
  '.htdir/x.txt': 'x',
  'locked.txt': 'locked\n',
  'x.cgi': '#!/bin/sh\n',
}

const MIME = ['text/html html', 'text/css css', 'text/plain txt', 'image/png png']
const DAY = new Date('2024-05-06T07:08:09Z')
const LATER = 'Wed, 01 Jan 2025 00:00:00 GMT'
const EARLIER = 'Sun, 01 Jan 2023 00:00:00 GMT'

/** By id: a target, or a target with what else is asked. */
const REQUESTS: Readonly<Record<string, string | readonly [string, Asking]>> = {
  page: '/page.html',
  css: '/style.css',
  picture: '/picture.png',
  'no extension': '/plain',
  'empty file': '/empty.txt',
  'with a query': '/page.html?a=/b',
  root: '/',
  'first index page': '/both/',
  'second index page': '/later/',
  'no index page': '/none/',
  'folder without its slash': '/both',
  'folder with a query': '/both?a=1&b=//c',
  'folder without an index page or slash': '/none',
  'folder with a colon': '/a:b?x',
  'many slashes': '//both///index.html',
  'dots to resolve': '/both/../later/./second.html',
  'a link': '/link.html',
  'a link to a folder': '/to',
  'a page of a linked folder': '/to/',
  'a link in a circle': '/loop',
  'a link to nothing': '/broken',
  'a blank': '/a%20b.txt',
  'a percent sign': '/100%25.txt',
  'an escape in a name': '/a%2541.txt',
  'latin-1': '/caf%E9.txt',
  'utf-8': '/caf%c3%a9.txt',
  'a dot in front': '/.dot.txt',
  nothing: '/nothing',
  'nothing in a folder': '/both/nothing',
  'nothing in nothing': '/nothing/x',
  'behind a page': '/page.html/x',
  'a page with a slash': '/page.html/',
  'a name that is too long': `/${'x'.repeat(300)}`,
  htaccess: '/.htaccess',
  'behind htaccess': '/.htaccess/x',
  'no such ht': '/.htnothing',
  'a folder ht': '/.htdir/',
  'a file in a folder ht': '/.htdir/x.txt',
  locked: '/locked.txt',
  program: '/x.cgi',
  'behind a program': '/x.cgi/more',
  head: ['/page.html', { method: 'HEAD' }],
  'head of nothing': ['/nothing', { method: 'HEAD' }],
  'first bytes': ['/notes.txt', { headers: ['Range: bytes=0-2'] }],
  'last bytes': ['/notes.txt', { headers: ['Range: bytes=-3'] }],
  'bytes from': ['/notes.txt', { headers: ['Range: bytes=4-'] }],
  'bytes beyond': ['/notes.txt', { headers: ['Range: bytes=8-99'] }],
  'bytes behind': ['/notes.txt', { headers: ['Range: bytes=10-'] }],
  'bytes backwards': ['/notes.txt', { headers: ['Range: bytes=5-2'] }],
  'bytes of nothing': ['/empty.txt', { headers: ['Range: bytes=0-'] }],
  'two ranges': ['/notes.txt', { headers: ['Range: bytes=0-1,4-5'] }],
  'other units': ['/notes.txt', { headers: ['Range: lines=0-1'] }],
  'head of bytes': ['/notes.txt', { method: 'HEAD', headers: ['Range: bytes=0-2'] }],
  'bytes if since': ['/notes.txt', { headers: ['Range: bytes=0-2', `If-Range: ${DAY.toUTCString()}`] }],
  'bytes if another': ['/notes.txt', { headers: ['Range: bytes=0-2', 'If-Range: "x"'] }],
  'any tag known': ['/page.html', { headers: ['If-None-Match: *'] }],
  'another tag known': ['/page.html', { headers: ['If-None-Match: "x"'] }],
  'date known': ['/page.html', { headers: [`If-Modified-Since: ${DAY.toUTCString()}`] }],
  'later date known': ['/page.html', { headers: [`If-Modified-Since: ${LATER}`] }],
  'earlier date known': ['/page.html', { headers: [`If-Modified-Since: ${EARLIER}`] }],
  'another tag demanded': ['/page.html', { headers: ['If-Match: "x"'] }],
  'any tag demanded': ['/page.html', { headers: ['If-Match: *'] }],
  'unmodified since later': ['/page.html', { headers: [`If-Unmodified-Since: ${LATER}`] }],
  'unmodified since earlier': ['/page.html', { headers: [`If-Unmodified-Since: ${EARLIER}`] }],
  'known but reloaded': ['/page.html', { headers: ['If-None-Match: *', 'Cache-Control: no-cache'] }],
  'tag of a locked file': ['/locked.txt', { headers: ['If-None-Match: *'] }],
  put: ['/page.html', { method: 'PUT' }],
  delete: ['/nothing', { method: 'DELETE' }],
  post: ['/page.html', { method: 'POST', headers: ['Content-Length: 0'] }],
  'put htaccess': ['/.htaccess', { method: 'PUT' }],
  'put a folder': ['/both', { method: 'PUT' }],
  options: ['/page.html', { method: 'OPTIONS' }],
}

/** Where we differ and mean to. */
const MEANT: Readonly<Record<string, string>> = {
  'a link to nothing': 'nothing is there: 404; Apache calls it forbidden',
  'a file in a folder ht': 'all names that begin with .ht are refused, not the last one of a path alone',
  program: 'here Apache, told of no handler, shows the source: 501',
  'behind a program': 'a program would have answered: 501, not 404',
  'bytes backwards': 'the library takes such a range for one that cannot be had: 416',
  'bytes of nothing': 'the library finds no bytes to send: 416',
  'two ranges': 'the library sends the whole file, as a server may, and no multipart',
  'known but reloaded': 'the library answers a reload in full, in spite of the tag',
  post: 'Apache answers POST for a file as GET; a file takes nothing: 405',
  'put htaccess': 'the method is looked at first; neither is let in',
  'put a folder': 'the method is looked at first',
  options: 'an answer without a body has no type',
}

/** What is compared. Bodies of errors are prose; of types the charset is the library's to add. */
function shown({ status, headers, body }: Answer) {
  const { location, 'content-range': range, 'content-type': type, 'content-length': length } = headers
  const whole = status === 200 || status === 206
  return {
    status,
    location: location?.replace(/^http:\/\/[^/]+/, ''),
    allow: 'allow' in headers,
    modified: whole || status === 304 ? headers['last-modified'] : undefined,
    ranges: whole ? headers['accept-ranges'] : undefined,
    ...(whole && { range, type: type?.replace('; charset=utf-8', ''), length, body }),
  }
}

t.test('the real Apache and we', { skip: missing ? `skipped: ${missing}` : false }, async (t) => {
  const apache = await startServer({
    configure: () => [
      ...loadModules(['mpm_event', 'authn_core', 'authz_core', 'dir', 'autoindex', 'mime']),
      'TypesConfig /dev/null',
      ...MIME.map((type) => `AddType ${type}`),
      'DirectoryIndex index.html second.html',
      '<FilesMatch "^\\.ht">',
      '  Require all denied',
      '</FilesMatch>',
    ],
    knock: async ([port]) => (await ask(port as number, '/page')).status === 200,
  })
  t.teardown(apache.stop)
  const folder = join(apache.folder, 'htdocs')
  plant(folder, TREE)
  for (const name of Object.keys(TREE)) utimesSync(Buffer.from(join(folder, name), 'latin1'), DAY, DAY)
  chmodSync(join(folder, 'locked.txt'), 0)
  symlinkSync('page.html', join(folder, 'link.html'))
  symlinkSync('both', join(folder, 'to'))
  symlinkSync('loop', join(folder, 'loop'))
  symlinkSync('gone', join(folder, 'broken'))
  const site = await serve(t, folder, { index: ['index.html', 'second.html'], programs: ['.cgi'] })

  const back = asNobody()
  t.teardown(back)
  for (const [id, request] of Object.entries(REQUESTS)) {
    const [target, asking] = typeof request === 'string' ? [request, {}] : request
    const theirs = shown(await ask(apache.ports[0] as number, target, asking))
    const ours = shown(await site.ask(target, asking))
    if (id in MEANT) t.notSame(ours, theirs, `${id}: ${MEANT[id]}`)
    else t.strictSame(ours, theirs, id)
  }
  back()
  t.strictSame(
    Object.keys(MEANT).filter((id) => !(id in REQUESTS)),
    [],
    'every difference has a request',
  )
  t.strictSame(site.errors, [])
})
