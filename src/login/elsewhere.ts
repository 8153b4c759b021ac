/** Signing in at a provider: there with a state that the browser keeps, sealed; back with an answer to it. */

import type { Answer } from '../adapters/answer.js'
import type { Flow, Provider } from './authenticators/authenticator.js'
import { argument } from './back.js'
import type { OwnCookies } from './cookies.js'
import type { Asked, Desk } from './desk.js'
import { enter } from './enter.js'
import { fill } from './fill.js'
import { seeOther } from './page.js'
import { troublePage } from './pages.js'
import { pageUrl, type WayBack, wayBack, wayBackOf } from './ways.js'

const COOKIE = 'authtkt_flow_'
/** Seconds that somebody may take at the provider. */
const FLOW_AGE = 600
/** Sign-ins that may be under way at once in one browser: each is a cookie. */
const MOST = 4
/** Chars of all these cookies together: servers take headers of 8 KiB, and applications have cookies, too. */
const ROOM = 5000
/** Dropped at once: a header full of made-up ones is not to be answered with as many lines. */
const DROPS = 8
const MOVED = 'moved'
/** Of a way back: sealed, a longer one fits in no cookie. It is forgotten, or nobody could sign in. */
const BACK_MAX = 2500

interface Kept {
  readonly flow: Flow
  readonly provider: string
  readonly back: string | undefined
  readonly begun: number
}

/** One for each state, so that two tabs do not disturb each other. */
const cookieName = (state: string) => `${COOKIE}${state.slice(0, 8).replace(/[^\w-]/g, '-')}`

function callbackOf(desk: Desk, { origin }: Asked, { name }: Provider): string {
  return `${desk.url ?? origin + desk.path}/${name}/callback`
}

export async function beginElsewhere(desk: Desk, asked: Asked, provider: Provider): Promise<Answer> {
  const way = wayBackOf(desk, asked)
  const there = desk.url === undefined ? undefined : new URL(desk.url)
  // The provider sends people back to there, and only there their cookies. Once: a proxy may have another word for it.
  if (
    there !== undefined &&
    there.host !== new URL(asked.origin).host &&
    argument(asked.visit.query, MOVED) === undefined
  ) {
    return seeOther(new URL(pageUrl(desk, `/${provider.name}`, way, `${MOVED}=1`), there).href)
  }
  const begun = await provider.begin(callbackOf(desk, asked, provider))
  if (!begun.ok) return down(desk, provider, way, begun.cause)
  const back = way.url !== undefined && way.url.length <= BACK_MAX ? way.url : undefined
  const kept: Kept = { flow: begun.flow, provider: provider.name, back, begun: asked.now }
  const { cookies } = asked
  const sealed = asked.secrets.seal('flow', JSON.stringify(kept))
  return seeOther(begun.url, [
    ...crowdedOut(cookies, sealed.length).map((name) => cookies.drop(name)),
    cookies.set(cookieName(begun.flow.state), sealed, FLOW_AGE),
  ])
}

/** The oldest ones, if there are too many or too long ones beside the next. */
function crowdedOut(cookies: OwnCookies, next: number): string[] {
  const names = cookies.named(COOKIE)
  let room = ROOM - next
  const stay = names
    .slice(-MOST + 1)
    .reverse()
    .filter((name) => {
      room -= cookies.find(name)?.length ?? 0
      return room >= 0
    })
  return names.filter((name) => !stay.includes(name)).slice(0, DROPS)
}

export async function finishElsewhere(desk: Desk, asked: Asked, provider: Provider): Promise<Answer> {
  const { messages } = desk
  const { cookies, visit } = asked
  const name = cookieName(argument(visit.query, 'state') ?? '')
  const kept = keptIn(asked, name, provider)
  const way = wayBack(desk, asked.origin, kept?.back)
  const setCookies = [cookies.drop(name)]
  const refuse = (status: number, reason: string, sentence: string) => {
    desk.tell({ kind: 'refused', by: provider.name, reason, ip: visit.ip })
    return troublePage(desk, status, messages.signIn, sentence, { way, setCookies })
  }
  if (kept === undefined) return refuse(403, 'stale', messages.stale)
  const url = new URL(`${callbackOf(desk, asked, provider)}?${visit.query}`)
  const finished = await provider.finish(url, kept.flow)
  if (finished.ok) return enter(desk, asked, way, { account: finished.account, by: provider.name, setCookies })
  if (finished.reason === 'unavailable') return down(desk, provider, way, finished.cause, setCookies)
  return refuse(403, finished.reason, messages[finished.reason])
}

function keptIn({ cookies, secrets, now }: Asked, name: string, provider: Provider): Kept | undefined {
  const text = secrets.open('flow', cookies.find(name) ?? '')
  if (text === undefined) return undefined
  const kept = JSON.parse(text) as Kept
  return kept.provider === provider.name && now - kept.begun <= FLOW_AGE ? kept : undefined
}

function down(desk: Desk, { name, label }: Provider, way: WayBack, cause: string, setCookies: string[] = []): Answer {
  const { messages } = desk
  desk.tell({ kind: 'unavailable', by: name, cause })
  const sentence = fill(messages.providerDown, { label })
  return troublePage(desk, 503, messages.signIn, sentence, { way, setCookies }, [['Retry-After', '60']])
}
