/** The stylesheet of all pages: system fonts, the colours that the reader's system has chosen, room for a thumb. */

import { createHash } from 'node:crypto'

export const STYLE = `:root{color-scheme:light dark;--line:light-dark(#767676,#8a8f98);--link:light-dark(#0b57d0,#9ec1ff);--card:light-dark(#fff,#1d2026);--ground:light-dark(#f1f3f6,#121417);--text:light-dark(#1b1d21,#e8eaed);--bad:light-dark(#b3261e,#ffb4ab);--good:light-dark(#146c2e,#7ddb93);font:1.0625rem/1.5 system-ui,sans-serif}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;min-height:100dvh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--text)}
main{width:100%;max-width:25rem;padding:2rem;background:var(--card);border-radius:1rem;box-shadow:0 1px 3px #0004}
h1{font-size:1.5rem;line-height:1.2;margin:0 0 1rem}
p{margin:0 0 1rem;overflow-wrap:anywhere}
.hint{margin-top:-.75rem;opacity:.85}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
input{font:inherit;color:inherit;background:transparent;display:block;width:100%;padding:.65rem .75rem;border:1px solid var(--line);border-radius:.5rem}
button,.button{font:inherit;font-weight:600;display:block;width:100%;margin-top:1.25rem;padding:.7rem 1rem;border:1px solid var(--link);border-radius:.5rem;background:var(--link);color:var(--card);text-align:center;text-decoration:none;cursor:pointer}
.button.plain,button.plain{background:transparent;color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
a{color:var(--link)}
dl{margin:0}
dt{font-weight:600}
dd{margin:0 0 .75rem;overflow-wrap:anywhere}
nav ul{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.6rem 0}
main>:last-child{margin-bottom:0}
.note{border-left:.3rem solid var(--good);padding-left:.75rem}
.note[role=alert]{border-color:var(--bad)}
.or{display:flex;align-items:center;gap:.75rem;margin:1.25rem 0 0}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--line)}
@media(max-width:30rem){body{padding:0;place-items:stretch}main{max-width:none;border-radius:0;padding:1.5rem 1.25rem;box-shadow:none}}
@media(forced-colors:active){main{border:1px solid}}
`

/** In the stylesheet's URL: another text is another URL, so browsers may keep each for ever. */
export const STYLE_VERSION = createHash('sha256').update(STYLE).digest('base64url').slice(0, 12)
