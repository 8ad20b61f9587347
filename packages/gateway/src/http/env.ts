import type { SessionErrorCode } from '@single-state/core/protocol'

/** What is known of a request while it is answered, for its log line. */
export interface GatewayEnv {
  Bindings: {
    /** Who sent it, as the connection says; null where there is none. */
    address: string | null
  }
  Variables: {
    /** The application whose key was shown. */
    application: string | undefined
    /** The code of the problem that it was answered with. */
    code: SessionErrorCode | undefined
  }
}
