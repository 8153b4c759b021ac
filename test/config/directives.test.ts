/** Every directive of mod_auth_tkt, what it sets and what is refused. */

import t from 'tap'
import { TICKET_NAMES } from '../../src/config/known.js'
import { notes, read, settings, wrong } from './config-helpers.js'

t.test('each directive sets its option', async (t) => {
  const rows: [lines: string, settings: Record<string, unknown>][] = [
    ['TKTAuthLoginURL http://a/', { loginUrl: 'http://a/' }],
    ['tktauthloginurl "/a"', { loginUrl: '/a' }],
    ['TKTAuthTimeoutURL /a', { timeoutUrl: '/a' }],
    ['TKTAuthPostTimeoutURL /a', { postTimeoutUrl: '/a' }],
    ['TKTAuthUnauthURL /a', { unauthUrl: '/a' }],
    ['TKTAuthCookieName my', { cookieName: 'my' }],
    ['TKTAuthDomain .example.com', { cookieDomain: '.example.com' }],
    ['TKTAuthDomain example.com:8080', { cookieDomain: 'example.com' }],
    ['TKTAuthBackCookieName bc', { backCookieName: 'bc' }],
    ['TKTAuthBackArgName ret', { backArgName: 'ret' }],
    ['TKTAuthBackArgName None', { backArgName: null }],
    ['TKTAuthQuerySeparator &', { querySeparator: '&' }],
    ['TKTAuthQuerySeparator ;', { querySeparator: ';' }],
    ['TKTAuthIgnoreIP on', { ignoreIp: true }],
    ['TKTAuthRequireSSL OFF', { requireSsl: false }],
    ['TKTAuthCookieSecure On', { cookieSecure: true }],
    ['TKTAuthGuestLogin on # trailing', { guestLogin: true }],
    ['TKTAuthGuestCookie on', { guestCookie: true }],
    ['TKTAuthGuestFallback on', { guestFallback: true }],
    ['TKTAuthGuestEmpty on', { guestEmpty: true }],
    ['TKTAuthGuestUser guest-%8U', { guestUser: 'guest-%8U' }],
    ['TKTAuthGuestUser x%8U', { guestUser: '%8U' }],
    ['TKTAuthToken a b\nTKTAuthToken c', { tokens: ['a', 'b', 'c'] }],
    ['TKTAuthToken NULL a', { tokens: [] }],
    ['TKTAuthToken a NULL', { tokens: ['a', 'NULL'] }],
    ['TKTAuthTimeoutRefresh .25', { timeoutRefresh: 0.25 }],
    ['TKTAuthTimeoutRefresh 1', { timeoutRefresh: 1 }],
    ['TKTAuthTimeoutMin 3', { timeout: 180 }],
    ['TKTAuthTimeoutMin 3\nTKTAuthTimeout 1s', { timeout: 181 }],
    ['TKTAuthTimeout 0', { timeout: 0 }],
    ['TKTAuthTimeout 1h 30m', { timeout: 5400 }],
    ['TKTAuthTimeout 1h\nTKTAuthTimeout 30m', { timeout: 5400 }],
    ['TKTAuthTimeout 1h 30', { timeout: 30 }],
    ['TKTAuthTimeout 30 1h', { timeout: 3630 }],
    ['TKTAuthTimeout 1h30', { timeout: 1 }],
    ['TKTAuthTimeout 1h30m', { timeout: 60 }],
    ['TKTAuthTimeout 1s 1m 1h 1d 1w 1M 1y', { timeout: 1 + 60 + 3600 + 86400 + 604800 + 2592000 + 31536000 }],
    ['TKTAuthCookieExpires 1d', { cookieExpires: 86400 }],
    ['TKTAuthCookieExpires 0', { cookieExpires: null }],
    ['TKTAuthDebug 2', { debug: 2 }],
    ['AuthType None', { authType: 'None' }],
    ['AuthType basic', { authType: 'Basic' }],
    ['AuthType tkt', { authType: 'TKT' }],
    ['AuthType Digest', { authType: 'Basic' }],
  ]
  for (const [lines, expected] of rows) t.same(settings(lines), expected, lines)
})

