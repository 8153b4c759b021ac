/** A program of another language that answers lines: one is asked by name and arguments, one is answered, all as hex. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/**
 * @typedef {object} LineProgram
 * @property {(question: string, ...args: (string | number)[]) => Promise<string[] | undefined>} ask what it answers, one
 *   char a byte; undefined where the program's library refuses
 * @property {() => Promise<void>} stop
 */

/**
 * It ends by itself when its input does, even if this process is killed.
 * @param {string} program @param {readonly string[]} args @param {{ complaints?: 'inherit' | 'ignore' }} [options]
 * @returns {LineProgram}
 */
export function startLineProgram(program, args, { complaints = 'inherit' } = {}) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', complaints] })
  const exited = once(child, 'exit')
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]()
  // A program that dies closes the pipe under a question; that it has ended is said below.
  child.stdin.on('error', () => {})

  return {
    // Lines are answered in order, and so are the iterator's promises: no bookkeeping.
    async ask(question, ...values) {
      child.stdin.write(`${[question, ...values.map(toHex)].join('\t')}\n`)
      const { value, done } = await answers.next()
      if (done) throw new Error(`${program} has ended`)
      const [verdict, ...fields] = value.split('\t')
      return verdict === 'ok' ? fields.map(fromHex) : undefined
    },
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

/** @param {string | number} bytes */
const toHex = (bytes) => Buffer.from(`${bytes}`, 'latin1').toString('hex')

/** @param {string} digits */
const fromHex = (digits) => Buffer.from(digits, 'hex').toString('latin1')
