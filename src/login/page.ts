/** What all pages share: the frame, the headers that go with it, notes, and times. */

import type { Answer } from '../adapters/answer.js'
import { type Html, html } from './html.js'
import type { Messages } from './messages.js'
import { STYLE, STYLE_VERSION } from './style.js'

export interface PageOptions {
  readonly status?: number
  readonly title: string
  readonly body: Html
  readonly setCookies?: readonly string[]
  readonly headers?: readonly (readonly [string, string])[]
}

export type ShowPage = (page: PageOptions) => Answer

const HEADERS: Answer['headers'] = [
  ['Content-Type', 'text/html; charset=utf-8'],
  [
    'Content-Security-Policy',
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ['X-Content-Type-Options', 'nosniff'],
  // The URL of a sign-in page holds the way back, which is nobody else's matter.
  ['Referrer-Policy', 'same-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
]

/** Pages below `path`, which is where the stylesheet lies. */
export function pageMaker(path: string, { lang }: Messages): ShowPage {
  const style = `${path}/style.css?v=${STYLE_VERSION}`
  return ({ status = 200, title, body, setCookies = [], headers = [] }) => {
    const page = html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${style}">
<link rel="icon" href="data:,">
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
    // Not no-store: the back button would ask to send a form once more.
    const cache = headers.some(([name]) => name === 'Cache-Control')
      ? []
      : [['Cache-Control', 'private, no-cache'] as const]
    return { status, headers: [...HEADERS, ...cache, ...headers], setCookies, body: page.html }
  }
}

export function styleAnswer(): Answer {
  const headers = [
    ['Content-Type', 'text/css; charset=utf-8'],
    ['Cache-Control', 'public, max-age=31536000, immutable'],
    ['X-Content-Type-Options', 'nosniff'],
  ] as const
  return { status: 200, headers, setCookies: [], body: STYLE }
}

/** 303: whatever was sent, the next page is asked for with GET. */
export function seeOther(
  location: string,
  setCookies: readonly string[] = [],
  headers: PageOptions['headers'] = [],
): Answer {
  return {
    status: 303,
    headers: [['Location', location], ['Cache-Control', 'no-store'], ['Referrer-Policy', 'same-origin'], ...headers],
    setCookies,
    body: '',
  }
}

/** What somebody must know before anything else; `alert` where something went wrong. */
export function note(text: string | undefined, kind: 'alert' | 'status' = 'alert'): Html | undefined {
  return text === undefined ? undefined : html`<p class="note" role="${kind}">${text}</p>`
}

/** A moment, to the second, in UTC: the server does not know the reader's clock. */
export function time(seconds: number): Html {
  const iso = new Date(seconds * 1000).toISOString().replace('.000', '')
  return html`<time datetime="${iso}">${iso.replace('T', ' ').replace('Z', ' UTC')}</time>`
}
