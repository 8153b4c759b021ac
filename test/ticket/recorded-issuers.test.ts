/** Tickets that other issuers made: each says what it was made of, or that nobody reads it. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { createVerifier, type Dialect, type Digest } from '../../src/index.js'
import { latin1 } from '../helpers/recorded.js'

interface Issued {
  readonly digest: Digest
  readonly secret: string
  readonly ip: string
  readonly issuedAt: number
  readonly uid: string
  readonly tokens: string
  readonly userData: string
  readonly cookie: string
  readonly note?: string
  readonly refused?: true
}

const FILES = {
  paste: 52,
  pyramid: 51,
  repoze: 30,
  'php-contrib': 41,
  'php-plain': 41,
  ruby: 31,
  tcl: 30,
  python2: 30,
  'passport-authtkt': 30,
}

interface Recording {
  readonly meta: { readonly dialect: Dialect; readonly what: string }
  readonly vectors: readonly Issued[]
}

function reading({ digest, secret, ip, cookie }: Issued, dialect: Dialect, wrong = '') {
  const keys = [{ dialect, digest, secret: latin1(secret + wrong) }]
  const result = createVerifier({ keys, ignoreIp: ip === '' }).verify(cookie, { ip: ip || undefined })
  if (!result.ok) return 'refused'
  const { uid, tokens, userData, issuedAt } = result.ticket
  return { uid, tokens: tokens.join(','), userData, issuedAt }
}

for (const [file, count] of Object.entries(FILES)) {
  const { meta, vectors } = JSON.parse(readFileSync(`native-fixtures/live/${file}.json`, 'utf8')) as Recording
  t.test(`${file}: ${meta.what}`, async (t) => {
    t.equal(vectors.length, count)
    for (const [row, each] of vectors.entries()) {
      const { uid, tokens, userData, issuedAt, note = '' } = each
      const wanted = each.refused ? 'refused' : { uid, tokens, userData, issuedAt }
      t.strictSame(reading(each, meta.dialect), wanted, `row ${row} ${note}`)
      t.equal(reading(each, meta.dialect, 'x'), 'refused', `row ${row}, another secret`)
    }
  })
}
