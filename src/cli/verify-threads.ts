/** Who works on blocks: this thread itself, or threads of their own. Either way results are taken in the blocks' order. */

import { Worker } from 'node:worker_threads'
import { kindOf } from '../errors.js'
import { createSlot, type Job, type Slot, type Verified, type Work } from './verify-block.js'
import type { Setup } from './verify-check.js'
import type { BlockSizes } from './verify-ranges.js'
import { shareSecrets } from './verify-secrets.js'
import { createTurns, type ThreadData, type ThreadJob, type ThreadReply } from './verify-thread.js'

/** A block to verify. `span`: how many bytes of the input it stands for. `done` is called when it was taken. */
export interface Block extends Omit<Job, keyof Slot> {
  readonly slot: Slot
  /** The file, for errors. */
  readonly name: string
  readonly span: number
  done(): void
}

/** Is given what came of each block; what it throws ends the work. */
export type Take = (block: Block, verified: Verified) => void

export interface Crew {
  /** A slot that nobody uses, as soon as there is one: who reads faster than others write has to wait here. */
  slot(): Promise<Slot>
  send(block: Block): void
  /** Resolves when all was taken; throws what went wrong. */
  end(): Promise<void>
  close(): Promise<void>
}

function hand(block: Block, verified: Verified, take: Take): void {
  // Where the output was too small for what was written, the slot keeps the larger one.
  if (verified.rows !== undefined) block.slot.output = new Uint8Array(verified.rows.buffer)
  take(block, verified)
  block.done()
}

/** No threads: each block at once, in one slot. */
export function alone(work: Work, firstLine: (lines: number) => number, sizes: BlockSizes, take: Take): Crew {
  const slot = createSlot(sizes, false)
  return {
    async slot() {
      return slot
    },
    send(block) {
      hand(block, work({ ...block, ...block.slot }, firstLine), take)
    },
    async end() {},
    async close() {},
  }
}

export interface ThreadsOptions {
  readonly threads: number
  readonly setup: Setup
  readonly rows: boolean
  /** The number of the first line. */
  readonly firstLine: number
  readonly sizes: BlockSizes
  /** Only tests have another one. */
  readonly script?: URL | undefined
}

/** Blocks that a thread has before it: the one it works on, and the next. */
const AHEAD = 2
/** Slots for each thread: threads that are ahead of a slow one need not wait for it at once. */
const SLOTS = 4
const SCRIPT = new URL('./verify-worker.js', import.meta.url)

interface Member {
  readonly worker: Worker
  busy: number
}

interface Sent {
  readonly block: Block
  verified: Verified | undefined
}

/** Threads, each with a verifier of its own. One that ends early is an error, and no reason to wait. */
export function startThreads(
  { threads, setup, rows, firstLine, sizes, script = SCRIPT }: ThreadsOptions,
  take: Take,
): Crew {
  const secrets = shareSecrets(setup)
  const workerData: ThreadData = { setup: secrets.setup, rows, turns: createTurns(firstLine) }
  const free: Slot[] = Array.from({ length: SLOTS * threads }, () => createSlot(sizes, true))
  /** Sent and not taken yet: block `taken` first. */
  const sent: Sent[] = []
  let taken = 0
  /** How many of `sent` a thread has been given. */
  let given = 0
  let loaded = 0
  let closing = false
  let failure: { readonly error: unknown } | undefined
  let wake = () => {}
  const news = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })

  function fail(error: unknown): void {
    if (!closing) failure ??= { error }
    wake()
  }

  function give(): void {
    while (given < sent.length) {
      const idle = crew.reduce((one, other) => (other.busy < one.busy ? other : one))
      if (idle.busy >= AHEAD) return
      const { length, file, slot } = (sent[given] as Sent).block
      idle.worker.postMessage({ id: taken + given, length, file, ...slot } satisfies ThreadJob)
      idle.busy++
      given++
    }
  }

  function takeAll(): void {
    for (let [first] = sent; first?.verified !== undefined; [first] = sent) {
      hand(first.block, first.verified, take)
      free.push(first.block.slot)
      sent.shift()
      given--
      taken++
    }
  }

  function receive(member: Member, reply: ThreadReply): void {
    if (closing || failure !== undefined) return
    if (reply.id === undefined) {
      if (++loaded === threads) secrets.wipe()
      return
    }
    member.busy--
    ;(sent[reply.id - taken] as Sent).verified = reply
    try {
      give()
      takeAll()
    } catch (error) {
      fail(error)
    }
    wake()
  }

  const crew = Array.from({ length: threads }, () => {
    // No copy of the environment: a secret may be in it. Nor of Node's options: they are for the program.
    const worker = new Worker(script, { workerData, env: {}, execArgv: [] })
    const member: Member = { worker, busy: 0 }
    worker.on('message', (reply: ThreadReply) => receive(member, reply))
    // Of a foreign error only its kind: the message may hold anything.
    worker.on('error', (error) => fail(new Error(`a thread failed (${kindOf(error)}); --threads 1 does without`)))
    worker.on('exit', () => fail(new Error('a thread ended early; --threads 1 does without')))
    return member
  })

  return {
    async slot() {
      for (;;) {
        if (failure !== undefined) throw failure.error
        const slot = free.pop()
        if (slot !== undefined) return slot
        await news()
      }
    },
    send(block) {
      sent.push({ block, verified: undefined })
      give()
    },
    async end() {
      while (sent.length > 0 && failure === undefined) await news()
      if (failure !== undefined) throw failure.error
    },
    async close() {
      closing = true
      await Promise.all(crew.map(({ worker }) => worker.terminate()))
      secrets.wipe()
    },
  }
}
