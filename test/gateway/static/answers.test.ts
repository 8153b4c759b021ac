/** What a folder of files answers: types, folders, names of any bytes, methods, and what the guard wants sent along. */

import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { folderFor, serve } from './site.js'

const TREE = {
  'page.html': '<p>page\n',
  'code.js': '1\n',
  'data.json': '{}\n',
  'picture.PNG': '\x89PNG',
  plain: 'no extension\n',
  'odd.unheardof': 'x',
  'empty.txt': '',
  'index.html': 'the root\n',
  'both/index.html': 'first\n',
  'both/second.html': 'second\n',
  'later/second.html': 'second\n',
  'folder-named/index.html/x': 'x',
  'folder-named/second.html': 'second\n',
  'empty/': '',
  'a b.txt': 'blank\n',
  'a:b/second.html': 'colon\n',
  '100%.txt': 'percent\n',
  'a%41.txt': 'not decoded twice\n',
  'back\\slash.txt': 'back\n',
  'caf\xe9.txt': 'latin-1\n',
  'caf\xc3\xa9.txt': 'utf-8\n',
  'caf\xe9/index.html': 'in latin-1\n',
  '.hidden': 'dot\n',
  '.well-known/x.txt': 'known\n',
}

t.test('files, by name and type', async (t) => {
  const { ask } = await serve(t, folderFor(t, TREE))
  const html = 'text/html; charset=utf-8'
  const text = 'text/plain; charset=utf-8'
  const cases: readonly (readonly [target: string, body: string, type: string | undefined])[] = [
    ['/page.html', '<p>page\n', html],
    ['/page.html?x=/y', '<p>page\n', html],
    ['/code.js', '1\n', 'application/javascript; charset=utf-8'],
    ['/data.json', '{}\n', 'application/json; charset=utf-8'],
    ['/picture.PNG', '\x89PNG', 'image/png'],
    ['/plain', 'no extension\n', undefined],
    ['/odd.unheardof', 'x', undefined],
    ['/empty.txt', '', text],
    ['/', 'the root\n', html],
    ['/both/', 'first\n', html],
    ['/both/../later/', 'second\n', html],
    ['/folder-named/', 'second\n', html],
    ['/a%20b.txt', 'blank\n', text],
    ['/a:b/', 'colon\n', html],
    ['/100%25.txt', 'percent\n', text],
    ['/a%2541.txt', 'not decoded twice\n', text],
    ['/back%5Cslash.txt', 'back\n', text],
    ['/caf%e9.txt', 'latin-1\n', text],
    ['/caf%C3%A9.txt', 'utf-8\n', text],
    ['/caf%E9/', 'in latin-1\n', html],
    ['/.hidden', 'dot\n', undefined],
    ['/.well-known/x.txt', 'known\n', text],
  ]
  for (const [target, body, type] of cases) {
    const answer = await ask(target)
    t.match(answer, { status: 200, body, headers: { 'content-length': String(body.length) } }, target)
    t.equal(answer.headers['content-type'], type, `type of ${target}`)
    t.equal(answer.headers['accept-ranges'], 'bytes')
    t.match(answer.headers, { etag: /^W\/"/, 'last-modified': /GMT$/ })
    t.strictSame([answer.headers['x-powered-by'], answer.headers['cache-control']], [undefined, undefined])
    const head = await ask(target, { method: 'HEAD' })
    t.strictSame({ ...head.headers, date: '' }, { ...answer.headers, date: '' }, 'HEAD has the same headers')
    t.strictSame([head.status, head.body], [200, ''], 'and no body')
  }
})

t.test('a folder is sent to its slash, on the same server', async (t) => {
  const folder = folderFor(t, { ...TREE, 'evil.com/index.html': 'x', '\\evil/index.html': 'x' })
  const { ask } = await serve(t, folder)
  const cases = {
    '/both': '/both/',
    '/both?a=1&b=//x?y': '/both/?a=1&b=//x?y',
    '/both?': '/both/?',
    '/empty': '/empty/',
    '//evil.com': '/evil.com/',
    '/%5Cevil': '/%5Cevil/',
    '/./later/../both': '/both/',
    '/a:b': '/a:b/',
    '/caf%e9': '/caf%E9/',
    'http://elsewhere.example/both?x': '/both/?x',
  }
  for (const [target, location] of Object.entries(cases)) {
    for (const method of ['GET', 'HEAD']) t.match(await ask(target, { method }), { status: 301, headers: { location } })
  }
})

t.test('behind a route, the client sees its own path', async (t) => {
  const { ask } = await serve(t, folderFor(t, TREE), { route: '/app' })
  t.match(await ask('/app/page.html'), { status: 200, body: '<p>page\n' })
  t.match(await ask('/app/both?q'), { status: 301, headers: { location: '/app/both/?q' } })
  t.match(await ask('/app?q'), { status: 301, headers: { location: '/app/?q' } }, "the route's own folder")
  t.match(await ask('/app/'), { status: 200, body: 'the root\n' })
  t.match(await ask('/x/../app/.'), { status: 200, body: 'the root\n' })
  const unread = await serve(t, folderFor(t, TREE), { route: '/%zz', unjudged: true })
  t.match(await unread.ask('/%zz'), { status: 400 }, 'a URL that no guard would have let in')
  t.match(await unread.ask('/%zzx'), { status: 400 }, 'and a path that would be one of a folder beside ours')
})

t.test('a route without a path below it means its folder', async (t) => {
  const { ask } = await serve(t, folderFor(t, TREE), { route: '/' })
  t.match(await ask('/'), { status: 200, body: 'the root\n' })
})

t.test('symbolic links are followed', async (t) => {
  const folder = folderFor(t, TREE)
  const outside = folderFor(t, { 'there.html': 'outside\n' })
  symlinkSync('page.html', join(folder, 'link.html'))
  symlinkSync('both', join(folder, 'to'))
  symlinkSync(outside, join(folder, 'out'))
  const { ask } = await serve(t, folder)
  t.match(await ask('/link.html'), { status: 200, body: '<p>page\n' })
  t.match(await ask('/to'), { status: 301, headers: { location: '/to/' } })
  t.match(await ask('/to/'), { status: 200, body: 'first\n' })
  t.match(await ask('/out/there.html'), { status: 200, body: 'outside\n' })
})

t.test('methods', async (t) => {
  const { ask } = await serve(t, folderFor(t, TREE))
  const allow = 'GET, HEAD, OPTIONS'
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) {
    t.match(await ask('/page.html', { method }), { status: 405, headers: { allow } }, method)
  }
  const options = await ask('/page.html', { method: 'OPTIONS' })
  t.match(options, { status: 200, headers: { allow, 'content-length': '0' }, body: '' })
  t.equal(options.headers['content-type'], undefined)
})

t.test('what the guard wants sent goes out with every answer', async (t) => {
  const extra = { setCookies: ['auth_tkt=a; path=/', 'other=b'], noStore: true }
  const { ask } = await serve(t, folderFor(t, { ...TREE, '.htaccess': '', 'x.cgi': '' }), { extra, programs: ['.cgi'] })
  const { headers } = await ask('/page.html')
  const cases: readonly (readonly [number, string, string, string?])[] = [
    [200, 'GET', '/page.html'],
    [200, 'HEAD', '/page.html'],
    [200, 'OPTIONS', '/page.html'],
    [206, 'GET', '/page.html', 'Range: bytes=1-2'],
    [301, 'GET', '/both'],
    [304, 'GET', '/page.html', `If-None-Match: ${headers.etag}`],
    [400, 'GET', '/a%2500%zz'],
    [403, 'GET', '/empty/'],
    [403, 'GET', '/.htaccess'],
    [404, 'GET', '/none'],
    [405, 'POST', '/page.html'],
    [412, 'GET', '/page.html', 'If-Match: "x"'],
    [416, 'GET', '/page.html', 'Range: bytes=900-'],
    [501, 'GET', '/x.cgi'],
  ]
  for (const [status, method, target, header] of cases.filter(([status]) => status !== 400)) {
    const answer = await ask(target, { method, headers: header === undefined ? [] : [header] })
    t.equal(answer.status, status, `${method} ${target} ${header ?? ''}`)
    t.equal(answer.headers['set-cookie'], extra.setCookies.join(' | '))
    t.equal(answer.headers['cache-control'], 'no-store')
  }
  const bare = await serve(t, folderFor(t, TREE), { extra, unjudged: true })
  t.match(await bare.ask('/%zz'), { status: 400, headers: { 'cache-control': 'no-store', 'set-cookie': /auth_tkt/ } })
})
