/** Results as aligned text for the terminal and as Markdown for README.md. */
import { OURS, OURS_LAZY, REFERENCE } from './baselines.js'
import type { DialectResults } from './dialects.js'
import type { Facts } from './facts.js'
import type { Overhead, StartUp } from './figures.js'
import type { GatewayResults } from './gateway.js'
import type { GuardResults } from './guard.js'
import type { HttpResults } from './http.js'
import type { Race, Timing } from './measure.js'
import type { NativeResults } from './native.js'
import { nativeTable } from './native-table.js'
import type { SignedResults } from './signed.js'
import type { SignedServerResults } from './signed-servers.js'

export interface Timed extends Race {
  /** `verify sha256 typical valid`, `issue md5 small`, ... */
  readonly name: string
}

export interface VerifyResults {
  readonly rows: readonly Timed[]
  readonly overheads: readonly Overhead[]
  readonly startUps: readonly StartUp[]
}

/** Parts that were not asked for are not there. */
export interface Results extends Partial<VerifyResults> {
  readonly facts: Facts
  readonly native: NativeResults | undefined
  readonly dialects: DialectResults | undefined
  readonly guard: GuardResults | undefined
  readonly http: HttpResults | undefined
  readonly gateway: GatewayResults | undefined
  readonly signed: SignedResults | undefined
  readonly signedServers: SignedServerResults | undefined
}

type Table = readonly (readonly string[])[]

const ns = (value: number): string => value.toFixed(value < 100 ? 1 : 0)
const ms = (value: number): string => value.toFixed(value < 1 ? 3 : 1)

const OURS_FIRST = [OURS, OURS_LAZY]

function cell(timing: Timing | undefined, details: boolean): string {
  if (!timing) return ''
  const { median, mad, p99 } = timing
  return details ? `${ns(median)} ±${ns(mad)} p99 ${ns(p99)}` : ns(median)
}

/** `details` adds the MAD and the 99th percentile to each median. */
function timingTable(rows: readonly Timed[], details: boolean): Table {
  const names = rows[0]?.timings.map(({ name }) => name) ?? []
  const body = rows.map(({ name, timings }) => [
    name,
    ...names.map((column) =>
      cell(
        timings.find((timing) => timing.name === column),
        details,
      ),
    ),
    ...OURS_FIRST.map((ours) => {
      const ratio = timings.find((timing) => timing.name === ours)?.ratio
      return ratio === undefined ? '' : `${ratio.toFixed(2)}x`
    }),
  ])
  return [['ns per ticket', ...names, ...OURS_FIRST.map((ours) => `${ours} to ${REFERENCE}`)], ...body]
}

/** A forged ticket that costs what a valid one costs (1.00) tells an attacker nothing. */
function overheadTable(overheads: readonly Overhead[]): Table {
  const body = overheads.map(({ digest, size, plain, lazy, hashing, wasm, forgedToValid }) => [
    `${digest} ${size}`,
    ns(hashing),
    ns(wasm - hashing),
    ns(lazy - hashing),
    ns(plain - hashing),
    forgedToValid.toFixed(3),
  ])
  const head = ['hashing alone', 'outside hashing: in WASM', 'with lazyTicket', 'with the fields read']
  return [['ns per ticket', ...head, 'forged to valid, in WASM'], ...body]
}

function startUpTable(startUps: readonly StartUp[]): Table {
  const body = startUps.map(({ digest, load, first, further }) => [digest, ms(load), ms(first), ms(further)])
  return [['ms', 'import', 'first verifier', 'each further'], ...body]
}

function dialectTable({ timings, toSum, first }: DialectResults): Table {
  const body = timings.map(({ name, median, mad }) => [name, ns(median), `±${ns(mad)}`])
  const ratios = [
    ['the last key to the sum of the four alone', `${toSum.toFixed(3)}x`, ''],
    ['the first key to the same alone', `${first.toFixed(3)}x`, ''],
  ]
  return [['ns per ticket', 'verify', 'MAD'], ...body, ...ratios]
}

function guardTable({ rows }: GuardResults): Table {
  const body = rows.map(({ name, verify, decide, over, verifyBytes, decideBytes }) => [
    name,
    ns(verify),
    ns(decide),
    ns(over),
    verifyBytes.toFixed(0),
    decideBytes.toFixed(0),
  ])
  const head = ['verify alone', 'decide', 'on top of verify', 'bytes, verify', 'bytes, decide']
  return [['ns per request', ...head], ...body]
}

