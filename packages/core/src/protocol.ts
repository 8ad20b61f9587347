// What the gateway and the client share: the wire, the rules and the token format. Application code has no need of it.

export { type AtOnce, andThen } from './client/at-once.ts'
export { sessionPath, subjectPath } from './client/operator-paths.ts'
export { isLoopback } from './client/options.ts'
export {
  longestSessionContext,
  type SessionContext,
  sessionContextHeader,
  sessionContextSeconds,
  sessionContextType,
} from './client/session-context.ts'
export {
  isExpired,
  sessionTokenType,
  type TokenAlgorithm,
  type TokenClaims,
  type TokenVerdict,
  tokenAlgorithms,
  type VerificationKey,
  verifyToken,
} from './client/verify-token.ts'
export {
  type AskedAssurance,
  anyAssurance,
  longestAcrValues,
  longestMaxAgeS,
  meetsAssurance,
  mostAcrValues,
} from './consistency/assurance.ts'
export { carryOver, type SubjectOf } from './consistency/carry-over.ts'
export { type EndReason, endReasonOf, type Lifespan, outlivesCutoff } from './consistency/ended.ts'
export { isGranted, partOf } from './consistency/grants.ts'
export { type AppliedWrite, recall, remember, rememberedWrites } from './consistency/idempotency.ts'
export { clockRateError, clockSlackMs, heartbeatMs, leaseMs, settleMs, shortestSettleMs, unseenPauseMs } from './consistency/lease.ts'
export { idleEnd, isDueForExchange, tokenEnd } from './consistency/lifetime.ts'
export { confirms, decideExchange, exchangeGraceMs, type Lineage } from './consistency/lineage.ts'
export { visibleSignals } from './consistency/signals.ts'
export { mayWrite, nextVersion, type WriteStamp } from './consistency/version.ts'
export { compareContracts } from './contract/compare-contracts.ts'
export type { AnyContract, ApplicationName, Contract } from './contract/contract.ts'
export type { ContractChange } from './contract/contract-change.ts'
export { type ContractDescription, describeContract, parseContractDescription } from './contract/describe-contract.ts'
export { type Duration, parseDuration } from './contract/duration.ts'
export { expectOptions } from './contract/expect-options.ts'
export type { Grants } from './contract/paths.ts'
export type { Frozen } from './contract/session-view.ts'
export { composeView, createViewReader } from './document/parse-view.ts'
export { project, type StoredSignal, type WholeSession } from './document/project.ts'
export type { Identity, Receipt, SessionHeader, SessionParts, WireDocument, WireSignal } from './document/session-document.ts'
export { checkParts, parseStored, type StoredDocument, serializeStored } from './document/stored-document.ts'
export * as wire from './document/wire-schemas.ts'
export { codes, errorTypeOf, isSessionError, isSessionErrorCode, SessionError, type SessionErrorCode } from './errors.ts'
export { readCookies, type SessionCookie, serializeCookie, serializeCookieRemoval } from './http/cookie.ts'
export { isOwnRequest, isUnsafe } from './http/csrf.ts'
export { longestReturnTo } from './http/denial.ts'
export { isPageNavigation, type RequestHead } from './http/request-head.ts'
