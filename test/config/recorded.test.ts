/** The configurations of the recordings read as they are. */

import t from 'tap'
import { readApacheConfig } from '../../src/config/apache.js'
import { type Exchange, latin1, vectorsOf } from '../helpers/recorded.js'

interface Recorded extends Exchange {
  readonly location: string
  readonly server_level?: { readonly main: Readonly<Record<string, string>> }
}

function textOf(vector: Recorded): string {
  const { secret, secret_old, digest, location, config, config_parent } = vector
  const outer = location.replace(/[^/]+\/$/, '')
  const section = (path: string, lines: readonly string[]) => [`<Location "${path}">`, ...lines, '</Location>']
  return [
    ...(secret ? [`TKTAuthSecret ${quoted(secret)}`] : []),
    ...(secret_old ? [`TKTAuthSecretOld ${quoted(secret_old)}`] : []),
    `TKTAuthDigestType ${digest ?? 'MD5'}`,
    ...(config_parent ? section(outer, config_parent) : []),
    ...section(location, config as readonly string[]),
  ].join('\n')
}

t.test('every recorded configuration reads without an error', async (t) => {
  const vectors = vectorsOf<Recorded>('recorded/mod_auth_tkt')
  t.ok(vectors.length > 300)
  for (const vector of vectors) {
    const { options } = readApacheConfig(textOf(vector), { file: vector.id })
    t.equal(options.areas?.length, vector.config_parent ? 2 : 1, vector.id)
    const secrets = [vector.secret, vector.secret_old].flatMap((text) => (text ? [Buffer.from(latin1(text))] : []))
    t.same(options.keys?.map(({ secret }) => Buffer.from(secret as Uint8Array)) ?? [], secrets, vector.id)
  }
})

function quoted(argument: string): string {
  return `"${argument.replace(/["\\]/g, '\\$&')}"`
}
