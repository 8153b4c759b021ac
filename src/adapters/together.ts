/** Requests that arrive together are judged together, and answered after that. */

/** So that the first of very many need not wait for all of them. */
const MOST = 64

/** What happens to a request, in this order. */
export interface Steps<Request, Response, Facts, Outcome> {
  /** As it arrives, in the async context that it came in: whatever may be another one's, or gone, a moment later. */
  read(request: Request): Facts
  /** Runs in a row for many; nothing of the caller's is called in it. */
  judge(facts: Facts): Outcome
  /** In the request's own context again. */
  goOn(request: Request, response: Response, outcome: Outcome, facts: Facts): void
  /** Is told what any of the three has thrown. */
  fail(error: unknown, request: Request, response: Response): void
}

interface Waiting<Request, Response, Facts, Outcome> {
  readonly request: Request
  readonly response: Response
  readonly facts: Facts
  state: 'waiting' | 'judged' | 'failed'
  outcome: Outcome | undefined
  error: unknown
}

/**
 * Node tells of a request as soon as it has read it, and reads the next socket when that one is served: reading, judging
 * and writing drive each other out of the processor's caches. Here, what one look at the sockets brings is read first;
 * then the first that is to be answered has all of it judged. On a busy server a signature takes half its time that way,
 * and node:http itself a quarter less.
 *
 * Each request is read and goes on in an async context of its own, and goes on in a turn of its own.
 */
export function together<Request, Response, Facts, Outcome>({
  read,
  judge,
  goOn,
  fail,
}: Steps<Request, Response, Facts, Outcome>): (request: Request, response: Response) => void {
  type Entry = Waiting<Request, Response, Facts, Outcome>
  let queue: Entry[] = []

  function judgeQueue(): void {
    const first = queue.length > MOST ? queue.splice(0, MOST) : queue
    if (first === queue) queue = []
    for (const entry of first) {
      try {
        entry.outcome = judge(entry.facts)
        entry.state = 'judged'
      } catch (error) {
        entry.error = error
        entry.state = 'failed'
      }
    }
  }

  function take(entry: Entry): void {
    // Turns come in the order of requests: whoever is not judged yet stands first in the queue.
    if (entry.state === 'waiting') judgeQueue()
    const { request, response, facts } = entry
    try {
      if (entry.state === 'failed') throw entry.error
      goOn(request, response, entry.outcome as Outcome, facts)
    } catch (error) {
      fail(error, request, response)
    }
  }

  return (request, response) => {
    let facts: Facts
    try {
      facts = read(request)
    } catch (error) {
      return fail(error, request, response)
    }
    const entry: Entry = { request, response, facts, state: 'waiting', outcome: undefined, error: undefined }
    queue.push(entry)
    setImmediate(take, entry)
  }
}

/** The same steps as each request arrives. */
export function atOnce<Request, Response, Facts, Outcome>({
  read,
  judge,
  goOn,
  fail,
}: Steps<Request, Response, Facts, Outcome>): (request: Request, response: Response) => void {
  return (request, response) => {
    try {
      const facts = read(request)
      goOn(request, response, judge(facts), facts)
    } catch (error) {
      fail(error, request, response)
    }
  }
}
