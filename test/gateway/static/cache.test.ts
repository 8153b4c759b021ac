/** The memory of small files: bounded, and emptied of what nobody asks for first. */

import { statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createCache, isSame, isSettled, type Kept, SMALL } from '../../../src/gateway/static/cache.js'
import { folderFor, serve, settle } from './site.js'

function keptOf(file: string, length: number): Kept {
  return { file, stat: statSync(file), head: [], unchanged: [], etag: '"x"', body: 'x'.repeat(length) }
}

t.test('what is used stays, what is not makes room', async (t) => {
  const folder = folderFor(t, { a: 'x' })
  const kept = keptOf(join(folder, 'a'), 9000)
  const cache = createCache(50_000)
  for (const path of ['/1', '/2', '/3', '/4']) cache.set(path, kept)
  const there = () => ['/1', '/2', '/3', '/4', '/5', '/6', '/7', '/8'].filter((path) => cache.get(path))
  t.ok(cache.get('/1'))
  t.ok(cache.get('/3'))
  cache.set('/5', kept)
  t.notOk(cache.get('/2'), 'the oldest that was not used is gone')
  t.strictSame(there(), ['/1', '/3', '/4', '/5'])
  for (const path of ['/6', '/7', '/8']) cache.set(path, kept)
  t.equal(there().length, 4, 'where all are used, the oldest go')
  cache.set('/8', keptOf(join(folder, 'a'), 10))
  t.equal(cache.get('/8')?.body.length, 10, 'one that is set again is replaced')
})

t.test('where nothing fits, nothing is kept', async (t) => {
  const folder = folderFor(t, { a: 'x' })
  const cache = createCache(1000)
  cache.set('/1', keptOf(join(folder, 'a'), 10))
  t.equal(cache.get('/1'), undefined)
})

t.test('what tells one version from another', async (t) => {
  const folder = folderFor(t, { a: 'one', b: 'two' })
  const stat = statSync(join(folder, 'a'))
  t.ok(isSame(stat, statSync(join(folder, 'a'))))
  t.notOk(isSame(stat, undefined))
  t.notOk(isSame(stat, statSync(join(folder, 'b'))), 'another file')
  utimesSync(join(folder, 'a'), 1, 1)
  t.notOk(isSame(stat, statSync(join(folder, 'a'))), 'another time')
  const dated = statSync(join(folder, 'a'))
  t.notOk(isSettled(dated, dated.ctimeMs + 1999), 'a file that is dated back has been touched all the same')
  t.ok(isSettled(dated, dated.ctimeMs + 2001))
})

t.test('large files are not kept, small ones are', async (t) => {
  const folder = folderFor(t, { small: 'a'.repeat(SMALL), large: 'a'.repeat(SMALL + 1) })
  const { ask } = await serve(t, folder)
  await settle()
  for (const [name, size] of [
    ['small', SMALL],
    ['large', SMALL + 1],
  ] as const) {
    for (let i = 0; i < 3; i++) t.equal((await ask(`/${name}`)).body.length, size)
    writeFileSync(join(folder, name), 'b'.repeat(size))
    t.equal((await ask(`/${name}`)).body, 'b'.repeat(size))
  }
})
