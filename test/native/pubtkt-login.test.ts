/** The real Apache with mod_auth_pubtkt asks, our login signs: tickets, passwords for the backend, and renewals. */

import t from 'tap'
import { pubtktMissing } from '../../native-fixtures/debian.mjs'
import { LOGIN, pairsFor, sectionOf, signedApacheFor } from '../helpers/signed-apache.js'
import { type Answer, desk, PASSWORD, UID } from '../login/desk.js'

const PASSTHRU_KEY = '16 bytes of key!'
const HOUR = 3600
const missing = pubtktMissing()
const skip = missing ? `skipped: ${missing}` : false

function valueIn({ setCookies }: Answer): string | undefined {
  const line = setCookies.find((one) => one.startsWith('auth_pubtkt='))
  return line?.slice('auth_pubtkt='.length).split(';')[0]
}

t.test('passwords go through, and so does what is made anew', { skip }, async (t) => {
  const pair = pairsFor(t)('rsa')
  const passthru = ['TKTAuthPassthruBasicAuth on', `TKTAuthPassthruBasicKey "${PASSTHRU_KEY}"`]
  const ask = await signedApacheFor(
    t,
    sectionOf('/app', pair, 'TKTAuthDigest SHA256', `TKTAuthRefreshURL ${LOGIN}refresh`, ...passthru) +
      sectionOf(
        '/other',
        pair,
        'TKTAuthDigest SHA256',
        passthru[0] as string,
        'TKTAuthPassthruBasicKey "another 16 bytes"',
      ),
  )
  const { privateKey, publicKey } = pair
  const served = await desk(t, {
    guard: {
      module: 'mod_auth_pubtkt',
      keys: [],
      publicKeys: [{ publicKey, digest: 'sha256' }],
      signingKey: { privateKey, digest: 'sha256' },
      passthruKey: PASSTHRU_KEY,
      loginUrl: '/login',
      timeout: 2 * HOUR,
      timeoutRefresh: 0.5,
      maxAge: 24 * HOUR,
    },
    login: {
      passthru: true,
      authenticators: [
        {
          name: 'staff',
          check: async () => ({ ok: true, account: { uid: UID, tokens: ['staff'], userData: '' } }),
          lookUp: async (uid) => ({ ok: true, account: { uid, tokens: ['board'], userData: 'new' } }),
        },
      ],
    },
  })
  // Apache has the machine's clock: signed in an hour and a half ago, past the grace period by half an hour.
  const now = Math.floor(Date.now() / 1000)
  served.clock.now = now - 1.5 * HOUR
  const ada = served.browser()
  const authorization = `Basic ${Buffer.from(`${UID}:${PASSWORD}`).toString('base64')}`

  const first = valueIn(await ada.signIn())
  t.match(await ask('/app', first), {
    status: 307,
    location: `${LOGIN}refresh?back=http%3a%2f%2fwww.example.com%2fapp`,
  })
  const posted = await ask('/app', first, { method: 'POST' })
  t.match(posted.identity, { uid: UID, authorization }, 'past it, a POST goes through')

  served.clock.now = now
  const renewed = valueIn(await ada.ask('/login'))
  const outcome = await ask('/app', renewed)
  t.match(outcome, { status: 200, identity: { uid: UID, tokens: /^board,since=/, userData: 'new', authorization } })
  t.not((await ask('/other', renewed)).identity?.authorization, authorization, 'another key opens nothing of use')
})
