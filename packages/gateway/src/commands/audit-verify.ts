import { auditVerdictSchema } from '../routes/schemas.ts'
import { type Command, expectNoPositionals } from './command.ts'
import { operatorCalls, operatorOptions } from './operator-calls.ts'

/** 10 min: every record and every living session is looked at. */
export const verifyTimeoutMs = 600_000

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'Checks that the audit has no gap in its sequence or in the versions of any session, and matches the documents.',
  usage: '[--gateway <origin>] [--key <key>] [--json]',
  options: operatorOptions,
  async run(input, terminal) {
    expectNoPositionals(input)
    const verdict = await operatorCalls(input, terminal).get('/v1/audit/verify', auditVerdictSchema, verifyTimeoutMs)
    if (input.flag('json')) {
      terminal.out(JSON.stringify(verdict))
      return verdict.ok ? 0 : 1
    }
    for (const { seq, session, what } of verdict.faults)
      terminal.out(`✗ ${seq === null ? '' : `record ${seq}: `}${what}${session ? ` (session ${session})` : ''}`)
    terminal.out(
      `${verdict.ok ? '✓' : '✗'} ${verdict.records} records, ${verdict.sessions} living sessions: ${verdict.ok ? 'no gap' : 'the audit does not hold'}`,
    )
    return verdict.ok ? 0 : 1
  },
}
