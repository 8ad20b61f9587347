import { wire } from '@single-state/core/protocol'
import { z } from 'zod'
import { auditOperations } from '../audit/record.ts'

// Bodies of the calls that only operators make; those that applications make are the wire's own.

const instant = z.iso.datetime()

/** A session as an operator sees it: what its application may read, and where the session stands. */
export const inspectedSessionSchema = z
  .object({
    id: z.string(),
    issuer: z.string(),
    subject: z.string(),
    /** The operator's projection; null when the stored document is not valid. */
    document: wire.wireDocumentSchema.nullable(),
    state: z.object({
      version: z.int().min(1),
      /** Revision of the contract that the document was written under. */
      contract: z.int().min(1),
      /** Null while it is alive. */
      ended: z.enum(['expired', 'revoked', 'invalid', 'reused']).nullable(),
      /** When it was ended; null while nobody did, also where it ran out. */
      endedAt: instant.nullable(),
      createdAt: instant,
      expiresAt: instant,
      idleAt: instant,
      lastExchangeAt: instant,
      generation: z.int().min(1),
      confirmed: z.boolean(),
    }),
  })
  .meta({ id: 'InspectedSession' })

/** `DELETE /v1/subjects/{issuer}/{subject}/sessions`. `except` is the id of the one session that goes on. */
export const endSubjectRequestSchema = wire.endRequestSchema.extend({
  except: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
})

/** `DELETE /v1/sessions`. It takes more than a path that is one segment too short to sign everybody out. */
export const endAllRequestSchema = wire.endRequestSchema.extend({ confirm: z.literal('end-all') })
/** Nobody counts the sessions of everybody: ending them is one step, however many they are. */
export const endAllAnswerSchema = wire.endAnswerSchema.pick({ receipt: true })

/** `POST /v1/keys/rotate`. `kid` names the one key that is compromised (RFC 7638): default all of them. */
export const rotateKeysRequestSchema = wire.endRequestSchema.extend({
  compromised: z.boolean().default(false),
  kid: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
})
export const keysAnswerSchema = z
  .object({
    keys: z.array(
      z.object({
        kid: z.string(),
        alg: z.enum(['EdDSA', 'ES256']),
        state: z.enum(['waiting', 'signing', 'verifying']),
        signsFrom: instant,
        /** Null while no other key takes its place. */
        verifiesUntil: instant.nullable(),
      }),
    ),
  })
  .meta({ id: 'SigningKeys' })

const auditRecordSchema = z
  .object({
    seq: z.int().min(1),
    at: instant,
    application: z.string(),
    actor: z.string().nullable(),
    operation: z.enum(auditOperations),
    paths: z.array(z.string()),
    reason: z.string(),
    traceId: z.string().nullable(),
    outcome: z.enum(['committed', 'denied']),
    session: z.string().nullable(),
    subject: z.string().nullable(),
    fromVersion: z.int().min(0).nullable(),
    toVersion: z.int().min(1).nullable(),
  })
  .meta({ id: 'AuditRecord' })

/** A page of the audit. */
export const auditPageSchema = z.object({
  records: z.array(auditRecordSchema),
  /** What to give as `after` for the next page; null when this was the last. */
  next: z.int().min(1).nullable(),
})

/** Digits only: an empty or signed number in an address is a mistake. */
const wholeNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)

/** 500 records in a page; who wants more asks for the next. */
export const mostRecords = 500

/** 64 characters, in a question: an id has 43. */
export const longestSessionId = 64

/** A page of a list. */
export const auditQuerySchema = z.object({
  /** Records after this sequence number. */
  after: wholeNumber.default(0),
  /** From 1. */
  limit: wholeNumber.pipe(z.int().min(1).max(mostRecords)).default(100),
  /** The id of a session. */
  session: z.string().max(longestSessionId).optional(),
})

/** Where a slice of the audit begins. */
export const auditVerifyQuerySchema = auditQuerySchema.pick({ after: true })

/** What a slice of the audit, 500 records at most, was found to be. */
export const auditVerdictSchema = z
  .object({
    ok: z.boolean(),
    /** Records that were looked at. */
    records: z.int().min(0),
    /** Living sessions whose last record is in the slice: their version was compared with it. */
    sessions: z.int().min(0),
    /** At most 100. */
    faults: z.array(z.object({ seq: z.int().nullable(), session: z.string().nullable(), what: z.string() })),
    /** What to give as `after` for the next slice; null when this was the last. */
    next: z.int().min(1).nullable(),
  })
  .meta({ id: 'AuditVerdict' })

/** `hash` names the set and the grants, as the answers to heartbeats do (RFC 7517 section 5 lets a set have more members). */
export const jwksSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())), hash: z.string() })
export const healthSchema = z.object({ status: z.literal('ok') })

export type InspectedSession = z.output<typeof inspectedSessionSchema>
export type AuditVerdict = z.output<typeof auditVerdictSchema>
export type AuditPage = z.output<typeof auditPageSchema>
export type KeysAnswer = z.output<typeof keysAnswerSchema>
