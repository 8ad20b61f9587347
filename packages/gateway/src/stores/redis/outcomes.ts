import type { EndReason } from '@single-state/core/protocol'
import type { CommitOutcome, CreateOutcome, EndOutcome, ExchangeOutcome, Position, SessionRecord } from '../store.ts'
import type { Reply } from './link.ts'
import { type Packed, recordOf } from './session-fields.ts'

// What the answers of the scripts say, in the words of the port.

export function positionOf([seq, epoch, nowMs]: Reply): Position {
  return { seq, epoch, nowMs }
}

export function createOutcome(reply: Reply): CreateOutcome {
  const [, , , kind, packed, ended] = reply
  if (kind === 'known') throw new TypeError('create: expected a new id, found one that the store knows')
  if (kind === 'cutoff' || kind === 'limit') return { ...positionOf(reply), kind }
  return { ...positionOf(reply), kind: 'created', record: recordOf(packed as Packed), ended: ended as string[] }
}

export function commitOutcome(reply: Reply): CommitOutcome {
  const [, , , kind, detail] = reply
  const position = positionOf(reply)
  if (kind === 'committed' || kind === 'repeated') return { ...position, kind, record: recordOf(detail as Packed) }
  if (kind === 'conflict') return { ...position, kind, version: detail as number }
  if (kind === 'ended') return { ...position, kind, reason: detail as EndReason }
  return { ...position, kind: kind as 'key_reused' | 'absent' }
}

export function endOutcome(reply: Reply): EndOutcome {
  return { ...positionOf(reply), kind: reply[3] as EndOutcome['kind'] }
}

export function exchangeOutcome(reply: Reply): ExchangeOutcome {
  const [, , , kind, detail] = reply
  const position = positionOf(reply)
  if (kind === 'next' || kind === 'same') return { ...position, kind, record: recordOf(detail as Packed) }
  if (kind === 'ended') return { ...position, kind, reason: detail as EndReason }
  return { ...position, kind: kind as 'reused' | 'absent' }
}

/** The sessions of an answer, null for one that the store does not know. */
export function recordsIn([, , , , records]: Reply): readonly (SessionRecord | null)[] {
  return (records as readonly (Packed | null)[]).map((packed) => (packed === null ? null : recordOf(packed)))
}
