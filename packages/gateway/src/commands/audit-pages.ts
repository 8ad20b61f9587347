import { lastSequence } from '../audit/last-sequence.ts'
import { type AuditPage, auditPageSchema } from '../routes/schemas.ts'
import { type CommandInput, UsageError } from './command.ts'
import type { OperatorCalls } from './operator-calls.ts'

/** The sequence that `--after` names; undefined when none was given. */
export function givenAfter({ text }: CommandInput): number | undefined {
  const given = text('after')
  if (given === undefined) return undefined
  if (/^\d{1,15}$/.test(given)) return Number(given)
  throw new UsageError(`--after: expected a whole number, found "${given}"`)
}

/** A page of the audit, of one session where its id is given. */
export function pageAfter(calls: OperatorCalls, after: number, limit: number, session?: string): Promise<AuditPage> {
  const query = new URLSearchParams({ after: String(after), limit: String(limit), ...(session !== undefined && { session }) })
  return calls.get(`/v1/audit?${query}`, auditPageSchema)
}

/** The sequence of the newest record: a gateway says what comes after a number, not how many there are. */
export function newestSequence(calls: OperatorCalls): Promise<number> {
  return lastSequence(async (after) => (await pageAfter(calls, after, 1)).records.length > 0)
}
