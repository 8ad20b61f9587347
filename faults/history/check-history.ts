import { endedIsFinal, noFalseSignOut } from './ended.ts'
import { finalState } from './final-state.ts'
import { oneWinner } from './one-winner.ts'
import type { FinalSession, Operation, Violation } from './operation.ts'
import { versionOrder } from './version-order.ts'

/** Everything that a history and the state it ended in say against the consistency rules; nothing when they hold. */
export function checkHistory(history: readonly Operation[], sessions: readonly FinalSession[]): Violation[] {
  return [
    ...versionOrder(history, sessions),
    ...oneWinner(history),
    ...endedIsFinal(history),
    ...noFalseSignOut(history),
    ...finalState(history, sessions),
  ]
}
