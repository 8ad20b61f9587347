import type { SessionStore } from '../stores/store.ts'
import type { Log } from '../telemetry/log.ts'
import type { Timers } from '../timers.ts'
import { lastSequence } from './last-sequence.ts'
import type { AuditRecord } from './record.ts'
import type { AuditSink } from './sink.ts'

/** 1 s: how far a sink may be behind the store. */
const everyMs = 1_000
const pageSize = 500

/**
 * 1,000: so far back begins a sink that does not know its last record, whose process had written all but its newest; and
 * one whose store has lost records that it had passed on, as after a failover.
 */
const repeated = 1_000

/** Passes audit records on to a sink, in order, until it is told to stop; resolves then with what was still to be passed on. */
export function startDraining(store: SessionStore, sink: AuditSink, timers: Timers, log: Log): () => Promise<void> {
  let position: number | null = null
  /** The newest record that was passed on, to see that the store still has it. */
  let newest: AuditRecord | null = null
  let underWay: Promise<void> | null = null

  async function someBack(): Promise<number> {
    return Math.max(0, (await lastSequence(store)) - repeated)
  }

  async function pass(): Promise<void> {
    position ??= (await sink.last()) ?? (await someBack())
    for (;;) {
      const page = await store.auditQuery({ afterSeq: newest === null ? position : newest.seq - 1, idHash: null, limit: pageSize })
      if (newest !== null && JSON.stringify(page[0]) !== JSON.stringify(newest)) {
        log.warn({ seq: newest.seq, sink: sink.name }, 'the store has another record than was passed on; the last ones are passed on again')
        newest = null
        position = Math.min(position, await someBack())
        continue
      }
      const news = newest === null ? page : page.slice(1)
      if (news.length === 0) return
      await sink.write(news)
      newest = news.at(-1) ?? null
      position = newest?.seq ?? position
    }
  }

  function drain(): Promise<void> {
    underWay ??= pass()
      .catch((error: unknown) =>
        log.error({ err: error, sink: sink.name }, 'audit records were not passed on; the next second tries again'),
      )
      .finally(() => {
        underWay = null
      })
    return underWay
  }

  const stop = timers.every(everyMs, () => void drain())
  return async () => {
    stop()
    await underWay
    await drain()
  }
}
