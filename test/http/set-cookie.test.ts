import fc from 'fast-check'
import t from 'tap'
import { type CookieAttributes, deleteCookie, sessionCookie, setCookie } from '../../src/http/set-cookie.js'

const bare: CookieAttributes = {
  domain: undefined,
  secure: false,
  httpOnly: false,
  sameSite: null,
  maxAge: null,
  text: 'module',
}
const rfc: CookieAttributes = { ...bare, text: 'rfc6265' }
const expiresOf = (line: string) => /; expires=([^;]+)/.exec(line)?.[1]
const time = fc.integer({ min: 0, max: 0xffffffff })

t.test('RFC 6265 dates are those of toUTCString', async () => {
  fc.assert(
    fc.property(time, (at) => expiresOf(setCookie('n', 'v', at, rfc)) === new Date(at * 1000).toUTCString()),
    { numRuns: 2000 },
  )
})

t.test("the module's dates have two digits of the year and dashes", async () => {
  fc.assert(
    fc.property(time, (at) => {
      const [day, date, month, year = '', clock] = new Date(at * 1000).toUTCString().split(' ')
      return expiresOf(setCookie('n', 'v', at, bare)) === `${day} ${date}-${month}-${year.slice(2)} ${clock} GMT`
    }),
    { numRuns: 2000 },
  )
})

t.test('the recorded texts of the module', async (t) => {
  const domain = { ...bare, domain: 'www.example.com' }
  t.equal(
    setCookie('auth_tkt', 'V', 1700086400, { ...domain, secure: true }),
    'auth_tkt=V; path=/; domain=www.example.com; expires=Wed, 15-Nov-23 22:13:20 GMT; secure',
  )
  t.equal(
    deleteCookie('auth_tkt', 1700000000, domain),
    'auth_tkt=; path=/; domain=www.example.com; expires=Thu 01 Jan 1970 00:28:19 UTC',
  )
  t.equal(expiresOf(deleteCookie('n', 0, bare)), 'Wed 31 Dec 1969 23:59:59 UTC', 'before its own zero')
})

t.test('a deletion lies in the past', async () => {
  fc.assert(
    fc.property(time, (now) => {
      const past = (attributes: CookieAttributes) =>
        Date.parse(expiresOf(deleteCookie('n', now, attributes)) as string) < Math.max(now, 1) * 1000
      return past(rfc) && (now < 5000 || past(bare))
    }),
    { numRuns: 1000 },
  )
})

t.test('attributes in their order', async (t) => {
  const all: CookieAttributes = {
    domain: 'd',
    secure: true,
    httpOnly: true,
    sameSite: 'Lax',
    maxAge: 60,
    text: 'rfc6265',
  }
  t.equal(setCookie('n', 'v', undefined, bare), 'n=v; path=/')
  t.equal(
    setCookie('n', 'v', 0, all),
    'n=v; path=/; domain=d; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60; secure; HttpOnly; SameSite=Lax',
  )
  t.equal(
    deleteCookie('n', 1, all),
    'n=; path=/; domain=d; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; secure; HttpOnly; SameSite=Lax',
  )
  t.equal(sessionCookie('n', 'v', all), 'n=v; path=/; domain=d; secure; HttpOnly; SameSite=Lax')
  t.equal(
    sessionCookie('n', 'v', { ...all, text: 'module' }),
    'n=v; path=/; domain=d',
    'the module gives it nothing else',
  )
})

t.test('a date is written anew when the second is another one, whichever cookie asks', async (t) => {
  const dates = (at: number) => [bare, rfc, bare].map((attributes) => expiresOf(setCookie('n', 'v', at, attributes)))
  const [one, next] = [1_700_000_000, 1_700_000_001]
  const first = dates(one)
  t.strictSame(first, ['Tue, 14-Nov-23 22:13:20 GMT', 'Tue, 14 Nov 2023 22:13:20 GMT', 'Tue, 14-Nov-23 22:13:20 GMT'])
  t.match(dates(next)[0], /:21 GMT$/)
  t.strictSame(dates(one), first)
})
