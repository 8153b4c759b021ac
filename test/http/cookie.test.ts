import t from 'tap'
import { cookieHeader, findCookie } from '../../src/http/cookie.js'

t.test('the first value that is not empty, as mod_auth_tkt looks for it', async (t) => {
  const cases: [header: string | undefined, value: string | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['auth_tkt', undefined],
    ['auth_tkt=', undefined],
    ['auth_tkt=a', 'a'],
    ['auth_tkt=a; b=c', 'a'],
    ['b=c; auth_tkt=a', 'a'],
    ['b=c;auth_tkt=a', 'a'],
    ['b=c,auth_tkt=a', undefined],
    ['b=c auth_tkt=a', 'a'],
    ['xauth_tkt=a', undefined],
    ['xauth_tkt=a; auth_tkt=b', 'b'],
    ['AUTH_TKT=a', undefined],
    ['auth_tkt =a', undefined],
    ['auth_tkt=; auth_tkt=b', 'b'],
    ['auth_tkt=bad; auth_tkt=good', 'bad'],
    ['auth_tkt="a"', '"a"'],
    ['auth_tkt=a=b!c ; d', 'a=b!c '],
    ['auth_tkt=auth_tkt=a', 'auth_tkt=a'],
  ]
  for (const [header, value] of cases) t.equal(findCookie(header, 'auth_tkt'), value, `${header}`)
})

t.test('a hostile header costs no more than its length', async (t) => {
  t.equal(findCookie('auth_tkt=;'.repeat(20_000), 'auth_tkt'), undefined)
  t.equal(findCookie('xauth_tkt='.repeat(20_000), 'auth_tkt'), undefined)
})

t.test('several Cookie headers are one, in any case of the name', async (t) => {
  t.equal(cookieHeader([['Host', 'a']]), undefined)
  t.equal(
    cookieHeader([
      ['COOKIE', 'a=1'],
      ['Host', 'h'],
      ['cookie', 'auth_tkt=2'],
    ]),
    'a=1, auth_tkt=2',
  )
})