function httpTable({ rows, pinned, plan }: HttpResults): Table {
  const body = rows.map(({ server, cpu, added, mad }) => [
    server === 'bare' ? 'no guard' : server,
    cpu.toFixed(2),
    server === 'bare' ? '' : added.toFixed(2),
    server === 'bare' ? '' : `±${mad.toFixed(2)}`,
  ])
  const where = `µs CPU per request, ${plan.connections} connections${pinned ? '' : ', NOT PINNED'}`
  return [[where, 'whole server', 'added by the guard', 'MAD'], ...body]
}

function gatewayTable({ rows, pinned, missing }: GatewayResults): Table {
  const body = rows.map(({ name, perSecond, otherPerSecond, ratio, range, cpu, otherCpu, added }) => [
    name,
    perSecond.toFixed(0),
    otherPerSecond.toFixed(0),
    `${ratio.toFixed(3)}x`,
    range.map((one) => one.toFixed(3)).join('-'),
    cpu.toFixed(1),
    otherCpu.toFixed(1),
    added.toFixed(1),
  ])
  const where = `one core${pinned ? '' : ', NOT PINNED'}${missing === undefined ? '' : `; ${missing}`}`
  return [[where, 'req/s', 'the other', 'ratio', 'of each start', 'µs CPU', 'the other', 'more'], ...body]
}

/** Each contender's time, and how many times as fast as `crypto.verify` it is. */
function signedTable({ rows }: SignedResults): Table {
  const names = rows[0]?.timings.map(({ name }) => name) ?? []
  const body = rows.map(({ name, timings }) => [
    name,
    ...names.map((column) => {
      const timing = timings.find((one) => one.name === column)
      return timing === undefined ? '' : `${(timing.median / 1000).toFixed(2)} (${timing.ratio.toFixed(2)}x)`
    }),
  ])
  return [['µs per ticket', ...names], ...body]
}

function signedServerTable({ rows, pinned, missing }: SignedServerResults): Table {
  const body = rows.map(({ name, perSecond, otherPerSecond, ratio, cpu, otherCpu, perCore, added, addedMad }) => [
    name,
    perSecond.toFixed(0),
    otherPerSecond.toFixed(0),
    `${ratio.toFixed(2)}x`,
    cpu.toFixed(1),
    otherCpu.toFixed(1),
    `${perCore.toFixed(2)}x`,
    `${added.toFixed(1)} ±${addedMad.toFixed(1)}`,
  ])
  const where = `one core${pinned ? '' : ', NOT PINNED'}${missing === undefined ? '' : `; ${missing}`}`
  return [[where, 'req/s', 'the other', 'ratio', 'µs CPU', 'the other', 'per CPU second', 'more µs ±MAD'], ...body]
}

/** Cells of equal width: the first column to the left, figures to the right. */
function aligned(table: Table): Table {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return table.map((cells) => cells.map(pad))
}

const text = (table: Table): string =>
  aligned(table)
    .map((cells) => cells.join('  '))
    .join('\n')

function markdown(table: Table): string {
  const [head = [], ...body] = aligned(table)
  const rule = head.map(({ length }, column) => (column === 0 ? '-'.repeat(length) : `${'-'.repeat(length - 1)}:`))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function machine(facts: Facts): string {
  const { cpu, cores, shaNi, node, v8, openssl, commit, wasmBytes, wasmSha256, date } = facts
  return (
    `${cpu}, ${cores} cores, SHA-NI ${shaNi}; Node ${node}, V8 ${v8}, OpenSSL ${openssl}; ` +
    `commit ${commit}; engine.wasm ${wasmBytes} bytes, sha256 ${wasmSha256.slice(0, 16)}; ${date}`
  )
}

export function report(results: Results, asMarkdown: boolean): string {
  const { facts, rows, overheads, startUps, native, dialects, guard, http, gateway, signed, signedServers } = results
  const tables = [
    ...(rows ? [timingTable(rows, !asMarkdown)] : []),
    ...(overheads ? [overheadTable(overheads)] : []),
    ...(startUps ? [startUpTable(startUps)] : []),
    ...(native ? [nativeTable(native)] : []),
    ...(dialects ? [dialectTable(dialects)] : []),
    ...(guard ? [guardTable(guard)] : []),
    ...(http ? [httpTable(http)] : []),
    ...(gateway ? [gatewayTable(gateway)] : []),
    ...(signed ? [signedTable(signed)] : []),
    ...(signedServers ? [signedServerTable(signedServers)] : []),
  ]
  return [machine(facts), ...tables.map(asMarkdown ? markdown : text)].join('\n\n')
}
