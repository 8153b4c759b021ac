/** The documents show the configurations that the tests run. */

import { readFileSync } from 'node:fs'
import t from 'tap'

const FOLDER = 'native-fixtures/proxies'
const FILES = ['nginx.conf', 'Caddyfile', 'haproxy.cfg', 'traefik.yaml', 'envoy.yaml']

const CHAPTER = 'README.md'

/** What stands between the markers, as far to the left as it goes. */
function snippet(file: string): string {
  const lines = readFileSync(`${FOLDER}/${file}`, 'utf8').split('\n')
  const mark = (text: string) => lines.findIndex((line) => line.trim() === text)
  const [from, to] = [mark('# begin: README'), mark('# end: README')]
  if (from < 0 || to < from) throw new Error(`${file} has no markers`)
  const shown = lines.slice(from + 1, to)
  const indents = shown.filter((line) => line !== '').map((line) => /^\s*/.exec(line)?.[0].length ?? 0)
  const indent = Math.min(...indents)
  return shown.map((line) => line.slice(indent)).join('\n')
}

for (const file of FILES) {
  t.test(file, async (t) => {
    const text = snippet(file)
    t.ok(text.length > 300)
    t.ok(readFileSync(CHAPTER, 'utf8').includes(`\n${text}\n\`\`\`\n`), `${CHAPTER} shows it, and nothing else`)
    t.match(text, /127\.0\.0\.1:9000|port_value: 9000/)
    t.match(text, /127\.0\.0\.1:3000|port_value: 3000/)
  })
}
