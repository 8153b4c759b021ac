/** A Location that keeps a page keeps the folder that shows it, too. */

import t from 'tap'
import type { Rule } from '../../src/policy/require.js'
import { areas, wrong } from './config-helpers.js'

const location = (path: string, lines = 'Require valid-user') => `<Location ${path}>\n${lines}\n</Location>\n`
const match = (regex: string, lines?: string) => location(`~ "${regex}"`, lines)
const spaces = (text: string) => areas(text).map(({ path, exactPath, pattern }) => path ?? exactPath ?? pattern)

t.test('folders of pages', async (t) => {
  const rows: [text: string, spaces: string[]][] = [
    [location('/index.html'), ['/', '/index.html']],
    [location('/a/index.php'), ['/a/', '/a/index.php']],
    [location('/a/index.php', 'Require all granted'), ['/a/index.php']],
    [location('/a/index.x'), ['/a/index.x']],
    [`DirectoryIndex index.x\n${location('/a/index.x')}`, ['/a/', '/a/index.x']],
    [location('/?/index.*'), ['^/[^/]/$', '^/[^/]/index\\.[^/]*$']],
    [location('/wild*'), ['^/wild[^/]*$']],
    [match('\\.php$'), ['^/(?:[\\s\\S]*/)?$', '\\.php$']],
    [match('^/index\\.html$'), ['/', '^/index\\.html$']],
    [match('^/a/(b|index\\.html)?$'), ['/a/', '^/a/(b|index\\.html)?$']],
    [match('^/b$|^/a/index'), ['/a/', '^/b$|^/a/index']],
    [match('^/(a/)?[^/]+html$'), ['^/(?:[\\s\\S]*/)?$', '^/(a/)?[^/]+html$']],
    [match('^/[a-z]+/x/.*\\.jpg$'), ['^/[a-z]+/x/[\\s\\S]*\\.jpg$']],
    [match('\\.(php|html)$'), ['^/(?:[\\s\\S]*/)?$', '\\.(php|html)$']],
    [match('^/a/b/.*html$'), ['^/a/b/(?:[\\s\\S]*/)?$', '^/a/b/[\\s\\S]*html$']],
    [match('^/i'), ['/', '^/i']],
    [match('^/a/'), ['^/a/']],
    [match('^/(?!public)'), ['^/(?!public)']],
    [match('^/(a|b)'), ['^/(a|b)']],
  ]
  for (const [text, expected] of rows) t.same(spaces(text), expected, text)
  for (const regex of ['^/[a-z]+/x/.*\\.php$', '^/x/y/[^x]+/\\w$', '/x/.+']) {
    t.match(wrong(match(regex)), /site\.conf:1: <Location>: matches the page of a folder, but not the folder/, regex)
    t.equal(areas(match(regex), { allowSkipped: ['Location'] }).length, 1, 'allowed, it still stands for itself')
  }
})

t.test('there the rules of the folder hold as well', async (t) => {
  const rules = (text: string) =>
    areas(text).flatMap(({ exactPath, require }) => (exactPath === undefined ? [] : require))
  const rows: [text: string, rules: Rule[]][] = [
    [location('/', 'Require all denied') + location('/index.html'), ['denied']],
    [location('/a', 'Require user a') + location('/b/index.html'), ['valid-user']],
    [location('/a', 'Require user a') + location('/a/index.html'), [{ all: ['valid-user', { users: ['a'] }] }]],
    [location('/', 'Require user a') + location('/', 'Require all granted') + location('/index.html'), ['valid-user']],
    [location('/*', 'Require user a') + location('/index.html'), [{ all: ['valid-user', { users: ['a'] }] }]],
  ]
  for (const [text, expected] of rows) t.same(rules(text), expected, text)
})
