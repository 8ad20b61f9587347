import { type AuditVerdict, auditPageSchema, auditVerdictSchema, inspectedSessionSchema } from '../../src/routes/schemas.ts'
import { send } from './calls.ts'
import type { Subject } from './subject.ts'
import type { Writer } from './writer.ts'

/** What the gateway itself says of what was written: its sessions and its audit, read record by record as they come. */
export interface Ledger {
  readonly records: () => number
  /**
   * Reads on and compares: the audit has no gap and no write twice, each session is where it was acknowledged to be and has
   * one committed record for each version. Answers how many of the unsure writes have been applied.
   *
   * @throws Error that says what is not so.
   */
  check(writers: readonly Writer[], sessions: readonly string[]): Promise<number>
}

/** Starts with nothing read. */
export function createLedger({ origin, keys }: Subject): Ledger {
  /** The version that each trace has produced. */
  const written = new Map<string, { readonly session: string; readonly version: number }>()
  const committed = new Map<string, number>()
  let lastSeq = 0

  async function get<Value>(path: string, schema: { parse(value: unknown): Value }): Promise<Value> {
    const answer = await send(origin, keys.operator, { method: 'GET', path })
    if (answer?.status !== 200) throw new Error(`${path} was answered ${answer?.status} ${answer?.body.code}`)
    return schema.parse(answer.body)
  }

  async function readOn(): Promise<void> {
    for (;;) {
      const { records, next } = await get(`/v1/audit?after=${lastSeq}&limit=500`, auditPageSchema)
      for (const record of records) add(record)
      if (next === null) return
    }
  }

  function add({ seq, session, traceId, toVersion, outcome }: AuditRecord): void {
    if (seq !== lastSeq + 1) throw new Error(`audit record ${seq} follows ${lastSeq}`)
    lastSeq = seq
    if (outcome !== 'committed' || session === null || toVersion === null) return
    const records = (committed.get(session) ?? 0) + 1
    if (toVersion !== records) throw new Error(`audit record ${seq} is the ${records}th commit of its session, but of version ${toVersion}`)
    committed.set(session, records)
    if (traceId === null) return
    if (written.has(traceId)) throw new Error(`audit record ${seq} is of a write that was applied before`)
    written.set(traceId, { session, version: toVersion })
  }

  /** Answers how many versions the session is ahead of what was acknowledged: 0, or 1 where a write is unsure. */
  async function checkWriter(writer: Writer): Promise<number> {
    const { state, document } = await get(`/v1/sessions/${writer.id}`, inspectedSessionSchema)
    const [least, most] = [writer.version(), writer.version() + (writer.isUnsure() ? 1 : 0)]
    if (state.ended !== null) throw new Error(`a session has ended: ${state.ended}`)
    if (state.version < least || state.version > most) throw new Error(`acknowledged version ${least}, found ${state.version}`)
    const count = Number(document?.context?.['count'])
    if (count < writer.count() || count > writer.count() + (most - least)) throw new Error(`acknowledged ${writer.count()}, found ${count}`)
    const sessions = new Set(writer.acknowledged.map(({ traceId, version }) => sessionOf(traceId, version)))
    if (sessions.size > 1) throw new Error('the writes of one session are recorded under several')
    const [session] = sessions
    if (session !== undefined && committed.get(session) !== state.version) {
      throw new Error(`${committed.get(session)} audit records, but version ${state.version}`)
    }
    return state.version - least
  }

  function sessionOf(traceId: string, version: number): string {
    const record = written.get(traceId)
    if (record?.version === version) return record.session
    throw new Error(
      `the write of version ${version} was acknowledged, and the audit has ${record ? `version ${record.version}` : 'none'} for it`,
    )
  }

  async function verify(): Promise<void> {
    for (let after: number | null = 0; after !== null; ) {
      const verdict: AuditVerdict = await get(`/v1/audit/verify?after=${after}`, auditVerdictSchema)
      if (!verdict.ok) throw new Error(`audit verify: ${JSON.stringify(verdict.faults)}`)
      after = verdict.next
    }
  }

  return {
    records: () => lastSeq,
    async check(writers, sessions) {
      await readOn()
      let applied = 0
      for (const writer of writers) applied += await checkWriter(writer)
      for (const id of sessions) await get(`/v1/sessions/${id}`, inspectedSessionSchema)
      await verify()
      return applied
    },
  }
}

type AuditRecord = ReturnType<typeof auditPageSchema.parse>['records'][number]
