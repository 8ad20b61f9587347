import { setTimeout as pause } from 'node:timers/promises'
import type { Site } from '../site/site.ts'
import { createCaller } from './call.ts'
import type { Visitor } from './visitor.ts'

/** 30 s: a store that has come back is met long before. */
const patienceMs = 30_000

/** What becomes of a session once it can be known again: `active`, or the code that it is refused with. By exchange: a token may have run out. */
export async function knownState({ origin, keys }: Site, visitor: Visitor): Promise<string> {
  const portal = createCaller(origin, keys.portal)
  for (const deadlineMs = performance.now() + patienceMs; performance.now() < deadlineMs; await pause(100)) {
    const answer = await portal({ method: 'POST', path: '/v1/session/token', token: visitor.token(), body: {} })
    if (answer?.status === 200) return 'active'
    if (answer?.status === 401) return answer.body.code
  }
  return 'unknown'
}
