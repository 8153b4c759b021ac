/** What the command line asks for. */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Effort, PLANS } from './measure.js'
import { Misuse } from './misuse.js'
import type { Ask, Part } from './part.js'
import { PARTS } from './parts.js'
import { DIGESTS, SIZES } from './workloads.js'

export interface Output {
  readonly markdown: boolean
  /** Where a chart for each table goes. */
  readonly charts: string | undefined
  readonly writeReadme: boolean
}

export type Options =
  | {
      readonly kind: 'measure'
      readonly parts: readonly Part[]
      readonly ask: Ask
      readonly json: string
      readonly command: string
      readonly output: Output
    }
  | { readonly kind: 'show'; readonly files: readonly string[]; readonly output: Output }
  | {
      readonly kind: 'compare'
      readonly files: readonly [string, string]
      readonly anyway: boolean
      readonly markdown: boolean
    }

function oneOf<T extends string>(known: readonly T[], asked: readonly string[] = known): readonly T[] {
  const stranger = asked.find((name) => !known.some((other) => other === name))
  if (stranger !== undefined) throw new Misuse(`${stranger}: expected one of ${known.join(', ')}`)
  return known.filter((name) => asked.includes(name))
}

const OPTIONS = {
  part: { type: 'string', multiple: true },
  servers: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  smoke: { type: 'boolean', default: false },
  digest: { type: 'string', multiple: true },
  size: { type: 'string', multiple: true },
  json: { type: 'string' },
  markdown: { type: 'boolean', default: false },
  charts: { type: 'string' },
  'write-readme': { type: 'boolean', default: false },
  from: { type: 'string', multiple: true },
  compare: { type: 'boolean', default: false },
  anyway: { type: 'boolean', default: false },
} as const

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new Misuse((error as Error).message)
  }
}

export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args)
  const { markdown, charts, from, compare, anyway, quick, smoke, servers } = values
  if (compare) {
    const [a, b, ...more] = positionals
    if (a === undefined || b === undefined || more.length > 0) throw new Misuse('--compare wants two results files')
    return { kind: 'compare', files: [a, b], anyway, markdown }
  }
  if (positionals.length > 0) throw new Misuse(`${positionals[0]}: not an option`)
  const output = { markdown, charts, writeReadme: values['write-readme'] }
  if (from !== undefined) return { kind: 'show', files: from, output }
  if (quick && smoke) throw new Misuse('--quick or --smoke, not both')
  if (smoke && output.writeReadme) throw new Misuse('--smoke: its figures are no figures for README.md')

  const effort: Effort = smoke ? 'smoke' : quick ? 'quick' : 'full'
  const names = values.part ?? PARTS.filter((part) => part.servers === servers).map(({ name }) => name)
  const wanted = oneOf(
    PARTS.map(({ name }) => name),
    names,
  )
  const ask: Ask = {
    effort,
    plan: PLANS[effort],
    digests: oneOf(DIGESTS, values.digest),
    sizes: oneOf(SIZES, values.size),
  }
  const file = servers ? 'servers.json' : 'results.json'
  return {
    kind: 'measure',
    parts: PARTS.filter(({ name }) => wanted.includes(name)),
    ask,
    json: values.json ?? fileURLToPath(new URL(file, import.meta.url)),
    command: commandOf(values),
    output,
  }
}

/** Without what says where the results go. */
function commandOf({
  servers,
  quick,
  smoke,
  part = [],
  digest = [],
  size = [],
}: ReturnType<typeof parse>['values']): string {
  const more = [
    ...part.map((name) => `--part ${name}`),
    ...(quick ? ['--quick'] : []),
    ...(smoke ? ['--smoke'] : []),
    ...digest.map((name) => `--digest ${name}`),
    ...size.map((name) => `--size ${name}`),
  ]
  return [`npm run bench${servers ? ':servers' : ''}`, ...(more.length > 0 ? ['--', ...more] : [])].join(' ')
}
