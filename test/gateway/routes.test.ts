/** Who answers which path and host, how its URLs come back, and the one spelling of a path that goes on. */

import t, { type Test } from 'tap'
import type { Content, Route } from '../../src/config/serving.js'
import { createReverser, joinPath } from '../../src/gateway/routes.js'
import { gateway, headOf, rawUpstream, type Setup, statusOf, talk } from './gateways.js'

const CLOSE = 'Connection: close'

/** An upstream that says its name and what it was asked for. */
async function named(t: Test, name: string) {
  const { url } = await rawUpstream(t, (socket, head) => {
    const body = `${name} ${head.split(' ')[1]}`
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  return url
}

const route = (path: string, url: string): Route => ({ kind: 'upstream', path, url, preserveHost: true, at: 'test' })
const content = (...routes: Route[]): Content => ({ routes, reverse: [] })

async function asking(t: Test, main: Content, setup: Setup = {}) {
  const gate = await gateway(t, main, setup)
  return async (target: string, host = 'a.example') => {
    const text = await talk(t, gate.port, headOf(target, [CLOSE]).replace('a.example', host))
    return statusOf(text) === 200 ? text.slice(text.indexOf('\r\n\r\n') + 4) : `${statusOf(text)}`
  }
}

t.test('prefixes', async (t) => {
  const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((name) => named(t, name)))
  const ask = await asking(
    t,
    content(
      route('/app/deep', `${two}/d`),
      route('/app', `${one}/base`),
      route('/folder/', `${one}/`),
      route('/bare', one as string),
      { kind: 'nobody', path: '/cgi', why: 'test', at: 'test' },
      route('/sp ace', `${three}/x`),
    ),
    { options: { oddPaths: 'allow' } },
  )
  for (const [target, answer] of [
    ['/app', 'one /base'],
    ['/app/', 'one /base/'],
    ['/app/x?y=/z', 'one /base/x?y=/z'],
    ['/app?y', 'one /base?y'],
    ['/app/deep/er', 'two /d/er'],
    ['/app/deeper', 'one /base/deeper'],
    ['/apple', '404'],
    ['/', '404'],
    ['/folder', '404'],
    ['/folder/', 'one /'],
    ['/folder/x', 'one /x'],
    ['/bare', 'one /'],
    ['/bare/x', 'one /x'],
    ['/bare?x', 'one /?x'],
    ['/cgi', '501'],
    ['/cgi/x', '501'],
    ['/sp%20ace/y', 'three /x/y'],
    ['/APP', '404'],
  ] as const) {
    t.equal(await ask(target), answer, target)
  }
})

t.test('virtual hosts have their own', async (t) => {
  const [main, one, two] = await Promise.all(['main', 'one', 'two'].map((name) => named(t, name)))
  const ask = await asking(t, content(route('/', main as string)), {
    options: {
      unknownHost: 'main',
      hosts: [{ names: ['one.example'] }, { names: ['two.example', '*.two.example'] }, { names: ['none.example'] }],
    },
    serving: { hosts: [content(route('/', one as string)), content(route('/only', two as string)), content()] },
  })
  t.equal(await ask('/x', 'one.example'), 'one /x')
  t.equal(await ask('/x', 'ONE.example:8080'), 'one /x')
  t.equal(await ask('/only/x', 'www.two.example'), 'two /x')
  t.equal(await ask('/x', 'two.example'), '404', 'and nothing of the main server')
  t.equal(await ask('/x', 'none.example'), '404')
  t.equal(await ask('/x', 'other.example'), 'main /x')
  t.equal(await ask('http://one.example/x', 'other.example'), 'one /x', "the target's host counts")
})

t.test('a path arrives as it was judged', async (t) => {
  const up = await named(t, 'up')
  const ask = await asking(t, content(route('/', up)), { options: { oddPaths: 'allow' } })
  for (const [target, answer] of [
    ['/a/../b', 'up /b'],
    ['/a/%2e%2e/b', 'up /b'],
    ['/a/.%2E/b/./c', 'up /b/c'],
    ['//a///b', 'up /a/b'],
    ['/%61%7e%2d', 'up /a~-'],
    ['/a%3fb%23', 'up /a%3Fb%23'],
    ['/a%20b%c3%a9', 'up /a%20b%C3%A9'],
    ['/a?x=%2e%2e/../%2f', 'up /a?x=%2e%2e/../%2f'],
    ['/a/..', 'up /'],
    ['/x/../admin', '307'],
    ['/x/%2e%2e/%61dmin', '307'],
    ['//admin', '307'],
    ['/../admin', '400'],
    ['/a%2fb', '404'],
    ['/a%00b', '404'],
    ['/a%zz', '400'],
    ['/a%', '400'],
    ['/%2561dmin', 'up /%2561dmin'],
  ] as const) {
    t.equal(await ask(target), answer, target)
  }
})

t.test('URLs of upstreams come back as ours', async (t) => {
  const upstream = await rawUpstream(t, (socket, head) => {
    const path = head.split(' ')[1]
    const lines = [
      `Location: ${upstream.url}/base${path}`,
      `Content-Location: ${upstream.url}/base/c`,
      `Link: ${upstream.url}`,
    ]
    socket.write(`HTTP/1.1 302 Found\r\n${lines.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`)
  })
  const gate = await gateway(t, {
    routes: [route('/', upstream.url)],
    reverse: [{ path: '/app', url: `${upstream.url}/base` }],
  })
  const text = await talk(t, gate.port, headOf('/x?y', [CLOSE]))
  t.match(text, /\r\nLocation: http:\/\/a\.example\/app\/x\?y\r\n/)
  t.match(text, /\r\nContent-Location: http:\/\/a\.example\/app\/c\r\n/)
  t.match(text, `Link: ${upstream.url}`)
  const old = await talk(t, gate.port, 'GET /x HTTP/1.0\r\n\r\n')
  t.match(old, /\r\nLocation: \/app\/x\r\n/, 'without a host they have none')
})

t.test('the reverse of an URL leads nowhere else', async (t) => {
  const ours = 'http://a.example'
  const reverse = createReverser([
    { path: '/', url: 'http://app' },
    { path: '/one/', url: 'http://one/' },
    { path: '/two', url: 'http://two/base' },
  ])
  for (const [value, answer] of [
    ['http://app/x', `${ours}/x`],
    ['HTTP://APP/x', `${ours}/x`],
    ['http://app', `${ours}/`],
    ['http://app?x', `${ours}/?x`],
    ['http://app.example/x', 'http://app.example/x'],
    ['http://app:81/x', 'http://app:81/x'],
    ['http://app@b.example/', 'http://app@b.example/'],
    ['http://one/x', `${ours}/one/x`],
    ['http://one/', `${ours}/one/`],
    ['http://two/base', `${ours}/two`],
    ['http://two/base/x', `${ours}/two/x`],
    ['http://two/based', 'http://two/based'],
    ['/x', '/x'],
    ['', ''],
  ] as const) {
    t.equal(reverse(value, ours), answer, value)
  }
  for (const value of [
    'http://app//evil.example/',
    'http://app///evil.example/',
    'http://app/\\evil.example/',
    'http://one//evil.example',
  ]) {
    t.match(reverse(value, ''), /^\/(?![/\\])/, `${value} stays here, also where we have no name`)
  }
  t.equal(joinPath('/a/', '/b'), '/a/b')
  t.equal(joinPath('', ''), '/')
})
