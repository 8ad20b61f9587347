import type { SessionView } from '@single-state/core'
import { undiciTransport } from '@single-state/core/node'
import { createSession } from '@single-state/hono'
import { contract } from '@single-state-example/contract'

/** An application of its own, with a key of its own: what it may do to the sessions of others, no other application may. */
export const session = createSession(contract, { application: 'admin', transport: undiciTransport() })

/** The session, as this application is granted to see it. */
export type View = SessionView<typeof contract, 'admin'>
