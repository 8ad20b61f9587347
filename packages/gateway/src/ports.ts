import type { AnyContract, SessionCookie } from '@single-state/core/protocol'
import type { GatewayConfig } from './config.ts'
import type { ChangePoll } from './leases/poll.ts'
import type { Settling } from './leases/settle.ts'
import type { IdentityProvider } from './oidc/provider.ts'
import type { Applications } from './policy/applications.ts'
import type { FailedKeys } from './policy/failed-keys.ts'
import type { ParsedDocuments } from './policy/parsed-documents.ts'
import type { Secrets } from './secrets.ts'
import type { SessionStore } from './stores/store.ts'
import type { Log } from './telemetry/log.ts'
import type { Metrics } from './telemetry/metrics.ts'
import type { Timers } from './timers.ts'
import type { issueToken } from './tokens/issue.ts'
import type { Keyring } from './tokens/keys.ts'
import type { TokenCheck } from './tokens/verified-tokens.ts'

/** Everything that the routes and the login work with. */
export interface GatewayPorts {
  readonly contract: AnyContract
  readonly origin: string
  readonly production: boolean
  readonly applications: Applications
  readonly failedKeys: FailedKeys
  readonly cookie: SessionCookie
  readonly idp: IdentityProvider
  readonly derive: NonNullable<GatewayConfig['derive']> | null
  readonly claimsOf: NonNullable<GatewayConfig['claimsOf']> | null
  readonly sessionsPerSubject: GatewayConfig['sessionsPerSubject'] | null
  /** How long audit records are kept. */
  readonly keepAuditMs: number
  readonly secrets: Secrets
  readonly store: SessionStore
  readonly keys: Keyring
  readonly documents: ParsedDocuments
  readonly log: Log
  readonly metrics: Metrics
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number
  /** Answers heartbeats; null where no leases are granted. */
  readonly poll: ChangePoll | null
  /** The wait of every write. */
  readonly settling: Settling
  readonly after: Timers['after']
  readonly verifyToken: TokenCheck
  readonly issueToken: typeof issueToken
}
