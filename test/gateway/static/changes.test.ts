/** A file that is kept in memory and then changes, in all the ways in which one can, is seen as it is at once. */

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { asNobody, folderFor, plant, serve, settle } from './site.js'

interface Change {
  readonly target: string
  readonly change: (folder: string) => void
  readonly status?: number
  readonly body?: string
}

const TREE = {
  'same-size.html': 'one\n',
  'back-dated.html': 'one\n',
  'longer.html': 'one\n',
  'shorter.html': 'one\n',
  'gone.html': 'one\n',
  'moved.html': 'one\n',
  'moved-in.new': 'two\n',
  'shut.html': 'one\n',
  'a-folder.html': 'one\n',
  'pages/one.html': 'one\n',
  'pages/two.html': 'two\n',
  'up/deep/page.html': 'one\n',
  'up-two/deep/page.html': 'two\n',
  'locked/page.html': 'one\n',
  'removed/page.html': 'one\n',
  'index/index.html': 'one\n',
  'later/second.html': 'one\n',
  'a-file/index.html': 'one\n',
  'program.html': 'one\n',
  'program.cgi': 'two\n',
  'under\xe9.html': 'one\n',
}

const CHANGES: Readonly<Record<string, Change>> = {
  'written again, as long as before': {
    target: '/same-size.html',
    change: (folder) => writeFileSync(join(folder, 'same-size.html'), 'two\n'),
    body: 'two\n',
  },
  'written again, and dated back': {
    target: '/back-dated.html',
    change: (folder) => {
      const { atime, mtime } = statSync(join(folder, 'back-dated.html'))
      writeFileSync(join(folder, 'back-dated.html'), 'two\n')
      utimesSync(join(folder, 'back-dated.html'), atime, mtime)
    },
    body: 'two\n',
  },
  longer: {
    target: '/longer.html',
    change: (folder) => writeFileSync(join(folder, 'longer.html'), 'one and two\n'),
    body: 'one and two\n',
  },
  shorter: { target: '/shorter.html', change: (folder) => truncateSync(join(folder, 'shorter.html'), 2), body: 'on' },
  gone: { target: '/gone.html', change: (folder) => unlinkSync(join(folder, 'gone.html')), status: 404 },
  'another one in its place': {
    target: '/moved.html',
    change: (folder) => renameSync(join(folder, 'moved-in.new'), join(folder, 'moved.html')),
    body: 'two\n',
  },
  'not for us any more': {
    target: '/shut.html',
    change: (folder) => chmodSync(join(folder, 'shut.html'), 0),
    status: 403,
  },
  'a folder in its place': {
    target: '/a-folder.html',
    change: (folder) => {
      unlinkSync(join(folder, 'a-folder.html'))
      mkdirSync(join(folder, 'a-folder.html'))
    },
    status: 301,
  },
  'a link that leads elsewhere': {
    target: '/link.html',
    change: (folder) => {
      symlinkSync('pages/two.html', join(folder, 'link.new'))
      renameSync(join(folder, 'link.new'), join(folder, 'link.html'))
    },
    body: 'two\n',
  },
  'a link that leads to a program': {
    target: '/to-program.html',
    change: (folder) => {
      unlinkSync(join(folder, 'to-program.html'))
      symlinkSync('program.cgi', join(folder, 'to-program.html'))
    },
    status: 501,
  },
  'a folder above it, by a link': {
    target: '/current/deep/page.html',
    change: (folder) => {
      unlinkSync(join(folder, 'current'))
      symlinkSync('up-two', join(folder, 'current'))
    },
    body: 'two\n',
  },
  'a folder above it that is shut': {
    target: '/locked/page.html',
    change: (folder) => chmodSync(join(folder, 'locked'), 0),
    status: 403,
  },
  'a folder above it that is gone': {
    target: '/removed/page.html',
    change: (folder) => rmSync(join(folder, 'removed'), { recursive: true }),
    status: 404,
  },
  'an index page': {
    target: '/index/',
    change: (folder) => writeFileSync(join(folder, 'index/index.html'), 'two\n'),
    body: 'two\n',
  },
  'an index page that comes before': {
    target: '/later/',
    change: (folder) => writeFileSync(join(folder, 'later/index.html'), 'two\n'),
    body: 'two\n',
  },
  'an index page that is gone': {
    target: '/a-file/',
    change: (folder) => {
      rmSync(join(folder, 'a-file'), { recursive: true })
      writeFileSync(join(folder, 'a-file'), 'two\n')
    },
    status: 404,
  },
  'a name that is no UTF-8': {
    target: '/under%E9.html',
    change: (folder) => plant(folder, { 'under\xe9.html': 'two\n' }),
    body: 'two\n',
  },
}

t.test('changes are seen at once', async (t) => {
  const folder = folderFor(t, TREE)
  chmodSync(folder, 0o755)
  // The tag has no more than size and mtime in it.
  for (const name of ['moved-in.new', 'pages/two.html', 'up-two/deep/page.html'])
    utimesSync(join(folder, name), 1e9, 1e9)
  symlinkSync('pages/one.html', join(folder, 'link.html'))
  symlinkSync('program.html', join(folder, 'to-program.html'))
  symlinkSync('up', join(folder, 'current'))
  const { ask, errors } = await serve(t, folder, { programs: ['.cgi'] })
  await settle()
  for (const { target } of Object.values(CHANGES)) {
    for (let i = 0; i < 3; i++) t.match(await ask(target), { status: 200, body: 'one\n' }, `${target} before`)
  }
  for (const [name, { target, change, status = 200, body }] of Object.entries(CHANGES)) {
    const { headers } = await ask(target)
    change(folder)
    const back = asNobody()
    const asks = [[], [`If-None-Match: ${headers.etag}`]].map((headers) => ask(target, { headers }))
    const answers = await Promise.all(asks)
    back()
    for (const answer of answers) {
      // Nor does it tell a page that was dated back.
      if (name === 'written again, and dated back' && answer.status === 304) continue
      t.match(answer, body === undefined ? { status } : { status, body }, name)
    }
  }
  t.strictSame(errors, [])
})

t.test('a file that is written all the time is never mixed with another', async (t) => {
  const folder = folderFor(t, { 'page.html': 'a'.repeat(500) })
  const { ask } = await serve(t, folder)
  for (let i = 0; i < 60; i++) {
    const text = String.fromCharCode(97 + (i % 26)).repeat(500 + (i % 7))
    writeFileSync(join(folder, 'page.new'), text)
    renameSync(join(folder, 'page.new'), join(folder, 'page.html'))
    t.match(await ask('/page.html'), { status: 200, body: text })
  }
  t.ok(lstatSync(join(folder, 'page.html')).isFile())
})

t.test('the same length and tick of the clock: files that were touched just now are not kept', async (t) => {
  const folder = folderFor(t, { 'page.html': 'a' })
  const { ask } = await serve(t, folder)
  for (const letter of 'bcdefghijklmnopqrstuvwxyz') {
    writeFileSync(join(folder, 'page.html'), letter)
    t.equal((await ask('/page.html')).body, letter)
  }
})
