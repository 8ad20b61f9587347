import type { AnyContract } from '@single-state/core'
import type { OtherChange, OtherWriter } from './other-writer.ts'
import { sessionIdOf } from './sign-in.ts'

/** Lets somebody else be faster than the next conditional write. */
export interface Conflicts<C extends AnyContract> {
  readonly next: (change?: OtherChange<C>) => void
  /** Goes before a request: here the other one commits. */
  readonly before: (request: Request) => Promise<void>
}

/** Conflicts are not made up: another change is committed to the same session first, and the gateway finds out. */
export function createConflicts<C extends AnyContract>(others: OtherWriter<C>): Conflicts<C> {
  let pending: OtherChange<C> | undefined
  return {
    next: (change = {}) => {
      pending = change
    },
    before: async ({ headers }) => {
      const token = headers.get('session-token')
      if (pending === undefined || token === null || !headers.has('if-match')) return
      const change = pending
      pending = undefined
      await others.change(sessionIdOf(token), change)
    },
  }
}
