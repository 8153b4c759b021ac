/** A login of two workers: whatever one of them has begun, the other finishes; before and after a reload. */

import t, { type Test } from 'tap'
import { htpasswdMissing } from '../../native-fixtures/debian.mjs'
import { PASSWORD as PASSWORD_THERE } from '../../native-fixtures/oidc-provider.mjs'
import type { Answer } from './desk.js'
import { browser as abroad } from './oidc-browser.js'
import { PASSWORD, SECRET, type Site, startLogin, UID } from './serving.js'

const missing = htpasswdMissing()
const skip = missing ? `skipped: ${missing}` : false

/** What somebody who has begun here comes back to. */
async function atProvider(begun: Answer, { there }: Site): Promise<string> {
  const browser = abroad(there.issuer)
  const form = await browser.open(begun.location as string)
  return (await browser.submit(form, /^Sign in/, { account: 'alice', password: PASSWORD_THERE })).url
}

/** The workers that have answered the last requests. */
async function workersOf(site: Site, before: number, asked: number): Promise<number[]> {
  const all = await site.requests(before + asked)
  return all.slice(before).map(({ pid }) => pid)
}

t.test('a form of one sent to the other', { skip }, async (t) => {
  const site = await startLogin(t)
  for (let i = 0; i < 4; i++) {
    const ada = site.browser()
    const answer = await ada.signIn({ password: PASSWORD })
    t.match(answer, { status: 303, location: '/login/done' })
    t.equal((await ada.ask('/login/done')).location, `${site.origin}/`)
    const page = await ada.ask('/app')
    t.match(JSON.parse(page.body), { url: '/app', headers: { 'remote-user': UID } })
  }
  const pids = await workersOf(site, 0, 16)
  const pairs = [0, 4, 8, 12].map((at) => [pids[at], pids[at + 1]])
  t.ok(
    pairs.some(([shown, sent]) => shown !== sent),
    'one has shown it, the other taken it',
  )
  t.equal(new Set(pids).size, 2, 'there are two')
})

t.test('forms that are too long end no worker', { skip }, async (t) => {
  const site = await startLogin(t)
  const ada = site.browser()
  for (const length of [40_000, 100_000, 1_000_000, 100_000]) {
    const page = await ada.ask('/login')
    // A client that has not sent everything yet may miss the answer.
    await ada.send(page, { uid: UID, password: PASSWORD, more: 'x'.repeat(length) }).catch(() => {})
  }
  t.equal((await ada.signIn({ password: PASSWORD })).status, 303)
  const all = await site.requests(10)
  // Two processes write one log: in which order is theirs to say.
  const posts = all.filter(({ method, path, ip }) => method === 'POST' && path === '/login' && ip === '127.0.0.1')
  t.ok(posts.length > 0)
  t.notMatch(site.messages(), 'has died')
})

t.test('failed tries are counted together', { skip }, async (t) => {
  const site = await startLogin(t)
  const thief = site.browser()
  const page = await thief.ask('/login')
  const statuses: number[] = []
  // The first wait is a second, which may be over at once; the second one is two.
  for (let i = 0; i < 9; i++) statuses.push((await thief.send(page, { uid: UID, password: `guess ${i}` })).status)
  const pids = await workersOf(site, 1, 9)
  for (const pid of new Set(pids)) {
    const own = pids.filter((one) => one === pid).length
    t.ok(own >= 4 && own <= 5, `${own} tries at one: it alone would have let all pass`)
  }
  t.strictSame(statuses.slice(0, 5), Array(5).fill(403))
  t.ok(statuses.includes(429), `${statuses}`)
})

t.test('a sign-in elsewhere, begun at one and finished at the other', { skip }, async (t) => {
  const site = await startLogin(t)
  const pairs: (number | undefined)[][] = []
  for (let i = 0; i < 4; i++) {
    const ada = site.browser()
    const begun = await ada.ask('/login/corp?back=%2fapp')
    const answer = await ada.ask(await atProvider(begun, site))
    t.match(answer, { status: 303, location: `/login/done?back=${encodeURIComponent(`${site.origin}/app`)}` })
    pairs.push(await workersOf(site, 2 * i, 2))
  }
  t.ok(pairs.some(([begun, finished]) => begun !== finished))
})

/** What is under way before a change, and must be good after it. */
async function begin(site: Site) {
  const [person, other, known] = [site.browser(), site.browser(), site.browser()]
  const page = await person.ask('/login?back=%2fapp')
  const begun = await other.ask('/login/corp?back=%2fapp')
  await known.signIn({ password: PASSWORD })
  const leaving = await known.ask('/login/logout')
  return async (t: Test) => {
    const done = { status: 303, location: `/login/done?back=${encodeURIComponent(`${site.origin}/app`)}` }
    t.match(await person.send(page, { uid: UID, password: PASSWORD }), done, 'an open form')
    t.match(await other.ask(await atProvider(begun, site)), done, 'a sign-in elsewhere')
    t.match(JSON.parse((await known.ask('/app')).body), { headers: { 'remote-user': UID } }, 'a ticket')
    t.match(await known.send(leaving, {}), { status: 303, location: '/login/logout?done' }, 'the way out')
    for (const one of [person, other]) t.match((await one.ask('/app')).status, 200)
  }
}

t.test('a reload in the middle', { skip }, async (t) => {
  const site = await startLogin(t)
  const finish = await begin(site)
  await site.reload()
  await finish(t)
})

t.test('a new secret in the middle', { skip }, async (t) => {
  const site = await startLogin(t)
  const finish = await begin(site)
  site.put('new-secret', `another one than ${SECRET}`)
  const ring = ['new-secret', 'secret'].map((file) => ({ secret: { file }, digest: 'sha256' }))
  site.configure({ keys: ring })
  await site.reload()
  await finish(t)
  const late = await begin(site)
  site.configure({ keys: ring.slice(0, 1) })
  await site.reload()
  await late(t)
})

t.test('without the old secret what it has made is nothing', { skip }, async (t) => {
  const site = await startLogin(t)
  const [person, other, known] = [site.browser(), site.browser(), site.browser()]
  const page = await person.ask('/login')
  const begun = await other.ask('/login/corp')
  await known.signIn({ password: PASSWORD })
  site.put('secret', `another one than ${SECRET}`)
  await site.reload()
  t.match(await person.send(page, { uid: UID, password: PASSWORD }), { status: 403, body: 'came from another site' })
  t.match(await other.ask(await atProvider(begun, site)), { status: 403, body: 'Begin again' })
  t.equal((await known.ask('/app')).status, 307)
})
