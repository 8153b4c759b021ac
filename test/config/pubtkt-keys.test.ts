/** Public keys and digests over nested sections: what mod_auth_pubtkt's own merging gives. */

import fc from 'fast-check'
import t from 'tap'
import type { AreaOptions, GuardOptions } from '../../src/policy/options.js'
import { areas, notes, read } from './config-helpers.js'
import { keyFiles, keysIn } from './pubtkt-helpers.js'

const files = keyFiles()
const options = { module: 'mod_auth_pubtkt', files } as const
const hardened = { ...options, compat: 'hardened', weakKeys: 'leave' } as const
const RSA = 'TKTAuthPublicKey /k/rsa.pub\n'
const OTHER = 'TKTAuthPublicKey /k/other.pub\n'
const place = (path: string, lines: string) => `<Location ${path}>\n${lines}\n</Location>\n`

/** The keys that count for a path: those of the last area that it lies in, as the guard merges them. */
function keysAt({ areas = [], ...top }: GuardOptions, path: string): string | undefined {
  const matches = (area: AreaOptions) => {
    if (area.pattern !== undefined) return new RegExp(area.pattern).test(path)
    if (area.file !== undefined) return new RegExp(area.file).test(path.slice(path.lastIndexOf('/') + 1))
    if (area.exactPath !== undefined) return area.exactPath === path
    const prefix = area.path as string
    return path.startsWith(prefix) && (prefix.endsWith('/') || path === prefix || path[prefix.length] === '/')
  }
  return keysIn(areas.findLast((area) => area.publicKeys !== undefined && matches(area)) ?? top)
}

t.test('each on its own is inherited, and a key sets SHA1 again', async (t) => {
  const rows: [text: string, exact: string, hardened: string][] = [
    [`${RSA}${place('/x', 'TKTAuthDebug 0')}`, 'rsa sha1', 'rsa sha1'],
    [`${RSA}TKTAuthDigest SHA256\n${place('/x', 'TKTAuthDebug 0')}`, 'rsa sha256', 'rsa sha256'],
    [`TKTAuthDigest SHA256\n${RSA}${place('/x', '')}`, 'rsa sha1', 'rsa sha256'],
    [`${RSA}${place('/x', 'TKTAuthDigest SHA512')}`, 'rsa sha512', 'rsa sha512'],
    [`${RSA}TKTAuthDigest SHA256\n${place('/x', OTHER)}`, 'other sha1', 'other sha256'],
    [`TKTAuthDigest SHA256\n${place('/x', OTHER)}`, 'other sha1', 'other sha256'],
    [place('/', RSA) + place('/x', 'TKTAuthDigest SHA384'), 'rsa sha384', 'rsa sha384'],
    [place('/x', RSA) + place('/x', 'TKTAuthDigest SHA384'), 'rsa sha384', 'rsa sha384'],
    [place('/x', 'TKTAuthDigest SHA384') + place('/x', RSA), 'rsa sha1', 'rsa sha384'],
    [
      place('/', `${RSA}TKTAuthDigest SHA256`) + place('/x', `${OTHER}TKTAuthDigest SHA224`),
      'other sha224',
      'other sha224',
    ],
    [place('~ "^/x"', RSA) + place('/x', 'TKTAuthDigest SHA384'), 'rsa sha384', 'rsa sha384'],
    [place('~ "^/x"', RSA) + place('~ "^/x"', 'TKTAuthDigest SHA384'), 'rsa sha384', 'rsa sha384'],
    [place('/x', RSA) + place('/x/*', 'TKTAuthDigest SHA384'), 'rsa sha384', 'rsa sha384'],
    [
      `DocumentRoot /w\n<Directory /w/x>\n${RSA}<Files y>\nTKTAuthDigest SHA224\n</Files>\n</Directory>`,
      'rsa sha224',
      'rsa sha224',
    ],
    [`DocumentRoot /w\n<Files y>\n${RSA}</Files>\n${place('/x', 'TKTAuthDigest SHA224')}`, 'rsa sha224', 'rsa sha224'],
    [
      `DocumentRoot /w\n<Directory /w/x>\n${RSA}</Directory>\n${place('/x/y', 'TKTAuthDigest sha512')}`,
      'rsa sha512',
      'rsa sha512',
    ],
  ]
  for (const [text, exact, strict] of rows) {
    t.equal(keysAt(read(text, options).options, '/x/y'), exact, text)
    t.equal(keysAt(read(text, hardened).options, '/x/y'), strict, `hardened: ${text}`)
  }
})

t.test('places that overlap have the digest of one and the key of the other where they do', async (t) => {
  const text =
    place('~ "^/a"', RSA) + place('/ab', OTHER) + place('~ "b$"', 'TKTAuthDigest SHA256') + place('/index.html', OTHER)
  const { options: found } = read(text, options)
  t.equal(keysAt(found, '/a'), 'rsa sha1')
  t.equal(keysAt(found, '/ab'), 'other sha256')
  t.equal(keysAt(found, '/a/b'), 'rsa sha256')
  t.equal(keysAt(found, '/ab/c'), 'other sha1')
  t.equal(keysAt(found, '/c/b'), undefined)
})

