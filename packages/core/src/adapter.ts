// What the author of an adapter imports. An adapter gets a request, opens its session, publishes it the framework's way
// and applies the headers; every decision is made here.

export type { SessionClientOptions } from './client/options.ts'
export type { ReadOptions, SessionResult } from './client/session-result.ts'
export type { AnyContract, ApplicationName } from './contract/define-contract.ts'
export type { PublishableSignal, SessionChanges, SessionView, SignalValue, WriteReason } from './contract/session-view.ts'
export { type ApplicationSession, createSessionClient, type Decision, type SessionClient } from './create-session-client.ts'
export type { Receipt } from './document/session-document.ts'
export type { SessionSummary } from './document/wire-schemas.ts'
export type { UpdateOptions } from './http/changes.ts'
export type { Denial } from './http/denial.ts'
export type { RequestHead } from './http/request-head.ts'
export { type Requirement, requirementOf } from './http/requirement.ts'
export type { AnswerHeaders, HeaderChanges } from './http/response-headers.ts'
export { createSessionCalls, type SessionCalls } from './session-calls.ts'
