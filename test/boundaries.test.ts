/** Who may import whom: arrows point one way, and the pure core knows no platform. */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path/posix'
import t from 'tap'

/** Folders (and files) that each folder of src/ may import from, besides itself and the leaves. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  engine: ['@assemblyscript/loader'],
  http: [],
  ticket: ['engine', 'http'],
  pubtkt: ['ticket', 'engine', 'http'],
  policy: ['ticket', 'pubtkt', 'http', 'zod'],
  adapters: ['policy', 'http', 'node:', 'express', 'fastify', 'hono'],
  config: ['policy', 'pubtkt', 'http', 'node:', 'zod', '@humanwhocodes/momoa'],
  gateway: [
    'adapters',
    'config',
    'policy',
    'ticket',
    'http',
    'node:',
    'zod',
    'undici',
    'pino',
    'prom-client',
    '@fastify/send',
  ],
  state: ['node:'],
  login: [
    'state',
    'adapters',
    'policy',
    'ticket',
    'pubtkt',
    'http',
    'node:',
    'zod',
    'openid-client',
    'ldapts',
    '@node-rs/bcrypt',
    'apache-md5',
  ],
  cli: [
    'gateway',
    'login',
    'state',
    'adapters',
    'config',
    'policy',
    'ticket',
    'pubtkt',
    'engine',
    'http',
    'node:',
    'commander',
  ],
  '.': ['ticket', 'pubtkt', 'policy'],
}
/** Frameworks are known by their types alone: nobody who does not use one has to install it. */
const TYPES_ONLY = /\bimport\s+(?!type\b)[^'"]*from\s*'(?:express|fastify|hono)[^']*'/
const LEAVES = ['types.js', 'errors.js']
/** No clock, no environment, no I/O, no platform globals: Buffer is asked for in engine/text.ts only. */
const PURE = ['engine', 'ticket', 'pubtkt', 'http', 'policy', '.']
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|process\.|performance\.|setTimeout|setInterval|fetch\(|Math\.random|console\.|Buffer\.(?:from|alloc))/

/** It asks a clock how fast the host is, and tells nobody the time. */
const MEASURES = 'engine/host-digest.ts'

interface Source {
  readonly file: string
  readonly folder: string
  readonly text: string
}

const sources: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts') && !file.endsWith('binary.ts'))
  .map((file) => ({
    file,
    folder: dirname(file).split('/')[0] as string,
    text: readFileSync(join('src', file), 'utf8'),
  }))

/** `hono/utils` is of hono, `@scope/name/x` of @scope/name. */
function packageOf(target: string): string {
  return target.startsWith('node:') ? target : (/^(?:@[^/]+\/)?[^/]+/.exec(target) as RegExpExecArray)[0]
}

/** Without comments: their examples import what users import. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*/g, '')
}

function importsOf({ text }: Source): string[] {
  return [...codeOf(text).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([\w@./:-]+)'/g)].map(([, from]) => from as string)
}

t.test('imports run one way', async (t) => {
  t.ok(sources.length > 20)
  for (const source of sources) {
    const allowed = MAY[source.folder]
    if (!allowed) return t.fail(`src/${source.folder} has no row in MAY`)
    for (const from of importsOf(source)) {
      const target = from.startsWith('.') ? normalize(join(dirname(source.file), from)) : from
      const folder = target.includes('/') && from.startsWith('.') ? (target.split('/')[0] as string) : packageOf(target)
      const may = allowed.some((name) => folder === name || (name.endsWith(':') && folder.startsWith(name)))
      t.ok(folder === source.folder || LEAVES.includes(target) || may, `${source.file} may import ${from}`)
    }
  }
})

t.test('the pure core touches no platform', async (t) => {
  for (const source of sources.filter(({ folder }) => PURE.includes(folder))) {
    const code = codeOf(source.text)
    const left = source.file === MEASURES ? code.replaceAll('performance.now()', '0') : code
    t.notMatch(left, IMPURE, `${source.file} has no platform in it`)
    for (const from of importsOf(source)) t.notOk(from.startsWith('node:'), `${source.file} imports no ${from}`)
  }
})

t.test('WebAssembly is spoken of in engine/ only', async (t) => {
  for (const { file, folder, text } of sources) {
    if (folder !== 'engine') t.notMatch(codeOf(text), /\bWebAssembly\b/, file)
  }
})

t.test('frameworks are imported as types', async (t) => {
  for (const { file, text } of sources) t.notMatch(codeOf(text), TYPES_ONLY, file)
})

/** What is loaded with a file, at once: not its types, nor what it imports later. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const code = codeOf(readFileSync(join('src', file), 'utf8'))
  for (const [, from = ''] of code.matchAll(/^(?:import|export)(?! type)\b[^'"()]*'([\w@./:-]+)'/gm)) {
    if (from.startsWith('.')) loadedWith(normalize(join(dirname(file), from)).replace(/\.js$/, '.ts'), seen)
    else seen.add(packageOf(from))
  }
  return seen
}

t.test('a command waits for nothing that it does not need', async (t) => {
  t.ok(loadedWith('config/load.ts').has('zod'), 'what reads configurations has it')
  for (const command of ['main', 'verify', 'issue', 'peek', 'keygen', 'serve', 'verify-worker']) {
    const loaded = loadedWith(`cli/${command}.ts`)
    for (const heavy of ['zod', 'undici', 'pino', '@humanwhocodes/momoa']) {
      t.notOk(loaded.has(heavy), `cli/${command}.ts does not load ${heavy}`)
    }
  }
})
