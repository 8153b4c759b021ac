/** The C program of `native/`: compiled with the compiler that is there, asked for one slice of work at a time. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const SOURCES = new URL('../../bench/native/', import.meta.url)
const BUILT = new URL('native/', import.meta.url)
const FLAGS = ['-O3', '-march=native']

export const sourceOf = (file: string): string => fileURLToPath(new URL(file, SOURCES))
export const builtOf = (file: string): string => {
  mkdirSync(BUILT, { recursive: true })
  return fileURLToPath(new URL(file, BUILT))
}

/** The compiler's version and flags; or why there is no native row. */
export type Compiled = { readonly compiler: string; readonly program: string } | { readonly missing: string }

export function compileNative(): Compiled {
  let compiler: string
  try {
    compiler = execFileSync('cc', ['-dumpfullversion'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    return { missing: 'no C compiler: cc not found' }
  }
  const program = builtOf('yardstick')
  try {
    execFileSync('cc', [...FLAGS, '-o', program, sourceOf('main.c'), '-lm'], { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch {
    return { missing: `cc ${FLAGS.join(' ')} cannot compile bench/native: it is for x86-64 with SSE4.1` }
  }
  return { compiler: `cc ${compiler.trim()} ${FLAGS.join(' ')}`, program }
}

/** One question, one line of answer. */
export class NativeChild {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>

  constructor(program: string) {
    this.#child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] })
    if (!this.#child.stdout) throw new Error('No pipe to the native program')
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  async ask(line: string): Promise<string> {
    this.tell(line)
    const answer = await this.#answers.next()
    if (answer.done) throw new Error('The native program ended')
    return answer.value
  }

  /** Nanoseconds of one operation, or undefined where there is no such variant on this processor. */
  async time(what: 'verify' | 'blocks', variant: string, passes: number): Promise<number | undefined> {
    const answer = await this.ask(`${what} ${variant} ${passes}`)
    if (answer === 'none') return undefined
    const ns = Number(answer)
    if (!(ns > 0)) throw new Error(`The native program: ${answer}`)
    return ns
  }

  end(): void {
    this.#child.stdin?.end()
  }
}
