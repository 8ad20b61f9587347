import type { SessionStore } from '../stores/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Timers } from '../timers.ts'
import { agreedSequence } from './agreed-sequence.ts'
import { lastSequence } from './last-sequence.ts'
import { oldestRecord } from './oldest-record.ts'
import type { AuditRecord } from './record.ts'
import type { AuditMark, AuditSink } from './sink.ts'
import { closeMs, withDeadlines, within } from './sink-deadlines.ts'

/** 1 s: how far a sink may be behind the store. */
const everyMs = 1_000
const pageSize = 500

/** 1,000: so far back begins a sink that does not know its last record, whose process had written all but its newest. */
const repeated = 1_000

/** 3 s for what is left when the gateway is closed: the next start goes on there. */
export const lastPassMs = 3_000

/** What a drain needs of the process. */
export interface DrainPorts extends Timers {
  /** As `after`, for what a stop waits for. */
  readonly afterForStop: Timers['after']
  readonly log: Log
  /** Takes how many records the sink does not have yet. */
  readonly behind: (records: number) => void
}

/** Passes audit records on to a sink, in order, until it is told to stop; resolves then with what was still to be passed on. */
export function startDraining(
  store: SessionStore,
  given: AuditSink,
  { every, after, afterForStop, log, behind }: DrainPorts,
): () => Promise<void> {
  const sink = withDeadlines(given, after)
  /** The record that was passed on last, to see that the store still has it. */
  let mark: AuditMark | null = null
  /** What comes after this sequence is to be passed on; null until the sink was asked. */
  let position: number | null = null
  let newest = 0
  let underWay: Promise<void> | null = null
  let isOver = false

  const pageAfter = (afterSeq: number, limit: number) => store.auditQuery({ afterSeq, idHash: null, limit })
  const hasMore = async (afterSeq: number) => (await pageAfter(afterSeq, 1)).length > 0

  async function begin(): Promise<number> {
    const had = await sink.last()
    if (had === 'empty') return 0
    if (had === null) return Math.max(((await oldestRecord(store))?.seq ?? 1) - 1, (await lastSequence(hasMore)) - repeated)
    if (!Number.isSafeInteger(had.seq))
      throw new TypeError(`audit.sink: expected last() to answer { seq, at }, found ${JSON.stringify(had)}`)
    mark = had
    return had.seq
  }

  /** Goes back to where the store still has what the sink has. */
  async function goBack(from: AuditMark): Promise<number> {
    log.warn(
      { seq: from.seq, sink: sink.name },
      'the store does not have the record that was passed on last; those since an hour before it are passed on again',
    )
    newest = await lastSequence(hasMore)
    const agreed = await agreedSequence(store, from, newest)
    mark = null
    return agreed
  }

  async function news(from: number): Promise<readonly AuditRecord[]> {
    if (mark === null) return pageAfter(from, pageSize)
    const page = await pageAfter(mark.seq - 1, pageSize + 1)
    const [first] = page
    if (first?.seq === mark.seq && first.at === mark.at) return page.slice(1)
    if (first !== undefined && first.seq > mark.seq) return page.slice(0, pageSize)
    position = await goBack(mark)
    return pageAfter(position, pageSize)
  }

  function skipSwept(from: number, first: number): void {
    if (first <= from + 1) return
    log.warn({ from: from + 1, to: first - 1, sink: sink.name }, 'audit records were swept before the sink had taken them')
    position = first - 1
    mark = null
  }

  async function pass(): Promise<void> {
    position ??= await begin()
    while (!isOver) {
      const page = await news(position)
      const [first, last] = [page[0], page.at(-1)]
      if (first === undefined || last === undefined) return behind(0)
      skipSwept(position, first.seq)
      await sink.write(page)
      mark = { seq: last.seq, at: last.at }
      position = last.seq
      if (page.length === pageSize) await tellBehind()
    }
  }

  async function tellBehind(): Promise<void> {
    newest = await lastSequence(hasMore, Math.max(newest, position ?? 0))
    behind(newest - (position ?? 0))
  }

  async function failed(error: unknown): Promise<void> {
    if (isOver) return
    log.error({ err: error, sink: sink.name }, 'audit records were not passed on; the next second tries again')
    await tellBehind().catch(() => undefined)
  }

  function drain(): Promise<void> {
    underWay ??= pass()
      .catch(failed)
      .finally(() => {
        underWay = null
      })
    return underWay
  }

  async function drainRest(): Promise<void> {
    await underWay
    await drain()
  }

  const stop = every(everyMs, () => void drain())
  return async () => {
    stop()
    const late = (error: unknown) => log.warn({ err: error, sink: sink.name }, 'the gateway is closed before its sink was done')
    await within(lastPassMs, 'to take the last records', drainRest, afterForStop).catch(late)
    isOver = true
    await within(closeMs, 'to close', async () => given.close?.(), afterForStop).catch(late)
  }
}
