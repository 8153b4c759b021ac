/** A last slash and the bytes of UTF-8: software that minds neither must not find another area than we do. */

import t from 'tap'
import { guardOf, inShort, requestOf } from '../guards.js'

t.test('a slash at the end does not lead out of an area for one path', async (t) => {
  const guard = guardOf({
    areas: [
      { path: '/', require: 'granted' },
      { exactPath: '/admin', require: 'valid-user' },
      { path: '/below/', require: 'valid-user' },
      { pattern: '^/report$', require: 'valid-user' },
      { pattern: '\\.pdf$', require: 'valid-user' },
      { path: '/plain', require: 'valid-user' },
    ],
  })
  const table: Readonly<Record<string, readonly string[]>> = {
    'redirect absent': ['/admin', '/below/', '/below/x', '/below/x/', '/report', '/a.pdf', '/plain', '/plain/'],
    'error 400 malformed': ['/admin/', '/ADMIN/', '/below', '/report/', '/a.pdf/', '/Admin', '/x/A.PDF'],
    pass: ['/', '/x', '/x/', '/administration', '/a.pdfx', '/admin/x'],
  }
  for (const [answer, urls] of Object.entries(table)) {
    for (const url of urls) t.equal(inShort(guard.decide(requestOf({ url }))), answer, url)
  }
})

t.test('areas with capitals are found in their own spelling and refused in others', async (t) => {
  const guard = guardOf({
    areas: [
      { path: '/', require: 'granted' },
      { path: '/Admin', require: 'valid-user' },
    ],
  })
  t.equal(inShort(guard.decide(requestOf({ url: '/Admin' }))), 'redirect absent')
  for (const url of ['/admin', '/ADMIN', '/aDMIN/x', '/Admin;x', '/admin.']) {
    t.equal(inShort(guard.decide(requestOf({ url }))), 'error 400 malformed', url)
  }
})

t.test('paths in UTF-8 are found whatever else there is', async (t) => {
  const guard = guardOf({
    areas: [
      { path: '/', require: 'granted' },
      { path: '/priv\u00c3\u00a9', require: 'valid-user' },
      { exactPath: '/Z', require: 'valid-user' },
    ],
  })
  for (const url of ['/priv%C3%A9', '/priv%c3%a9/X', '/priv\u00c3\u00a9/']) {
    t.equal(inShort(guard.decide(requestOf({ url }))), 'redirect absent', url)
  }
  for (const url of ['/%E0%B8%81/X', '/%D0%80A', '/%E1%80%80Z', '/%C3%80/B', '/%F0%9F%98%80C']) {
    t.equal(inShort(guard.decide(requestOf({ url }))), 'pass', `${url}: what is no overlong UTF-8 is no odd path`)
  }
})
