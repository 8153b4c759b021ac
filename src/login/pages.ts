/** The pages that people see: the form, who they are, signing out, and why something did not work. */

import type { Answer } from '../adapters/answer.js'
import type { Visitor } from '../policy/visit.js'
import type { Provider } from './authenticators/authenticator.js'
import { hostOf } from './back.js'
import type { Asked, Desk } from './desk.js'
import { fill } from './fill.js'
import { FIELD, showForm } from './forms.js'
import { type Html, html, lines } from './html.js'
import { note, time } from './page.js'
import { homeOf, pageUrl, type WayBack } from './ways.js'

/** Who has signed out is not to be seen by whoever presses the back button. */
const NOT_KEPT = [['Cache-Control', 'no-store']] as const

export interface FormOptions {
  readonly status?: number
  /** Why it is shown again. */
  readonly message?: string | undefined
  readonly kind?: 'alert' | 'status'
  readonly title?: string
  readonly hint?: Html
  /** As it was typed. */
  readonly uid?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly setCookies?: readonly string[]
}

/** The sign-in page. */
export function formPage(desk: Desk, asked: Asked, way: WayBack, options: FormOptions = {}): Answer {
  const { messages, authenticators, providers, page } = desk
  const {
    status = 200,
    message,
    kind = 'alert',
    title = messages.signIn,
    hint,
    uid = '',
    headers = [],
    setCookies = [],
  } = options
  const form = showForm(asked.cookies, asked.secrets, asked.now)
  const goesElsewhere = way.url !== undefined && !way.url.startsWith(`${asked.origin}/`)
  const byPassword = authenticators.length > 0
  return page({
    status,
    title,
    headers,
    setCookies: [...form.setCookies, ...setCookies],
    body: lines([
      goesElsewhere && html`<p class="hint">${fill(messages.goingTo, { host: hostOf(way.url as string) })}</p>`,
      note(message, kind),
      way.refused && note(messages.foreignBack),
      hint,
      byPassword && passwordForm(desk, way, form.token, uid),
      byPassword && providers.length > 0 && html`<p class="or">${messages.or}</p>`,
      ...providers.map((provider) => providerLink(desk, provider, way, byPassword)),
    ]),
  })
}

function passwordForm({ path, messages }: Desk, way: WayBack, token: string, uid: string): Html {
  const known = uid !== ''
  return html`<form method="post" action="${path}">
<input type="hidden" name="${FIELD}" value="${token}">
${way.url !== undefined && html`<input type="hidden" name="back" value="${way.url}">\n`}<label for="uid">${messages.user}</label>
<input id="uid" name="uid" value="${uid}" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" maxlength="255" required${!known && html` autofocus`}>
<label for="password">${messages.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required${known && html` autofocus`}>
<button>${messages.signIn}</button>
</form>`
}

function providerLink(desk: Desk, { name, label }: Provider, way: WayBack, second: boolean): Html {
  const look = second ? 'button plain' : 'button'
  return html`<a class="${look}" href="${pageUrl(desk, `/${name}`, way)}">${fill(desk.messages.signInWith, { label })}</a>`
}

/** Who is signed in, and the way on and out. */
export function visitorPage(desk: Desk, asked: Asked, visitor: Visitor, way: WayBack): Answer {
  const { messages, page } = desk
  const form = showForm(asked.cookies, asked.secrets, asked.now)
  const until = visitor.until === undefined ? messages.forEver : time(visitor.until)
  return page({
    title: `${messages.signedInAs} ${visitor.uid}`,
    setCookies: form.setCookies,
    headers: NOT_KEPT,
    body: html`${lines([way.refused && note(messages.foreignBack)])}<dl>
<dt>${messages.tokens}</dt><dd>${visitor.tokens.join(', ') || messages.none}</dd>
<dt>${messages.since}</dt><dd>${time(visitor.since)}</dd>
<dt>${messages.until}</dt><dd>${until}</dd>
</dl>
<a class="button" href="${way.url ?? homeOf(desk, asked.origin)}">${messages.goOn}</a>
<a class="button plain" href="${pageUrl(desk, '', way, 'other=1')}">${messages.useOther}</a>
${signOutForm(desk, form.token)}`,
  })
}

/** Somebody whose ticket does not open what they asked for. */
export function unauthPage(desk: Desk, asked: Asked, visitor: Visitor, way: WayBack): Answer {
  const { messages } = desk
  return formPage(desk, asked, way, {
    status: 403,
    title: messages.unauthTitle,
    headers: NOT_KEPT,
    message: fill(messages.unauthAs, { uid: visitor.uid }),
    hint: html`<p>${messages.otherAccount}</p>`,
  })
}

export function askSignOutPage(desk: Desk, asked: Asked): Answer {
  const { messages, page } = desk
  const form = showForm(asked.cookies, asked.secrets, asked.now)
  return page({
    title: messages.signOut,
    setCookies: form.setCookies,
    body: html`<p>${messages.askSignOut}</p>\n${signOutForm(desk, form.token, true)}`,
  })
}

/** Somebody whose browser has two tickets, and sends the older one. */
export function oldTicketPage(desk: Desk, asked: Asked): Answer {
  const { messages, page } = desk
  const form = showForm(asked.cookies, asked.secrets, asked.now)
  return page({
    status: 403,
    title: messages.oldTicketTitle,
    setCookies: form.setCookies,
    headers: NOT_KEPT,
    body: html`${note(messages.oldTicket)}${signOutForm(desk, form.token, true)}`,
  })
}

function signOutForm({ path, messages }: Desk, token: string, only = false): Html {
  return html`<form method="post" action="${path}/logout">
<input type="hidden" name="${FIELD}" value="${token}">
<button${!only && html` class="plain"`}>${messages.signOut}</button>
</form>`
}

/** `elsewhere`: the provider that may still know them, and where they can sign out there. */
export function signedOutPage(desk: Desk, elsewhere: { label: string; url: string | undefined } | undefined): Answer {
  const { messages, page, path } = desk
  const { label = '', url } = elsewhere ?? {}
  return page({
    title: messages.signedOut,
    body: lines([
      note(messages.signedOutText, 'status'),
      elsewhere && html`<p>${fill(messages.stillAtProvider, { label })}</p>`,
      url !== undefined && html`<a class="button plain" href="${url}">${messages.signOutAtProvider}</a>`,
      html`<a class="button" href="${path}">${messages.signInAgain}</a>`,
    ]),
  })
}

/** A sentence, and the way to try again. */
export function troublePage(
  desk: Desk,
  status: number,
  title: string,
  sentence: string,
  again?: { way: WayBack; setCookies?: readonly string[] },
  headers: readonly (readonly [string, string])[] = [],
): Answer {
  const { messages, page } = desk
  return page({
    status,
    title,
    headers,
    setCookies: again?.setCookies ?? [],
    body: lines([
      note(sentence),
      again && html`<a class="button" href="${pageUrl(desk, '', again.way)}">${messages.signIn}</a>`,
    ]),
  })
}