t.test('what a directive cannot be is an error that names file, line and directive', async (t) => {
  const rows: [lines: string, message: RegExp][] = [
    ['TKTAuthLoginURL ""', /site\.conf:2: TKTAuthLoginURL: takes one argument$/],
    ['TKTAuthLoginURL', /takes one argument/],
    ['TKTAuthLoginURL a b', /takes one argument; put quotes/],
    ['TKTAuthLoginURL "a b"', /cannot be used: an URL has no spaces/],
    ['TKTAuthToken ""', /needs at least one argument/],
    ['TKTAuthToken a,b', /a token has no spaces, commas/],
    ['TKTAuthIgnoreIP yes', /must be On or Off/],
    ['TKTAuthIgnoreIP', /must be On or Off/],
    ['TKTAuthQuerySeparator ,', /must be ';' or '&'/],
    ['TKTAuthTimeoutRefresh 1.5', /between 0 and 1/],
    ['TKTAuthTimeoutRefresh -1', /between 0 and 1/],
    ['TKTAuthTimeoutRefresh abc', /between 0 and 1/],
    ['TKTAuthTimeoutMin abc', /whole number/],
    ['TKTAuthDebug -1', /whole number/],
    ['TKTAuthTimeout h', /'h' is no length of time/],
    ['TKTAuthTimeout 1x', /'1x' is no length of time/],
    ['TKTAuthTimeout 1-', /is no length of time/],
    ['TKTAuthTimeout -1', /is no length of time/],
    ['TKTAuthTimeout 2147483647', /longer than 68 years/],
    ['TKTAuthTimeout 99y', /longer than 68 years/],
    ['TKTAuthTimeout', /needs at least one argument/],
    ['TKTAuthDomain :8080', /cannot be used/],
    ['TKTAuthCookieName "a;b"', /a cookie name has letters/],
    ['TKTAuthSecret x', /server or VirtualHost level only/],
    ['TKTAuthSecretOld x', /server or VirtualHost level only/],
    ['TKTAuthDigestType MD5', /server or VirtualHost level only/],
    ['TKTAuthTimout 1', /TKTAuthTimout: is unknown; did you mean TKTAuthTimeout\?/],
    ['TKTAuthWhatIsThisAtAll 1', /is not read here and has a bearing/],
    ['AuthTyp None', /did you mean AuthType\?/],
    ['Requre valid-user', /did you mean Require\?/],
    ['TKTAuthPublicKey /k\nTKTAuthTimeout 1h', /TKTAuthPublicKey: is mod_auth_pubtkt's/],
    ['AuthMerging And', /joins rules/],
  ]
  for (const [lines, message] of rows) {
    const found = wrong(`<Location /x>\n${lines}\n</Location>`, { module: 'mod_auth_tkt' })
    t.match(found, message, lines)
    t.match(found, /^site\.conf:2: /, `${lines}: place`)
  }
})

t.test('what surprises is noted', async (t) => {
  const rows: [lines: string, message: RegExp][] = [
    ['TKTAuthGuestLogin on # trailing', /what follows the first argument has no effect/],
    ['TKTAuthGuestUser x%8U', /a single char before %U is lost/],
    ['TKTAuthDomain a.b:1', /what begins at the ':' is left out/],
    ['TKTAuthTimeout 1h 30', /'30' replaces what stands before it/],
    ['TKTAuthTimeout 1h30', /'1h30' ends in a digit and counts as 1 s/],
    ['AuthType Foo', /'Foo' counts as Basic/],
    ['AuthUserFile /x', /passwords are not asked for here/],
    ['RewriteRule a b\nRewriteRule c d', /RewriteRule: left out \(2 times\)/],
    ['ProxyPassReverseCookiePath /a /', /ProxyPassReverseCookiePath: left out;/],
  ]
  for (const [lines, message] of rows) t.match(notes(`<Location /x>\n${lines}\n</Location>`), [message], lines)
  t.same(
    notes('<Location /x>\nAuthName x\nAuthMerging Off\nTKTAuthTimeout 60\n</Location>\nListen 80\nServerTokens Prod'),
    [],
  )
})

t.test('hardened reads durations and guests as they are written', async (t) => {
  const hardened = { compat: 'hardened' } as const
  t.match(wrong('<Location /x>\nTKTAuthTimeout 1h 30\n</Location>', hardened), /give every number a unit/)
  t.match(wrong('<Location /x>\nTKTAuthTimeout 60\n</Location>', { bareDigits: 'refuse' }), 'no error')
  t.same(settings('TKTAuthGuestUser x%8U', hardened), { guestUser: 'x%8U' })
  t.match(read('', hardened).options, { compat: 'hardened', demoSecrets: undefined, default: 'pass', order: 'listed' })
})

t.test('there are 26 directives', async (t) => {
  t.equal(TICKET_NAMES.length, 26)
  for (const name of TICKET_NAMES)
    t.notMatch(wrong(`<Location /x>\n${name} a b c\n</Location>`), /unknown|bearing/, name)
})
