/** Conditions, ranges and HEAD: as the library says, and the same from memory. */

import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Answer, type Asking, folderFor, type Site, serve, settle } from './site.js'

const BODY = 'abcdefghij'
const YEAR = new Date('2024-05-06T07:08:09Z')

async function siteFor(t: Test, wait: boolean): Promise<Site> {
  const folder = folderFor(t, { 'page.html': BODY, 'empty.txt': '' })
  utimesSync(join(folder, 'page.html'), YEAR, YEAR)
  const site = await serve(t, folder)
  if (!wait) return site
  await settle()
  for (const target of ['/page.html', '/empty.txt']) await site.ask(target)
  return site
}

const DAY = YEAR.toUTCString()
const ETAG = `W/"a-${YEAR.getTime().toString(16)}"`
const EARLIER = new Date('2023-01-01T00:00:00Z').toUTCString()
const LATER = new Date('2025-01-01T00:00:00Z').toUTCString()

type Case = readonly [
  name: string,
  headers: readonly string[],
  status: number,
  body?: string | undefined,
  range?: string,
]
const CASES: readonly Case[] = [
  ['nothing', [], 200],
  ['its tag', [`If-None-Match: ${ETAG}`], 304],
  ['its tag, strong', [`If-None-Match: ${ETAG.slice(2)}`], 304],
  ['its tag among others', [`If-None-Match: "x", ${ETAG}`], 304],
  ['its tag on two lines', ['If-None-Match: "x"', `If-None-Match: ${ETAG}`], 304],
  ['any tag', ['If-None-Match: *'], 304],
  ['another tag', ['If-None-Match: "x"'], 200],
  ['its tag, but reloaded', [`If-None-Match: ${ETAG}`, 'Cache-Control: no-cache'], 200],
  ['its tag and max-age', [`If-None-Match: ${ETAG}`, 'Cache-Control: max-age=0'], 304],
  ['its tag and an old date', [`If-None-Match: ${ETAG}`, `If-Modified-Since: ${EARLIER}`], 304],
  ['another tag and its date', ['If-None-Match: "x"', `If-Modified-Since: ${DAY}`], 200],
  ['its date', [`If-Modified-Since: ${DAY}`], 304],
  ['an earlier date', [`If-Modified-Since: ${EARLIER}`], 200],
  ['a later date', [`If-Modified-Since: ${LATER}`], 304],
  ['no date', ['If-Modified-Since: yesterday'], 200],
  ['its tag demanded', [`If-Match: ${ETAG}`], 200],
  ['another tag demanded', ['If-Match: "x"'], 412],
  ['another tag demanded, its own known', ['If-Match: "x"', `If-None-Match: ${ETAG}`], 412],
  ['unchanged since', [`If-Unmodified-Since: ${LATER}`], 200],
  ['changed since', [`If-Unmodified-Since: ${EARLIER}`], 412],
  ['changed since, its tag known', [`If-Unmodified-Since: ${EARLIER}`, `If-None-Match: ${ETAG}`], 412],
  ['the first bytes', ['Range: bytes=0-2'], 206, 'abc', 'bytes 0-2/10'],
  ['the last bytes', ['range: bytes=-3'], 206, 'hij', 'bytes 7-9/10'],
  ['from the middle on', ['RANGE: bytes=4-'], 206, 'efghij', 'bytes 4-9/10'],
  ['one byte', ['Range: bytes=9-9'], 206, 'j', 'bytes 9-9/10'],
  ['more than there is', ['Range: bytes=8-100'], 206, 'ij', 'bytes 8-9/10'],
  ['behind the end', ['Range: bytes=10-'], 416, undefined, 'bytes */10'],
  ['two parts', ['Range: bytes=0-1,4-5'], 200],
  ['another unit', ['Range: lines=0-1'], 200],
  ['a part of this version', ['Range: bytes=0-1', `If-Range: ${ETAG}`], 206, 'ab', 'bytes 0-1/10'],
  ['a part of another', ['Range: bytes=0-1', 'If-Range: "x"'], 200],
  ['a part since', ['Range: bytes=0-1', `If-Range: ${DAY}`], 206, 'ab', 'bytes 0-1/10'],
  ['a part and its tag', ['Range: bytes=0-1', `If-None-Match: ${ETAG}`], 304],
  ['a referer', ['Referer: http://a/', 'If: x'], 200],
]

function expect(t: Test, answer: Answer, [name, , status, body, range]: Case, head: boolean): void {
  const whole = body ?? (status === 200 ? BODY : undefined)
  t.equal(answer.status, status, name)
  t.equal(answer.headers['content-range'], range, `range of: ${name}`)
  if (status === 304) t.strictSame([answer.body, answer.headers['content-length']], ['', undefined], 'no body')
  if (head) t.equal(answer.body, '', 'no body')
  else if (whole !== undefined) t.equal(answer.body, whole, `body of: ${name}`)
  if (whole !== undefined) {
    t.equal(answer.headers['content-length'], String(whole.length))
    t.equal(answer.headers['content-type'], 'text/html; charset=utf-8')
  }
  if (status < 400) {
    t.match(answer.headers, { etag: ETAG, 'last-modified': DAY, 'accept-ranges': 'bytes' })
  }
}

t.test('as the library says, and the same from memory', async (t) => {
  const [fresh, kept] = [await siteFor(t, false), await siteFor(t, true)]
  for (const one of CASES) {
    for (const method of ['GET', 'HEAD']) {
      const asking: Asking = { method, headers: one[1] }
      const answer = await fresh.ask('/page.html', asking)
      expect(t, answer, one, method === 'HEAD')
      const again = await kept.ask('/page.html', asking)
      t.strictSame(
        { ...again, headers: { ...again.headers, date: '' } },
        { ...answer, headers: { ...answer.headers, date: '' } },
      )
    }
  }
  t.strictSame([...fresh.errors, ...kept.errors], [])
})

t.test('an empty file', async (t) => {
  for (const { ask } of [await siteFor(t, false), await siteFor(t, true)]) {
    t.match(await ask('/empty.txt'), { status: 200, body: '', headers: { 'content-length': '0' } })
    t.match(await ask('/empty.txt', { headers: ['Range: bytes=0-'] }), { status: 416 })
  }
})
