import { holds, same } from '../expect.ts'
import { type AuditRecord, type Expected, readAudit, verifyAudit } from '../ledger.ts'
import type { Step } from '../stage.ts'

/** Everything that was written above is there, nothing else is, and the whole verifies. */
export const audit: Step = {
  name: 'the audit',
  async run({ demonstration, ledger }) {
    const records = await readAudit(demonstration)
    same(
      'the sequence of the records',
      records.map(({ seq }) => seq),
      records.map((_, at) => at + 1),
    )
    isOrderedInTime(records)
    for (const [at, expected] of ledger.entries()) same(`record ${at + 1}`, asExpected(records[at]), expected)
    same('how many records there are', records.length, ledger.length)
    const verdict = await verifyAudit(demonstration)
    same('the verdict of the gateway', [verdict.ok, verdict.records, verdict.faults], [true, records.length, []])
    const denied = ledger.filter(({ outcome }) => outcome === 'denied').length
    return `${records.length} records, gapless, in order: ${records.length - denied} writes and ${denied} refusal, each with who, what, when and why; verified against ${verdict.sessions} living sessions`
  },
}

/** A record, as a step expects one. The person is the last word of an actor: `issuer subject`. */
function asExpected(record: AuditRecord | undefined): unknown {
  if (!record) return null
  const { actor, application, operation, paths, reason, outcome, toVersion } = record
  return { who: actor?.split(' ').at(-1), application, operation, paths, reason, outcome, toVersion } satisfies Record<
    keyof Expected,
    unknown
  >
}

function isOrderedInTime(records: readonly AuditRecord[]): void {
  const times = records.map(({ at }) => Date.parse(at))
  holds(
    'every record is as old as the one before, or newer',
    times.every((time, at) => time >= (times[at - 1] ?? 0)),
  )
}
