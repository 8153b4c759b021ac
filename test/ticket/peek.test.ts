import t from 'tap'
import { createIssuer, type Digest, peekTicket } from '../../src/index.js'

const head = 'd41d8cd98f00b204e9800998ecf8427e6553f100'

t.test('reads every digest and encoding, and says that nothing was checked', async (t) => {
  for (const digest of ['md5', 'sha256', 'sha512'] as Digest[]) {
    const issuer = createIssuer({ keys: [{ secret: 'x', digest }] })
    for (const encoding of ['base64', 'raw', 'percent'] as const) {
      const fields = { uid: 'zoë', tokens: ['a', 'b'], userData: 'x!y' }
      const value = issuer.issue(fields, { ip: '127.0.0.1', now: 1700000000, encoding })
      t.strictSame(peekTicket(value), { verified: false, digest, ...fields, issuedAt: 1700000000 })
    }
  }
})

t.test('a forged ticket can be peeked at, its digest is a guess by length', async (t) => {
  t.match(peekTicket(`${head}alice!data`), { uid: 'alice', tokens: [], userData: 'data', digest: 'md5' })
  const hexUid = `${'0'.repeat(32)}beef`
  t.match(peekTicket(`${head}${hexUid}!`), { digest: 'sha256', uid: 'eef' }, 'a uid of hex digits may mislead it')
  t.match(peekTicket(`${head}${hexUid}!`, 'md5'), { digest: 'md5', uid: hexUid }, 'unless told')
})

t.test('what is no ticket gives undefined', async (t) => {
  for (const value of [
    '',
    'x',
    '!',
    'alice!',
    `${head}alice`,
    `${head.slice(1)}!`,
    `${'z'.repeat(40)}a!`,
    '\u0141'.repeat(60),
  ]) {
    t.equal(peekTicket(value), undefined)
  }
  t.equal(peekTicket('A'.repeat(9000)), undefined)
  t.equal(peekTicket(7 as unknown as string), undefined)
  t.equal(peekTicket(`${head}alice!`, 'sha512'), undefined)
  t.throws(() => peekTicket(`${head}alice!`, 'sha224' as Digest), { code: 'ERR_TKT_OPTIONS' })
})
