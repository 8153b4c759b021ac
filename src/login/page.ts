/** The demo's two pages. Plain HTML that works without JavaScript. */

import type { Ticket } from '../types.js'

const STYLE = `
:root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif }
body { max-width: 26rem; margin: 12vh auto; padding: 0 1.2rem }
h1 { font-size: 1.5rem }
label { display: block; margin-top: 1rem }
input, button { font: inherit; padding: .5rem .7rem; border: 1px solid GrayText; border-radius: .4rem }
input { display: block; width: 100%; box-sizing: border-box }
button { margin-top: 1.2rem; cursor: pointer }
dt { font-weight: 600 } dd { margin: 0 0 .6rem; overflow-wrap: anywhere }
[role=alert] { border-left: .3rem solid #c62828; padding-left: .8rem }`

/** Text made safe for HTML text and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}

/** The sign-in form. After a try that failed, `message` says why and `uid` is what was typed. */
export function signInPage(message?: string, uid = ''): string {
  return page(
    'Sign in',
    `${message ? `<p role="alert">${escapeHtml(message)}</p>` : ''}
<form method="post" action="/login">
<label for="uid">User</label>
<input id="uid" name="uid" value="${escapeHtml(uid)}" autocomplete="username" autocapitalize="none" required${uid ? '' : ' autofocus'}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${uid ? ' autofocus' : ''}>
<button>Sign in</button>
</form>`,
  )
}

/** What the ticket says. `expiresAt`: unix time in whole seconds. */
export function protectedPage(ticket: Ticket, expiresAt: number): string {
  const time = (seconds: number) => {
    const iso = new Date(seconds * 1000).toISOString().replace('.000', '')
    return `<time datetime="${iso}">${iso.replace('T', ' ').replace('Z', ' UTC')}</time>`
  }
  return page(
    'Protected page',
    `<p>Your ticket is genuine. It says:</p>
<dl>
<dt>User</dt><dd>${escapeHtml(ticket.uid)}</dd>
<dt>Tokens</dt><dd>${escapeHtml(ticket.tokens.join(', ')) || 'none'}</dd>
<dt>Signed in</dt><dd>${time(ticket.issuedAt)}</dd>
<dt>Good until</dt><dd>${time(expiresAt)}</dd>
</dl>
<form method="post" action="/logout"><button>Sign out</button></form>`,
  )
}

/** Anything else, in a sentence. */
export function messagePage(title: string, sentence: string): string {
  return page(escapeHtml(title), `<p>${escapeHtml(sentence)}</p>`)
}
