/**
 * What do other dialects cost? One that is not in the ring: nothing. A ring of four: at the most the sum of its digests,
 * which is what a ticket of the last key needs; a ticket of the first key costs what it costs alone.
 */
import { createIssuer, createVerifier, type Key } from 'authtkt'
import { type Contender, type Plan, type Race, race, sink, type Timing } from './measure.js'
import { figure, type Sheet, timed } from './sheet.js'
import { BATCH, CLIENTS, SECRET, tickets } from './workloads.js'

/** One digest, or a ticket would be no more than looked at under keys of another: four recipes, three forms of the address. */
const RING: readonly (Key & { readonly name: string })[] = [
  { name: 'apache', secret: `${SECRET}1`, digest: 'md5' },
  { name: 'lighttpd', secret: `${SECRET}2`, digest: 'md5', dialect: 'lighttpd' },
  { name: 'pyramid', secret: `${SECRET}3`, digest: 'md5', dialect: 'pyramid' },
  { name: 'passport-authtkt', secret: `${SECRET}4`, digest: 'md5', dialect: 'passport-authtkt' },
]
const keyOf = ({ secret, digest, dialect }: Key): Key => ({ secret, digest, dialect })
export const DIALECT_RING: readonly Key[] = RING.map(keyOf)
const LAST = 'ring of four, a ticket of its last key'
const FIRST = 'ring of four, a ticket of its first key'

export interface DialectResults extends Race {
  /** A ticket of the last key in the ring of four, to the sum of the four alone; medians. */
  readonly toSum: number
}

/** Typical tickets of one key, all right under `keys`. */
function contender(name: string, keys: readonly Key[], index: number): Contender {
  const { verify } = createVerifier({ keys: keys.map(keyOf) })
  const issuer = createIssuer({ keys: [keyOf(keys[index] as Key)], allowShiftableFields: true })
  const asked = tickets('typical')
  const cookies = asked.map(({ uid, tokens, userData, issuedAt }, i) =>
    issuer.issue({ uid, tokens, userData }, { ip: CLIENTS[i], now: issuedAt, encoding: 'base64' }),
  )
  asked.forEach(({ uid }, i) => {
    const result = verify(cookies[i], { ip: CLIENTS[i] })
    if (!result.ok || result.ticket.uid !== uid || result.keyIndex !== index) throw new Error(`${name}: ticket ${i}`)
  })
  const sample = new Function(
    'verify, cookies, ips, sink',
    'return () => { for (let i = 0; i < cookies.length; i++) sink.last = verify(cookies[i], { ip: ips[i] }) }',
  )(verify, cookies, CLIENTS, sink)
  return { name, sample }
}

export function dialectResults(plan: Plan): DialectResults {
  const alone = RING.map((key) => contender(key.name, [key], 0))
  const contenders = [...alone, contender(FIRST, RING, 0), contender(LAST, RING, RING.length - 1)]
  const result = race(contenders, RING[0]?.name as string, BATCH, plan)
  const ns = (name: string) => result.timings.find((timing) => timing.name === name)?.median as number
  const sum = alone.reduce((total, { name }) => total + ns(name), 0)
  return { ...result, toSum: ns(LAST) / sum }
}

export function dialectTables({ timings, warnings, toSum }: DialectResults): Sheet[] {
  /** Times as long as; the race says times as fast as. */
  const toFirst = ({ name, ratio, ratioMad }: Timing) => (name === FIRST ? figure(1 / ratio, ratioMad) : null)
  return [
    {
      name: 'dialects',
      title: 'Dialects, each alone and four in a ring',
      corner: 'ns per ticket',
      columns: [
        { name: 'verify', unit: 'ns' },
        { name: 'to the same alone', unit: 'x', digits: 3 },
        { name: 'to the sum of the four alone', unit: 'x', digits: 3 },
      ],
      rows: timings.map((timing) => ({
        name: timing.name,
        cells: [timed(timing), toFirst(timing), timing.name === LAST ? figure(toSum) : null],
      })),
      warnings,
    },
  ]
}
