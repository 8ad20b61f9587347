import { z } from 'zod'
import {
  longestAcr,
  longestAmr,
  longestEntityTag,
  longestEpoch,
  longestIssuer,
  longestPath,
  longestProcessName,
  longestReason,
  longestSubject,
  longestToken,
  mostAmr,
  mostReads,
  mostUnset,
} from './wire-limits.ts'

// The bodies of the wire, as schemas: the gateway validates requests with them and makes its OpenAPI document of them,
// the client reads answers with them. Readers ignore unknown members, so that a newer gateway does not break them.

/** An RFC 3339 date and time in UTC. */
const instant = z.iso.datetime()

/** A JSON object whose keys the contract decides. */
const values = z.record(z.string(), z.unknown())

export const identitySchema = z.object({
  subject: z.string().min(1).max(longestSubject),
  issuer: z.string().min(1).max(longestIssuer),
  authenticatedAt: instant,
  acr: z.string().max(longestAcr).nullable(),
  amr: z.array(z.string().max(longestAmr)).max(mostAmr),
})

export const headerSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  version: z.int().min(1),
  contract: z.int().min(1),
  createdAt: instant,
  expiresAt: instant,
})

export const wireSignalSchema = z.object({ value: z.unknown(), remainingMs: z.int().min(0) })

/** A document as an application receives it. */
export const wireDocumentSchema = headerSchema
  .extend({
    identity: identitySchema.partial().optional(),
    entitlements: values.optional(),
    context: values.optional(),
    signals: z.record(z.string(), wireSignalSchema).optional(),
  })
  .meta({ id: 'SessionDocument' })

export const receiptSchema = z
  .object({ committedAt: instant, effectiveEverywhereAt: instant, durability: z.enum(['memory', 'disk', 'replicas']) })
  .meta({ id: 'Receipt' })

/** RFC 9457 problem details with this project's members. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string().optional(),
    /** `version_conflict`: the version that the session has now. */
    version: z.int().optional(),
    /** `session_ended`: why. */
    reason: z.enum(['expired', 'revoked', 'invalid', 'reused']).optional(),
  })
  .meta({ id: 'Problem' })

/** `GET /v1/session` */
export const readAnswerSchema = z.object({ document: wireDocumentSchema })

/** `POST /v1/reads`, the question. */
export const readsRequestSchema = z.strictObject({
  reads: z
    .array(z.strictObject({ token: z.string().max(longestToken), etag: z.string().max(longestEntityTag).optional() }))
    .min(1)
    .max(mostReads),
})

/** `POST /v1/reads`, the answer: one result for each read, in order. */
export const readsAnswerSchema = z.object({
  seq: z.int().min(0),
  epoch: z.string(),
  results: z.array(
    z.object({ status: z.int(), document: wireDocumentSchema.optional(), etag: z.string().optional(), problem: problemSchema.optional() }),
  ),
})

/** `PATCH /v1/session`, the change. */
export const patchRequestSchema = z.strictObject({
  reason: z.string().max(longestReason),
  set: z.record(z.string().max(longestPath), z.unknown()).default({}),
  unset: z.array(z.string().max(longestPath)).max(mostUnset).default([]),
  settle: z.literal('commit').optional(),
})

/** Every write answers with the new projection and its receipt. */
export const writeAnswerSchema = z.object({ document: wireDocumentSchema, receipt: receiptSchema })

/** `PUT /v1/session/signals/{name}` */
export const signalRequestSchema = z.strictObject({ value: z.unknown() })

/** `POST /v1/session/token`; `again` where the request that the call is for has shown the token before: a replaced one ends nothing then. */
export const exchangeRequestSchema = z.strictObject({ again: z.literal(true).optional() })
export const exchangeAnswerSchema = z.object({ token: z.string(), expiresAt: instant, document: wireDocumentSchema, etag: z.string() })

/** `DELETE /v1/session` and the other ends. */
export const endRequestSchema = z.strictObject({ reason: z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/) })
export const endAnswerSchema = z.object({ receipt: receiptSchema, ended: z.int().min(0) })

/** `POST /v1/heartbeat`: the last change that this process has *taken in*, not merely been told of: a write may be acknowledged by it. */
export const heartbeatRequestSchema = z.strictObject({
  epoch: z.string().max(longestEpoch),
  since: z.int().min(0),
  /** Names the process, for as long as it runs; no two may have the same. Printable ASCII. */
  process: z
    .string()
    .max(longestProcessName)
    .regex(/^[!-~]+$/),
})
/** What changed after `since` up to `seq`, or `reset` where that cannot be told; `keys` names the published keys and what the contract grants. */
export const heartbeatAnswerSchema = z.object({
  epoch: z.string(),
  seq: z.int().min(0),
  changed: z.array(z.string()).optional(),
  reset: z.literal(true).optional(),
  keys: z.string(),
})

/** `POST /v1/subjects/{issuer}/{subject}/refresh`: sessions whose entitlements are others now, and those that had them already. */
export const refreshAnswerSchema = z.object({ receipt: receiptSchema, refreshed: z.int().min(0), unchanged: z.int().min(0) })

/** One line of a list of sessions. */
export const sessionSummarySchema = z
  .object({ id: z.string(), createdAt: instant, lastExchangeAt: instant, acr: z.string().nullable(), current: z.boolean() })
  .meta({ id: 'SessionSummary' })
export const sessionListSchema = z.object({ sessions: z.array(sessionSummarySchema) })

/** `GET /v1/application` */
export const applicationAnswerSchema = z
  .object({
    application: z.string(),
    contract: z.object({ name: z.string(), revision: z.int().min(1) }),
    cookie: z.object({ name: z.string(), domain: z.string().nullable() }),
    issuer: z.string(),
    loginUrl: z.string(),
    logoutUrl: z.string(),
    origins: z.array(z.string()),
    /** What a local read may rely on; null while the gateway grants no leases. */
    lease: z.object({ heartbeatMs: z.int(), validMs: z.int() }).nullable(),
  })
  .meta({ id: 'Application' })

export type ReadAnswer = z.output<typeof readAnswerSchema>
export type ReadsAnswer = z.output<typeof readsAnswerSchema>
export type WriteAnswer = z.output<typeof writeAnswerSchema>
export type ExchangeAnswer = z.output<typeof exchangeAnswerSchema>
export type HeartbeatRequest = z.output<typeof heartbeatRequestSchema>
export type HeartbeatAnswer = z.output<typeof heartbeatAnswerSchema>
export type EndAnswer = z.output<typeof endAnswerSchema>
export type RefreshAnswer = z.output<typeof refreshAnswerSchema>
export type SessionSummary = z.output<typeof sessionSummarySchema>
export type ApplicationAnswer = z.output<typeof applicationAnswerSchema>
export type Problem = z.output<typeof problemSchema>
