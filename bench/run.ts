/**
 * The bench suite; README.md says what it answers, and how to read it.
 *
 *     npm run bench -- [--part NAME]... [--quick | --smoke] [--digest D]... [--size S]... [--json FILE]
 *                      [--markdown] [--charts DIR] [--write-readme]
 *     npm run bench:servers                            the parts that want other servers, or take long
 *     npm run bench -- --from FILE... [--markdown] [--charts DIR] [--write-readme]
 *     npm run bench -- --compare A.json B.json [--anyway] [--markdown]
 *
 * Exit 0; 1 on a wrong answer, or where the clock was too coarse for a figure (not with --smoke); 2 on misuse.
 */
import { writeFileSync } from 'node:fs'
import { writeCharts } from './chart.js'
import { comparison } from './compare.js'
import { facts } from './facts.js'
import { Misuse } from './misuse.js'
import { type Options, type Output, readOptions } from './options.js'
import { writeReadme } from './readme.js'
import { FORMAT, markdown, type Results, report, text } from './report.js'
import { readResults } from './results.js'
import type { Sheet } from './sheet.js'

/** Written after each part: what fails late must not cost what is there. */
async function measured({ parts, ask, json, command }: Options & { kind: 'measure' }): Promise<Results> {
  const found: Record<string, readonly Sheet[]> = {}
  const results: Results = { format: FORMAT, command, facts: facts(), parts: found }
  for (const { name, measure } of parts) {
    const start = performance.now()
    found[name] = await measure(ask)
    writeFileSync(json, `${JSON.stringify(results, undefined, 1)}\n`)
    process.stderr.write(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s\n`)
  }
  return results
}

function show(all: readonly Results[], { markdown, charts, writeReadme: intoReadme }: Output): void {
  for (const results of all) {
    process.stdout.write(`${report(results, markdown)}\n`)
    if (charts !== undefined) writeCharts(charts, results)
    if (intoReadme) writeReadme(results)
  }
}

/** False where tinybench does not trust a figure. */
function trusted({ parts }: Results): boolean {
  const warnings = Object.values(parts).flatMap((sheets) => sheets.flatMap(({ warnings = [] }) => warnings))
  for (const warning of warnings) process.stderr.write(`THE CLOCK IS TOO COARSE for ${warning}\n`)
  return warnings.length === 0
}

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  switch (options.kind) {
    case 'measure': {
      const results = await measured(options)
      show([results], options.output)
      if (options.ask.effort !== 'smoke' && !trusted(results)) process.exitCode = 1
      break
    }
    case 'show':
      show(options.files.map(readResults), options.output)
      break
    case 'compare': {
      const [a, b] = options.files.map(readResults) as [Results, Results]
      const { tables, notes } = comparison(a, b, options.anyway)
      const all = tables.map(options.markdown ? markdown : text)
      process.stdout.write(`${[...notes, ...all].join('\n\n')}\n`)
    }
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Misuse ? error.message : ((error as Error).stack ?? error)}\n`)
  process.exit(error instanceof Misuse ? 2 : 1)
}
