/** Limits, times and header names of an Apache configuration. */

import t from 'tap'
import { LIMITS, TIMEOUTS } from '../../src/config/serving.js'
import { notes, read } from './config-helpers.js'

const serving = (text: string) => read(text).serving

t.test('limits and times', async (t) => {
  const rows: [line: string, limits: object, timeouts: object][] = [
    ['', {}, {}],
    ['LimitRequestBody 1000', { bodyBytes: 1000 }, {}],
    ['LimitRequestBody 10\nLimitRequestBody 0', { bodyBytes: null }, {}],
    ['LimitRequestFields 50', { headers: 50 }, {}],
    ['LimitRequestFields 0', { headers: 2000 }, {}],
    ['LimitRequestLine 99', { urlBytes: 99 }, {}],
    ['LimitRequestLine 99999999', { urlBytes: 1 << 20 }, {}],
    ['LimitRequestFieldSize 100', {}, {}],
    ['LimitRequestFieldSize 65536', { headBytes: 65_536 }, {}],
    ['TimeOut 7', {}, { idle: 7, response: 7 }],
    ['KeepAliveTimeout 500ms', {}, { keepAlive: 0.5 }],
  ]
  for (const [line, limits, timeouts] of rows) {
    t.same(serving(line).limits, { ...LIMITS, ...limits }, line)
    t.same(serving(line).timeouts, { ...TIMEOUTS, ...timeouts }, line)
    t.same(notes(line), [], line)
  }
  for (const line of [
    'LimitRequestBody x',
    'LimitRequestLine -1',
    'KeepAliveTimeout 0',
    'TimeOut',
    'TimeOut 99999999',
  ]) {
    t.match(notes(line), [/has no effect/], line)
    t.same([serving(line).limits, serving(line).timeouts], [LIMITS, TIMEOUTS], line)
  }
  t.match(notes('<VirtualHost *>\nTimeOut 7\n</VirtualHost>'), [/2: TimeOut: counts for all hosts alike here/])
})

t.test('headers that tell backends who asks', async (t) => {
  const names = (text: string) => serving(text).identity
  const text = `RequestHeader set X-User %{REMOTE_USER}e
<VirtualHost *>\nRequestHeader add X-User "expr=%{REMOTE_USER}"\nRequestHeader set X-Tokens "expr=%{reqenv:REMOTE_USER_TOKENS}"
<Location /a>\nRequestHeader set X-Data %{REMOTE_USER_DATA}e env=REMOTE_USER\nRequestHeader set x-user %{REMOTE_USER}s\n</Location>
</VirtualHost>\nRequestHeader set X-Env "expr=%{env:REMOTE_USER}"`
  t.same(names(text), {
    uid: ['Remote-User', 'X-User', 'X-Env'],
    tokens: ['Remote-User-Tokens', 'X-Tokens'],
    userData: ['Remote-User-Data', 'X-Data'],
  })
  t.same(notes(text), [])
  const others = [
    'RequestHeader unset X-User',
    'RequestHeader set X-User bob',
    'RequestHeader set X-User "%{REMOTE_USER}e more"',
    'RequestHeader append X-User %{REMOTE_USER}e',
    'RequestHeader set X-User %{REMOTE_USER}e env=!x',
    'RequestHeader set Host %{REMOTE_USER}e',
    'RequestHeader set Content-Length %{REMOTE_USER}e',
    'RequestHeader set "a b" %{REMOTE_USER}e',
    'RequestHeader',
  ]
  for (const line of others) {
    t.same(names(line), names(''), line)
    t.match(notes(line), [/RequestHeader: left out; it is not read here/], line)
  }
})
