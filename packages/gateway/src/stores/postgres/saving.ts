import type { Step } from '../step.ts'
import type { Position, SessionRecord } from '../store.ts'
import { overAtMs } from '../transitions.ts'
import type { Loaded } from './loaded.ts'
import { givenOf } from './rows.ts'
import { save, touch } from './statements.ts'
import { encodeText } from './text.ts'
import type { Plan, Query } from './transactions.ts'

/** What a transaction saves of a step, and the answer of its verb; `more` is saved with it. */
export function planOf<Outcome>(step: Step<Outcome>, loaded: Loaded, more: readonly Query[] = []): Plan<Position & Outcome> {
  const own = [...saveOf(step, loaded), ...touchOf(step.touched, loaded)]
  const { position } = loaded
  return {
    save: [...own, ...more],
    answer: ([first]) => ({ ...position, seq: first?.rows[0]?.seq ?? position.seq, ...step.answer }),
  }
}

function saveOf({ changed, audit }: Step<unknown>, { find, position, reign }: Loaded): readonly Query[] {
  if (changed.length === 0 && audit.length === 0) return []
  const sessions = changed.map((record, index) => ({ ...givenOf(record), place: index + 1, base: find(record.id)?.version ?? 0 }))
  const lines = audit.map((line, index) => ({ place: index + 1, session: line.session, record: JSON.stringify(line) }))
  const values = [textOf(sessions), textOf(lines), changed.length, audit.length, reign.reign, position.nowMs]
  return [{ ...save, values }]
}

function touchOf(record: SessionRecord | null, { reign }: Loaded): readonly Query[] {
  if (record === null) return []
  const { id, version, idleAtMs, lastExchangeAtMs, generation, confirmedAtMs } = record
  const values = [id, version, idleAtMs, lastExchangeAtMs, generation, confirmedAtMs, overAtMs(record), reign.reign]
  return [{ ...touch, values }]
}

export function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? encodeText(part) : part))
}
