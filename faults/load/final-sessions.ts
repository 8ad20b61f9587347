import type { FinalSession } from '../history/operation.ts'
import { firstStamp } from './application.ts'
import type { Caller } from './call.ts'

/** Reads what the gateways have of each session, now that nothing is under way: its state and its audit. */
export async function readFinalSessions(operator: Caller, sessions: readonly string[]): Promise<FinalSession[]> {
  const read: FinalSession[] = []
  for (const session of sessions) {
    const { state } = await ask(operator, `/v1/sessions/${session}`)
    read.push({
      session,
      version: state.version,
      ended: state.ended !== null,
      why: `${state.ended}, generation ${state.generation}`,
      records: await recordsOf(operator, session),
    })
  }
  return read
}

async function recordsOf(operator: Caller, session: string): Promise<FinalSession['records']> {
  const found: FinalSession['records'][number][] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: AuditPage = await ask(operator, `/v1/audit?session=${session}&after=${after}&limit=500`)
    for (const { operation, outcome, toVersion, fromVersion, traceId } of page.records) {
      // The end of a session is recorded at the version that it had.
      if (outcome !== 'committed' || toVersion === null || toVersion === fromVersion) continue
      const write = operation === 'create' ? firstStamp(session) : traceId
      found.push({ version: toVersion, write, stamps: operation !== 'signal' })
    }
    after = page.next
  }
  return found
}

interface AuditPage {
  readonly records: readonly {
    readonly operation: string
    readonly outcome: string
    readonly fromVersion: number | null
    readonly toVersion: number | null
    readonly traceId: string | null
  }[]
  readonly next: number | null
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of several calls.
async function ask(operator: Caller, path: string): Promise<any> {
  const answer = await operator({ method: 'GET', path })
  if (answer?.status !== 200) throw new Error(`${path} was answered ${answer?.status} ${answer?.body.code}`)
  return answer.body
}
