import { SessionError } from '@single-state/core/protocol'
import type { QueryResult } from 'pg'
import { type Fate, failureOf, fateAtCommit, fateBeforeCommit, stateOf } from './failure.ts'
import { createGate } from './gate.ts'
import type { Connection, Connections } from './pool.ts'
import { probe } from './statements.ts'
import { encodeText } from './text.ts'

/** A statement by its name, and its values. */
export interface Query {
  readonly name: string
  readonly text: string
  readonly values: readonly unknown[]
}

/** Rows of an answer; who asks knows what is in them. */
// biome-ignore lint/suspicious/noExplicitAny: the statement decides what a row holds
export type Rows = readonly any[]

/** What an answer came from. */
export interface Answered {
  readonly rows: Rows
  readonly server: string
}

/** What a statement that saves answered. */
export interface Saved {
  readonly rows: Rows
  /** How many rows it changed. */
  readonly count: number
}

/** What a transaction does once it has loaded: what to save, in order, and the answer when that is done. */
export interface Plan<Result> {
  readonly save: readonly Query[]
  /** What each of them answered. */
  answer(saved: readonly Saved[]): Result
}

export interface Transactions {
  read(query: Query): Promise<Answered>
  /**
   * Loads, decides and saves in one transaction; `decide` runs again when the transaction has to. Refused while a COMMIT
   * has had no answer and none has been answered since.
   */
  write<Result>(load: readonly Query[], decide: (loaded: Answered) => Plan<Result>): Promise<Result>
  /** False from a write that failed until one succeeds; asks the database again then, without waiting for it. */
  writable(): boolean
}

type Attempt<Result> =
  | { readonly kind: 'done'; readonly result: Result; readonly saved: boolean }
  | { readonly kind: 'failed'; readonly fate: Fate; readonly error: unknown }

type Decide<Result> = (loaded: Answered) => Plan<Result>

/** 4: two transactions that got in each other's way seldom do it twice. */
const mostAttempts = 4

/** Connections that writes leave to reads: writes that wait for a standby or a lock must not stop them. */
const keptForReads = 3

/** Statements in transactions over `connections`, of which there are at most `max`. */
export function createTransactions(connections: Connections, max: number): Transactions {
  const gate = createGate(Math.max(1, max - keptForReads))
  let writable = true
  /** A server that waits for a standby keeps each COMMIT, and a connection with it, long after we have given it up. */
  let isStalled = false
  let probing: Promise<void> | null = null

  async function attempts<Result>(load: readonly Query[], decide: Decide<Result>): Promise<Result> {
    for (let count = 1; ; count += 1) {
      const attempt = await runOnce(connections, load, decide)
      if (attempt.kind === 'done') {
        if (attempt.saved) succeeded()
        return attempt.result
      }
      if (attempt.fate === 'unknown') isStalled = true
      if (attempt.fate !== 'retry' || count === mostAttempts) throw failureOf(attempt.error, attempt.fate)
    }
  }

  function succeeded(): void {
    writable = true
    isStalled = false
  }

  /** One write that changes nothing. It waits for the counters, like most others: of those that hang, one holds them. */
  function askAgain(): Promise<void> {
    probing ??= attempts([], () => ({ save: [{ ...probe, values: [] }], answer: () => undefined }))
      .catch(() => undefined)
      .finally(() => {
        probing = null
      })
    return probing
  }

  return {
    async read(query) {
      const connection = await connections.connect()
      const [answer] = await send(connection, [query])
      connections.release(connection, answer?.status !== 'fulfilled')
      if (answer?.status !== 'fulfilled') throw failureOf(answer?.reason, 'nothing')
      return { rows: answer.value.rows, server: connection.server }
    },
    async write(load, decide) {
      if (isStalled) await askAgain()
      if (isStalled) throw new SessionError('store_unavailable', 'postgres: an earlier commit has no answer yet')
      try {
        return await gate(() => attempts(load, decide))
      } catch (error) {
        if (error instanceof SessionError) writable = false
        throw error
      }
    },
    writable() {
      if (!writable) void askAgain()
      return writable
    },
  }
}

async function runOnce<Result>(connections: Connections, load: readonly Query[], decide: Decide<Result>): Promise<Attempt<Result>> {
  const connection = await connections.connect()
  const opened = await send(connection, ['BEGIN ISOLATION LEVEL READ COMMITTED', ...load])
  const failed = opened.find((answer) => answer.status === 'rejected')
  if (failed) {
    const fate = fateBeforeCommit(failed.reason)
    // A connection may be what is wrong: one that was opened read-only stays so when its server writes again.
    await (fate === 'retry' ? rollBack(connections, connection) : connections.release(connection, true))
    return { kind: 'failed', fate, error: failed.reason }
  }
  const plan = await planOf(opened, connection, decide).catch(async (error: unknown) => {
    await rollBack(connections, connection)
    throw error
  })
  if (plan.save.length > 0) return commit(connections, connection, plan)
  await rollBack(connections, connection)
  return { kind: 'done', result: plan.answer([]), saved: false }
}

async function planOf<Result>(opened: readonly Settled[], { server }: Connection, decide: Decide<Result>): Promise<Plan<Result>> {
  const loaded = opened.at(-1)
  return decide({ rows: loaded?.status === 'fulfilled' ? loaded.value.rows : [], server })
}

async function commit<Result>(connections: Connections, connection: Connection, { save, answer }: Plan<Result>): Promise<Attempt<Result>> {
  connection.forgetWarnings()
  const settled = await send(connection, [...save, 'COMMIT'])
  const failure = failureIn(settled, connection.warned())
  connections.release(connection, failure !== null && failure.fate !== 'retry')
  if (failure) return { kind: 'failed', ...failure }
  const saved = settled.map((each) => (each.status === 'fulfilled' ? { rows: each.value.rows, count: each.value.rowCount ?? 0 } : nothing))
  return { kind: 'done', result: answer(saved), saved: true }
}

const nothing: Saved = { rows: [], count: 0 }

/** What went wrong with statements of which the last was COMMIT; null when they are committed. */
function failureIn(settled: readonly Settled[], warned: boolean): { readonly fate: Fate; readonly error: unknown } | null {
  const commit = settled.at(-1)
  const failed = settled.find((answer) => answer.status === 'rejected')
  if (failed && failed !== commit) {
    // COMMIT was on its way: only the server's own word that a statement failed says that it undid nothing but that.
    const fate = stateOf(failed.reason) === undefined ? 'unknown' : fateBeforeCommit(failed.reason)
    return { fate, error: failed.reason }
  }
  if (failed) return { fate: fateAtCommit(failed.reason), error: failed.reason }
  if (!warned) return null
  return { fate: 'unknown', error: new Error('the wait for a standby was cancelled: committed here, perhaps nowhere else') }
}

type Settled = PromiseSettledResult<QueryResult>

/** Sends statements one behind the other, without waiting between them. */
function send({ client }: Connection, statements: readonly (string | Query)[]): Promise<Settled[]> {
  const sent = statements.map((each) =>
    client.query(typeof each === 'string' ? { text: each } : { ...each, values: each.values.map(keptValue) }),
  )
  return Promise.allSettled(sent)
}

function keptValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keptValue)
  return typeof value === 'string' ? encodeText(value) : value
}

/** Ends a transaction that is to leave nothing. A connection that cannot even do that is given up, which does the same. */
async function rollBack(connections: Connections, connection: Connection): Promise<void> {
  const [answer] = await send(connection, ['ROLLBACK'])
  connections.release(connection, answer?.status !== 'fulfilled')
}
