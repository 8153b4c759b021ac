/** The line that tells how far it is: only on a terminal, only where it lasts, and gone in the end. */

import t from 'tap'
import { createProgress } from '../../src/cli/verify-progress.js'

const CLEAR = '\r\x1b[K'

function terminal(columns: number | undefined) {
  const drawn: string[] = []
  const output = { out() {}, err: (text: string) => void drawn.push(text), flush() {}, columns: () => columns }
  return { drawn, output }
}

/** A clock that goes by hand. */
function clockAt(start: number) {
  const clock = { now: start, read: () => clock.now }
  return clock
}

t.test('files: a bar with the time that is left', async (t) => {
  const { drawn, output } = terminal(80)
  const clock = clockAt(1000)
  const progress = createProgress(output, 4_000_000, clock.read)
  progress.advance(500_000, 3000)
  t.strictSame(drawn, [], 'nobody waits for half a second')
  clock.now += 500
  progress.advance(500_000, 3000)
  t.strictSame(drawn, [`${CLEAR}[######------------------] 25 %, 6.0k lines, 12.0k lines/s, 2 s left`])
  clock.now += 99
  progress.advance(1, 1)
  t.equal(drawn.length, 1, 'not for every block')
  clock.now += 1
  progress.advance(2_999_999, 2_000_000)
  t.equal(drawn.at(-1), `${CLEAR}[########################] 100 %, 2.0M lines, 3.3M lines/s, 0 s left`)
  progress.clear()
  t.strictSame(drawn.slice(2), [CLEAR])
})

t.test('a stream: what has been read so far', async (t) => {
  const { drawn, output } = terminal(80)
  const clock = clockAt(0)
  const progress = createProgress(output, undefined, clock.read)
  clock.now = 2000
  progress.advance(1_500_000_000, 900)
  t.strictSame(drawn, [`${CLEAR}1.5GB, 900 lines, 450 lines/s`])
})

const LEFT: [seconds: number, text: string][] = [
  [59, '59 s left'],
  [61, '1 min 1 s left'],
  [7260, '2 h 1 min left'],
]
for (const [seconds, text] of LEFT) {
  t.test(text, async (t) => {
    const { drawn, output } = terminal(200)
    const clock = clockAt(0)
    const progress = createProgress(output, 1000 * (seconds + 1), clock.read)
    clock.now = 1000
    progress.advance(1000, 1)
    t.ok(drawn[0]?.endsWith(text), drawn[0])
  })
}

t.test('a narrow terminal: one line, or it could not be taken back', async (t) => {
  const { drawn, output } = terminal(20)
  const clock = clockAt(0)
  const progress = createProgress(output, 1000, clock.read)
  clock.now = 1000
  progress.advance(1000, 1)
  t.equal(drawn[0]?.length, CLEAR.length + 19)
})

t.test('no terminal, or nothing drawn: not a byte', async (t) => {
  const clock = clockAt(0)
  for (const columns of [undefined, 80]) {
    const { drawn, output } = terminal(columns)
    const progress = createProgress(output, 1000, clock.read)
    clock.now += columns === undefined ? 1000 : 100
    progress.advance(500, 1)
    progress.clear()
    t.strictSame(drawn, [])
  }
  const { columns: _, ...plain } = terminal(80).output
  t.doesNotThrow(() => createProgress(plain, undefined).advance(1, 1))
})
