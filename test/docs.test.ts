/** The documents speak of things that exist, and their examples run. */

import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'bench/README.md',
  'native-fixtures/README.md',
]
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))

for (const document of DOCUMENTS) {
  const text = readFileSync(document, 'utf8')

  t.test(`${document} names scripts and files that exist`, async (t) => {
    for (const [, name] of text.matchAll(/npm run ([\w:-]+)/g)) t.ok(scripts[name as string], `npm run ${name}`)
    for (const [, path] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      t.ok(existsSync(join(dirname(document), path as string)), `link to ${path}`)
    }
    for (const [, path] of text.matchAll(/`((?:src|assembly|test|bench|native-fixtures)\/[\w./-]*)`/g)) {
      t.ok(existsSync(path as string), `${path}`)
    }
  })
}

t.test("README's example runs", async (t) => {
  const [, example] = /```js\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  // Inside the package, where its own name resolves to it.
  mkdirSync('build', { recursive: true })
  const file = join('build', `example-${process.pid}.mjs`)
  writeFileSync(file, example ?? '')
  t.teardown(() => rmSync(file))
  t.equal(execFileSync(process.execPath, [file], { encoding: 'utf8' }), "alice [ 'editor' ] 0\n")
})

t.test('README tells every option and every reason there is', async (t) => {
  const readme = readFileSync('README.md', 'utf8')
  const types = readFileSync('src/types.ts', 'utf8')
  const [, options = ''] = /interface VerifierOptions \{([\s\S]*?)\n\}/.exec(types) ?? []
  const names = [...options.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name as string)
  t.ok(names.length >= 6)
  for (const name of names) t.match(readme, `\`${name}\``, name)
  for (const reason of ['absent', 'malformed', 'too-long', 'address', 'digest', 'expired'])
    t.match(readme, `| \`${reason}\` |`)
})

t.test('every folder of the house has its row', async (t) => {
  const architecture = readFileSync('ARCHITECTURE.md', 'utf8')
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name } of folders) t.match(architecture, `| \`src/${name}/\` |`, name)
})
