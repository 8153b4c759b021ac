import { createPublicKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { createSplitter, SPLIT } from '../../src/engine/pubtkt.js'
import { SPLITTERS } from '../helpers/engines.js'
import { splitPlainly, splitWith } from '../helpers/pubtkt-twin.js'

interface Vector {
  readonly id: string
  readonly request: { readonly headers: readonly (readonly [string, string])[]; readonly cookie: readonly string[] }
  readonly response: { readonly env?: Readonly<Record<string, string>> | null }
}

const { vectors } = JSON.parse(readFileSync('native-fixtures/recorded/mod_auth_pubtkt.json', 'utf8')) as {
  vectors: readonly Vector[]
}

/** What may be a ticket: cookie values without their quotes, and values of headers. */
function valuesOf({ request }: Vector): string[] {
  const cookies = request.cookie.flatMap((line) => [...line.matchAll(/(?<==)"?(uid[^;"]*|uid=.*;sig=[^"]*)/g)])
  const headers = request.headers.map(([, value]) => value).filter((value) => value.startsWith('uid'))
  return [...cookies.map(([, value]) => value as string), ...headers]
}

const keys = ['rsa', 'rsa1024', 'rsaB', 'dsa', 'dsa1024'].map((name) =>
  createPublicKey(readFileSync(`native-fixtures/recorded/keys/${name}.pub`)),
)

for (const [build, module] of SPLITTERS) {
  t.test(`the tickets that mod_auth_pubtkt has seen split as they did there (${build})`, async (t) => {
    const splitter = createSplitter(module)
    let told = 0
    for (const vector of vectors) {
      const splits = valuesOf(vector).map((value) => {
        const found = splitWith(splitter, value)
        t.same(found, splitPlainly(value), vector.id)
        return found
      })
      const env = vector.response.env
      if (!env?.REMOTE_USER || splits.length !== 1) continue
      const [{ texts }] = splits as [(typeof splits)[number]]
      // What the module told its backend is the field, up to where it cuts.
      t.equal(texts?.uid?.slice(0, env.REMOTE_USER.length), env.REMOTE_USER, vector.id)
      for (const [variable, field] of [
        ['REMOTE_USER_TOKENS', 'tokens'],
        ['REMOTE_USER_DATA', 'udata'],
      ] as const) {
        const value = env[variable]
        if (value !== undefined)
          t.equal((texts?.[field] ?? '').slice(0, value.length), value, `${vector.id} ${variable}`)
      }
      told++
    }
    t.ok(told > 30, `${told} tickets that were let in`)
  })

  t.test(`what it calls signed is what was signed (${build})`, async (t) => {
    const splitter = createSplitter(module)
    let good = 0
    for (const vector of vectors.filter(({ response }) => response.env?.REMOTE_USER)) {
      for (const value of valuesOf(vector)) {
        if (splitter.split(value) !== SPLIT) continue
        const digests = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
        const checks = keys.flatMap((key) => digests.map((digest) => [key, digest] as const))
        if (checks.some(([key, digest]) => verify(digest, splitter.signed(), key, splitter.signature()))) good++
      }
    }
    t.ok(good > 30, `${good} signatures are good`)
  })
}