t.test('virtual hosts inherit both from the main server', async (t) => {
  const hosts = (inside: string) => {
    const { options: found } = read(
      `${RSA}TKTAuthDigest SHA256\n<VirtualHost *>\nServerName a\n${inside}</VirtualHost>`,
      options,
    )
    return found.hosts?.[0] ?? { names: [] }
  }
  t.equal(keysIn(hosts('')), undefined, 'nothing of its own: that of the main server')
  t.equal(keysIn(hosts('TKTAuthDigest SHA512\n')), 'rsa sha512')
  t.equal(keysIn(hosts(OTHER)), 'other sha1')
  t.match(hosts('TKTAuthPassthruBasicKey 0123456789abcdef\n'), { passthruKey: Buffer.from('0123456789abcdef') })
  const nested = hosts(`${OTHER}${place('/x', 'TKTAuthDigest SHA384')}`).areas ?? []
  t.same(nested.map(keysIn), ['other sha384'])
  t.same((hosts(place('/x', 'TKTAuthDigest SHA384')).areas ?? []).map(keysIn), ['rsa sha384'])
})

t.test('everything is inherited, also what a section of mod_auth_tkt does not (A7)', async (t) => {
  const text = place('/', 'TKTAuthCookieName c\nTKTAuthBackArgName b\nTKTAuthToken a') + place('/x', 'TKTAuthToken b')
  t.same(areas(text, options), [
    { path: '/', cookieName: 'c', backArgName: 'b', tokens: ['a'] },
    { path: '/x', tokens: ['b'] },
  ])
})

t.test('a digest that a key takes away is told', async (t) => {
  const around = `${RSA}TKTAuthDigest SHA256\n`
  t.match(notes(around + place('/x', OTHER), options), [
    /^4: TKTAuthPublicKey: sets SHA1 again, as in the module: the TKTAuthDigest of site\.conf:2 does not count here/,
  ])
  t.same(notes(around + place('/x', `${OTHER}TKTAuthDigest SHA1`), options), [])
  t.same(notes(around + place('/x', OTHER), hardened), [])
  t.same(notes(`TKTAuthDigest SHA256\n${RSA}`, hardened), [])
  t.same(notes(RSA + place('/x', OTHER), options), [])
})

t.test('a missing key is told where a user is asked for', async (t) => {
  const asking = 'AuthType mod_auth_pubtkt\nRequire valid-user\n'
  t.match(notes(place('/x', asking), options), [
    /^1: TKTAuthPublicKey: is missing, and site\.conf:1 <Location \/x> asks/,
  ])
  t.match(notes(place('/y', RSA) + place('/x', asking), options), [/^5: TKTAuthPublicKey: is missing/])
  t.match(notes(`<VirtualHost *>\nServerName a\n${place('/x', asking)}</VirtualHost>`, options), [
    /^3: TKTAuthPublicKey/,
  ])
  for (const text of [
    RSA + place('/x', asking),
    place('/x', asking + RSA),
    place('/', RSA) + place('/x', asking),
    place('~ "x"', RSA) + place('/x', asking),
    place('/x', 'Require all granted'),
    `<VirtualHost *>\nServerName a\n${RSA}${place('/x', asking)}</VirtualHost>`,
  ]) {
    t.same(notes(text, options), [], text)
  }
})

t.test('where a path does not tell which of two keys counts, nobody enters', async (t) => {
  const file = (name: string, key: string) => `<Files ${name}>\n${key}Require valid-user\n</Files>\n`
  const denied = (text: string) => areas(text, options).filter(({ require }) => require === 'denied').length
  t.ok(denied(file('a', RSA) + file('b', OTHER)) > 0)
  t.equal(denied(file('a', RSA) + file('b', RSA)), 0)
})

interface Section {
  readonly path: string
  readonly key: 'rsa' | 'other' | undefined
  readonly digest: 'SHA256' | 'SHA512' | undefined
  readonly digestFirst: boolean
}

/** What create and merge of the C module leave for a path; sections in the order of the text. */
function merged(sections: readonly Section[], path: string, exact: boolean): string | undefined {
  let [key, digest]: (string | undefined)[] = []
  for (const section of sections) {
    const own = section.path
    const inside = own.startsWith('~')
      ? path.includes(own.slice(-2, -1))
      : own === '/' || `${path}/`.startsWith(`${own}/`)
    if (!inside) continue
    key = section.key ?? key
    const reset = exact && section.key !== undefined && (section.digest === undefined || section.digestFirst)
    digest = reset ? 'sha1' : (section.digest?.toLowerCase() ?? digest)
  }
  return key === undefined ? undefined : `${key} ${digest ?? 'sha1'}`
}

t.test('any sections give what the module makes of them', async (t) => {
  const paths = ['/', '/a', '/a/b', '/a/b/o', '/o']
  const section = fc.record<Section>({
    path: fc.constantFrom(...paths, '~ "a"', '~ "b"', '~ "o"'),
    key: fc.constantFrom('rsa', 'other', undefined),
    digest: fc.constantFrom('SHA256', 'SHA512', undefined),
    digestFirst: fc.boolean(),
  })
  const textOf = ({ path, key, digest, digestFirst }: Section) => {
    const lines = [key && `TKTAuthPublicKey /k/${key}.pub`, digest && `TKTAuthDigest ${digest}`]
    return place(path, (digestFirst ? lines.reverse() : lines).filter((one) => one !== undefined).join('\n'))
  }
  fc.assert(
    fc.property(fc.array(section, { maxLength: 6 }), (sections) => {
      for (const given of [options, hardened]) {
        const { options: found } = read(sections.map(textOf).join(''), given)
        for (const path of [...paths, '/b', '/a/o']) {
          const [ours, theirs] = [keysAt(found, path), merged(sections, path, given === options)]
          if (ours !== theirs) throw new Error(`${path}: ${ours}, not ${theirs}`)
        }
      }
    }),
    { numRuns: 150 },
  )
  t.pass('the same')
})
