/** Spellings of forwarding headers that CGI-style software takes for the usual ones: no proxy sends them, so they end here. */

import t from 'tap'
import { request } from 'undici'
import { startApp, startServed } from '../helpers/served.js'

const SPELLINGS = ['X_Forwarded_For', 'x-forwarded_for', 'X_Forwarded-Proto', 'X.Forwarded.Host', 'X_FORWARDED_PORT']

t.test('from strangers and from trusted proxies', async (t) => {
  const app = await startApp(t)
  for (const flags of [{}, { trustedProxy: ['127.0.0.1'] }]) {
    const { port } = await startServed(t, 'ServerName x\n', { upstream: app.url, ...flags })
    const headers = Object.fromEntries(SPELLINGS.map((name) => [name, '192.0.2.66']))
    const answer = await request(`http://127.0.0.1:${port}/`, { headers: { ...headers, 'X-Forwarded-By': 'kept' } })
    const text = await answer.body.text()
    t.notMatch(text, '192.0.2.66')
    t.match(text, 'kept')
  }
})
