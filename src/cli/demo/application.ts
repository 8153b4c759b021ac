/** The demo's application: it knows nothing of tickets' secrets and shows what the gateway tells it. */

import { createServer, type IncomingMessage, type Server } from 'node:http'
import { send } from '../../adapters/node-response.js'
import { findCookie } from '../../http/cookie.js'
import { type Html, html } from '../../login/html.js'
import { ENGLISH } from '../../login/messages.js'
import { pageMaker, time } from '../../login/page.js'
import { peekTicket } from '../../ticket/peek.js'

export interface Places {
  /** Path of the login. */
  readonly login: string
  readonly cookieName: string
  /** Seconds that a ticket is good for. */
  readonly timeout: number
}

interface Person {
  readonly uid: string
  readonly tokens: string
  /** Unix time at which the ticket runs out; undefined for guests, who have none. */
  readonly until: number | undefined
}

type Words = (person: Person) => { readonly title: string; readonly text: string }

const TITLES: ReadonlyMap<string, Words> = new Map<string, Words>([
  ['/', ({ uid }) => ({ title: `Hello, ${uid}`, text: 'This page is for everybody who has signed in.' })],
  ['/admin', () => ({ title: 'Administration', text: 'Only people with the token admin see this page.' })],
  [
    '/lounge',
    ({ until }) => ({
      title: 'The lounge',
      text:
        until === undefined
          ? 'Nobody has to sign in here: you are a guest.'
          : 'Guests may come in here; you have signed in.',
    }),
  ],
])

/** The application's server, not yet listening. */
export function createApplication({ login, cookieName, timeout }: Places): Server {
  const page = pageMaker(login, ENGLISH)
  return createServer((message, response) => {
    const path = (message.url ?? '/').replace(/\?.*$/s, '')
    const person = personOf(message, cookieName, timeout)
    const words = TITLES.get(path)?.(person)
    if (words === undefined) {
      const body = html`<p>${ENGLISH.notFound}</p>\n${linksOf(path, person, login)}`
      return send(response, page({ status: 404, title: ENGLISH.notFoundTitle, body }))
    }
    const { title, text } = words
    const body = html`<p>${text}</p>\n${factsOf(person)}\n${linksOf(path, person, login)}`
    send(response, page({ title, body }))
  })
}

function personOf({ headers }: IncomingMessage, cookieName: string, timeout: number): Person {
  const one = (name: string) => decodeURIComponent(String(headers[name] ?? ''))
  // The gateway has checked the ticket and told whose it is; here it only says since when.
  const ticket = peekTicket(findCookie(headers.cookie, cookieName) ?? '')
  return { uid: one('remote-user'), tokens: one('remote-user-tokens'), until: ticket && ticket.issuedAt + timeout }
}

function factsOf({ uid, tokens, until }: Person): Html {
  return html`<dl>
<dt>User</dt><dd>${uid}</dd>
<dt>Tokens</dt><dd>${tokens.replaceAll(',', ', ') || 'none'}</dd>
<dt>Ticket good until</dt><dd>${until === undefined ? 'a guest has none' : time(until)}</dd>
</dl>`
}

function linksOf(path: string, { until }: Person, login: string): Html {
  const links = [
    { to: '/', text: 'Front page' },
    { to: '/admin', text: 'Administration' },
    { to: '/lounge', text: 'The lounge, for guests' },
    until === undefined ? { to: login, text: 'Sign in' } : { to: `${login}/logout`, text: 'Sign out' },
  ]
  const items = links.filter(({ to }) => to !== path).map(({ to, text }) => html`<li><a href="${to}">${text}</a></li>`)
  return html`<nav aria-label="Pages"><ul>\n${items}\n</ul></nav>`
}
