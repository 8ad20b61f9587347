import type { ActiveSession, SessionResult } from '@single-state/core'

/**
 * The session of a request that `require` has let through, with how it is known.
 *
 * @throws Error when there is none: `require` was forgotten.
 */
export function proven<View>(result: SessionResult<View>): ActiveSession<View> {
  if (result.status === 'active') return result
  throw new Error(`expected a session that was required before, found ${result.status}`)
}
