import { z } from 'zod'
import { send } from './browser/send.ts'
import type { Demonstration } from './processes/demonstration.ts'

/** A record that the audit must have: who, what, when (its place among the others), why. */
export interface Expected {
  /** The person who acted. */
  readonly who: string
  readonly application: 'gateway' | 'portal' | 'billing' | 'workspace' | 'admin'
  readonly operation: 'create' | 'update' | 'signal' | 'end'
  readonly paths: readonly string[]
  readonly reason: string
  readonly outcome: 'committed' | 'denied'
  /** Null where nothing was changed. */
  readonly toVersion: number | null
}

const recordSchema = z.object({
  seq: z.number(),
  at: z.iso.datetime(),
  application: z.string(),
  actor: z.string().nullable(),
  operation: z.string(),
  paths: z.array(z.string()),
  reason: z.string(),
  outcome: z.string(),
  subject: z.string().nullable(),
  toVersion: z.number().nullable(),
})
const pageSchema = z.object({ records: z.array(recordSchema), next: z.number().nullable() })
const verdictSchema = z.object({
  ok: z.boolean(),
  records: z.number(),
  sessions: z.number(),
  faults: z.array(z.unknown()),
  next: z.number().nullable(),
})

/** One line of the audit. */
export type AuditRecord = z.output<typeof recordSchema>
/** What the gateway says of its audit, or of a slice of it. */
export type AuditVerdict = z.output<typeof verdictSchema>

/** The whole audit, by the key of the operator. */
export async function readAudit(demonstration: Demonstration): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: z.output<typeof pageSchema> = pageSchema.parse(await ask(demonstration, `/v1/audit?limit=100&after=${after}`))
    records.push(...page.records)
    after = page.next
  }
  return records
}

/** Has the gateway verify its audit, slice after slice; the first that does not hold, or all of them together. */
export async function verifyAudit(demonstration: Demonstration): Promise<AuditVerdict> {
  const all = { ok: true, records: 0, sessions: 0, faults: [], next: null }
  for (let after: number | null = 0; after !== null; ) {
    const slice: AuditVerdict = verdictSchema.parse(await ask(demonstration, `/v1/audit/verify?after=${after}`))
    if (!slice.ok) return slice
    all.records += slice.records
    all.sessions += slice.sessions
    after = slice.next
  }
  return all
}

async function ask({ origins, keys }: Demonstration, path: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${keys.admin}`, 'contract-revision': '1', accept: 'application/json' }
  const answer = await send({ method: 'GET', url: `${origins.gateway}${path}`, headers })
  if (answer.status !== 200) throw new Error(`GET ${path}: expected status 200, found ${answer.status} ${answer.text.slice(0, 200)}`)
  return JSON.parse(answer.text)
}
