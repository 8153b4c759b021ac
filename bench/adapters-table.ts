/** The table of `adapters.ts`. */
import type { Page } from './adapter-server.js'
import type { AdapterResults } from './adapters.js'
import { figure, type Sheet } from './sheet.js'

const NAMES: Readonly<Record<Page, string>> = {
  '/open': 'no guard',
  '/guarded': 'guarded',
  '/alone': 'guarded, gather: false',
}

export function adapterTables({ rows, pinned, plan }: AdapterResults): Sheet[] {
  return [
    {
      name: 'adapters',
      title: 'What a guard adds to a request, by framework',
      corner: `per request, ${plan.connections} connections${pinned ? '' : ', NOT PINNED'}`,
      columns: [
        { name: 'µs CPU', unit: 'µs' },
        { name: 'added by the guard', unit: 'µs' },
        { name: 'bytes', unit: 'bytes' },
        { name: 'bytes added', unit: 'bytes' },
      ],
      rows: rows.map(({ framework, page, cpu, added, addedMad, bytes, addedBytes }) => {
        const bare = page === '/open'
        const more = bare ? null : figure(added, plan.starts > 1 ? addedMad : undefined)
        return {
          name: `${framework}, ${NAMES[page]}`,
          cells: [figure(cpu), more, figure(bytes), bare ? null : figure(addedBytes)],
        }
      }),
      chart: { columns: ['µs CPU'] },
    },
  ]
}
