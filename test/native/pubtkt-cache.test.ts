/**
 * The module looks into its cache before it looks at the key: a ticket that one area has accepted is good in every other
 * one, whatever its key and digest, in the same process and for as long as it is remembered. Here it never is.
 */

import t from 'tap'
import { pubtktMissing } from '../../native-fixtures/debian.mjs'
import { escapedForCookie, forgeSigned } from '../../native-fixtures/forge-signed.mjs'
import type { KeyPair } from '../../native-fixtures/signing-keys.mjs'
import { createGuard } from '../../src/index.js'
import type { SignatureDigest } from '../../src/types.js'
import { pairsFor, sectionOf, signedApacheFor } from '../helpers/signed-apache.js'

const missing = pubtktMissing()
const skip = missing ? `skipped: ${missing}` : false
const now = Math.floor(Date.now() / 1000)

/** A ticket of key A with SHA-1. Each is asked about in turn. */
const VISITS = ['/other-key', '/other-digest', '/a', '/other-key', '/other-digest', '/a'] as const
const ticketOf = (pair: KeyPair) => escapedForCookie(forgeSigned(`uid=alice;validuntil=${now + 600}`, pair, 'sha1'))

t.test('the module lets a ticket in by its cache', { skip }, async (t) => {
  const pairOf = pairsFor(t)
  const [a, b] = [pairOf('rsa', 'a'), pairOf('rsa', 'b')]
  const sections = [
    sectionOf('/a', a),
    sectionOf('/other-key', b),
    sectionOf('/other-digest', a, 'TKTAuthDigest SHA256'),
  ]
  const ask = await signedApacheFor(t, sections.join(''))
  const statuses = []
  for (const path of VISITS) statuses.push((await ask(path, ticketOf(a))).status)
  t.strictSame(
    statuses,
    [307, 307, 200, 200, 200, 200],
    'refused where it is new, and let in once its own area knows it',
  )
})

t.test('our guard does not', { skip }, async (t) => {
  const pairOf = pairsFor(t)
  const [a, b] = [pairOf('rsa', 'a'), pairOf('rsa', 'b')]
  const keys = (pair: KeyPair, digest: SignatureDigest) => [{ publicKey: pair.publicKey, digest }]
  const guard = createGuard({
    compat: 'exact',
    module: 'mod_auth_pubtkt',
    authType: 'mod_auth_pubtkt',
    loginUrl: 'http://login.invalid/',
    default: 'pass',
    areas: [
      { path: '/a', publicKeys: keys(a, 'sha1') },
      { path: '/other-key', publicKeys: keys(b, 'sha1') },
      { path: '/other-digest', publicKeys: keys(a, 'sha256') },
    ],
  })
  const headers = ['Host', 'www.example.com', 'Cookie', `auth_pubtkt=${ticketOf(a)}`]
  const kinds = VISITS.map((url) => guard.decide({ method: 'GET', url, headers, ip: '127.0.0.1', now }).kind)
  t.strictSame(kinds, ['redirect', 'redirect', 'allow', 'redirect', 'redirect', 'allow'])
  t.equal(guard.cacheStats()?.hits, 1, 'the second visit to its own area is answered by the cache')
})
