/**
 * Figures go into README.md from a results file and never by hand. Each part has a place there between two marks,
 * `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`; what people have to say about the figures stands outside of them.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chart, writeCharts } from './chart.js'
import { Misuse } from './misuse.js'
import { machine, markdown, type Results, tableOf } from './report.js'

const ROOT = new URL('../../', import.meta.url)
const at = (path: string): string => fileURLToPath(new URL(path, ROOT))
const CHARTS = 'bench/charts'
/** The charts that the package's own README shows. */
const FRONT = ['verify-sha256', 'batch', 'servers']

const image = (title: string, path: string): string => `![${title}](${path})`
/** As `chart` writes it. */
const titleOf = (svg: string): string => /<title[^>]*>([^<]*)</.exec(svg)?.[1] ?? ''

/** `text` with what stands between the marks of `name` replaced. */
export function replaced(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`]
  const [from, to] = [text.indexOf(open), text.indexOf(close)]
  if (from < 0 || to < from) throw new Misuse(`The README has no place for ${name}: ${open} ... ${close}`)
  return `${text.slice(0, from + open.length)}\n${content}\n${text.slice(to)}`
}

/** Each part's tables in its place, below the command that made them and the machine; each with its chart. */
export function filled(readme: string, { command, facts, parts }: Results): string {
  if (command.includes('--smoke')) throw new Misuse('Figures of --smoke are no figures for README.md')
  let text = readme
  for (const [name, sheets] of Object.entries(parts)) {
    const tables = sheets.map((sheet) => {
      const table = markdown(tableOf(sheet, false))
      return chart(sheet) === undefined ? table : `${image(sheet.title, `charts/${sheet.name}.svg`)}\n\n${table}`
    })
    text = replaced(text, name, [`\`${command}\` on ${machine(facts)}`, ...tables].join('\n\n'))
  }
  return text
}

export function writeReadme(results: Results): void {
  const [own, front] = [at('bench/README.md'), at('README.md')]
  const text = filled(readFileSync(own, 'utf8'), results)
  writeCharts(at(CHARTS), results)
  writeFileSync(own, text)
  // Charts that another run has drawn stay: the servers have a run of their own.
  const shown = FRONT.map((name) => `${CHARTS}/${name}.svg`).filter((path) => existsSync(at(path)))
  const images = shown.map((path) => image(titleOf(readFileSync(at(path), 'utf8')), path))
  writeFileSync(front, replaced(readFileSync(front, 'utf8'), 'charts', images.join('\n\n')))
}
