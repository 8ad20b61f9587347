import { createSession } from '@single-state/next'
import { contract } from '@single-state-example/contract'

/** The session of the request under way; the gateway and the key are in SINGLE_STATE_GATEWAY and SINGLE_STATE_KEY. */
export const session = createSession(contract, { application: 'workspace' })
