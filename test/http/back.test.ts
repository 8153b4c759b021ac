import fc from 'fast-check'
import t from 'tap'
import {
  appendArgument,
  backUrl,
  escapeBack,
  escapePart,
  insertArgument,
  verbatimBackUrl,
  withoutControls,
} from '../../src/http/back.js'
import { dropArgument, findArgument, stripArgument } from '../../src/http/query.js'

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
})
const decodeOnce = (text: string) =>
  text.replace(/%([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

t.test('what is escaped comes back by one decoding, and nothing that separates is left', async () => {
  fc.assert(
    fc.property(latin1, (text) => {
      const escaped = escapeBack(text)
      return decodeOnce(escaped) === text && !/[^A-Za-z0-9$\-_.+!*'(),@~%]/.test(escaped)
    }),
    { numRuns: 3000 },
  )
})

t.test('after one decoding there are no control bytes', async () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
  fc.assert(fc.property(latin1, (path) => !/[\0-\x1f\x7f]/.test(decodeOnce(escapeBack(withoutControls(path))))))
})

t.test('the characters that stay, and the case of the rest', async (t) => {
  t.equal(escapeBack("aZ09$-_.+!*'(),@~"), "aZ09$-_.+!*'(),@~")
  t.equal(escapeBack('=&:/?;#% "\xe9\n'), '%3d%26%3a%2f%3f%3b%23%25%20%22%e9%0a')
  t.equal(withoutControls('/a\r\nb\x7f\0 \xff'), '/a%0d%0ab%7f%00 \xff')
  t.equal(escapePart("aZ09-_.~!*()/:'\xe9\n"), 'aZ09-_.~!*()%2F%3A%27%E9%0A')
  // No byte: never comes from a request, and is treated like any other char.
  t.equal(escapeBack('a\u0141b'), 'a%141b')
  t.equal(withoutControls('/\u0141\n'), '/\u0141%0a')
})

t.test('escaped by table is as escaped by a regular expression', async () => {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  fc.assert(
    fc.property(fc.oneof(latin1, fc.string({ unit: 'binary' })), (text) => {
      return escapeBack(text) === text.replace(/[^A-Za-z0-9$\-_.+!*'(),@~]/g, hex)
    }),
    { numRuns: 2000 },
  )
})

t.test('arguments are taken out as they would be with the query taken apart first', async () => {
  const chars = fc.string({ unit: fc.constantFrom('a', 't', '&', ';', '='), maxLength: 14 })
  const argumentsOf = (query: string) => query.replace(/[&;]+/g, '&').replace(/&$/, '').split('&')
  const parted = (query: string, name: string) =>
    (query === '' ? [] : argumentsOf(query))
      .map((argument) => /^([^=]*)=*(.*)$/.exec(argument) as RegExpExecArray)
      .filter(([, key]) => key !== name)
      .map(([, key, value]) => `${key}=${value}`)
      .join('&')
  fc.assert(
    fc.property(chars, fc.constantFrom('t', 'at', ''), (query, name) => {
      return stripArgument(query, name) === parted(query, name)
    }),
    { numRuns: 5000 },
  )
})

t.test('back URLs, as the module writes them and as the client sent them', async (t) => {
  const parts = { scheme: 'https', host: 'h:8', path: '/p', cookieName: 'auth_tkt' }
  const table: [query: string | undefined, module: string, verbatim: string][] = [
    [undefined, '', ''],
    ['', '', ''],
    ['auth_tkt=T', '', ''],
    ['a=1&auth_tkt=T&b=2', '?a=1&b=2', '?a=1&b=2'],
    ['a=1;auth_tkt=T;b=2', '?a=1&b=2', '?a=1;b=2'],
    ['flag', '?flag=', '?flag'],
    ['a==1', '?a=1', '?a==1'],
    ['&a=1&&b=2&', '?=&a=1&b=2', '?&a=1&&b=2&'],
    ['auth_tkt', '', ''],
    ['auth_tktx=1', '?auth_tktx=1', '?auth_tktx=1'],
    ['x=auth_tkt=T', '?x=auth_tkt=T', '?x=auth_tkt=T'],
  ]
  for (const [query, module, verbatim] of table) {
    t.equal(backUrl({ ...parts, query }), `https://h:8/p${module}`, String(query))
    t.equal(verbatimBackUrl({ ...parts, query }), `https://h:8/p${verbatim}`, String(query))
  }
})

t.test('the back argument joins what is there', async (t) => {
  const table: [url: string, appended: string, inserted: string][] = [
    ['/l', '/l?B=v', '/l?B=v'],
    ['/l?a', '/l?a;B=v', '/l?a;B=v'],
    ['/l?', '/l?;B=v', '/l?B=v'],
    ['/l?a&', '/l?a&;B=v', '/l?a&B=v'],
    ['/l?a;', '/l?a;;B=v', '/l?a;B=v'],
    ['/l#f', '/l#f?B=v', '/l?B=v#f'],
    ['/l?a#f?x', '/l?a#f?x;B=v', '/l?a;B=v#f?x'],
    ['/l#f?x', '/l#f?x;B=v', '/l?B=v#f?x'],
  ]
  for (const [url, appended, inserted] of table) {
    t.equal(appendArgument(url, 'B', 'v', ';'), appended, url)
    t.equal(insertArgument(url, 'B', 'v', ';'), inserted, url)
  }
})

t.test('an argument is found as the module finds it', async (t) => {
  const table: [query: string, value: string | undefined][] = [
    ['t=1', '1'],
    ['a=b&t=1&t=2', '1'],
    ['t', ''],
    ['t==1', '1'],
    ['t=a=b', 'a=b'],
    ['t=1;x', '1;x'],
    ['a;t=1', undefined],
    ['&&t=1', '1'],
    ['xt=1', undefined],
    ['T=1', undefined],
    ['%74=1', undefined],
    ['', undefined],
  ]
  for (const [query, value] of table) t.equal(findArgument(query, 't'), value, query)
})

t.test('a dropped argument is gone, and the others stay as they were', async () => {
  const query = fc.array(fc.constantFrom('t', 't=', 't=1', 'a', 'a=1', 'tt=1', '', '=', 'b=t=1'), { maxLength: 8 })
  fc.assert(
    fc.property(query, fc.constantFrom('&', ';'), (parts, separator) => {
      const text = parts.join(separator)
      const kept = dropArgument(text, 't').split(/[&;]/)
      const others = (list: readonly string[]) =>
        list.filter((part) => part !== '' && part !== 't' && !part.startsWith('t='))
      const stripped = stripArgument(text, 't')
      return (
        !kept.some((part) => /^t(=|$)/.test(part)) &&
        !/(^|&)t=/.test(stripped) &&
        others(kept).join() === others(parts).join()
      )
    }),
    { numRuns: 3000 },
  )
})
