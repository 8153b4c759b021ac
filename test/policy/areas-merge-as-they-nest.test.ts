/** Which areas a path falls in, and in which order they are merged: against a plain oracle that tries them all. */

import fc from 'fast-check'
import t from 'tap'
import { type AreaMatch, createAreaIndex, literalPrefix } from '../../src/policy/areas.js'
import type { AreaOptions } from '../../src/policy/options.js'
import { guardOf, requestOf } from './guards.js'

const join = (matching: readonly number[]) => matching.join()

/** Does one area hold a path? Written by the definition. */
function holds({ path, exactPath, pattern, file }: AreaMatch, asked: string): boolean {
  if (path !== undefined)
    return path === '/' || path.endsWith('/') ? asked.startsWith(path) : `${asked}/`.startsWith(`${path}/`)
  if (exactPath !== undefined) return asked === exactPath
  if (pattern !== undefined) return new RegExp(pattern).test(asked)
  return new RegExp(file as string).test(asked.slice(asked.lastIndexOf('/') + 1))
}

/** Paths by length, then exact ones, then patterns; among equals the order of the list. */
function oracle(areas: readonly AreaMatch[], asked: string, order: 'nested' | 'listed'): string | undefined {
  const weight = ({ path, exactPath }: AreaMatch) => path?.length ?? (exactPath === undefined ? 2e6 : 1e6)
  const matching = areas.map((_, i) => i).filter((i) => holds(areas[i] as AreaMatch, asked))
  if (order === 'nested')
    matching.sort((a, b) => weight(areas[a] as AreaMatch) - weight(areas[b] as AreaMatch) || a - b)
  return matching.length === 0 ? undefined : join(matching)
}

const segment = fc.constantFrom('a', 'b', 'c', 'ab', '')
const path = fc
  .array(segment, { minLength: 1, maxLength: 5 })
  .map((parts) => `/${parts.join('/')}`.replace(/\/{2,}/g, '/'))
const source = fc.constantFrom(
  '^/a/',
  '^/a/b',
  '^/a/b/',
  '^/a/?$',
  '^/a/b/|^/c',
  '^/(?:a|b)/',
  '^/a/[|b]/',
  '^/a/b/c$',
  'b',
  '/$',
  '^/a/b/(c|ab)',
  '^/c\\|/a',
)
const area: fc.Arbitrary<AreaMatch> = fc.oneof(
  path.map((one) => ({ path: one })),
  path.map((one) => ({ exactPath: one })),
  source.map((pattern) => ({ pattern })),
  fc.constantFrom('^a', '^$', 'b$').map((file) => ({ file })),
)

