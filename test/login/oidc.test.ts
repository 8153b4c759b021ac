/** A whole sign-in with OpenID Connect at a real provider, from the button to the account, and out again. */

import { createHash } from 'node:crypto'
import t from 'tap'
import { CLIENTS } from '../../native-fixtures/oidc-provider.mjs'
import { AFTER, browser, CALLBACK, comeBack, ours, provider, signIn } from './oidc-browser.js'

const clients = [
  { name: 'a secret in the form', client: CLIENTS.post, options: {}, sent: /^$/ },
  { name: 'a secret in the header', client: CLIENTS.basic, options: { clientAuth: 'basic' }, sent: /^Basic / },
  { name: 'a public client', client: CLIENTS.public, options: { clientSecret: undefined }, sent: /^$/ },
] as const

for (const { name, client, options, sent } of clients) {
  t.test(name, async (t) => {
    const { id, secret } = { secret: undefined, ...client }
    const there = await provider(t)
    const us = ours(there, { label: 'Corp', clientId: id, clientSecret: secret, ...options })
    t.match(us, { name: 'corp', label: 'Corp' })
    const { url, flow } = await comeBack(t, us, 'alice')
    t.strictSame(await us.finish(url, flow), { ok: true, account: { uid: 'corp:1001', tokens: [], userData: '' } })

    const [asked] = there.seen.filter(({ path }) => path === '/auth')
    t.strictSame(Object.fromEntries(asked?.query ?? []), {
      client_id: id,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid profile',
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: createHash('sha256').update(flow.verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })
    t.notOk(asked?.query.toString().includes(flow.verifier), 'the verifier stays here')
    const [token] = there.seen.filter(({ path }) => path === '/token')
    t.match(token?.headers.authorization ?? '', sent)
    t.equal(token?.form().get('client_secret'), id === CLIENTS.post.id ? (secret ?? null) : null)
    t.equal(token?.form().get('code_verifier'), flow.verifier)
    t.strictSame(
      there.seen.filter(({ path }) => !/auth|interaction/.test(path)).map(({ path }) => path),
      ['/.well-known/openid-configuration', '/token', '/jwks', '/me'],
      'the description once, then a question each',
    )
  })
}

t.test('each flow is another', async (t) => {
  const us = ours(await provider(t))
  const begun = await Promise.all([us.begin(CALLBACK), us.begin(CALLBACK), us.begin(CALLBACK)])
  const texts = begun.flatMap((one) => (one.ok ? Object.values(one.flow) : []))
  t.equal(new Set(texts).size, 9)
  for (const text of texts) t.match(text, /^[\w-]{43}$/, '256 bits')
})

t.test('another process finishes what the first one began', async (t) => {
  const there = await provider(t)
  const { url, flow } = await comeBack(t, ours(there), 'bob')
  const carried = JSON.parse(JSON.stringify(flow))
  t.match(await ours(there).finish(url, carried), { ok: true, account: { uid: 'corp:1002' } })
})

t.test('the provider is asked to ask again', async (t) => {
  const there = await provider(t)
  const us = ours(there, { prompt: 'login', maxAge: 60, scopes: ['openid', 'email', 'email'] })
  t.match(await signIn(t, us, 'alice'), { ok: true })
  const query = there.seen.find(({ path }) => path === '/auth')?.query
  t.match(Object.fromEntries(query ?? []), { prompt: 'login', max_age: '60', scope: 'openid email' })
})

t.test('signing out at the provider', async (t) => {
  const there = await provider(t)
  const us = ours(there)
  const { browser: person } = await comeBack(t, us, 'alice')
  const url = await us.signOutUrl?.(AFTER)
  const { origin, searchParams } = new URL(`${url}`)
  t.equal(origin, there.issuer)
  t.strictSame(Object.fromEntries(searchParams), { post_logout_redirect_uri: AFTER, client_id: CLIENTS.post.id })
  const page = await person.open(`${url}`)
  t.match(page, { status: 200, body: /Sign out at the provider/ })
  t.equal((await person.submit(page, /^Sign out/)).url, AFTER, 'and back to us')
  const begun = await us.begin(CALLBACK)
  t.match(await person.open(begun.ok ? begun.url : ''), { body: /<label for="account">/ }, 'who has to sign in again')
})

t.test('no place to sign out at', async (t) => {
  const there = await provider(t)
  there.meddle.alter = (path, text) =>
    path.includes('well-known') ? JSON.stringify({ ...JSON.parse(text), end_session_endpoint: undefined }) : text
  t.equal(await ours(there).signOutUrl?.(AFTER), undefined, 'none in the description')
  there.meddle.alter = (path, text) =>
    path.includes('well-known') ? JSON.stringify({ ...JSON.parse(text), end_session_endpoint: 'nowhere' }) : text
  t.equal(await ours(there).signOutUrl?.(AFTER), undefined, 'none that is a URL')
  await there.stop()
  t.equal(await ours(there).signOutUrl?.(AFTER), undefined, 'nobody there')
})

t.test('the provider asks until the password is right', async (t) => {
  const there = await provider(t)
  const begun = await ours(there).begin(CALLBACK)
  const person = browser(there.issuer)
  const page = await person.open(begun.ok ? begun.url : '')
  const again = await person.submit(page, /^Sign in/, { account: 'alice', password: 'wrong' })
  t.match(again, { status: 403, body: /role="alert"/ })
  t.match(await person.submit(again, /^Sign in/, { account: 'alice', password: 'correct horse' }), {
    url: /callback\?code=/,
  })
})
