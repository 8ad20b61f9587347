export type { SessionClientOptions } from './client/options.ts'
export type { ClientProcess } from './client/process.ts'
export type { ActiveSession, ReadOptions, SessionFailure, SessionResult } from './client/session-result.ts'
export { fetchTransport, type Transport } from './client/transport.ts'
export type { EndReason } from './consistency/ended.ts'
export {
  type AnyContract,
  type ApplicationName,
  type Contract,
  type ContractDefinition,
  defineContract,
  type NoKeys,
} from './contract/define-contract.ts'
export type { Duration } from './contract/duration.ts'
export {
  type PublishableSignal,
  remove,
  type SessionChanges,
  type SessionView,
  type SignalValue,
  type WriteReason,
} from './contract/session-view.ts'
export { type Signal, signal } from './contract/signal.ts'
export {
  type ApplicationSession,
  createSessionClient,
  type Decision,
  type SessionClient,
} from './create-session-client.ts'
export type { Identity, Receipt, SessionHeader } from './document/session-document.ts'
export {
  isSessionError,
  SessionConflictError,
  SessionError,
  type SessionErrorCode,
  SessionMissingError,
  SessionUnavailableError,
} from './errors.ts'
export type { Assurance } from './http/assurance.ts'
export type { Requirement } from './http/requirement.ts'
