/** Options that make no sense are refused when the provider is made, with their name and the way out. */

import t from 'tap'
import { type OidcOptions, oidc } from '../../src/login/authenticators/oidc.js'

const GOOD = { name: 'corp', issuer: 'https://id.example.com/realms/x', clientId: 'portal' }
const tokens = { claim: 'groups', allow: ['staff'] }

const good: readonly Partial<OidcOptions>[] = [
  {},
  { issuer: new URL('https://id.example.com') },
  ...['http://127.0.0.1:8080', 'http://127.9.9.9', 'http://[::1]:1/x', 'http://localhost'].map((issuer) => ({
    issuer,
  })),
  { clientSecret: 'x', clientAuth: 'post', prompt: 'select_account', maxAge: 0, clockTolerance: 0, timeout: 1 },
  { tokens, required: ['staff'], accounts: {}, unknownAccounts: 'refuse', userData: [], scopes: [], userInfo: false },
]

const bad: readonly [options: object, message: RegExp][] = [
  [{ clientID: 'x' }, /there is no option 'clientID'; the options are name, issuer, clientId,/],
  [{ name: undefined }, /needs name/],
  [{ issuer: undefined }, /needs issuer/],
  [{ clientId: undefined }, /needs clientId/],
  [{ name: 'Corp' }, /name is part of URLs: small letters/],
  [{ name: 1 }, /name must be a text/],
  [{ label: '' }, /label must be a text/],
  [{ label: 'a\nb' }, /label must not contain control bytes/],
  [{ issuer: 'http://id.example.com' }, /issuer must be https; http is for 127\.0\.0\.1/],
  [{ issuer: 'http://127.0.0.1.example.com' }, /issuer must be https/],
  [{ issuer: 'http://localhost.example.com' }, /issuer must be https/],
  [{ issuer: 'ftp://localhost' }, /issuer must be https/],
  [{ issuer: 'id.example.com' }, /issuer must be a URL, such as/],
  [{ issuer: 1 }, /issuer must be a URL/],
  [{ issuer: 'https://u:p@id.example.com' }, /issuer must be a URL without user/],
  [{ issuer: 'https://id.example.com/?x' }, /without user, query and fragment/],
  [{ issuer: 'https://id.example.com/.well-known/openid-configuration' }, /issuer is what comes before/],
  [{ clientId: '' }, /clientId must be a text, and not empty/],
  [{ clientSecret: '' }, /clientSecret must be a text, and not empty/],
  [{ clientSecret: 'hunter2', clientAuth: 'jwt' }, /clientAuth must be one of basic, post/],
  [{ clientAuth: 'post' }, /give both, or neither/],
  [{ scopes: 'openid' }, /scopes must be an array/],
  [{ scopes: ['openid profile'] }, /one scope an entry/],
  [{ accounts: ['x'] }, /accounts must be an object of texts/],
  [{ accounts: { 1: 'a!b' } }, /accounts: each value must be a text without `!`/],
  [{ accounts: { 1: '' } }, /accounts: each value/],
  [{ unknownAccounts: 'deny' }, /unknownAccounts must be one of allow, refuse/],
  [{ tokens: { claim: 'groups' } }, /tokens\.allow must be an object of texts/],
  [{ tokens: { ...tokens, claims: 'x' } }, /tokens: there is no option 'claims'/],
  [{ tokens: { allow: [] } }, /tokens\.claim must be a text/],
  [{ tokens: { claim: 'groups', allow: ['ok', 'a,b'] } }, /tokens\.allow\[1\] has chars .* object of value and token/],
  [{ tokens: { claim: 'groups', allow: { x: 'a,b' } } }, /tokens\.allow: each value must be a text without/],
  [{ tokens, required: [] }, /required is empty/],
  [{ tokens, required: ['admin'] }, /required\[0\] is a token that tokens\.allow gives to nobody/],
  [{ required: ['staff'] }, /required\[0\] is a token/],
  [{ userData: 'name' }, /userData must be an array/],
  [{ userData: [1] }, /userData\[0\] must be a text/],
  [{ userInfo: 'yes' }, /userInfo must be true or false/],
  [{ timeout: 0 }, /timeout must be whole seconds, 1 to/],
  [{ timeout: 2.5 }, /timeout must be whole seconds/],
  [{ clockTolerance: -1 }, /clockTolerance must be whole seconds, 0 to/],
  [{ prompt: 'create' }, /prompt must be one of none, login/],
  [{ maxAge: '60' }, /maxAge must be whole seconds/],
  [{ now: 5 }, /now must be a function/],
]

t.test('options that make sense', async (t) => {
  for (const options of good) t.match(oidc({ ...GOOD, ...options }), { name: 'corp', label: 'corp' })
})

t.test('options that make none', async (t) => {
  for (const [options, message] of bad) {
    t.throws(() => oidc({ ...GOOD, ...options }), { code: 'ERR_TKT_OPTIONS', message }, `${message}`)
  }
  try {
    oidc({ ...GOOD, clientSecret: 'hunter2', accounts: { hunter2: 'hunter2!' } })
    t.fail('must not be taken')
  } catch (error) {
    t.notMatch(String(error), /hunter2/, 'what is in them is not told')
  }
})
