import { mostFaults } from '../audit/verify.ts'
import { type AuditVerdict, auditVerdictSchema } from '../routes/schemas.ts'
import { givenAfter, newestSequence } from './audit-pages.ts'
import { type Command, CommandError, expectNoPositionals, type Terminal } from './command.ts'
import { type OperatorCalls, operatorCalls, operatorOptions } from './operator-calls.ts'

/** 25 s for a slice, which takes a moment: less than the silence that a gateway allows on a connection. */
export const verifyTimeoutMs = 25_000

/** What all slices so far add up to. */
interface Verified extends Omit<AuditVerdict, 'next'> {
  /** Where it would go on; null at the end. */
  readonly next: number | null
  /** Why it did not get to the end; null when it did. */
  readonly failure: CommandError | null
}

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'Checks that the audit has no gap in its sequence or in the versions of any session, and matches the documents.',
  usage: '[--after <seq>] [--gateway <origin>] [--key <key>] [--json]',
  options: { ...operatorOptions, after: { type: 'string', help: 'only the records after this sequence number (default: all)' } },
  async run(input, terminal) {
    expectNoPositionals(input)
    const after = givenAfter(input) ?? 0
    const { next, failure, ...verdict } = await verifyFrom(after, () => operatorCalls(input, terminal), terminal)
    if (failure !== null) terminal.err(`single-state audit verify: ${failure.message}${next ? `; --after ${next} goes on from there` : ''}`)
    // What could not be asked is no answer; a fault that was found is one.
    if (failure !== null && verdict.ok) return 3
    for (const line of input.flag('json') ? [JSON.stringify(verdict)] : linesOf(verdict)) terminal.out(line)
    return verdict.ok ? 0 : 1
  },
}

async function verifyFrom(after: number, open: () => OperatorCalls, terminal: Terminal): Promise<Verified> {
  let verified: Verified = { ok: true, records: 0, sessions: 0, faults: [], next: after, failure: null }
  try {
    const calls = open()
    const newest = terminal.progress === null ? 0 : await newestSequence(calls)
    while (verified.next !== null) {
      verified = added(verified, await calls.get(`/v1/audit/verify?after=${verified.next}`, auditVerdictSchema, verifyTimeoutMs))
      if (verified.next !== null) terminal.progress?.(`record ${verified.next} of ${newest}`)
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    verified = { ...verified, failure: error }
  } finally {
    terminal.progress?.('')
  }
  return verified
}

function added(so: Verified, slice: AuditVerdict): Verified {
  const known = new Set(so.faults.map((fault) => JSON.stringify(fault)))
  // A document without a record is met again wherever its person is.
  const news = slice.faults.filter((fault) => !known.has(JSON.stringify(fault)))
  return {
    ok: so.ok && slice.ok,
    records: so.records + slice.records,
    sessions: so.sessions + slice.sessions,
    faults: [...so.faults, ...news].slice(0, mostFaults),
    next: slice.next,
    failure: null,
  }
}

function linesOf({ ok, records, sessions, faults }: Omit<AuditVerdict, 'next'>): readonly string[] {
  const found = faults.map(
    ({ seq, session, what }) => `✗ ${seq === null ? '' : `record ${seq}: `}${what}${session ? ` (session ${session})` : ''}`,
  )
  return [...found, `${ok ? '✓' : '✗'} ${records} records, ${sessions} living sessions: ${ok ? 'no gap' : 'the audit does not hold'}`]
}
