/** Somebody who waits for an answer. */
interface Waiter<Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  /** Stops the deadline, where one runs. */
  stop: () => void
}

/** A question about one session, and who waits for its answer. */
interface Entry<Question, Answer> {
  question: Question
  readonly waiters: Set<Waiter<Answer>>
}

/** Bounds of the flights, and what they carry. */
export interface FlightOptions<Question, Answer> {
  /** Asks many questions in one request; answers in order. */
  readonly send: (questions: readonly Question[]) => Promise<readonly Answer[]>
  /** Which of two questions about one session to ask when they meet before either has left. */
  readonly prefer: (held: Question, joining: Question) => Question
  /** Most questions of one request. */
  readonly largestBatch: number
  /** Most requests out at once. */
  readonly mostOut: number
  /** Most sessions waiting; beyond it `ask` rejects at once. */
  readonly mostWaiting: number
  /** Calls once whatever else has arrived by now has been taken in. */
  readonly soon: (call: () => void) => void
  /** Starts the time limit of one who has to wait, departure to answer included; returns what stops it. */
  readonly startDeadline: (passed: () => void) => () => void
}

/** Shares requests between readers of one process. */
export interface Flights<Question, Answer> {
  /** Rejects when too many wait already, when the wait was too long, and with what `send` rejects with. */
  ask(id: string, question: Question): Promise<Answer>
}

/** One that has just been asked, and may leave yet without having to wait. */
interface Arrival<Question, Answer> {
  readonly id: string
  readonly entry: Entry<Question, Answer>
  readonly waiter: Waiter<Answer>
}

/**
 * Natural batching: with a request to spare, what has arrived together leaves together and at once; else those that wait
 * leave when one lands. Sent one by one, two requests of three carried a single question, and a batch under load 9 instead of 45.
 *
 * A question joins only a flight *that has not left yet*: one already in the air may have been answered before a write
 * that the asker knows of (rule 5). So per session one question may be out and one may wait.
 */
export function createFlights<Question, Answer>(options: FlightOptions<Question, Answer>): Flights<Question, Answer> {
  const waiting = new Map<string, Entry<Question, Answer>>()
  const inTheAir = new Set<string>()
  let arrivals: Arrival<Question, Answer>[] = []
  let out = 0

  function takeBatch(): [string, Entry<Question, Answer>][] {
    const batch: [string, Entry<Question, Answer>][] = []
    for (const [id, entry] of waiting) {
      if (batch.length === options.largestBatch) break
      if (!inTheAir.has(id)) batch.push([id, entry])
    }
    for (const [id] of batch) {
      waiting.delete(id)
      inTheAir.add(id)
    }
    return batch
  }

  function depart(): void {
    while (out < options.mostOut) {
      const batch = takeBatch()
      if (batch.length === 0) return
      out += 1
      void fly(batch)
    }
  }

  async function fly(batch: readonly [string, Entry<Question, Answer>][]): Promise<void> {
    try {
      const answers = await options.send(batch.map(([, { question }]) => question))
      batch.forEach(([, { waiters }], index) => {
        settle(waiters, ({ resolve }) => resolve(answers[index] as Answer))
      })
    } catch (error) {
      for (const [, { waiters }] of batch) settle(waiters, ({ reject }) => reject(error))
    } finally {
      out -= 1
      for (const [id] of batch) inTheAir.delete(id)
      depart()
    }
  }

  function entryFor(id: string, question: Question): Entry<Question, Answer> | undefined {
    const entry = waiting.get(id)
    if (entry) {
      entry.question = options.prefer(entry.question, question)
      return entry
    }
    if (waiting.size >= options.mostWaiting) return undefined
    const opened = { question, waiters: new Set<Waiter<Answer>>() }
    waiting.set(id, opened)
    return opened
  }

  function arrive(arrival: Arrival<Question, Answer>): void {
    arrivals.push(arrival)
    if (arrivals.length === 1) options.soon(boardArrivals)
  }

  /** One that leaves now is held to the deadline of its request; the others have to wait for it, and need their own. */
  function boardArrivals(): void {
    const arrived = arrivals
    arrivals = []
    depart()
    for (const { id, entry, waiter } of arrived) {
      if (waiting.get(id) === entry) waiter.stop = options.startDeadline(() => giveUp(id, entry, waiter))
    }
  }

  /** A question that nobody waits for any more does not leave: under overload the requests are for those who still do. */
  function giveUp(id: string, entry: Entry<Question, Answer>, waiter: Waiter<Answer>): void {
    entry.waiters.delete(waiter)
    if (entry.waiters.size === 0 && waiting.get(id) === entry) waiting.delete(id)
    waiter.reject(new Error('the wait for a request to the gateway was too long'))
  }

  return {
    ask: (id, question) =>
      new Promise((resolve, reject) => {
        const entry = entryFor(id, question)
        if (!entry) return reject(new Error('too many sessions wait to be read'))
        const waiter: Waiter<Answer> = { resolve, reject, stop: () => {} }
        entry.waiters.add(waiter)
        arrive({ id, entry, waiter })
      }),
  }
}

function settle<Answer>(waiters: ReadonlySet<Waiter<Answer>>, tell: (waiter: Waiter<Answer>) => void): void {
  for (const waiter of waiters) {
    waiter.stop()
    tell(waiter)
  }
}
