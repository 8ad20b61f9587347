import { wire } from '@single-state/core/protocol'
import { z } from 'zod'

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
      /** Null while it is alive. */
      ended: z.enum(['expired', 'revoked', 'invalid', 'reused']).nullable(),
      createdAt: instant,
      expiresAt: instant,
      idleAt: instant,
      lastExchangeAt: instant,
      generation: z.int().min(1),
      confirmed: z.boolean(),
    }),
  })
  .meta({ id: 'InspectedSession' })

const auditRecordSchema = z
  .object({
    seq: z.int().min(1),
    at: instant,
    application: z.string(),
    actor: z.string().nullable(),
    operation: z.enum(['create', 'update', 'signal', 'end', 'end_subject', 'end_all', 'exchange']),
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

/** A page of a list. */
export const auditQuerySchema = z.object({
  /** Records after this sequence number. */
  after: wholeNumber.default(0),
  /** 1 to 500. */
  limit: wholeNumber.pipe(z.int().min(1).max(500)).default(100),
  /** The id of a session. */
  session: z.string().max(64).optional(),
})

export const auditVerdictSchema = z
  .object({
    ok: z.boolean(),
    /** Records that were looked at. */
    records: z.int().min(0),
    /** Living sessions whose version was compared. */
    sessions: z.int().min(0),
    /** At most 100. */
    faults: z.array(z.object({ seq: z.int().nullable(), session: z.string().nullable(), what: z.string() })),
  })
  .meta({ id: 'AuditVerdict' })

export const jwksSchema = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })
export const healthSchema = z.object({ status: z.literal('ok') })

export type InspectedSession = z.output<typeof inspectedSessionSchema>
export type AuditPage = z.output<typeof auditPageSchema>
