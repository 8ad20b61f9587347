import type { SessionView } from '@single-state/core'
import { undiciTransport } from '@single-state/core/node'
import { createSession } from '@single-state/hono'
import { contract } from '@single-state-example/contract'

/** The session of every request; on Node.js undici's pool carries it, elsewhere the platform's `fetch` would. */
export const session = createSession(contract, { application: 'billing', transport: undiciTransport() })

/** The session, as this application is granted to see it. */
export type View = SessionView<typeof contract, 'billing'>