t.test('any areas and any path: the same areas in the same order as trying them all', async () => {
  fc.assert(
    fc.property(
      fc.array(area, { maxLength: 12 }),
      fc.array(path, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('nested', 'listed'),
      (areas, paths, order) => {
        const index = createAreaIndex(areas, order, false, join)
        index.warm()
        return [...paths, ...paths].every((one) => index.find(one) === oracle(areas, one, order))
      },
    ),
    { numRuns: 5000 },
  )
})

t.test('a lenient index finds lower-case paths in areas of any case', async () => {
  const cased = area.map((one) =>
    Object.fromEntries(Object.entries(one).map(([k, v]) => [k, (v as string).replace(/^(\^?\/)a/, '$1A')])),
  )
  const lower = (one: AreaMatch): AreaMatch =>
    Object.fromEntries(Object.entries(one).map(([k, v]) => [k, v.toLowerCase()]))
  fc.assert(
    fc.property(fc.array(cased, { maxLength: 8 }), path, (areas, one) => {
      return createAreaIndex(areas, 'listed', true, join).find(one) === oracle(areas.map(lower), one, 'listed')
    }),
    { numRuns: 2000 },
  )
})

t.test('the literal prefix of a pattern never hides a match', async (t) => {
  const piece = fc.constantFrom(
    '/a',
    '/b',
    '/ab-c',
    '/',
    '.',
    '*',
    '?',
    '+',
    '|',
    '(',
    ')',
    '[',
    ']',
    '{0}',
    '\\/',
    '\\|',
    '\\(',
    '$',
    '(?:',
    '(?!',
    'x',
    '[|]',
    '^',
  )
  const made = fc.array(piece, { maxLength: 8 }).map((pieces) => `^${pieces.join('')}`)
  const isRegex = (text: string) => {
    try {
      return new RegExp(text) instanceof RegExp
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(made.filter(isRegex), fc.array(path, { minLength: 1, maxLength: 8 }), (pattern, paths) => {
      const prefix = literalPrefix(pattern)
      return paths.every((one) => !new RegExp(pattern).test(one) || prefix === '' || one.startsWith(`${prefix}/`))
    }),
    { numRuns: 5000 },
  )
  const cases = {
    '^/a/b/c': '/a/b',
    '^/a/b/': '/a/b',
    '^/a': '',
    '/a/b/': '',
    '^/a/b/?': '/a',
    '^/a/b/*x': '/a',
    '^/a/|x': '',
    '^/a/(b|c)': '/a',
    '^/a/\\|': '/a',
  }
  for (const [pattern, prefix] of Object.entries({
    ...cases,
    '^/a/[|]': '/a',
    '^/a/[\\]|]': '/a',
    '^/a.b/c': '',
    '^/a/{0}': '',
  }))
    t.equal(literalPrefix(pattern), prefix, pattern)
})

t.test('finding looks at as many folders as the path is deep, whatever the number of areas', async (t) => {
  const folders = Array.from({ length: 10000 }, (_, i) => `/site${i % 100}/part${i}`)
  const index = createAreaIndex(
    folders.map((one) => ({ path: one })),
    'nested',
    false,
    join,
  )
  index.warm()
  const get = Map.prototype.get
  let count = 0
  t.teardown(() => {
    Map.prototype.get = get
  })
  Map.prototype.get = function (this: Map<unknown, unknown>, key: unknown) {
    count++
    return get.call(this, key)
  }
  const found = [index.find('/site7/part9907/x/y/z'), index.find('/nowhere/at/all'), index.find('/site7')]
  const counted = count
  Map.prototype.get = get
  t.strictSame(found, ['9907', undefined, undefined])
  t.ok(counted > 0 && counted < 12, `${counted} look-ups`)
})

t.test('settings of deeper areas go over those around them', async (t) => {
  const areas: AreaOptions[] = [
    { path: '/a/b', tokens: ['deep'], timeout: 10 },
    { path: '/', tokens: ['top'], cookieName: 'c', timeout: 1 },
    { path: '/a', timeout: 5 },
    { exactPath: '/a/b/only', timeout: 20 },
    { pattern: '\\.pdf$', timeout: 30 },
    { file: '^x', cookieName: 'file' },
  ]
  const settings = (url: string, order: 'nested' | 'listed') => {
    const info = guardOf({ areas, order, compat: 'exact' }).areaOf(requestOf({ url }))
    return info && [info.name, info.settings.tokens.join(), info.settings.timeout, info.settings.cookieName]
  }
  t.strictSame(settings('/', 'nested'), ['/', 'top', 1, 'c'])
  t.strictSame(settings('/a', 'nested'), ['/a', 'top', 5, 'c'])
  t.strictSame(settings('/ab', 'nested'), ['/', 'top', 1, 'c'])
  t.strictSame(settings('/a/b/c', 'nested'), ['/a/b', 'deep', 10, 'c'])
  t.strictSame(settings('/a/b/only', 'nested'), ['/a/b/only', 'deep', 20, 'c'])
  t.strictSame(settings('/a/b/only/more', 'nested'), ['/a/b', 'deep', 10, 'c'])
  t.strictSame(settings('/a/b/y.pdf', 'nested'), ['~ \\.pdf$', 'deep', 30, 'c'])
  t.strictSame(settings('/a/x.pdf', 'nested'), ['file ~ ^x', 'top', 30, 'file'])
  t.strictSame(settings('/a/b', 'listed'), ['/a', 'top', 5, 'c'], 'the later one wins')
})

t.test('/x is /x and below, /x/ is below alone', async (t) => {
  const at = (area: AreaOptions, url: string) =>
    guardOf({ areas: [area], compat: 'exact' }).areaOf(requestOf({ url })) !== undefined
  const table: [AreaOptions, string[], string[]][] = [
    [{ path: '/x' }, ['/x', '/x/', '/x/y', '/x?y'], ['/', '/xy', '/y/x', '/X']],
    [{ path: '/x/' }, ['/x/', '/x/y'], ['/', '/x', '/xy/']],
    [{ exactPath: '/x' }, ['/x', '/x?y'], ['/x/', '/x/y', '/']],
    [{ exactPath: '/x/' }, ['/x/', '/x/.'], ['/x', '/x/y']],
    [{ exactPath: '/' }, ['/', '//', '/./'], ['/x']],
    [{ path: '/' }, ['/', '/x', '/x/y/'], []],
    [{ pattern: '^/x/\\d+$' }, ['/x/1', '/x/%31'], ['/x/', '/x/1/', '/y']],
    [{ file: '\\.pdf$' }, ['/a.pdf', '/x/y.pdf'], ['/a.pdf/', '/a.pdf/b']],
  ]
  for (const [area, inside, outside] of table) {
    for (const url of inside) t.ok(at(area, url), `${JSON.stringify(area)} holds ${url}`)
    for (const url of outside) t.notOk(at(area, url), `${JSON.stringify(area)} does not hold ${url}`)
  }
})

t.test('thousands of combinations of patterns are all judged', async (t) => {
  const areas: AreaOptions[] = Array.from({ length: 12 }, (_, bit) => ({
    pattern: `^/[01]{${bit}}1`,
    cookieName: `c${bit}`,
  }))
  const guard = guardOf({ areas, compat: 'exact' })
  for (let i = 1; i < 4096; i++) {
    const bits = i.toString(2).padStart(12, '0')
    const name = guard.areaOf(requestOf({ url: `/${bits}` }))?.settings.cookieName
    if (name !== `c${bits.lastIndexOf('1')}`) t.fail(`${bits}: ${name}`)
  }
  t.equal(guard.areaOf(requestOf({ url: `/${'0'.repeat(12)}` })), undefined)
  t.equal(guard.areaOf(requestOf({ url: '/%zz' })), undefined, 'nor for what cannot be read')
})
