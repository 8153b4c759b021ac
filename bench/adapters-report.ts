/** The table of `adapters.ts`: cells as text, the head first. */
import type { Page } from './adapter-server.js'
import type { AdapterResults } from './adapters.js'

const NAMES: Readonly<Record<Page, string>> = {
  '/open': 'no guard',
  '/guarded': 'guarded',
  '/alone': 'guarded, gather: false',
}

export function adapterTable({ rows, pinned, plan }: AdapterResults): string[][] {
  const body = rows.map(({ framework, page, cpu, added, addedMad, bytes, addedBytes }) => [
    `${framework}, ${NAMES[page]}`,
    cpu.toFixed(2),
    page === '/open' ? '' : added.toFixed(2),
    page === '/open' ? '' : `±${addedMad.toFixed(2)}`,
    bytes.toFixed(0),
    page === '/open' ? '' : addedBytes.toFixed(0),
  ])
  const where = `µs CPU per request, ${plan.connections} connections${pinned ? '' : ', NOT PINNED'}`
  return [[where, 'whole server', 'added by the guard', 'MAD', 'bytes', 'added'], ...body]
}
