import type { SessionView } from '@single-state/core'
import { createSession } from '@single-state/express'
import { contract } from '@single-state-example/contract'

/** The session of every request; the gateway and the key are in SINGLE_STATE_GATEWAY and SINGLE_STATE_KEY. */
export const session = createSession(contract, { application: 'portal' })

/** The session, as this application is granted to see it. */
export type View = SessionView<typeof contract, 'portal'>
