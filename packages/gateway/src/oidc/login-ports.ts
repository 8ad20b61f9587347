import type { AnyContract, SessionCookie } from '@single-state/core/protocol'
import type { Log } from '../telemetry/log.ts'
import type { Authentication, IdentityProvider, LogoutNotice } from './provider.ts'

/** What comes of a finished login. */
export type SessionStart =
  | {
      readonly kind: 'started'
      /** The first token of the session. Never logged, never in a body. */
      readonly token: string
      /** The whole `Set-Cookie` value that hands it to the browser. */
      readonly setCookie: string
    }
  | {
      readonly kind: 'refused'
      /**
       * `subject_ended`: the person was signed out everywhere since this login began (rule 9). `too_many_sessions`: the
       * limit of sessions per person is reached. `derive_failed`: `derive` threw, or what it made does not fit the contract.
       */
      readonly why: 'subject_ended' | 'too_many_sessions' | 'derive_failed'
    }

/** What the login needs of the gateway around it. */
export interface LoginPorts {
  readonly contract: AnyContract
  /** The gateway's public origin; `/callback` lies under it. */
  readonly origin: string
  readonly idp: IdentityProvider
  readonly cookie: SessionCookie
  /** Origins that `return_to` may lead to: those of all applications and the gateway's own. */
  readonly allowedOrigins: ReadonlySet<string>
  /** 32 bytes, for nothing but the login transaction's cookie. */
  readonly transactionKey: Uint8Array
  readonly production: boolean
  readonly log: Log
  /** Wall clock, milliseconds since 1970. */
  now(): number
  /** Trace id of the request (W3C Trace Context), for the audit; null when it has none. */
  traceIdOf(request: Request): string | null
  /**
   * Creates the session of a finished login: derives it, carries over what the contract names from the session of the
   * presented token (rule 13) and ends that one in the same step. A presented token that was replaced long ago ends its
   * session as an exchange does, and carries nothing over.
   *
   * Rejects with the store's `SessionError`.
   */
  startSession(
    authentication: Authentication,
    login: {
      /** What `endings()` said when this login began. */
      readonly endingsAtStart: number
      /** Value of the session cookie that came with the callback; expired is fine; anything else that is not valid counts as none. */
      readonly presentedToken: string | null
      readonly traceId: string | null
    },
  ): Promise<SessionStart>
  /**
   * Ends the session of a token that may be expired. Answers false when there was nothing to end: no token of this
   * gateway, or a session that was over already. Rejects with the store's `SessionError`: then the cookie must stay (rule 8).
   */
  endPresented(presentedToken: string, reason: string, traceId: string | null): Promise<boolean>
  /**
   * Ends what the provider's notice names, and answers how many sessions that were alive. Rejects with the store's
   * `SessionError`: then it is not sure that all of them are over.
   */
  endByProvider(notice: LogoutNotice, traceId: string | null): Promise<number>
  /** Subject endings so far; every login remembers it at its start. Rejects with the store's `SessionError`. */
  endings(): Promise<number>
}
