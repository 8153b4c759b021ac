/** How large is it: each binary, and the JavaScript that an import of the package loads? */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { figure, type Sheet } from './sheet.js'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))
/** Static imports and exports of our own files, as tsc writes them. */
const STATIC = /^(?:import|export)\b[^'"]*?['"](\.[^'"]+)['"]/gm

export interface Size {
  readonly name: string
  readonly files: number
  readonly bytes: number
  /** Each file by itself, as servers send them. */
  readonly gzip: number
}

function sizeOf(name: string, files: readonly string[]): Size {
  const contents = files.map((file) => readFileSync(file))
  const sum = (size: (content: Buffer) => number) => contents.reduce((total, content) => total + size(content), 0)
  return {
    name,
    files: files.length,
    bytes: sum(({ length }) => length),
    gzip: sum((content) => gzipSync(content, { level: 9 }).length),
  }
}

/** What comes along with an entry; what is loaded on first use does not. */
function loaded(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found
  found.add(entry)
  for (const [, path] of readFileSync(entry, 'utf8').matchAll(STATIC)) {
    const file = join(entry, '..', path as string)
    if (existsSync(file)) loaded(file, found)
  }
  return found
}

const ENTRIES = { authtkt: 'index.js', 'authtkt/node': 'adapters/node.js', 'authtkt/express': 'adapters/express.js' }

export function sizeResults(): Size[] {
  const all = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).map((file) => join(DIST, file))
  const ending = (end: string) => all.filter((file) => file.endsWith(end)).sort()
  return [
    ...ending('.wasm').map((file) => sizeOf(basename(file), [file])),
    ...Object.entries(ENTRIES).map(([name, file]) => sizeOf(`import '${name}'`, [...loaded(join(DIST, file))])),
    sizeOf('all JavaScript of the package', ending('.js')),
  ]
}

export function sizeTables(sizes: readonly Size[]): Sheet[] {
  return [
    {
      name: 'size',
      title: 'Size',
      corner: 'bytes',
      columns: [
        { name: 'as it is', unit: 'bytes' },
        { name: 'gzip -9', unit: 'bytes' },
        { name: 'files', unit: 'files' },
      ],
      rows: sizes.map(({ name, bytes, gzip, files }) => ({ name, cells: [bytes, gzip, files].map((n) => figure(n)) })),
      chart: { rows: sizes.slice(0, -1).map(({ name }) => name) },
    },
  ]
}
