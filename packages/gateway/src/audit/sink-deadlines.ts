import { inTime } from '../in-time.ts'
import type { Timers } from '../timers.ts'
import type { AuditSink } from './sink.ts'

/** 10 s: longer than any service takes that still answers. */
export const answerMs = 10_000
/** 1 s: a stop has 15 s in all, of which requests under way take ten. */
export const closeMs = 1_000

/** A sink whose calls come to an end: what takes too long is rejected, though the sink may still be at it. */
export function withDeadlines(sink: AuditSink, after: Timers['after']): Pick<AuditSink, 'name' | 'last' | 'write'> {
  return {
    name: sink.name,
    last: () => within(answerMs, 'to say what it has', () => sink.last(), after),
    write: (records) => within(answerMs, 'to write', () => sink.write(records), after),
  }
}

/** What the work answers; rejects after `ms`. */
export async function within<Answer>(ms: number, what: string, work: () => Promise<Answer>, after: Timers['after']): Promise<Answer> {
  const answer = await inTime(ms, work(), after)
  if (answer === 'late') throw new Error(`the sink took longer than ${ms / 1_000} s ${what}`)
  return answer
}
