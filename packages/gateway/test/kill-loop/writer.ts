import { type Answer, type Call, send, sessionIdOf } from './calls.ts'
import type { Subject } from './subject.ts'

/** A write on its way: sent again, letter by letter, until it is answered. */
interface Pending {
  readonly call: Call
  readonly traceId: string
  readonly isCount: boolean
  /** Whether it was sent and nobody knows what became of it. */
  unsure: boolean
}

/** An acknowledged write: the trace it was made in and the version it produced. */
export interface Acknowledged {
  readonly traceId: string
  readonly version: number
}

/** Writes to one session, one write after the other, and remembers every acknowledgement. */
export interface Writer {
  readonly id: string
  readonly acknowledged: readonly Acknowledged[]
  /** Version and counter of the last acknowledgement. */
  readonly version: () => number
  readonly count: () => number
  readonly isUnsure: () => boolean
  readonly figures: { readonly exchanges: number; readonly repeats: number }
  /** Writes until the gateway is away or `signal` aborts. Throws when an answer cannot be right. */
  run(signal: AbortSignal): Promise<void>
  /** Repeats what is unsure until it is answered. */
  settle(): Promise<void>
}

/**
 * One answer in fifty gets lost although the gateway has sent it: its write is repeated at once, or by the next process,
 * which then has to know of it from the disk.
 */
const shareLost = 0.02

/** Makes a writer of a session that exists. */
export async function createWriter({ origin, keys }: Subject, firstToken: string, random: () => number): Promise<Writer> {
  const call = (asked: Call) => send(origin, keys.writer, asked)
  const acknowledged: Acknowledged[] = []
  const figures = { exchanges: 0, repeats: 0 }
  let token = firstToken
  let pending: Pending | null = null
  const first = await call({ method: 'GET', path: '/v1/session', token })
  let { version, etag, count } = standOf(first)

  function draw(): Pending {
    const traceId = hex(32, random)
    const headers = { 'Idempotency-Key': hex(32, random), traceparent: `00-${traceId}-${hex(16, random)}-01` }
    // A signal has no precondition: what keeps its repeat from being applied twice is the key alone.
    const isCount = random() < 0.7
    const write: Call = isCount
      ? {
          method: 'PATCH',
          path: '/v1/session',
          body: { reason: 'count.up', set: { 'context.count': count + 1 } },
          headers: { ...headers, 'If-Match': etag },
        }
      : { method: 'PUT', path: '/v1/session/signals/ping', body: { value: acknowledged.length }, headers }
    return { call: write, traceId, isCount, unsure: false }
  }

  function take(answer: Answer, { traceId, isCount }: Pending): void {
    const stand = standOf(answer)
    const expected = { version: version + 1, count: isCount ? count + 1 : count }
    if (stand.version !== expected.version || stand.count !== expected.count) {
      throw new Error(`a write was answered with version ${stand.version}, count ${stand.count}; expected ${JSON.stringify(expected)}`)
    }
    ;({ version, etag, count } = stand)
    acknowledged.push({ traceId, version })
  }

  /** False when the gateway is away. An exchange whose answer was lost is repeated with the same token. */
  async function exchange(): Promise<boolean> {
    const answer = await call({ method: 'POST', path: '/v1/session/token', token, body: {} })
    if (answer === null) return false
    if (answer.status !== 200) throw new Error(`an exchange was answered ${describe(answer)}`)
    if (sessionIdOf(answer.body.token) !== sessionIdOf(token)) throw new Error('an exchange answered the token of another session')
    token = answer.body.token
    figures.exchanges += 1
    return true
  }

  /** False when the gateway is away. */
  async function step(): Promise<boolean> {
    pending ??= draw()
    if (pending.unsure) figures.repeats += 1
    const answer = await call({ ...pending.call, token })
    if (answer === null || answer.body.code === 'outcome_unknown') {
      pending.unsure = true
      return false
    }
    if (answer.status === 200 && !pending.unsure && random() < shareLost) {
      pending.unsure = true
      return random() < 0.5
    }
    if (answer.body.code === 'token_expired') return exchange()
    if (answer.status !== 200) throw new Error(`${pending.unsure ? 'the repeat of ' : ''}a write was answered ${describe(answer)}`)
    take(answer, pending)
    pending = null
    return true
  }

  return {
    id: sessionIdOf(firstToken),
    acknowledged,
    version: () => version,
    count: () => count,
    isUnsure: () => pending?.unsure ?? false,
    figures,
    async run(signal) {
      while (!signal.aborted && (await step()));
    },
    async settle() {
      while (pending?.unsure) if (!(await step())) throw new Error('the gateway went away while nobody had killed it')
    },
  }
}

function standOf(answer: Answer | null): { readonly version: number; readonly etag: string; readonly count: number } {
  if (answer?.status !== 200 || answer.etag === null) throw new Error(`a session was answered ${describe(answer)}`)
  const { version, context } = answer.body.document
  return { version, etag: answer.etag, count: context.count }
}

function describe(answer: Answer | null): string {
  return answer === null ? 'not at all' : `${answer.status} ${answer.body.code ?? ''}`
}

function hex(length: number, random: () => number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
}
