/** What is never shown, and that no answer tells where the folder lies. */

import { execFileSync } from 'node:child_process'
import { chmodSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Answer, asNobody, folderFor, serve } from './site.js'

const SOURCE = '#!/bin/sh\necho secret of the program\n'

function silent(t: Test, { body, headers }: Answer, folder: string): void {
  const all = `${JSON.stringify(headers)}${body}`
  t.notMatch(all, folder, 'the folder is not told')
  t.notMatch(all, /secret of|authtkt-files|\/proc|node_modules|ENOENT|ENOTDIR|EACCES/)
}

t.test('programs are not run, and their source is not shown', async (t) => {
  const folder = folderFor(t, {
    'x.cgi': SOURCE,
    'UP.CGI': SOURCE,
    'x.pl': SOURCE,
    'x.cgi.txt': SOURCE,
    'x.cgi.': SOURCE,
    'x.cgi ': SOURCE,
    'x.cgi~': SOURCE,
    'x.cgi.bak': SOURCE,
    '.cgi': SOURCE,
    'caf\xe9.cgi': SOURCE,
    'run/index.cgi': SOURCE,
    'both/second.html': 'page\n',
    'both/index.cgi': SOURCE,
    'site.pl/page.html': 'a folder may be named like that\n',
    'site.pl/index.html': 'index\n',
    'cgi.txt': 'about cgi\n',
    xcgi: 'no extension\n',
    'page.html': 'page\n',
  })
  symlinkSync('x.cgi', join(folder, 'innocent.txt'))
  symlinkSync('page.html', join(folder, 'alias.cgi'))
  const { ask } = await serve(t, folder, { programs: ['.cgi', '.pl'] })
  const refused = ['/x.cgi', '/UP.CGI', '/x.pl', '/x.cgi.txt', '/x.cgi.', '/x.cgi%20', '/x.cgi~', '/x.cgi.bak', '/.cgi']
  const behind = ['/x.cgi/', '/x.cgi/more', '/x.cgi/a/b.html', '/x.cgi/page.html/', '/UP.CGI/x', '/x.cgi%20/x']
  const others = ['/caf%e9.cgi', '/run/', '/innocent.txt', '/alias.cgi', '/x.cgi?q', '/%78.%63gi', '/run/index.cgi/x']
  for (const target of [...refused, ...behind, ...others]) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await ask(target, { method, headers: ['Range: bytes=0-3', 'If-None-Match: "x"'] })
      t.equal(answer.status, 501, `${method} ${target}`)
      t.equal(answer.headers['content-type'], 'text/plain; charset=utf-8')
      t.equal(answer.body, method === 'GET' ? 'programs are not run here\n' : '')
      silent(t, answer, folder)
    }
  }
  const served = {
    '/both/': 'page\n',
    '/site.pl/page.html': 'a folder may be named like that\n',
    '/site.pl/': 'index\n',
  }
  for (const [target, body] of Object.entries({ ...served, '/cgi.txt': 'about cgi\n', '/xcgi': 'no extension\n' })) {
    t.match(await ask(target), { status: 200, body }, target)
  }
  for (const target of [
    '/none.cgi',
    '/none.cgi/x',
    '/site.pl/none.cgi/x',
    '/page.html/a.cgi',
    '/page.html/a.cgi/b.pl',
  ]) {
    t.match(await ask(target), { status: 404 }, target)
  }
  t.match(await ask('/site.pl/page.html/x'), { status: 404 }, 'behind a page in a folder named like a program')
  const open = await serve(t, folder)
  t.match(await open.ask('/x.cgi'), { status: 200, body: SOURCE }, 'where nothing is a program, all are files')
})

t.test('names that begin with .ht', async (t) => {
  const folder = folderFor(t, {
    '.htaccess': 'secret of\n',
    '.HTpasswd': 'secret of\n',
    '.htdir/x.txt': 'secret of\n',
    'a/.htgroup': 'secret of\n',
    'a/.htindex': 'secret of\n',
    'a.htm': 'page\n',
    '.h': 'dot\n',
  })
  const { ask } = await serve(t, folder, { index: ['.htindex'] })
  const refused = ['/.htaccess', '/.HTpasswd', '/.htdir/x.txt', '/.htdir/', '/.htdir', '/a/.htgroup', '/.htnone', '/a/']
  for (const target of [...refused, '/%2ehtaccess', '/.%68taccess', '/.htaccess/x', '/a/../.htaccess']) {
    const answer = await ask(target)
    t.match(answer, { status: 403, body: 'You may not see this page.\n' }, target)
    silent(t, answer, folder)
  }
  t.match(await ask('/a.htm'), { status: 200 })
  t.match(await ask('/.h'), { status: 200 })
})

t.test('what is not there, or not for us', async (t) => {
  const folder = folderFor(t, {
    'page.html': 'page\n',
    'locked.txt': 'secret of\n',
    'shut/x': 'x',
    'index-shut/x': 'x',
  })
  chmodSync(join(folder, 'locked.txt'), 0)
  chmodSync(join(folder, 'shut'), 0)
  chmodSync(folder, 0o755)
  symlinkSync('loop', join(folder, 'loop'))
  symlinkSync('gone', join(folder, 'broken'))
  symlinkSync('../shut/x', join(folder, 'index-shut', 'index.html'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const { ask } = await serve(t, folder, { index: ['index.html', '/elsewhere/index.html'] })
  const back = asNobody()
  t.teardown(back)
  const cases: Readonly<Record<string, number>> = {
    '/none': 404,
    '/none/': 404,
    '/none/x': 404,
    '/broken': 404,
    '/page.html/': 404,
    '/page.html/x': 404,
    '/': 403,
    '/locked.txt': 403,
    '/shut': 301,
    '/shut/': 403,
    '/shut/x': 403,
    '/index-shut/': 403,
    '/loop': 403,
    '/pipe': 403,
    [`/${'x'.repeat(300)}`]: 403,
  }
  for (const [target, status] of Object.entries(cases)) {
    for (const headers of [[], ['If-None-Match: *'], ['Range: bytes=0-1']]) {
      for (const method of ['GET', 'HEAD']) {
        const answer = await ask(target, { method, headers })
        t.equal(answer.status, status, `${method} ${target.slice(0, 20)} ${headers}`)
        silent(t, answer, folder)
      }
    }
  }
  back()
})

t.test('paths that no guard lets through are refused here as well', async (t) => {
  const folder = folderFor(t, { 'in/page.html': 'page\n', 'above.txt': 'secret of\n' })
  const { ask } = await serve(t, join(folder, 'in'), { unjudged: true })
  const cases: Readonly<Record<string, number>> = {
    '/../above.txt': 400,
    '/%2e%2e/above.txt': 400,
    '/x/..': 400,
    '/./page.html': 400,
    '/..%2fabove.txt': 404,
    '/in%2Fpage.html': 404,
    '/page.html%00.txt': 400,
    '/%zz': 400,
    '/page%': 400,
    '/page.html%2': 400,
    '/..%5cabove.txt': 404,
    '/%252e%252e/above.txt': 404,
  }
  for (const [target, status] of Object.entries(cases)) {
    const answer = await ask(target)
    t.equal(answer.status, status, target)
    silent(t, answer, folder)
  }
})

t.test('an error of the disk is told to the operator alone', async (t) => {
  const { ask, errors } = await serve(t, '/no\0where')
  t.match(await ask('/x'), { status: 500, body: 'Something is wrong on this server.\n' })
  t.match(errors, [{ code: 'ERR_INVALID_ARG_VALUE' }])
})
