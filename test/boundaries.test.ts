/** Who may import whom: arrows point one way, and the pure core knows no platform. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import t from 'tap'

/** Folders (and files) that each folder of src/ may import from, besides itself and the leaves. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  engine: ['@assemblyscript/loader'],
  http: [],
  ticket: ['engine', 'http'],
  gateway: ['ticket', 'http', 'node:', 'commander'],
  cli: ['ticket', 'http', 'node:', 'commander'],
  '.': ['ticket'],
}
const LEAVES = ['types.js', 'errors.js']
/** No clock, no environment, no I/O, no platform globals: Buffer is asked for in engine/text.ts only. */
const PURE = ['engine', 'ticket', 'http', '.']
const IMPURE =
  /\b(?:Date\.now|new Date|process\.|performance\.|setTimeout|setInterval|fetch\(|Math\.random|console\.|Buffer\.(?:from|alloc))/

interface Source {
  readonly file: string
  readonly folder: string
  readonly text: string
}

const sources: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts') && file !== 'engine/binary.ts')
  .map((file) => ({
    file,
    folder: dirname(file).split('/')[0] as string,
    text: readFileSync(join('src', file), 'utf8'),
  }))

function importsOf({ text }: Source): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(([, from]) => from as string)
}

t.test('imports run one way', async (t) => {
  t.ok(sources.length > 20)
  for (const source of sources) {
    const allowed = MAY[source.folder]
    if (!allowed) return t.fail(`src/${source.folder} has no row in MAY`)
    for (const from of importsOf(source)) {
      const target = from.startsWith('.') ? normalize(join(dirname(source.file), from)) : from
      const folder = target.includes('/') && from.startsWith('.') ? (target.split('/')[0] as string) : target
      const may = allowed.some((name) => folder === name || (name.endsWith(':') && folder.startsWith(name)))
      t.ok(folder === source.folder || LEAVES.includes(target) || may, `${source.file} may import ${from}`)
    }
  }
})

t.test('the pure core touches no platform', async (t) => {
  for (const source of sources.filter(({ folder }) => PURE.includes(folder))) {
    const code = source.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    t.notMatch(code, IMPURE, `${source.file} has no platform in it`)
    for (const from of importsOf(source)) t.notOk(from.startsWith('node:'), `${source.file} imports no ${from}`)
  }
})

t.test('WebAssembly is spoken of in engine/ only', async (t) => {
  for (const { file, folder, text } of sources) {
    if (folder !== 'engine') t.notMatch(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''), /\bWebAssembly\b/, file)
  }
})
