import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditPage, auditPageSchema, auditVerdictSchema } from '../routes/schemas.ts'
import { type Command, type CommandInput, type Terminal, UsageError } from './command.ts'
import { type OperatorCalls, operatorCalls, operatorOptions } from './operator-calls.ts'

type AuditLine = AuditPage['records'][number]

/** 1 s between questions while following: people read no faster. */
const followEveryMs = 1_000

export const auditTail: Command = {
  name: 'audit tail',
  summary: 'Prints audit records: who changed what, when and why.',
  usage: '[--after <seq>] [--session <id>] [--follow] [--json]',
  options: {
    ...operatorOptions,
    after: { type: 'string', help: 'only records after this sequence number (default: 0, all of them)' },
    session: { type: 'string', help: 'only records of the session with this id' },
    follow: { type: 'boolean', help: 'go on until interrupted' },
  },
  async run(input, terminal) {
    if (input.positionals.length > 0) throw new UsageError(`unexpected "${input.positionals[0]}"`)
    const after = Number(input.text('after') ?? 0)
    if (!Number.isSafeInteger(after) || after < 0) throw new UsageError('--after: expected a whole number')
    const calls = operatorCalls(input, terminal)
    let last = await print(calls, input, terminal, after)
    if (!input.flag('follow')) return 0
    const stop = new AbortController()
    void terminal.stopped().then(() => stop.abort())
    while (await slept(stop.signal)) last = await print(calls, input, terminal, last)
    return 0
  },
}

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'Checks that the audit has no gap in its sequence or in the versions of any session, and matches the documents.',
  usage: '[--gateway <origin>] [--key <key>] [--json]',
  options: operatorOptions,
  async run(input, terminal) {
    if (input.positionals.length > 0) throw new UsageError(`unexpected "${input.positionals[0]}"`)
    const verdict = auditVerdictSchema.parse(await operatorCalls(input, terminal).get('/v1/audit/verify'))
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

async function slept(signal: AbortSignal): Promise<boolean> {
  return sleep(followEveryMs, true, { signal }).catch(() => false)
}

/** Prints every record after `after`; answers the last sequence number. */
async function print(calls: OperatorCalls, { text, flag }: CommandInput, terminal: Terminal, after: number): Promise<number> {
  const session = text('session')
  for (let last = after; ; ) {
    const query = new URLSearchParams({ after: String(last), limit: '500', ...(session && { session }) })
    const { records, next } = auditPageSchema.parse(await calls.get(`/v1/audit?${query}`))
    for (const record of records) terminal.out(flag('json') ? JSON.stringify(record) : lineOf(record))
    last = records.at(-1)?.seq ?? last
    if (next === null) return last
  }
}

function lineOf({ seq, at, application, actor, operation, paths, reason, outcome, session, fromVersion, toVersion }: AuditLine): string {
  const versions = fromVersion === null || toVersion === null ? '' : ` v${fromVersion}→v${toVersion}`
  const what = paths.length > 0 ? ` ${paths.join(', ')}` : ''
  return `${seq} ${at} ${outcome === 'denied' ? 'DENIED ' : ''}${operation}${what}${versions} by ${application} for ${actor ?? 'nobody'}: ${reason} (session ${session ?? 'none'})`
}
