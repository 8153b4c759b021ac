/** The native yardstick's table. */
import type { Middle } from './measure.js'
import type { NativeResults } from './native.js'
import { figure, maybe, type Sheet } from './sheet.js'

const of = ({ median, mad }: Middle) => figure(median, mad)

export function nativeTables({ rows, compiler, missing, pinned }: NativeResults): Sheet[] {
  return [
    {
      name: 'native',
      title: 'WebAssembly, and C with the same tricks',
      corner: missing === undefined ? `ns per ticket${pinned ? '' : ', NOT PINNED'}; ${compiler}` : 'ns per ticket',
      columns: [
        { name: 'in WASM', unit: 'ns' },
        { name: 'tuned C', unit: 'ns' },
        { name: 'WASM to C', unit: 'x' },
        { name: 'C with SHA-NI', unit: 'ns' },
        { name: 'module-like C', unit: 'ns' },
      ],
      rows: [
        ...rows.map(({ name, wasm, native, ratio }) => ({
          name,
          cells: [of(wasm), maybe(native.tuned, of), of(ratio), maybe(native['sha-ni'], of), maybe(native.module, of)],
        })),
        ...(missing === undefined ? [] : [{ name: 'native', cells: [], skipped: missing }]),
      ],
      chart: {
        columns: ['in WASM', 'tuned C', 'C with SHA-NI', 'module-like C'],
        rows: rows.flatMap(({ name }) => (name.includes('block') ? [] : [name])),
      },
    },
  ]
}
